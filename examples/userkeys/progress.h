/*
 * userkeys, the command: how far something is that takes its time.
 * SPDX-License-Identifier: MIT
 *
 * One line on standard error, if that is a terminal, from the first second
 * on; it is gone at the end.  Nothing anywhere else.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *doing;
	size_t total;
	uint64_t begun, shown; /* monotonic ms */
	bool terminal, visible;
};

/* "DOING 12 of TOTAL"; DOING NULL: says nothing. */
void progress_begin(struct progress *p, const char *doing, size_t total);
void progress_step(struct progress *p, size_t done);
/* To be called before anything else is printed, too: the line comes again. */
void progress_end(struct progress *p);

#endif
