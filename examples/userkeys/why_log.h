/*
 * userkeys: the logs of userkeys-milter, line by line, for those who read them.
 * SPDX-License-Identifier: MIT
 */
#ifndef WHY_LOG_H
#define WHY_LOG_H

#include "cli.h"
#include "why_line.h"

#define WHY_LOGS_MAX 64

/* Several logs, one behind the other. */
struct why_log {
	const char *use;   /* what a pipe is read by: "userkeys why ID -" */
	const char *path;  /* the one that is open */
	unsigned number;   /* of its last line, from 1 */
	bool bad;          /* an error was printed; there is no next line */
	/* Private. */
	FILE *f;
	const char *paths[WHY_LOGS_MAX];
	unsigned paths_len, next;
	char before[64];
	char line[WHY_LINE_SIZE];
};

/* USE must stay. */
void why_log_init(struct why_log *l, const char *use);
/* One more log, "-" is standard input; PATH must stay.  False, with an error
 * printed, when there are too many. */
bool why_log_add(struct why_log *l, const char *path);
/* All of PATHS, which ends with NULL; where no log was added, the mail log of
 * the usual place and, before it, the one that was rotated last. */
bool why_log_add_all(struct why_log *l, char **paths);
/* The next line, without its end, until the one after it; false at the end of
 * all logs, or with l->bad.  What does not fit a line is dropped. */
bool why_log_next(struct why_log *l, struct ukey_view *line);

#endif
