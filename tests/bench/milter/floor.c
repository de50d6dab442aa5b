/*
 * floor: what one RSA-2048 signature costs, whoever asks for it: CPU
 * microseconds, the median of a few rounds.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ukey_key.h"
#include "ukey_random.h"

#define ROUNDS 9
#define SIGNATURES 100

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* One round; the time of a signature. */
static double
sign(struct ukey_key *key)
{
	uint8_t digest[32] = { 1 }, octets[UKEY_KEY_SIGNATURE_MAX];
	struct ukey_out out;
	double start = now();
	unsigned i;

	for (i = 0; i < SIGNATURES; i++) {
		ukey_out_init(&out, octets, sizeof(octets));
		if (ukey_key_sign(key, digest, &out) != UKEY_KEY_OK)
			exit(1);
	}
	return (now() - start) / SIGNATURES;
}

int
main(void)
{
	double round[ROUNDS];
	struct ukey_key *key;
	unsigned i;

	if (ukey_key_generate(&key, 2048, ukey_random()) != UKEY_KEY_OK)
		return 1;
	(void)sign(key);
	for (i = 0; i < ROUNDS; i++)
		round[i] = sign(key);
	ukey_key_free(key);
	qsort(round, ROUNDS, sizeof(round[0]), compare);
	printf("%.1f\n", round[ROUNDS / 2]);
	return 0;
}
