/*
 * userkeys setup: a plan, to be printed as a shell script or carried out.
 * SPDX-License-Identifier: MIT
 */
#ifndef SETUP_H
#define SETUP_H

#include "cli.h"

#define PLAN_STEPS_MAX 24
#define PLAN_WORDS_MAX 12
#define PLAN_ROOM 16384 /* octets of all texts */

/* A step is a command (words) or a file to write (words[0] its path). */
struct plan_step {
	const char *why;                  /* a line for people */
	const char *words[PLAN_WORDS_MAX + 1]; /* ends with NULL */
	const char *content;              /* of a file; NULL: a command */
	const char *fresh;                /* its name until it is whole */
	unsigned mode;                    /* of a file */
};

struct plan {
	struct plan_step step[PLAN_STEPS_MAX];
	unsigned steps;
	size_t used;
	bool full;                        /* something did not fit */
	char room[PLAN_ROOM];
};

/* A text that lives as long as the plan. */
const char *plan_text(struct plan *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
#define PLAN_END ((const char *)0)
/* Adds a command of words, const char * each; the last is PLAN_END. */
void plan_run(struct plan *p, const char *why, ...)
    __attribute__((sentinel));
/* Adds a file, which must not exist yet. */
void plan_write(struct plan *p, const char *why, const char *path,
    unsigned mode, const char *content);
/* As a script for sh(1). */
void plan_print(const struct plan *p);
/* Carries out, saying each step; stops at the first that fails.  An exit
 * status. */
int plan_apply(const struct plan *p);

/* Whether a command can be run and succeeds; what it prints is dropped. */
bool command_succeeds(const char *const *words);
/*
 * What a command prints, without the line end, into OUT of SIZE octets with
 * NUL; false when it cannot be run, fails, or prints more.
 */
bool command_read(const char *const *words, char *out, size_t size);

#endif
