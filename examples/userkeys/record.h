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
/* Base64 of V on one line. */
void record_put_base64(struct ukey_out *out, struct ukey_view v);
/* Prints R in format O->format, zone if NULL. */
void record_print(const struct record *r, const struct record_options *o);

/*
 * Several records, as one text that can be fed to a server:
 *
 *   begin, put or remove ..., send (the end of one mailbox) ..., end
 *
 * nsupdate: a name's old records are deleted before the new one is added, in
 * one update up to each send.  zone: what goes is no zone text, and not shown.
 */
enum record_part { RECORD_BOTH, RECORD_TXT, RECORD_CNAME };

struct record_writer {
	const char *format;    /* as checked; NULL: zone */
	enum record_part part; /* of each record */
	bool list;             /* json: an array, of any number */
	unsigned count;        /* that were put or removed; 0 to begin with */
	bool waiting;          /* nsupdate: something is to be sent */
};

void record_begin(struct record_writer *w);
void record_put(struct record_writer *w, const struct record *r);
void record_remove(struct record_writer *w, const struct record *r);
void record_send(struct record_writer *w);
void record_end(struct record_writer *w);

#endif
