/*
 * userkeys: a strict reader of Authentication-Results, for the tests.
 * SPDX-License-Identifier: MIT
 *
 * It is written from RFC 8601 2.2 and shares nothing with core.  What it does
 * not accept, somebody's reader drops or misreads.
 */
#ifndef SUPPORT_RESULTS_H
#define SUPPORT_RESULTS_H

#include "ukey_text.h"

#define SUPPORT_RESULTS_MAX 5 /* results of one field */
#define SUPPORT_PROPERTIES_MAX 10
#define SUPPORT_VALUE_MAX 512

struct support_property {
	char name[32];
	char value[SUPPORT_VALUE_MAX]; /* quoting removed, NUL-terminated */
	bool quoted;
};

struct support_result {
	char method[16], verdict[16];
	char reason[40]; /* empty: none */
	struct support_property property[SUPPORT_PROPERTIES_MAX];
	unsigned properties;
};

struct support_results {
	struct support_result result[SUPPORT_RESULTS_MAX];
	unsigned results;
};

/*
 * Reads FIELD, one whole field of ours with its CRLF, under the authserv-id
 * ID.  NULL, or what is wrong with it; static.  Beyond the grammar: methods,
 * results and properties are those of PROTOCOL 6, each property stands once,
 * there is no comment, and a pass names its identity.
 */
const char *support_results_read(struct support_results *r,
    struct ukey_view field, const char *id);
/* The value of property NAME of result I, or NULL. */
const char *support_results_value(const struct support_results *r, unsigned i,
    const char *name);

#endif
