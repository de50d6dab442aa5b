/*
 * userkeys: what linear.c and linear_parsers.c share.
 * SPDX-License-Identifier: MIT
 */
#ifndef LINEAR_H
#define LINEAR_H

#include <stddef.h>

extern char text[]; /* that is made */
extern size_t text_len;

/* Each adds to it: PIECE, PIECE N times, N times a number between two. */
void add(const char *piece);
void times(unsigned n, const char *piece);
void numbered(unsigned n, const char *before, const char *after);
/* Runs SHAPE of one parser; 1 when there is none of that name. */
int linear_parser(const char *shape, unsigned n);

#endif
