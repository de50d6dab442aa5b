/*
 * userkeys, the command: how far something is that takes its time.
 * SPDX-License-Identifier: MIT
 */
#define _DEFAULT_SOURCE /* clock_gettime, isatty */

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

#define QUIET_MS 1000 /* what is over before is not worth a line */
#define EVERY_MS 100

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void
progress_begin(struct progress *p, const char *doing, size_t total)
{
	p->doing = doing;
	p->total = total;
	p->begun = p->shown = now_ms();
	p->visible = false;
	p->terminal = doing != NULL && isatty(STDERR_FILENO) == 1;
}

void
progress_step(struct progress *p, size_t done)
{
	uint64_t now;

	if (!p->terminal)
		return;
	now = now_ms();
	if (now - p->begun < QUIET_MS || now - p->shown < EVERY_MS)
		return;
	fprintf(stderr, "\r%s %zu of %zu\033[K", p->doing, done, p->total);
	fflush(stderr);
	p->shown = now;
	p->visible = true;
}

void
progress_end(struct progress *p)
{
	if (p->visible)
		fputs("\r\033[K", stderr);
	fflush(stderr);
	p->visible = false;
}
