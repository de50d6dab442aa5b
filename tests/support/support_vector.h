/*
 * userkeys: the cases of tests/vectors/cases, for programs that run them.
 * SPDX-License-Identifier: MIT
 */
#ifndef SUPPORT_VECTOR_H
#define SUPPORT_VECTOR_H

#include "support_dns.h"
#include "ukey.h"

#define SUPPORT_VECTOR_CASES "tests/vectors/cases"
#define SUPPORT_VECTOR_RECORDS 32
#define SUPPORT_VECTOR_TEXT 4096 /* of all judgements of a case */

/* One case; its format is that of tests/vectors/make.py. */
struct support_vector {
	const char *name;
	char *text;  /* of the file "case", cut into words */
	char *wants; /* "want" lines as they should come out */
	uint8_t *message;
	size_t len;
	const char *mail_from; /* NULL: none is given */
	uint64_t time;
	unsigned flags;
	struct support_record records[SUPPORT_VECTOR_RECORDS + 1];
};

/* Reads case NAME, which stays; what is wrong with it ends the program. */
void support_vector_load(struct support_vector *c, const char *name);
void support_vector_free(struct support_vector *c);
/* The names of all cases, sorted, and their number; freed one by one. */
int support_vector_names(char ***names);

#endif
