/*
 * userkeys, the command: what is to be published of a key.
 * SPDX-License-Identifier: MIT
 */
#ifndef RECORD_H
#define RECORD_H

#include "cli.h"
#include "ukey_name.h"

#define RECORD_TEXT_MAX 1024
#define RECORD_NAME_MAX (UKEY_NAME_MAX + 16)

/* The options that keygen, record and ukd share, as they were given. */
struct record_options {
	const char *generation, *advice, *options, *format;
	bool testing;
};

#define RECORD_OPTIONS(o) \
	{ "generation", &(o).generation, NULL }, \
	{ "advice", &(o).advice, NULL }, { "options", &(o).options, NULL }, \
	{ "testing", NULL, &(o).testing }, { "format", &(o).format, NULL }

#define RECORD_HELP \
"      --generation G       label of a rotated key, such as 2\n" \
"      --advice A           none, quarantine or reject: what receivers\n" \
"                           should do with mail that does not prove itself\n" \
"      --options LIST       of exact, from: see docs/PROTOCOL.md 3.2\n" \
"      --testing            receivers only note the result (t=y)\n" \
"      --format F           zone, oneline, nsupdate or json\n"

struct record {
	char name[RECORD_NAME_MAX];   /* of the TXT record, no final dot */
	char alias[RECORD_NAME_MAX];  /* for DKIM verifiers, a CNAME to it */
	char selector[UKEY_NAME_MAX]; /* [generation.]label.userkeys */
	char text[RECORD_TEXT_MAX];
};

/* Whether O can be used; an error is printed else. */
bool record_options_check(const char *command,
    const struct record_options *o);
/* NAME, ALIAS and SELECTOR of mailbox A; GENERATION may be NULL.  False with
 * an error printed. */
bool record_names(struct record *r, const struct ukey_address *a,
    const char *generation);
/* The same and TEXT for KEY; options as checked.  KEY NULL: revoked. */
bool record_make(struct record *r, const struct ukey_address *a,
    struct ukey_key *key, const struct record_options *o);
/* Prints R in format O->format, zone if NULL. */
void record_print(const struct record *r, const struct record_options *o);

#endif
