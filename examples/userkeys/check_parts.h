/*
 * userkeys, the command: what the files of check.h share.
 * SPDX-License-Identifier: MIT
 *
 *   check.c         the questions, and what the names tell
 *   check_records.c the records, one by one
 */
#ifndef CHECK_PARTS_H
#define CHECK_PARTS_H

#include "check.h"

/* What was found so far. */
struct check {
	const struct record *record;
	struct ukey_resolver *resolver;
	bool absent; /* there is no record at its own name */
	int status;
};

/* A line: WORD in COLOUR, and TEXT, which may hold octets of the DNS. */
void check_line(enum cli_colour colour, const char *word, const char *text);
void check_problem(struct check *c, const char *what, const char *mend);

/* Whether V was to be the record, or its name as the alias' target. */
bool check_is_key(const struct check *c, struct ukey_view v);
/* What records are: how many hold this key, for users and for DKIM, and how
 * many are keys at all, or were to be. */
struct check_kinds {
	unsigned user, dkim, keys;
};
struct check_kinds check_count(const struct check *c,
    const struct ukey_fetch *f);
/* Whether two of F's records are this key's, torn apart. */
bool check_is_torn(const struct check *c, const struct ukey_fetch *f);
/* Prints each record of F, and what is to be said of it. */
void check_each(struct check *c, const struct ukey_fetch *f);

#endif
