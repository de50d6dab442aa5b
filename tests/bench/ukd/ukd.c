/*
 * userkeys: what a lookup in the User Key Database costs among a thousand
 * addresses and among a million.  SPDX-License-Identifier: MIT
 *
 *   ukd FOLDER [ADDRESSES...]    databases are made there, and removed
 *
 * Every address has a login of its own; every tenth a key.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ukey_random.h"
#include "ukey_ukd_admin.h"

#define LOOKUPS 200000
#define LOADS 300
#define KEY_EVERY 10

static struct ukey_view
text_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

static void
must(struct ukey_ukd *u, enum ukey_ukd_status status)
{
	if (status == UKEY_UKD_OK)
		return;
	fprintf(stderr, "ukd: %s\n", ukey_ukd_error(u));
	exit(1);
}

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
name_of(unsigned long n, char *login, char *address, size_t size)
{
	snprintf(login, size, "user%lu", n);
	snprintf(address, size, "user%lu@d%lu.example.org", n, n % 97);
}

static void
fill(struct ukey_ukd *u, unsigned long count)
{
	static const struct ukey_ukd_flags flags;
	const struct ukey_view next = { NULL, 0 };
	char login[64], address[64], generation[UKEY_LABEL_MAX + 1];
	struct ukey_ukd_filter whom;
	struct ukey_key *key;
	unsigned long i;

	if (ukey_key_generate(&key, 2048, ukey_random()) != UKEY_KEY_OK)
		exit(1);
	must(u, ukey_ukd_begin(u));
	for (i = 0; i < count; i++) {
		name_of(i, login, address, sizeof(login));
		ukey_ukd_filter_read(&whom, text_view(address));
		must(u, ukey_ukd_add(u, &whom.mailbox, &flags));
		must(u, ukey_ukd_allow(u, text_view(login), &whom));
		if (i % KEY_EVERY != 0)
			continue;
		must(u, ukey_ukd_key_add(u, &whom.mailbox, next, key,
		    generation));
		must(u, ukey_ukd_key_move(u, &whom.mailbox,
		    text_view(""), UKEY_UKD_ACTIVE, true));
	}
	must(u, ukey_ukd_end(u, UKEY_UKD_OK));
	ukey_key_free(key);
}

/* Addresses in an order that no cache likes: a fixed linear generator. */
static void
measure(struct ukey_ukd *u, unsigned long count, uint64_t *last)
{
	char login[64], address[64];
	struct ukey_ukd_found found;
	uint64_t state = 1;
	double cpu, wall;
	unsigned i;

	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	wall = seconds(CLOCK_MONOTONIC);
	for (i = 0; i < LOOKUPS; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		name_of((unsigned long)(state >> 33) % count, login, address,
		    sizeof(login));
		if (ukey_ukd_lookup(u, text_view(login), text_view(address),
		    &found) == UKEY_UKD_OK)
			*last = found.key;
	}
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	wall = seconds(CLOCK_MONOTONIC) - wall;
	printf("%8lu addresses: %6.1f us of CPU, %6.1f us in all per lookup",
	    count, cpu / LOOKUPS * 1e6, wall / LOOKUPS * 1e6);
}

static void
measure_load(struct ukey_ukd *u, uint64_t row)
{
	struct ukey_key *key;
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	unsigned i;

	for (i = 0; i < LOADS; i++) {
		must(u, ukey_ukd_load(u, row, ukey_random(), &key));
		ukey_key_free(key);
	}
	printf("; %.0f us to unseal a key of 2048 bits\n",
	    (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / LOADS * 1e6);
}

static void
one(const char *folder, unsigned long count)
{
	char path[512], key_file[512], err[UKEY_UKD_ERROR_SIZE];
	struct ukey_ukd_settings settings;
	struct ukey_ukd *u;
	uint64_t key = 0;

	snprintf(path, sizeof(path), "%s/ukd-%lu", folder, count);
	snprintf(key_file, sizeof(key_file), "%s/key-%lu", folder, count);
	memset(&settings, 0, sizeof(settings));
	settings.path = path;
	settings.key_file = key_file;
	settings.flags = UKEY_UKD_CREATE;
	if (ukey_ukd_open(&u, &settings, err, sizeof(err)) != UKEY_UKD_OK) {
		fprintf(stderr, "ukd: %s\n", err);
		exit(1);
	}
	fill(u, count);
	ukey_ukd_close(u);
	settings.flags = UKEY_UKD_READ_ONLY;
	if (ukey_ukd_open(&u, &settings, err, sizeof(err)) == UKEY_UKD_OK) {
		measure(u, count, &key);
		measure_load(u, key);
		ukey_ukd_close(u);
	}
	unlink(path);
	unlink(key_file);
	snprintf(path, sizeof(path), "%s/ukd-%lu-wal", folder, count);
	unlink(path);
	snprintf(path, sizeof(path), "%s/ukd-%lu-shm", folder, count);
	unlink(path);
}

int
main(int argc, char **argv)
{
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: ukd FOLDER [ADDRESSES...]\n");
		return 64;
	}
	if (argc == 2) {
		one(argv[1], 1000);
		one(argv[1], 1000000);
	}
	for (i = 2; i < argc; i++)
		one(argv[1], strtoul(argv[i], NULL, 10));
	return 0;
}
