/*
 * userkeys: the User Key Database while the system fails it: for every n, with
 * the n-th call failing, a change is made whole or not at all, a lookup never
 * says "no" for "cannot tell", no memory and no descriptor is left behind, and
 * no freed block holds a private number or the sealing key.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "faults.h"
#include "support_ukd.h"
#include "ukey_random.h"
#include "ukey_ukd.h"

#define MOST 100000
#define BOB "bob@example.org"

static struct ukd_place template, place;
static uint8_t digest[32], signature[UKEY_KEY_SIGNATURE_MAX];
static struct ukey_key *the_key; /* read before the faults */

/* A database with Bob in it, as it was made without faults. */
static void
fill_place(void)
{
	ukd_file_copy(template.path, place.path, 0600);
	ukd_file_copy(template.key_file, place.key_file, 0400);
}

static struct ukey_ukd *
open_quietly(unsigned flags, enum ukey_ukd_status *status)
{
	char err[UKEY_UKD_ERROR_SIZE] = "";
	struct ukey_ukd_settings s = { .path = place.path,
		.key_file = place.key_file, .flags = flags, .busy_ms = 20 };
	struct ukey_ukd *u;

	*status = ukey_ukd_open(&u, &s, err, sizeof(err));
	assert_true(*status == UKEY_UKD_OK || (u == NULL && strlen(err) > 10));
	if (faults_seen(err, sizeof(err)))
		fail_msg("a secret in the error's text: %s", err);
	return u;
}

/* The private numbers and the sealing key, in octets and as written. */
static void
watch_secrets(void)
{
	static uint8_t der[UKEY_KEY_DER_MAX];
	struct ukey_out out;
	char line[128];
	uint8_t seal[32];
	unsigned i, octet;
	int fd = open(template.key_file, O_RDONLY);

	ukey_out_init(&out, der, sizeof(der));
	assert_int_equal(ukey_key_write_der(the_key, &out), UKEY_KEY_OK);
	assert_int_equal(read(fd, line, sizeof(line)), 19 + 64 + 1);
	close(fd);
	for (i = 0; i < 32; i++) {
		octet = (unsigned)ukey_hex_value((uint8_t)line[19 + 2 * i]);
		seal[i] = (uint8_t)(octet << 4 |
		    ukey_hex_value((uint8_t)line[20 + 2 * i]));
	}
	faults_secret(NULL, 0);
	faults_secret(der + 148, out.len - 148); /* behind version, n, e */
	faults_secret(seal, sizeof(seal));
	faults_secret((const uint8_t *)line + 19, 64);
	explicit_bzero(line, sizeof(line));
	explicit_bzero(seal, sizeof(seal));
	explicit_bzero(der, sizeof(der));
}

static void
sign(struct ukey_key *key, uint8_t *to)
{
	struct ukey_out out;

	ukey_out_init(&out, to, UKEY_KEY_SIGNATURE_MAX);
	assert_int_equal(ukey_key_sign(key, digest, &out), 0);
}

static int
set_up(void **state)
{
	struct ukey_ukd *u;

	(void)state;
	ukd_place_make(&template);
	u = ukd_place_open(&template, UKEY_UKD_CREATE);
	ukd_fill(u, BOB, "bob", UKEY_UKD_ACTIVE);
	ukey_ukd_close(u);
	snprintf(place.folder, sizeof(place.folder), "%s/ukd-faults-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(place.folder));
	snprintf(place.path, sizeof(place.path), "%s/ukd", place.folder);
	snprintf(place.key_file, sizeof(place.key_file), "%s/key",
	    place.folder);
	the_key = ukd_key();
	sign(the_key, signature);
	watch_secrets();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	faults_secret(NULL, 0);
	ukey_key_free(the_key);
	ukd_place_remove(&place);
	ukd_place_remove(&template);
	return 0;
}

/* ---- what is done while a call fails ------------------------------------ */

/* Each gives whether it did all it had to do. */
static bool
create(void)
{
	enum ukey_ukd_status status;
	struct ukey_ukd *u = open_quietly(UKEY_UKD_CREATE, &status);

	ukey_ukd_close(u);
	return status == UKEY_UKD_OK;
}

static enum ukey_ukd_status
add_alice(struct ukey_ukd *u)
{
	static const struct ukey_ukd_flags flags;
	static const struct ukey_view next;
	const char *alice = "alice@example.org";
	char generation[UKEY_LABEL_MAX + 1];
	enum ukey_ukd_status status;

	status = ukey_ukd_begin(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_add(u, ukd_mailbox(alice), &flags);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_allow(u, ukd_view("alice"), ukd_whom(alice));
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_key_add(u, ukd_mailbox(alice), next, the_key,
		    generation);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_key_move(u, ukd_mailbox(alice),
		    ukd_view(generation), UKEY_UKD_ACTIVE, true);
	return ukey_ukd_end(u, status);
}

static bool
change(void)
{
	enum ukey_ukd_status status;
	struct ukey_ukd *u = open_quietly(0, &status);

	if (u == NULL)
		return false;
	status = add_alice(u);
	if (status != UKEY_UKD_OK && status != UKEY_UKD_BUSY &&
	    status != UKEY_UKD_DAMAGED)
		fail_msg("%d: %s", (int)status, ukey_ukd_error(u));
	ukey_ukd_close(u);
	return status == UKEY_UKD_OK;
}

static bool
rekey(void)
{
	enum ukey_ukd_status status;
	struct ukey_ukd *u = open_quietly(0, &status);
	unsigned keys;

	if (u == NULL)
		return false;
	status = ukey_ukd_rekey(u, false, &keys);
	if (status != UKEY_UKD_OK && status != UKEY_UKD_BUSY &&
	    status != UKEY_UKD_DAMAGED)
		fail_msg("%d: %s", (int)status, ukey_ukd_error(u));
	ukey_ukd_close(u);
	return status == UKEY_UKD_OK;
}

/* As a mail server: may Bob, and his signature. */
static bool
serve(void)
{
	uint8_t octets[UKEY_KEY_SIGNATURE_MAX];
	enum ukey_ukd_status status;
	struct ukey_ukd_found found;
	struct ukey_key *key = NULL;
	struct ukey_out out;
	bool good = false;
	struct ukey_ukd *u = open_quietly(UKEY_UKD_READ_ONLY, &status);

	if (u == NULL)
		return false;
	status = ukey_ukd_lookup(u, ukd_view("bob"), ukd_view(BOB), &found);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_load(u, found.key, ukey_random(), &key);
	if (status != UKEY_UKD_OK && status != UKEY_UKD_BUSY &&
	    status != UKEY_UKD_DAMAGED)
		fail_msg("%d: %s", (int)status, ukey_ukd_error(u));
	ukey_out_init(&out, octets, sizeof(octets));
	if (key != NULL && ukey_key_sign(key, digest, &out) == UKEY_KEY_OK) {
		good = true;
		assert_memory_equal(octets, signature, 128);
	}
	ukey_key_free(key);
	ukey_ukd_close(u);
	return good;
}

/* What must be true afterwards. */
static void
created(bool done)
{
	enum ukey_ukd_status status;
	struct ukey_ukd *u;

	if (!done) {
		assert_int_not_equal(access(place.path, F_OK), 0);
		assert_int_not_equal(access(place.key_file, F_OK), 0);
		return;
	}
	u = open_quietly(UKEY_UKD_CHECK, &status);
	assert_non_null(u);
	ukd_fill(u, "carol@example.org", "carol", UKEY_UKD_ACTIVE);
	ukey_ukd_close(u);
}

/* Alice is there whole, or not at all; Bob always. */
static void
changed(bool done)
{
	enum ukey_ukd_status status;
	struct ukey_ukd *u = open_quietly(UKEY_UKD_CHECK, &status);
	struct ukey_ukd_found found;
	struct ukey_key *key;

	assert_non_null(u);
	assert_int_equal(ukd_look(u, "bob", BOB), UKEY_UKD_OK);
	status = ukey_ukd_lookup(u, ukd_view("alice"),
	    ukd_view("alice@example.org"), &found);
	if (status == UKEY_UKD_OK) {
		ukd_ok(u, ukey_ukd_load(u, found.key, ukey_random(), &key));
		ukey_key_free(key);
	} else if (done || status != UKEY_UKD_DENIED || found.known) {
		fail_msg("%d: %s", (int)status, ukey_ukd_error(u));
	} else {
		ukd_ok(u, add_alice(u)); /* nothing of it is spent */
	}
	ukey_ukd_close(u);
}

/* Bob's key opens, whichever key file is in its place. */
static void
rekeyed(bool done)
{
	(void)done;
	assert_true(serve());
	changed(false);
}

static const struct work {
	const char *name;
	bool (*run)(void);
	void (*check)(bool done);
} works[] = { { "create", create, created },
	{ "change", change, changed }, { "rekey", rekey, rekeyed },
	{ "serve", serve, NULL } };

/* The n-th call, for every n until none fails; HARMLESS: nobody notices. */
static void
loop(const struct work *w, unsigned classes, int err, bool harmless)
{
	unsigned n, hits = 1, blocks, descriptors;
	bool done = false;

	for (n = 0; n < MOST && hits > 0; n++) { /* 0: warms up */
		ukd_place_clear(&place);
		if (w->run != create)
			fill_place();
		blocks = faults_blocks();
		descriptors = faults_descriptors();
		faults_arm(classes, err, n);
		done = w->run();
		hits = n == 0 ? 1 : faults_disarm();
		if (n > 0 && (blocks != faults_blocks() ||
		    descriptors != faults_descriptors()))
			fail_msg("%s: call %u of %x, errno %d: left behind: "
			    "%d blocks, %d descriptors", w->name, n, classes,
			    err, (int)(faults_blocks() - blocks),
			    (int)(faults_descriptors() - descriptors));
		if (!done && (harmless || n == 0))
			fail_msg("%s: call %u of %x, errno %d", w->name, n,
			    classes, err);
		if (w->check != NULL)
			w->check(done);
		if (faults_leaks() != 0)
			fail_msg("%s: call %u of %x, errno %d: a secret in "
			    "freed memory", w->name, n, classes, err);
	}
	assert_true(done && hits == 0);
}

static void
loops(unsigned classes, int err, bool harmless)
{
	unsigned i;

	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		loop(&works[i], classes, err, harmless);
}

static void
test_interrupted(void **state)
{
	(void)state;
	loops(FAULTS_READ | FAULTS_WRITE | FAULTS_RANDOM, EINTR, true);
	loops(FAULTS_READ | FAULTS_WRITE | FAULTS_RANDOM, FAULTS_SHORT, true);
}

static void
test_system(void **state)
{
	(void)state;
	loops(FAULTS_WRITE, ENOSPC, false);
	loops(FAULTS_WRITE, EIO, false);
	loops(FAULTS_READ, EIO, false);
	loops(FAULTS_FILE, EIO, false);
	loops(FAULTS_STAT, EACCES, false);
	loops(FAULTS_LOCK, ENOLCK, false);
	loops(FAULTS_OPEN, EMFILE, false);
	loops(FAULTS_MAP, ENOMEM, false);
	loops(FAULTS_RANDOM, EIO, false);
}

#ifndef FAULTS_NO_MEMORY

/* SQLite and Mbed TLS alike. */
static void
test_memory(void **state)
{
	(void)state;
	loops(FAULTS_MEMORY, ENOMEM, false);
}

/* When all is closed, no octet of a key is anywhere in the process: heap,
 * stack, or the memory of a library. */
static void
test_nothing_stays(void **state)
{
	unsigned before;

	(void)state;
	ukd_place_clear(&place);
	fill_place();
	before = faults_scan();
	assert_true(serve() && change());
	assert_true(before > 0); /* the test's own key */
	assert_int_equal(faults_scan(), before);
	ukey_key_free(the_key);
	the_key = NULL;
	assert_int_equal(faults_scan(), 0);
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_system),
#ifndef FAULTS_NO_MEMORY
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_nothing_stays),
#endif
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
