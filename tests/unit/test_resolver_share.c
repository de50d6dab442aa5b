/*
 * userkeys: nobody starves another: many messages with silent names, one with
 * many, names that others ask too, urgent questions behind others, sockets
 * that were taken.  The clock stands still: what must not wait is answered
 * while all the others wait.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
static int server, rival; /* sockets of name servers */
static char server_name[32], rival_name[32], both_names[65];

static int
set_up(void **state)
{
	(void)state;
	server = support_server_open(server_name, sizeof(server_name));
	rival = support_server_open(rival_name, sizeof(rival_name));
	snprintf(both_names, sizeof(both_names), "%s,%s", server_name,
	    rival_name);
	return 0;
}

#define SOCKETS 16
#define HOSTILE 100

static char hostile[HOSTILE], good[HOSTILE];

/* LETTERS messages with NAMES silent names each. */
static void
flood(struct ukey_resolver *r, unsigned letters, unsigned names)
{
	char label[64];
	unsigned i, k;

	for (i = 0; i < letters; i++)
		for (k = 0; k < names; k++) {
			snprintf(label, sizeof(label), "s%u-%u", i, k);
			support_ask(r, label, &hostile[i], 4 + k);
		}
	support_turn(r);
}

/* Good letters come one by one: each is answered while all others wait. */
static void
check_good(struct ukey_resolver *r, unsigned letters)
{
	struct support_tally t;
	char label[64];
	unsigned i;

	for (i = 0; i < letters; i++) {
		snprintf(label, sizeof(label), "good%u", i);
		support_ask(r, label, &good[i], 1);
		support_turn(r);
		assert_int_equal(support_server_only(server, "good"), 1);
		support_turn(r);
		t = support_tally(r, &good[i]);
		assert_int_equal(t.own_good, 1);
		assert_int_equal(t.others, 0);
	}
}

static void
test_flood(void **state)
{
	static const struct {
		unsigned letters, names;
	} cases[] = { { 1, 60 }, { 2, 8 }, { 3, 5 }, { 16, 1 }, { 17, 1 },
		{ 100, 1 }, { 100, 5 } };
	struct ukey_resolver *r;
	unsigned i, asked;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		r = support_resolver(server_name, SOCKETS, 6);
		flood(r, cases[i].letters, cases[i].names);
		asked = support_server_drop(server);
		assert_true(asked <= SOCKETS || cases[i].letters > 1);
		if (cases[i].letters == 1)
			assert_int_equal(asked, 6); /* its share */
		check_good(r, 20);
		ukey_resolver_free(r);
		support_server_drop(server);
	}
}

/* Good letters at once, each with several names, among the flood. */
static void
test_parallel(void **state)
{
	struct ukey_resolver *r = support_resolver(server_name, SOCKETS, 6);
	struct ukey_resolver_result result;
	unsigned i, k, seen = 0, rounds;
	char label[64];

	(void)state;
	flood(r, HOSTILE, 5);
	support_server_drop(server);
	for (i = 0; i < 20; i++)
		for (k = 0; k < 3; k++) {
			snprintf(label, sizeof(label), "good%u-%u", i, k);
			support_ask(r, label, &good[i], 1 + k);
		}
	for (rounds = 0; seen < 60 && rounds < 60; rounds++) {
		support_now++; /* no try is repeated, no time is over */
		support_turn(r);
		support_server_only(server, "good");
		support_turn(r);
		while (ukey_resolver_next(r, &result)) {
			assert_in_range((uintptr_t)result.cookie,
			    (uintptr_t)good, (uintptr_t)good + HOSTILE);
			assert_int_not_equal(result.packet.len, 0);
			seen++;
		}
	}
	assert_int_equal(seen, 60);
	ukey_resolver_free(r);
	support_server_drop(server);
}

/* A hostile letter asks a good one's name first, as its least urgent. */
static void
test_same_name(void **state)
{
	struct ukey_resolver *r = support_resolver(server_name, SOCKETS, 6);
	struct support_tally t;
	unsigned i;

	(void)state;
	for (i = 0; i < HOSTILE; i++)
		support_ask(r, "good0", &hostile[i], 99);
	flood(r, HOSTILE, 5);
	support_server_drop(server);
	support_ask(r, "good0", &good[0], 1);
	support_turn(r);
	support_now += SUPPORT_DEADLINE / 2; /* the first query was lost */
	support_turn(r);
	assert_in_range(support_server_only(server, "good"), 1, 2);
	support_turn(r);
	t = support_tally(r, &good[0]);
	assert_int_equal(t.own_good, 1);
	ukey_resolver_free(r);
	support_server_drop(server);
}

/* Of one letter's questions the lowest id goes first, whenever it is asked. */
static void
test_urgent(void **state)
{
	struct ukey_resolver *r = support_resolver(server_name, SOCKETS, 2);
	struct support_query q;
	char label[64];
	unsigned id;

	(void)state;
	for (id = 9; id > 3; id--) {
		snprintf(label, sizeof(label), "d%u", id);
		support_ask(r, label, &good[0], id);
	}
	support_turn(r);
	support_server_drop(server);
	support_ask(r, "base", &good[0], 0);
	support_turn(r);
	assert_true(support_server_take(server, &q));
	assert_string_equal(q.label, "base");
	support_server_text(server, &q);
	support_turn(r);
	assert_int_equal(support_tally(r, &good[0]).own_good, 1);
	ukey_resolver_free(r);
	support_server_drop(server);
}

/* Whose socket was taken is answered all the same, once there are free ones,
 * and nobody's question is lost. */
static void
test_none_lost(void **state)
{
	struct ukey_resolver *r = support_resolver(both_names, SOCKETS, 6);
	struct ukey_resolver_result result;
	unsigned seen = 0, rounds;

	(void)state;
	flood(r, 30, 5);
	support_server_drop(server);
	support_server_drop(rival);
	check_good(r, 1);
	for (rounds = 0; seen < 150 && rounds < 100; rounds++) {
		support_now += 5;
		support_turn(r);
		support_server_only(server, "s");
		support_server_only(rival, "s");
		support_turn(r);
		while (ukey_resolver_next(r, &result))
			seen += result.packet.len > 0;
	}
	assert_int_equal(seen, 150);
	assert_int_equal(ukey_resolver_wait(r), -1);
	ukey_resolver_free(r);
}

/* A lookup that is nearly over is not joined: who asks now has a right to time
 * of their own. */
static void
test_late(void **state)
{
	struct ukey_resolver *r = support_resolver(server_name, SOCKETS, 6);

	(void)state;
	support_ask(r, "slow", &hostile[0], 1);
	support_turn(r);
	support_now += SUPPORT_DEADLINE - 1;
	support_server_drop(server);
	support_ask(r, "slow", &good[0], 1);
	support_turn(r);
	support_now += 2;
	support_turn(r);
	assert_int_equal(support_tally(r, &good[0]).others, 1);
	assert_in_range(support_server_only(server, "slow"), 1, 2);
	support_turn(r);
	assert_int_equal(support_tally(r, &good[0]).own_good, 1);
	ukey_resolver_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_parallel),
		cmocka_unit_test(test_same_name),
		cmocka_unit_test(test_urgent),
		cmocka_unit_test(test_none_lost),
		cmocka_unit_test(test_late),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
