/*
 * userkeys: User Key Databases that are not opened, and why; older ones that
 * are.  SPDX-License-Identifier: MIT
 */
#include <sys/stat.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ukd.h"
#include "ukey_random.h"
#include "ukey_ukd_parts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ukd_place place;

static int
set_up(void **state)
{
	struct ukey_ukd *u;

	(void)state;
	ukd_place_make(&place);
	u = ukd_place_open(&place, UKEY_UKD_CREATE);
	ukd_fill(u, "alice@example.org", "alice", UKEY_UKD_ACTIVE);
	ukey_ukd_close(u);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ukd_place_remove(&place);
	return 0;
}

static void
test_modes(void **state)
{
	static const char *const files[] = { "ukd", "ukd-wal", "ukd-shm",
	    "key" };
	struct ukey_ukd *u = ukd_place_open(&place, 0);
	struct stat st;
	char path[128];
	size_t i;
	mode_t bit;

	(void)state;
	for (i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", place.folder, files[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777,
		    i == COUNT(files) - 1 ? 0400 : 0600);
		for (bit = 1; bit < 0100; bit <<= 1) {
			assert_int_equal(chmod(path, 0600 | bit), 0);
			ukd_place_refused(&place, 0, "chmod go=");
			ukd_place_refused(&place, UKEY_UKD_READ_ONLY, path);
		}
		assert_int_equal(chmod(path, 0600), 0);
	}
	ukey_ukd_close(u);
	ukey_ukd_close(ukd_place_open(&place, 0));
	assert_int_equal(unlink(place.path), 0);
	assert_int_equal(mkdir(place.path, 0700), 0);
	ukd_place_refused(&place, 0, "not a regular file");
	assert_int_equal(rmdir(place.path), 0);
	ukd_place_refused(&place, 0, "ukd init");
	ukd_place_refused(&place, UKEY_UKD_READ_ONLY, "ukd init");
	ukd_place_refused(&place, UKEY_UKD_CREATE, "it is kept");
	assert_int_equal(access(place.path, F_OK), -1);
	ukey_ukd_close(ukd_place_open(&place, UKEY_UKD_CREATE |
	    UKEY_UKD_ADOPT));
	ukd_place_refused(&place, UKEY_UKD_CREATE, "it is kept");
}

static void
write_file(const char *path, const char *text, size_t len)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

static void
test_key_file(void **state)
{
	static const char good[] = "userkeys-ukd-key-1 "
	    "00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\n";
	char text[sizeof(good)];
	size_t i;

	(void)state;
	write_file(place.key_file, good, sizeof(good) - 1);
	ukd_place_refused(&place, 0, "not the key file of");
	ukd_place_refused(&place, UKEY_UKD_READ_ONLY, "not the key file of");
	for (i = 0; i < sizeof(good) - 2; i++) {
		memcpy(text, good, sizeof(good));
		text[i] ^= 0x40;
		write_file(place.key_file, text, sizeof(good) - 1);
		ukd_place_refused(&place, 0, "not a key file");
		write_file(place.key_file, good, i);
		ukd_place_refused(&place, 0, "not a key file");
	}
	assert_int_equal(unlink(place.key_file), 0);
	ukd_place_refused(&place, 0, "--key-file");
	ukey_ukd_close(ukd_place_open(&place, UKEY_UKD_NO_SEAL));
}

/* Runs SQL on the file as it is. */
static void
with_sql(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(place.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
test_schema(void **state)
{
	struct ukey_ukd *u;
	struct stat st;
	char copy[128];

	(void)state;
	with_sql("PRAGMA user_version = 3");
	ukd_place_refused(&place, 0, "newer");
	ukd_place_refused(&place, UKEY_UKD_READ_ONLY, "newer");
	/* As the first release left it. */
	with_sql("DROP INDEX permissions_address; PRAGMA user_version = 1");
	ukd_place_refused(&place, UKEY_UKD_READ_ONLY, "ukd upgrade");
	/* Without a copy nothing is changed. */
	snprintf(copy, sizeof(copy), "%s.schema-1.part", place.path);
	assert_int_equal(mkdir(copy, 0700), 0);
	ukd_place_refused(&place, 0, "without a copy");
	assert_int_equal(rmdir(copy), 0);
	ukd_place_refused(&place, UKEY_UKD_READ_ONLY, "older");
	u = ukd_place_open(&place, UKEY_UKD_CHECK);
	assert_int_equal(ukd_look(u, "alice", "alice@example.org"),
	    UKEY_UKD_OK);
	ukey_ukd_close(u);
	u = ukd_place_open(&place, UKEY_UKD_READ_ONLY);
	assert_int_equal(ukd_look(u, "alice", "alice@example.org"),
	    UKEY_UKD_OK);
	ukey_ukd_close(u);
	/* The copy is what it was, and comes up to date as well. */
	snprintf(copy, sizeof(copy), "%s.schema-1", place.path);
	assert_int_equal(stat(copy, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(rename(copy, place.path), 0);
	ukd_place_refused(&place, UKEY_UKD_READ_ONLY, "older");
	u = ukd_place_open(&place, UKEY_UKD_CHECK);
	assert_int_equal(ukd_look(u, "alice", "alice@example.org"),
	    UKEY_UKD_OK);
	ukey_ukd_close(u);
	with_sql("PRAGMA application_id = 1");
	ukd_place_refused(&place, 0, "another program");
	write_file(place.path, "", 0);
	ukd_place_refused(&place, 0, "interrupted");
	write_file(place.path, "This is no database, but a letter.\n", 35);
	ukd_place_refused(&place, 0, "not a database");
}

/* A schema of ours in name alone. */
static void
test_tables(void **state)
{
	struct ukey_ukd *u;

	(void)state;
	with_sql("DROP TABLE permissions");
	u = ukd_place_open(&place, UKEY_UKD_READ_ONLY);
	assert_int_equal(ukd_look(u, "alice", "alice@example.org"),
	    UKEY_UKD_DAMAGED);
	assert_true(strlen(ukey_ukd_error(u)) > 0);
	ukey_ukd_close(u);
	with_sql("DELETE FROM settings");
	ukd_place_refused(&place, 0, "--key-file");
}

/* Pages overwritten one after the other: refused at the check, or at the
 * lookup, and nothing is believed that is not so. */
static void
test_damaged(void **state)
{
	struct ukey_ukd_settings settings;
	char err[UKEY_UKD_ERROR_SIZE], *whole, *copy;
	struct ukey_ukd *u;
	unsigned refused = 0;
	struct stat st;
	size_t at;
	int fd;

	(void)state;
	memset(&settings, 0, sizeof(settings));
	settings.path = place.path;
	settings.flags = UKEY_UKD_READ_ONLY;
	assert_int_equal(stat(place.path, &st), 0);
	whole = malloc((size_t)st.st_size);
	copy = malloc((size_t)st.st_size);
	assert_non_null(whole);
	assert_non_null(copy);
	fd = open(place.path, O_RDONLY);
	assert_int_equal(read(fd, whole, (size_t)st.st_size), st.st_size);
	close(fd);
	for (at = 0; at < (size_t)st.st_size; at += 512) {
		memcpy(copy, whole, (size_t)st.st_size);
		memset(copy + at, 0xa5, 256);
		write_file(place.path, copy, (size_t)st.st_size);
		if (ukey_ukd_open(&u, &settings, err, sizeof(err)) == 0) {
			assert_int_not_equal(ukd_look(u, "eve",
			    "alice@example.org"), UKEY_UKD_OK);
			ukd_look(u, "alice", "alice@example.org");
			ukey_ukd_close(u);
		} else
			refused++;
		settings.flags ^= UKEY_UKD_CHECK;
	}
	assert_true(refused > 5);
	/* Cut off. */
	write_file(place.path, whole, (size_t)st.st_size / 2);
	ukd_place_refused(&place, UKEY_UKD_CHECK, "restore a backup");
	free(whole);
	free(copy);
}

/* Sealed keys and public halves belong to their rows. */
static void
test_rows(void **state)
{
	static const char *const changes[] = {
		"UPDATE keys SET private = zeroblob(length(private))",
		"UPDATE keys SET private = zeroblob(3)",
		"UPDATE keys SET public = zeroblob(10)",
		"UPDATE addresses SET label = 'bob', address = 'bob@b.example'",
		"UPDATE addresses SET domain = 'example.com'",
		"UPDATE keys SET generation = '2'",
	};
	struct ukey_ukd_found found;
	struct ukey_ukd *u;
	struct ukey_key *key;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(changes); i++) {
		with_sql(changes[i]);
		u = ukd_place_open(&place, UKEY_UKD_READ_ONLY);
		if (ukey_ukd_mailbox(u, ukd_view("alice@example.org"),
		    &found) != UKEY_UKD_OK && ukey_ukd_mailbox(u,
		    ukd_view("bob@example.org"), &found) != UKEY_UKD_OK)
			ukd_ok(u, ukey_ukd_mailbox(u,
			    ukd_view("bob@example.com"), &found));
		assert_int_equal(ukey_ukd_load(u, found.key, ukey_random(),
		    &key), UKEY_UKD_DAMAGED);
		assert_null(key);
		assert_non_null(strstr(ukey_ukd_error(u), "does not open"));
		ukey_ukd_close(u);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_modes, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_key_file, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_schema, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_tables, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_rows, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
