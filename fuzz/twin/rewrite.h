/*
 * userkeys: twin: what the entries of changed.c rewrite with.
 * SPDX-License-Identifier: MIT
 */
#ifndef REWRITE_H
#define REWRITE_H

#include "twin.h"

bool word_is(const char *a, const char *b);
/* The receiver's ceiling: 0 note, 1 quarantine, 2 reject. */
unsigned ceiling_of(const struct twin_case *c);
/* What stands behind the last "@" of an address. */
struct twin_octets domain_of(struct twin_octets address);
bool starts_with(struct twin_octets v, const char *text);
/* Whether WORD stands in V. */
bool contains(struct twin_octets v, const char *word);

void set_verdict(struct twin_judgement *j, const char *verdict,
    const char *reason);
/* Without what a signature says of itself. */
void drop_signature(struct twin_judgement *j);
/* Without advice. */
void drop_advice(struct twin_judgement *j);

/* What a transaction at the MX does at its end. */
#define ACTIONS (1u << TWIN_DELETE | 1u << TWIN_INSERT | \
	1u << TWIN_QUARANTINE | 1u << TWIN_ACCEPT | 1u << TWIN_REPLY)

/* The first event WHAT whose text holds WORD, or NULL. */
struct twin_event *find_event(struct twin_result *r, enum twin_what what,
    const char *word);
const struct twin_event *look_for(const struct twin_result *r,
    enum twin_what what, const char *word);
/* Puts IS's events of the kinds in the set KINDS (a bit each, by enum
 * twin_what) in the place of WAS's. */
void adopt_events(struct twin_result *was, const struct twin_result *is,
    unsigned kinds);

/* ---- results.c ---------------------------------------------------------- */

/* Whether R's Authentication-Results fields, userkeys before dkim, say its
 * judgements, all of them, and nothing else, in RFC 8601's grammar. */
bool results_say(const struct twin_result *r);

/* ---- ending.c ----------------------------------------------------------- */

/* Whether it is one of those for a sender that is no mailbox. */
bool is_sender_reason(const char *reason);
/* Whether R ends as its judgement and C's settings have it (PROTOCOL 6): the
 * right reply alone, or accepted, with a quarantine where there must be one. */
bool ends_rightly(const struct twin_case *c, const struct twin_result *r);

/* ---- entries of changed.c, by kind: verifying.c, signing.c, ... --------- */

bool header_line_ends(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);
bool renamed(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);
bool places(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);
bool odd_tags(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);
bool signed_more(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);
bool signs_no_more(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);
/* Whether a submission that was signed may go unsigned now. */
bool may_be_unsigned(const struct twin_case *c, const struct twin_result *is);
bool vendor_limits(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);
bool claims(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);
bool submission(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);

#endif
