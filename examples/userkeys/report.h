/*
 * userkeys report: groups of messages, and what would have become of them.
 * SPDX-License-Identifier: MIT
 */
#ifndef REPORT_H
#define REPORT_H

#include "cli.h"

#define REPORT_WORD 256 /* octets of a word of the log, with NUL */
#define REPORT_TIME 48

/* By enum ukey_disposition. */
struct report_counts {
	unsigned long of[UKEY_REJECT + 1];
};

struct report_group {
	struct report_group *next; /* of its bucket */
	char domain[REPORT_WORD];  /* of the sender; "<>" for the null sender */
	char why[REPORT_WORD];
	char network[REPORT_WORD]; /* /24 or /48, or "unknown" */
	struct report_counts quarantine, reject;
};

#define REPORT_BUCKETS 4096

/* Begins as zeros. */
struct report {
	struct report_group *bucket[REPORT_BUCKETS];
	size_t groups;
	unsigned long messages;
	struct report_counts quarantine, reject;
	char first[REPORT_TIME], last[REPORT_TIME];
};

/* The group of a message: words of the log.  NULL: no memory. */
struct report_group *report_group(struct report *r, struct ukey_view from,
    struct ukey_view why, struct ukey_view client);
/* One message of group G, and what either ceiling would have made of it. */
void report_count(struct report *r, struct report_group *g,
    enum ukey_disposition quarantine, enum ukey_disposition reject);
/* When a message came, as the log has it; in the order of the log. */
void report_time(struct report *r, struct ukey_view when);
/* The groups that something would happen to, or ALL, worst first. */
void report_put(const struct report *r, bool all, bool json);
void report_free(struct report *r);

#endif
