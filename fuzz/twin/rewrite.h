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

/* The first event WHAT whose text holds WORD, or NULL. */
struct twin_event *find_event(struct twin_result *r, enum twin_what what,
    const char *word);
const struct twin_event *look_for(const struct twin_result *r,
    enum twin_what what, const char *word);
/* Puts IS's events of the kinds in the set KINDS (a bit each, by enum
 * twin_what) in the place of WAS's. */
void adopt_events(struct twin_result *was, const struct twin_result *is,
    unsigned kinds);

/*
 * Edits of our Authentication-Results field METHOD ("userkeys=" or "dkim="):
 * TO for FROM, which must be there; from "" adds at the end.  They are made
 * together, after all entries: where the field, unfolded, is then what IS has,
 * unfolded, the folds are taken for right, too.
 */
void edit_field(const char *method, const char *from, const char *to);
void edits_start(void);
void edits_make(struct twin_result *was, const struct twin_result *is);

/*
 * What becomes of a message at the MX that 0.1 accepted: DISPOSITION 0 accept,
 * 1 quarantine, 2 the reply CODE that begins with WORDS.  The words of the
 * result are for edit_field().
 */
void dispose(struct twin_result *was, const struct twin_result *is,
    unsigned disposition, unsigned code, const char *words);

#endif
