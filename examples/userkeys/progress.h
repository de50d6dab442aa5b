/*
 * userkeys, the command: how far something is that takes its time.
 * SPDX-License-Identifier: MIT
 *
 * One line on standard error, if that is a terminal, from the first second
 * on; it is gone at the end.  Nothing anywhere else.  One thing at a time.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>

/* From now on "DOING 12 of TOTAL"; DOING is kept, NULL: nothing. */
void progress_begin(const char *doing, size_t total);
void progress_step(size_t done);
/* To be called before anything else is printed; the line comes again. */
void progress_hide(void);
void progress_end(void);

#endif
