/*
 * userkeys: a new sealing key, from every moment at which its making can end.
 * SPDX-License-Identifier: MIT
 */
#include <sys/stat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ukd.h"
#include "ukey_random.h"
#include "ukey_ukd_parts.h"

static struct ukd_place place;
static struct ukey_ukd *u;

static int
set_up(void **state)
{
	(void)state;
	ukd_place_make(&place);
	u = ukd_place_open(&place, UKEY_UKD_CREATE);
	ukd_fill(u, "alice@example.org", "alice", UKEY_UKD_ACTIVE);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ukey_ukd_close(u);
	ukd_place_remove(&place);
	return 0;
}

/* PATH's SUFFIX beside the key file. */
static const char *
beside(const char *suffix)
{
	static char path[2][128];
	static unsigned next;

	next ^= 1;
	snprintf(path[next], sizeof(path[next]), "%s%s", place.key_file,
	    suffix);
	return path[next];
}

/* Whether Alice's key can be had. */
static enum ukey_ukd_status
load(struct ukey_ukd *ukd)
{
	struct ukey_ukd_found found;
	enum ukey_ukd_status status;
	struct ukey_key *key;

	status = ukey_ukd_mailbox(ukd, ukd_view("alice@example.org"),
	    &found);
	if (status != UKEY_UKD_OK)
		return status;
	status = ukey_ukd_load(ukd, found.key, ukey_random(), &key);
	ukey_key_free(key);
	return status;
}

static void
opens(unsigned flags)
{
	struct ukey_ukd *other = ukd_place_open(&place, flags);

	ukd_ok(other, load(other));
	ukey_ukd_close(other);
}

static void
test_rekey(void **state)
{
	struct ukey_ukd *reader = ukd_place_open(&place, UKEY_UKD_READ_ONLY);
	struct ukey_ukd *writer = ukd_place_open(&place, 0);
	struct stat st;
	unsigned keys;

	(void)state;
	ukd_ok(reader, load(reader));
	ukd_ok(u, ukey_ukd_rekey(u, false, &keys));
	assert_int_equal(keys, 1);
	ukd_ok(u, load(u));
	/* Those who had it open go on, also with what they write. */
	ukd_ok(reader, load(reader));
	ukd_fill(writer, "bob@example.org", NULL, UKEY_UKD_NEW);
	ukey_ukd_close(reader);
	ukey_ukd_close(writer);
	opens(UKEY_UKD_CHECK);
	assert_int_equal(stat(place.key_file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0400);
	assert_int_equal(access(beside(".new"), F_OK), -1);
	/* The old key file stays, and is not overwritten. */
	assert_int_equal(access(beside(".old"), F_OK), 0);
	assert_int_equal(ukey_ukd_rekey(u, false, &keys), UKEY_UKD_EXISTS);
	assert_non_null(strstr(ukey_ukd_error(u), "move it away"));
	ukd_ok(u, load(u));
	assert_int_equal(unlink(beside(".old")), 0);
	ukd_ok(u, ukey_ukd_rekey(u, false, &keys));
	assert_int_equal(keys, 2);
	opens(UKEY_UKD_READ_ONLY);
	/* The file of before opens it no more. */
	assert_int_equal(rename(beside(".old"), place.key_file), 0);
	ukd_place_refused(&place, 0, "not the key file of");
}

/* Cut off behind the transaction: the new file is not in its place. */
static void
test_cut_off(void **state)
{
	unsigned keys;

	(void)state;
	ukd_ok(u, ukey_ukd_rekey(u, false, &keys));
	assert_int_equal(rename(place.key_file, beside(".new")), 0);
	assert_int_equal(link(beside(".old"), place.key_file), 0);
	opens(UKEY_UKD_READ_ONLY);
	assert_int_equal(access(beside(".new"), F_OK), 0);
	opens(0);
	assert_int_equal(access(beside(".new"), F_OK), -1);
	opens(UKEY_UKD_READ_ONLY);
	/* Cut off before it: a new file that opens nothing. */
	assert_int_equal(rename(beside(".old"), beside(".new")), 0);
	opens(0);
	ukd_ok(u, ukey_ukd_rekey(u, false, &keys));
	opens(UKEY_UKD_CHECK);
}

static bool
each_key(void *state, const struct ukey_ukd_key_row *row)
{
	*(enum ukey_ukd_state *)state = row->state;
	return true;
}

static void
test_lost(void **state)
{
	enum ukey_ukd_state found = UKEY_UKD_NEW;
	struct ukey_ukd *keyless;
	unsigned keys;

	(void)state;
	keyless = ukd_place_open(&place, UKEY_UKD_NO_SEAL);
	assert_int_equal(ukey_ukd_rekey(keyless, true, &keys),
	    UKEY_UKD_INVALID);
	assert_non_null(strstr(ukey_ukd_error(keyless), "not lost"));
	assert_int_equal(unlink(place.key_file), 0);
	ukd_place_refused(&place, 0, "--key-file");
	ukd_ok(keyless, ukey_ukd_rekey(keyless, true, &keys));
	assert_int_equal(keys, 1);
	ukey_ukd_close(keyless);
	ukey_ukd_close(u);
	u = ukd_place_open(&place, 0);
	ukd_ok(u, ukey_ukd_each_key(u, ukd_whom("alice@example.org"),
	    each_key, &found));
	assert_int_equal(found, UKEY_UKD_RETIRED);
	assert_int_equal(ukd_look(u, "alice", "alice@example.org"),
	    UKEY_UKD_NO_KEY);
	ukd_fill(u, "bob@example.org", NULL, UKEY_UKD_ACTIVE);
	/* A key file that opens another database is not overwritten. */
	assert_int_equal(unlink(place.key_file), 0);
	place.path[strlen(place.path) - 1] = '2';
	ukey_ukd_close(ukd_place_open(&place, UKEY_UKD_CREATE));
	place.path[strlen(place.path) - 1] = 'd';
	keyless = ukd_place_open(&place, UKEY_UKD_NO_SEAL);
	assert_int_equal(ukey_ukd_rekey(keyless, true, &keys),
	    UKEY_UKD_INVALID);
	assert_non_null(strstr(ukey_ukd_error(keyless), "another database"));
	ukey_ukd_close(keyless);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_rekey),
		WITH(test_cut_off),
		WITH(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
