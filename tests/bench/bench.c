/*
 * userkeys: the bench: our work, libopendkim's and the floors, in one run.
 * SPDX-License-Identifier: MIT
 *
 *   bench times [RSPAMD]  all scenarios: lines of words and nanoseconds;
 *                         RSPAMD is this program, linked with rspamd
 *   bench ours            the same without the peers
 *   bench serve           samples by rspamd, as helper.c asks for them
 *   bench kernels         canonicalization alone, octets per nanosecond
 *   bench once PARTY WHAT SIZE COUNT   the same work COUNT times: callgrind
 *   bench heap            heap calls and octets (with heap/heap.c preloaded)
 *   bench corpus FOLDER   the messages and the key as files, for other peers
 *
 * Every time is CPU time of this process: a median of rounds in which the
 * parties take turns.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "ukey_reason.h"

#define SAMPLE 2000000 /* nanoseconds that one sample lasts at least */
#define KIB 1024
#define MIB (1024 * KIB)
#define WHOLE 16384 /* octets of a push, as from a socket or file */

enum party { OURS, OPENDKIM, RSPAMD, SHA256, RSA, PARTIES };

static const char *const parties[PARTIES] = { "ours", "libopendkim", "rspamd",
	"SHA-256", "RSA" };
static bool present[PARTIES] = { true, true, false, true, true };
static bool agreed;  /* rspamd with us, in this scenario */
static bool serving; /* the works of rspamd, by linking it */

struct scenario {
	const char *name;
	enum kind kind;
	size_t size;
	const char *canon;
	unsigned signatures;
	enum { VERIFY, SIGN, BROKEN, LENGTHS, PIECES_512, PIECES_64K } what;
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
	{ "1 signature", TEXT, 100 * KIB, "r/r", 1, VERIFY },
	{ "2 signatures", TEXT, 100 * KIB, "r/r", 2, VERIFY },
	{ "5 signatures", TEXT, 100 * KIB, "r/r", 5, VERIFY },
	{ "50 signatures", TEXT, 4 * KIB, "r/r", 50, VERIFY },
	{ "ten different l=", TEXT, MIB, "r/r", 10, LENGTHS },
	{ "broken header", TEXT, MIB, "r/r", 1, BROKEN },
	{ "broken header", TEXT, KIB, "r/r", 1, BROKEN },
	{ "pieces of 512", TEXT, MIB, "r/r", 1, PIECES_512 },
	{ "pieces of 64 KiB", TEXT, MIB, "r/r", 1, PIECES_64K },
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
work_ours(const struct scenario *s, const struct message *m)
{
	struct ours o = { false, WHOLE, UKEY_PASS };

	if (s->what == PIECES_512)
		o.piece = 512;
	if (s->what == PIECES_64K)
		o.piece = 64 * KIB;
	if (s->what == BROKEN)
		o.want = UKEY_FAIL;
	if (s->what == LENGTHS)
		o.want = UKEY_POLICY;
	if (s->what == SIGN)
		ours_sign(m, s->canon);
	else
		ours_verify(m, &o);
}

/* JOB counts the works of one sample. */
static void
work(enum party party, const struct scenario *s, const struct message *m,
    unsigned job)
{
	bool sign = s->what == SIGN, pass = s->what != BROKEN;

	if (party == OURS)
		work_ours(s, m);
	else if (party == SHA256)
		ours_sha256(m->data, m->len);
	else if (party == RSA)
		(sign ? ours_rsa_sign : ours_rsa_verify)();
	else if (party == OPENDKIM && sign)
		opendkim_sign(m, s->canon);
	else if (party == OPENDKIM)
		opendkim_verify(m, pass);
	else if (sign)
		peer_sign(job, s->canon);
	else if (!peer_verify(job, pass))
		agreed = false;
}

/* Nanoseconds of one piece of work, over COUNT of them. */
static double
sample(enum party party, const struct scenario *s, const struct message *m,
    unsigned count)
{
	double time;
	unsigned i;

	if (party == RSPAMD && !serving)
		return helper_sample((unsigned)(s - scenarios), count,
		    &agreed);
	if (party == RSPAMD)
		peer_prepare(m, count);
	time = now();
	for (i = 0; i < count; i++)
		work(party, s, m, i);
	time = now() - time;
	if (party == RSPAMD)
		peer_finish();
	return time / count;
}

static void
time_scenario(const struct scenario *s)
{
	double t[PARTIES][ROUNDS];
	unsigned count[PARTIES], round;
	struct message m;
	int p;

	make(&m, s);
	agreed = true;
	for (p = 0; p < PARTIES; p++) {
		if (!present[p])
			continue;
		sample((enum party)p, s, &m, 1);
		count[p] = 1 + (unsigned)(SAMPLE /
		    sample((enum party)p, s, &m, 1));
	}
	for (round = 0; round < ROUNDS; round++)
		for (p = 0; p < PARTIES; p++)
			if (present[p])
				t[p][round] = sample((enum party)p, s, &m,
				    count[p]);
	printf("%s\t%s\t%zu", s->name, s->canon, s->size);
	for (p = 0; p < PARTIES; p++)
		printf("\t%.0f", present[p] ? median(t[p], ROUNDS) : 0.0);
	printf("\t%s\n", agreed ? "agreed" : "differed");
	fflush(stdout);
	corpus_free(&m);
}

static void
times(void)
{
	size_t i;

	for (i = 0; i < SCENARIOS; i++)
		time_scenario(&scenarios[i]);
}

static void
serve(void)
{
	struct message m = { NULL, 0, 0 };
	unsigned scenario, count, last = SCENARIOS;
	char line[80], *end;
	double ns;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		scenario = (unsigned)strtoul(line, &end, 10);
		count = (unsigned)strtoul(end, NULL, 10);
		if (scenario >= SCENARIOS)
			die("no such scenario");
		if (scenario != last) {
			corpus_free(&m);
			make(&m, &scenarios[scenario]);
		}
		last = scenario;
		agreed = true;
		ns = sample(RSPAMD, &scenarios[scenario], &m, count);
		printf("%.0f%s\n", ns, agreed ? "" : "!");
		fflush(stdout);
	}
	corpus_free(&m);
}

/* verify or sign by PARTY */
static void
once(const char *party, const char *what, size_t size, unsigned count)
{
	struct scenario s = { what, TEXT, size, "r/r", 1, VERIFY };
	struct message m;
	unsigned i;
	int p = 0;

	if (strcmp(what, "sign") == 0)
		s.what = SIGN;
	while (p < PARTIES && strcmp(party, parties[p]) != 0)
		p++;
	if (p == PARTIES)
		die("no such party");
	make(&m, &s);
	for (i = 0; i < count; i++)
		sample((enum party)p, &s, &m, 1);
	corpus_free(&m);
}

/* Calls and octets of the heap for the third of equal works. */
static void
heap_of(enum party p, struct scenario *s)
{
	void (*mark)(void) = (void (*)(void))dlsym(RTLD_DEFAULT,
	    "bench_heap_mark");
	void (*count)(size_t *, size_t *) = (void (*)(size_t *, size_t *))
	    dlsym(RTLD_DEFAULT, "bench_heap_read");
	struct message m;
	size_t calls, most;

	if (mark == NULL || count == NULL)
		die("preload heap.so");
	make(&m, s);
	work(p, s, &m, 0);
	work(p, s, &m, 1);
	mark();
	work(p, s, &m, 2);
	count(&calls, &most);
	printf("%s\t%s\t%zu\t%zu\t%zu\n", parties[p], s->name, s->size, calls,
	    most);
	corpus_free(&m);
}

static void
heap(void)
{
	static const size_t sizes[] = { 4 * KIB, MIB, 25 * MIB };
	struct scenario verify = { "verify", TEXT, 0, "r/r", 1, VERIFY };
	struct scenario sign = { "sign", TEXT, 0, "r/r", 0, SIGN };
	unsigned i;
	int p;

	for (p = OURS; p <= OPENDKIM; p++)
		for (i = 0; i < 3; i++) {
			verify.size = sign.size = sizes[i];
			heap_of((enum party)p, &verify);
			heap_of((enum party)p, &sign);
		}
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
	const char *what = argc > 1 ? argv[1] : "";

	ours_init();
	opendkim_init();
	serving = peer_init();
	if (strcmp(what, "times") == 0 && argc == 3)
		present[RSPAMD] = helper_start(argv[2]);
	if (strcmp(what, "ours") == 0)
		present[OPENDKIM] = false;
	if (strcmp(what, "times") == 0 || strcmp(what, "ours") == 0)
		times();
	else if (strcmp(what, "serve") == 0 && serving)
		serve();
	else if (strcmp(what, "kernels") == 0)
		kernels();
	else if (strcmp(what, "heap") == 0)
		heap();
	else if (argc == 6 && strcmp(what, "once") == 0)
		once(argv[2], argv[3], strtoul(argv[4], NULL, 10),
		    (unsigned)strtoul(argv[5], NULL, 10));
	else if (argc == 3 && strcmp(what, "corpus") == 0)
		corpus(argv[2]);
	else
		die("times, ours, serve, kernels, heap, corpus FOLDER, or "
		    "once PARTY WHAT SIZE COUNT");
	return 0;
}
