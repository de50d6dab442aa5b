/*
 * userkeys: the bench's rates of canonicalization without hashing.
 * SPDX-License-Identifier: MIT
 *
 * Of octets that lie in the caches, and of some that do not; each beside
 * memcpy and memchr of the same octets in the same round.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1024 * 1024)
#define WORK (64 * MIB) /* octets of a sample */

enum { CANON, COPY, SCAN, WORKS };

/* So that no compiler leaves out what DATA was read or written for. */
static void
use(const void *data)
{
	__asm__ volatile("" : : "r"(data) : "memory");
}

static void
work(int what, struct ukey_view octets, const char *canon, uint8_t *other)
{
	if (what == CANON) {
		ours_canon(octets, canon);
	} else if (what == COPY) {
		memcpy(other, octets.data, octets.len);
		use(other);
	} else {
		use(memchr(octets.data, '\0', octets.len));
	}
}

/* The header or the body of a message; CANON is of "r/r", or "r" for a
 * header. */
static void
rate(const char *name, enum kind kind, const char *canon, size_t size)
{
	double samples[WORKS][ROUNDS];
	struct ukey_view octets;
	struct message m;
	uint8_t *other;
	size_t count, i;
	unsigned round;
	int what;

	corpus_message(&m, kind, size);
	octets = (struct ukey_view) { m.data + m.body, m.len - m.body };
	if (canon[1] == '\0') {
		octets = (struct ukey_view) { m.data, m.body };
		size = m.body;
	}
	other = malloc(octets.len);
	if (other == NULL)
		die("out of memory");
	memset(other, 1, octets.len); /* the pages are there */
	count = 1 + WORK / octets.len;
	for (round = 0; round < ROUNDS; round++) {
		for (what = 0; what < WORKS; what++) {
			double start = now();

			for (i = 0; i < count; i++)
				work(what, octets, canon, other);
			samples[what][round] = (now() - start) /
			    ((double)octets.len * (double)count);
		}
	}
	printf("%s\t%s\t%zu", name, canon, size);
	for (what = 0; what < WORKS; what++)
		printf("\t%.3f", 1 / median(samples[what], ROUNDS));
	putchar('\n');
	fflush(stdout);
	free(other);
	corpus_free(&m);
}

void
kernels(void)
{
	rate("text", TEXT, "r/r", MIB);
	rate("text with many runs", RUNS, "r/r", MIB);
	rate("base64", BASE64, "r/r", MIB);
	rate("white space only", SPACES, "r/r", MIB);
	rate("blank lines", BLANKS, "r/r", MIB);
	rate("one-octet lines", SHORTS, "r/r", MIB);
	rate("text", TEXT, "s/s", MIB);
	rate("header", TEXT, "r", 1024);
	rate("text", TEXT, "r/r", 64 * MIB);
	rate("base64", BASE64, "r/r", 64 * MIB);
}
