/*
 * userkeys, the command: how far something is that takes its time.
 * SPDX-License-Identifier: MIT
 */
#define _DEFAULT_SOURCE /* clock_gettime, isatty */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

#define QUIET_MS 1000 /* what is over before is not worth a line */
#define EVERY_MS 100

static struct {
	const char *doing; /* NULL: nothing is shown */
	size_t total;
	uint64_t begun, shown; /* monotonic ms */
	bool visible;
} progress;

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void
progress_begin(const char *doing, size_t total)
{
	progress.doing = isatty(STDERR_FILENO) == 1 ? doing : NULL;
	progress.total = total;
	progress.begun = progress.shown = now_ms();
	progress.visible = false;
}

void
progress_step(size_t done)
{
	uint64_t now;

	if (progress.doing == NULL)
		return;
	now = now_ms();
	if (now - progress.begun < QUIET_MS ||
	    now - progress.shown < EVERY_MS)
		return;
	fprintf(stderr, "\r%s %zu of %zu\033[K", progress.doing, done,
	    progress.total);
	fflush(stderr);
	progress.shown = now;
	progress.visible = true;
}

void
progress_hide(void)
{
	if (!progress.visible)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress.visible = false;
}

void
progress_end(void)
{
	progress_hide();
	progress.doing = NULL;
}
