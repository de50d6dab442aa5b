/*
 * userkeys: messages that several verifiers judge.
 * SPDX-License-Identifier: MIT
 */
#ifndef DIFF_H
#define DIFF_H

#include "fuzz.h"

#define DIFF_TIME 1750000000
#define DIFF_SIZE 16384     /* of a message that is made */
#define DIFF_MESSAGE 140000 /* of any */
#define DIFF_NAME 512
#define DIFF_RECORD 4600

/* A message with a signature on top, and the record for it. */
struct diff_case {
	uint8_t message[DIFF_MESSAGE];
	size_t len;
	char name[DIFF_NAME]; /* of the record: selector._domainkey.domain */
	char record[DIFF_RECORD];
};

/* ---- case.c: a signer of its own, written from RFC 6376 ------------------ */

#define DIFF_MADE "s._domainkey.e.org" /* the name of what is made */

/*
 * Makes a case of IN: two octets of choices, one octet of what is left out,
 * where and what to change after signing, then text up to a NUL each: more
 * tags, h=, more of the record, header; the rest is the body.  False when it
 * does not fit.
 */
bool diff_case_make(struct diff_case *c, struct ukey_view in);

/* ---- judges -------------------------------------------------------------- */

/* What we say of the first signature. */
enum ukey_reason diff_ours(const struct diff_case *c);

/* What libopendkim says: DIFF_PASS, DIFF_FAIL or the number of a
 * DKIM_SIGERROR_; DIFF_REFUSED plus a DKIM_STAT_ for the whole message. */
enum { DIFF_PASS = 0, DIFF_REFUSED = 1000 };
int diff_opendkim(const struct diff_case *c);
/* The number in words. */
const char *diff_opendkim_word(int theirs);
/* The row of docs/DIFFERENCES.md by which OURS and THEIRS differ; NULL: it is
 * not known, and somebody is wrong. */
const char *diff_explained(const struct diff_case *c, enum ukey_reason ours,
    int theirs);

#endif
