/*
 * userkeys: the bench's rates of canonicalization without hashing.
 * SPDX-License-Identifier: MIT
 *
 * Of a body that lies in the caches, and of one that does not; each beside
 * memcpy of the same body in the same round.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1024 * 1024)
#define WORK (64 * MIB) /* octets of a sample */

struct pair {
	double canon, copy; /* nanoseconds a body */
};

static struct pair
sample(const struct message *m, const char *canon, uint8_t *other)
{
	size_t count = 1 + WORK / m->len;
	struct pair p;
	size_t i;

	p.canon = now();
	for (i = 0; i < count; i++)
		ours_canon(m, canon);
	p.canon = (now() - p.canon) / (double)count;
	p.copy = now();
	for (i = 0; i < count; i++) {
		memcpy(other, m->data, m->len);
		/* So that no compiler leaves it out. */
		__asm__ volatile("" : : "r"(other) : "memory");
	}
	p.copy = (now() - p.copy) / (double)count;
	return p;
}

static void
rate(const char *name, enum kind kind, const char *canon, size_t size)
{
	double canons[ROUNDS], copies[ROUNDS];
	struct message m;
	struct pair p;
	uint8_t *other;
	unsigned round;

	corpus_message(&m, kind, size);
	other = malloc(m.len);
	if (other == NULL)
		die("out of memory");
	memset(other, 1, m.len); /* the pages are there */
	for (round = 0; round < ROUNDS; round++) {
		p = sample(&m, canon, other);
		canons[round] = p.canon;
		copies[round] = p.copy;
	}
	printf("%s\t%s\t%zu\t%.3f\t%.3f\n", name, canon, size,
	    (double)m.len / median(canons, ROUNDS),
	    (double)m.len / median(copies, ROUNDS));
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
	rate("text", TEXT, "r/r", 64 * MIB);
	rate("base64", BASE64, "r/r", 64 * MIB);
}
