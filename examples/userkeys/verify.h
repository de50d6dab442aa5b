/*
 * userkeys verify: what its files share.  SPDX-License-Identifier: MIT
 *
 *   cmd_verify.c     options, files, exit status
 *   verify_people.c  the answer for people
 *   verify_hint.c    what it says beside a reason
 *   verify_script.c  --plain and --json
 *   verify_header.c  --add-header
 *   verify_explain.c --explain
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "header.h"

struct verify_options {
	const char *from, *dns, *zone, *time, *authserv_id;
	bool plain, json, add_header, allow_partial_body, explain, dump_canon;
	bool as_received; /* the time of judging is that of the arrival */
	uint64_t now;
};

/* One message, judged.  V lends an arena that is shared: one at a time. */
struct verified {
	const struct verify_options *options;
	struct spool *spool;
	struct header *header;
	struct ukey_verify v;
	struct ukey_judgement user;
	bool has_sender;
	bool from_return_path;
	char sender[1024];           /* as given, for messages */
	struct ukey_resolver *resolver;
	uint64_t now;                /* the time of judging; 0: none */
	int status;                  /* enum cli_exit */
};

void verify_people(struct verified *m);
/* What is to be said of J beside its reason, in lines of their own; USER: as a
 * user key, else as plain DKIM. */
void verify_hint(const struct verified *m, const struct ukey_judgement *j,
    bool user);
void verify_plain(struct verified *m);
void verify_json(struct verified *m, bool first);
/* Each gives CLI_PASS or an exit status with an error printed. */
int verify_add_header(struct verified *m);
int verify_explain(struct verified *m);

#endif
