/*
 * userkeys: the bench: our work, libopendkim's and the floors, in one run.
 * SPDX-License-Identifier: MIT
 *
 *   bench times           all scenarios: lines of words and nanoseconds
 *   bench kernels         canonicalization alone, octets per nanosecond
 *   bench once WHAT SIZE COUNT   the same work COUNT times, for callgrind
 *   bench corpus FOLDER   the messages and the key as files, for other peers
 *
 * Every time is CPU time of this process: a median of rounds in which the
 * parties take turns.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "ukey_reason.h"

#define ROUNDS 9
#define SAMPLE 3000000 /* nanoseconds that one sample lasts at least */
#define KIB 1024
#define MIB (1024 * KIB)
#define WHOLE 16384 /* octets of a push, as from a socket or file */

enum party { OURS, OPENDKIM, SHA256, RSA, PARTIES };

struct scenario {
	const char *name;
	enum kind kind;
	size_t size;
	const char *canon;
	unsigned signatures;
	enum { VERIFY, SIGN, BROKEN, LENGTHS, PIECES } what;
};

static const struct scenario scenarios[] = {
	{ "verify text", TEXT, KIB, "r/r", 1, VERIFY },
	{ "verify text", TEXT, 4 * KIB, "r/r", 1, VERIFY },
	{ "verify text", TEXT, 16 * KIB, "r/r", 1, VERIFY },
	{ "verify text", TEXT, 32 * KIB, "r/r", 1, VERIFY },
	{ "verify text", TEXT, 100 * KIB, "r/r", 1, VERIFY },
	{ "verify text", TEXT, MIB, "r/r", 1, VERIFY },
	{ "verify text", TEXT, 25 * MIB, "r/r", 1, VERIFY },
	{ "verify runs", RUNS, 100 * KIB, "r/r", 1, VERIFY },
	{ "verify runs", RUNS, MIB, "r/r", 1, VERIFY },
	{ "verify base64", BASE64, KIB, "r/r", 1, VERIFY },
	{ "verify base64", BASE64, 16 * KIB, "r/r", 1, VERIFY },
	{ "verify base64", BASE64, 100 * KIB, "r/r", 1, VERIFY },
	{ "verify base64", BASE64, MIB, "r/r", 1, VERIFY },
	{ "verify base64", BASE64, 25 * MIB, "r/r", 1, VERIFY },
	{ "verify text simple", TEXT, KIB, "s/s", 1, VERIFY },
	{ "verify text simple", TEXT, 16 * KIB, "s/s", 1, VERIFY },
	{ "verify text simple", TEXT, 100 * KIB, "s/s", 1, VERIFY },
	{ "verify text simple", TEXT, MIB, "s/s", 1, VERIFY },
	{ "verify text simple", TEXT, 25 * MIB, "s/s", 1, VERIFY },
	{ "verify spaces", SPACES, MIB, "r/r", 1, VERIFY },
	{ "verify blank lines", BLANKS, MIB, "r/r", 1, VERIFY },
	{ "verify one-octet lines", SHORTS, MIB, "r/r", 1, VERIFY },
	{ "2 signatures", TEXT, 100 * KIB, "r/r", 2, VERIFY },
	{ "5 signatures", TEXT, 100 * KIB, "r/r", 5, VERIFY },
	{ "50 signatures", TEXT, 4 * KIB, "r/r", 50, VERIFY },
	{ "ten different l=", TEXT, MIB, "r/r", 10, LENGTHS },
	{ "broken header", TEXT, MIB, "r/r", 1, BROKEN },
	{ "broken header", TEXT, KIB, "r/r", 1, BROKEN },
	{ "pieces of 512", TEXT, MIB, "r/r", 1, PIECES },
	{ "sign text", TEXT, KIB, "r/r", 0, SIGN },
	{ "sign text", TEXT, 4 * KIB, "r/r", 0, SIGN },
	{ "sign text", TEXT, 100 * KIB, "r/r", 0, SIGN },
	{ "sign text", TEXT, MIB, "r/r", 0, SIGN },
	{ "sign text", TEXT, 25 * MIB, "r/r", 0, SIGN },
};

#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

void
die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
make(struct message *m, const struct scenario *s)
{
	uint8_t *from;
	unsigned i;

	corpus_message(m, s->kind, s->size);
	for (i = 0; i < s->signatures; i++)
		ours_add_signature(m, s->canon, s->what == LENGTHS ?
		    s->size / 2 + 1000 * i : SIZE_MAX);
	if (s->what != BROKEN)
		return;
	from = memmem(m->data, m->len, "Bob Example", 11);
	if (from == NULL)
		die("no Bob");
	*from = 'R';
}

static void
work(enum party party, const struct scenario *s, const struct message *m)
{
	struct ours o = { false, s->what == PIECES ? 512 : WHOLE, UKEY_PASS };
	bool pass = s->what != BROKEN;

	if (s->what == BROKEN)
		o.want = UKEY_FAIL;
	if (s->what == LENGTHS)
		o.want = UKEY_POLICY;
	if (party == SHA256)
		ours_sha256(m->data, m->len);
	else if (party == RSA && s->what == SIGN)
		ours_rsa_sign();
	else if (party == RSA)
		ours_rsa_verify();
	else if (party == OURS && s->what == SIGN)
		ours_sign(m, s->canon);
	else if (party == OURS)
		ours_verify(m, &o);
	else if (s->what == SIGN)
		opendkim_sign(m, s->canon);
	else
		opendkim_verify(m, pass);
}

/* Nanoseconds of one piece of work, over COUNT of them. */
static double
sample(enum party party, const struct scenario *s, const struct message *m,
    unsigned count)
{
	double start = now();
	unsigned i;

	for (i = 0; i < count; i++)
		work(party, s, m);
	return (now() - start) / count;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, unsigned n)
{
	qsort(v, n, sizeof(*v), compare);
	return v[n / 2];
}

static void
time_scenario(const struct scenario *s)
{
	double t[PARTIES][ROUNDS];
	unsigned count[PARTIES], round;
	struct message m;
	int p;

	make(&m, s);
	for (p = 0; p < PARTIES; p++) {
		sample((enum party)p, s, &m, 1);
		count[p] = 1 + (unsigned)(SAMPLE /
		    sample((enum party)p, s, &m, 1));
	}
	for (round = 0; round < ROUNDS; round++)
		for (p = 0; p < PARTIES; p++)
			t[p][round] = sample((enum party)p, s, &m, count[p]);
	printf("%s\t%s\t%zu\t%.0f\t%.0f\t%.0f\t%.0f\n", s->name, s->canon,
	    s->size, median(t[OURS], ROUNDS), median(t[OPENDKIM], ROUNDS),
	    median(t[SHA256], ROUNDS), median(t[RSA], ROUNDS));
	fflush(stdout);
	corpus_free(&m);
}

/* Octets per nanosecond of the body's canonicalization, and of memcpy. */
static void
time_kernel(const char *name, enum kind kind, const char *canon)
{
	double kernel[ROUNDS], copy[ROUNDS], start;
	struct message m;
	uint8_t *other;
	size_t sum = 0;
	unsigned round, i;

	corpus_message(&m, kind, MIB);
	other = malloc(m.len);
	if (other == NULL)
		die("out of memory");
	for (round = 0; round < ROUNDS; round++) {
		start = now();
		for (i = 0; i < 20; i++)
			sum += ours_canon(&m, canon);
		kernel[round] = (now() - start) / 20;
		start = now();
		for (i = 0; i < 20; i++) {
			memcpy(other, m.data, m.len);
			sum += other[i * 1000];
		}
		copy[round] = (now() - start) / 20;
	}
	printf("%s\t%s\t%.3f\t%.3f\t%zu\n", name, canon,
	    (double)m.len / median(kernel, ROUNDS),
	    (double)m.len / median(copy, ROUNDS), sum & 1);
	free(other);
	corpus_free(&m);
}

static void
kernels(void)
{
	static const char *const canons[] = { "r/r", "s/s" };
	unsigned i;

	for (i = 0; i < 2; i++) {
		time_kernel("text", TEXT, canons[i]);
		time_kernel("runs", RUNS, canons[i]);
		time_kernel("base64", BASE64, canons[i]);
		time_kernel("white space only", SPACES, canons[i]);
		time_kernel("blank lines", BLANKS, canons[i]);
		time_kernel("one-octet lines", SHORTS, canons[i]);
	}
}

/* ours|opendkim|ours-sign|opendkim-sign */
static void
once(const char *what, size_t size, unsigned count)
{
	struct scenario s = { what, TEXT, size, "r/r", 1, VERIFY };
	enum party party = what[1] == 'u' ? OURS : OPENDKIM;
	struct message m;
	unsigned i;

	if (strstr(what, "-sign") != NULL)
		s.what = SIGN;
	make(&m, &s);
	for (i = 0; i < count; i++)
		work(party, &s, &m);
	corpus_free(&m);
}

static void
save(const char *folder, const char *name, const void *data, size_t len)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(data, 1, len, f) != len || fclose(f) != 0)
		die(path);
}

static void
corpus(const char *folder)
{
	char name[64];
	struct message m;
	size_t i;

	save(folder, "record", ours_record(), strlen(ours_record()));
	save(folder, "key.pem", ours_pem(), strlen(ours_pem()));
	for (i = 0; i < SCENARIOS; i++) {
		if (scenarios[i].what != VERIFY || scenarios[i].size > MIB ||
		    scenarios[i].signatures > 1)
			continue;
		make(&m, &scenarios[i]);
		snprintf(name, sizeof(name), "%s %c %zu", scenarios[i].name,
		    scenarios[i].canon[0], scenarios[i].size);
		save(folder, name, m.data, m.len);
		corpus_free(&m);
	}
}

int
main(int argc, char **argv)
{
	size_t i;

	ours_init();
	opendkim_init();
	if (argc == 2 && strcmp(argv[1], "times") == 0)
		for (i = 0; i < SCENARIOS; i++)
			time_scenario(&scenarios[i]);
	else if (argc == 2 && strcmp(argv[1], "kernels") == 0)
		kernels();
	else if (argc == 5 && strcmp(argv[1], "once") == 0)
		once(argv[2], strtoul(argv[3], NULL, 10),
		    (unsigned)strtoul(argv[4], NULL, 10));
	else if (argc == 3 && strcmp(argv[1], "corpus") == 0)
		corpus(argv[2]);
	else
		die("times, kernels, once WHAT SIZE COUNT or corpus FOLDER");
	return 0;
}
