/*
 * userkeys: the User Key Database while others change, replace or hold it.
 * SPDX-License-Identifier: MIT
 */
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
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
	(void)state;
	ukd_place_make(&place);
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
test_changed(void **state)
{
	struct ukey_ukd *u = ukd_place_open(&place, UKEY_UKD_CREATE);
	struct ukey_ukd *r = ukd_place_open(&place, UKEY_UKD_READ_ONLY);
	struct ukey_ukd_found found;
	struct ukey_key *key;

	(void)state;
	assert_true(ukey_ukd_changed(r)); /* the first time: may be */
	assert_false(ukey_ukd_changed(r));
	assert_int_equal(ukd_look(r, "alice", "alice@example.org"),
	    UKEY_UKD_DENIED);
	ukd_fill(u, "alice@example.org", "alice", UKEY_UKD_ACTIVE);
	assert_true(ukey_ukd_changed(r));
	assert_false(ukey_ukd_changed(r));
	ukd_ok(r, ukey_ukd_lookup(r, ukd_view("alice"),
	    ukd_view("alice@example.org"), &found));
	/* Not before it is whole. */
	ukd_ok(u, ukey_ukd_begin(u));
	ukd_ok(u, ukey_ukd_remove(u, ukd_mailbox("alice@example.org")));
	assert_false(ukey_ukd_changed(r));
	assert_int_equal(ukd_look(r, "alice", "alice@example.org"),
	    UKEY_UKD_OK);
	ukd_ok(u, ukey_ukd_end(u, UKEY_UKD_OK));
	assert_true(ukey_ukd_changed(r));
	assert_int_equal(ukey_ukd_load(r, found.key, ukey_random(), &key),
	    UKEY_UKD_NO_KEY);
	assert_int_equal(ukd_look(r, "alice", "alice@example.org"),
	    UKEY_UKD_DENIED);
	ukey_ukd_close(r);
	ukey_ukd_close(u);
}

/* Another database is moved over the one that servers have open, journal not
 * yet carried over. */
static void
test_replaced(void **state)
{
	struct ukey_ukd *u, *r[3];
	struct ukey_ukd_found found;
	struct ukd_place other;
	struct ukey_key *key;
	char moved[96];
	size_t i;

	(void)state;
	ukd_place_make(&other);
	u = ukd_place_open(&other, UKEY_UKD_CREATE);
	ukd_fill(u, "carol@example.org", "carol", UKEY_UKD_ACTIVE);
	ukd_fill(u, "dave@example.org", "dave", UKEY_UKD_ACTIVE);
	ukey_ukd_close(u);

	u = ukd_place_open(&place, UKEY_UKD_CREATE);
	ukd_fill(u, "alice@example.org", "alice", UKEY_UKD_ACTIVE);
	ukey_ukd_close(u);
	u = ukd_place_open(&place, 0);
	for (i = 0; i < COUNT(r); i++) {
		r[i] = ukd_place_open(&place, UKEY_UKD_READ_ONLY);
		ukd_ok(r[i], ukey_ukd_lookup(r[i], ukd_view("alice"),
		    ukd_view("alice@example.org"), &found));
		ukey_ukd_changed(r[i]);
	}
	/* Gone for a moment. */
	snprintf(moved, sizeof(moved), "%s/moved", place.folder);
	assert_int_equal(rename(place.path, moved), 0);
	assert_int_equal(ukd_look(r[0], "alice", "alice@example.org"),
	    UKEY_UKD_DAMAGED);
	assert_true(ukey_ukd_changed(r[0]));
	assert_int_equal(rename(other.path, place.path), 0);
	for (i = 0; i < COUNT(r); i++) {
		assert_true(ukey_ukd_changed(r[i]));
		if (ukd_look(r[i], "alice", "alice@example.org") !=
		    UKEY_UKD_DENIED)
			fail_msg("%s", ukey_ukd_error(r[i]));
		assert_int_equal(ukd_look(r[i], "carol", "carol@example.org"),
		    UKEY_UKD_OK);
		assert_int_equal(ukd_look(r[i], "dave", "dave@example.org"),
		    UKEY_UKD_OK);
		assert_int_equal(ukey_ukd_load(r[i], found.key, ukey_random(),
		    &key), UKEY_UKD_NO_KEY);
		ukey_ukd_changed(r[i]);
		assert_false(ukey_ukd_changed(r[i]));
	}
	assert_int_equal(ukd_look(u, "carol", "carol@example.org"),
	    UKEY_UKD_OK);
	ukd_fill(u, "erin@example.org", "erin", UKEY_UKD_ACTIVE);
	for (i = 0; i < COUNT(r); i++) {
		assert_int_equal(ukd_look(r[i], "erin", "erin@example.org"),
		    UKEY_UKD_OK);
		ukey_ukd_close(r[i]);
	}
	ukey_ukd_close(u);
	ukey_ukd_close(ukd_place_open(&place, UKEY_UKD_CHECK));
	ukd_place_remove(&other);
}

/* U is left with no database open, since for a moment another file stood in
 * its place. */
static void
lose(struct ukey_ukd *u)
{
	char moved[128];
	FILE *f;

	snprintf(moved, sizeof(moved), "%s.moved", place.path);
	assert_int_equal(rename(place.path, moved), 0);
	f = fopen(place.path, "w");
	assert_non_null(f);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	fprintf(f, "This is no database, but longer than a header of one, "
	    "which is a hundred octets, to be looked at.\n");
	assert_int_equal(fclose(f), 0);
	assert_int_equal(ukd_look(u, "alice", "alice@example.org"),
	    UKEY_UKD_DAMAGED);
	assert_null(u->db);
	assert_int_equal(rename(moved, place.path), 0);
}

/* After OK the change is there for all, though the call opened the file. */
static void
test_reopened(void **state)
{
	static const struct ukey_view next;
	static const struct ukey_ukd_flags flags;
	const char *alice = "alice@example.org";
	const char *bob = "bob@example.org";
	char generation[UKEY_LABEL_MAX + 1];
	struct ukey_key *key = ukd_key();
	struct ukey_ukd *u, *r;
	unsigned i;

	(void)state;
	ukey_ukd_close(ukd_place_open(&place, UKEY_UKD_CREATE));
	u = ukd_place_open(&place, 0);
	for (i = 0; i < 6; i++) {
		lose(u);
		if (i == 0)
			ukd_ok(u, ukey_ukd_add(u, ukd_mailbox(alice), &flags));
		else if (i == 1)
			ukd_ok(u, ukey_ukd_allow(u, ukd_view("al"),
			    ukd_whom(alice)));
		else if (i == 2)
			ukd_ok(u, ukey_ukd_key_add(u, ukd_mailbox(alice), next,
			    key, generation));
		else if (i == 3)
			ukd_ok(u, ukey_ukd_key_move(u, ukd_mailbox(alice),
			    ukd_view(generation), UKEY_UKD_ACTIVE, true));
		else if (i == 4)
			ukd_ok(u, ukey_ukd_deny(u, ukd_view("al"),
			    ukd_whom(alice)));
		else
			ukd_ok(u, ukey_ukd_remove(u, ukd_mailbox(alice)));
		assert_true(sqlite3_get_autocommit(u->db));
		r = ukd_place_open(&place, 0);
		ukd_ok(r, ukey_ukd_add(r, ukd_mailbox(bob), &flags));
		ukd_ok(r, ukey_ukd_remove(r, ukd_mailbox(bob)));
		assert_int_equal(ukd_look(r, "al", "alice@example.org"),
		    i == 3 ? UKEY_UKD_OK : i == 1 || i == 2 ?
		    UKEY_UKD_NO_KEY : UKEY_UKD_DENIED);
		ukey_ukd_close(r);
	}
	ukey_ukd_close(u);
	ukey_key_free(key);
}

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/*
 * Another process that holds all locks of readers, as one that was stopped
 * while it recovers the journal does; until the pipe behind *END is closed.
 */
static pid_t
hold_locks(int *end)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = 120, .l_len = 8 };
	int ready[2], done[2], fd;
	char path[128], octet = 0;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	child = fork();
	if (child == 0) {
		close(done[1]);
		snprintf(path, sizeof(path), "%s-shm", place.path);
		fd = open(path, O_RDWR);
		if (fd < 0 || fcntl(fd, F_SETLKW, &all) != 0)
			_exit(1);
		if (write(ready[1], &octet, 1) == 1)
			while (read(done[0], &octet, 1) > 0)
				continue;
		_exit(0);
	}
	close(done[0]);
	close(ready[1]);
	*end = done[1];
	assert_int_equal(read(ready[0], &octet, 1), 1);
	close(ready[0]);
	return child;
}

/* An answer comes, and soon, whatever another process does. */
static void
test_busy(void **state)
{
	struct ukey_ukd *u = ukd_place_open(&place, UKEY_UKD_CREATE);
	struct ukey_ukd *r = ukd_place_open(&place, UKEY_UKD_READ_ONLY);
	uint64_t begun;
	pid_t child;
	int end;

	(void)state;
	ukd_fill(u, "alice@example.org", "alice", UKEY_UKD_ACTIVE);
	assert_int_equal(ukd_look(r, "alice", "alice@example.org"),
	    UKEY_UKD_OK);
	child = hold_locks(&end);
	begun = now_ms();
	assert_int_equal(ukd_look(r, "alice", "alice@example.org"),
	    UKEY_UKD_BUSY);
	assert_non_null(strstr(ukey_ukd_error(r), "try again"));
	assert_true(ukey_ukd_changed(r));
	assert_int_equal(ukey_ukd_remove(u, ukd_mailbox("alice@example.org")),
	    UKEY_UKD_BUSY);
	assert_true(now_ms() - begun < 1500); /* 50 each, on a slow machine */
	close(end);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(ukd_look(r, "alice", "alice@example.org"),
	    UKEY_UKD_OK);
	ukey_ukd_close(r);
	ukey_ukd_close(u);
}

/* A writer does not hinder readers, but other writers. */
static void
test_writers(void **state)
{
	struct ukey_ukd *u = ukd_place_open(&place, UKEY_UKD_CREATE);
	struct ukey_ukd *w = ukd_place_open(&place, 0);

	(void)state;
	ukd_fill(u, "alice@example.org", "alice", UKEY_UKD_ACTIVE);
	ukd_ok(u, ukey_ukd_begin(u));
	assert_int_equal(ukd_look(w, "alice", "alice@example.org"),
	    UKEY_UKD_OK);
	assert_int_equal(ukey_ukd_remove(w, ukd_mailbox("alice@example.org")),
	    UKEY_UKD_BUSY);
	ukd_ok(u, ukey_ukd_end(u, UKEY_UKD_OK));
	ukd_ok(w, ukey_ukd_remove(w, ukd_mailbox("alice@example.org")));
	ukey_ukd_close(w);
	ukey_ukd_close(u);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_changed, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_reopened, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_replaced, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_busy, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_writers, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
