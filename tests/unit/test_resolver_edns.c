/*
 * userkeys: name servers that do not know EDNS, each way in which they say so;
 * errors without a question; silence; other servers; none that listens.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_server.h"
#include "ukey_resolver_conf.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
static int server, rival; /* sockets of name servers */
static char server_name[32], rival_name[32];

static int
set_up(void **state)
{
	(void)state;
	server = support_server_open(server_name, sizeof(server_name));
	rival = support_server_open(rival_name, sizeof(rival_name));
	return 0;
}

static char asker;

enum form { WHOLE, QUESTION, HEADER, COUNTED_HEADER, VERSION };

/* The refusal of Q with RCODE. */
static void
put_refusal(const struct support_query *q, enum form form, uint8_t rcode)
{
	uint8_t packet[UKEY_DNS_QUERY_MAX];
	size_t len = q->len;

	memcpy(packet, q->octets, q->len);
	packet[2] = 0x81;
	packet[3] = 0x80 | rcode;
	if (form == QUESTION) {
		len = support_query_end(q);
		packet[11] = 0;
	}
	if (form == HEADER)
		memset(packet + 4, 0, 8);
	if (form == HEADER || form == COUNTED_HEADER)
		len = 12;
	if (form == VERSION)
		packet[q->len - 6] = 1; /* extended RCODE: 16, BADVERS */
	support_server_put(server, q, packet, len);
}

/* What comes of a question: the first query is refused so, the second, if it
 * has no OPT, answered. */
static bool
refuse_once(struct ukey_resolver *r, enum form form, uint8_t rcode,
    bool *plain)
{
	struct support_query q, second;

	support_ask(r, "a", &asker, 0);
	support_turn(r);
	assert_true(support_server_take(server, &q));
	assert_true(support_query_has_opt(&q));
	put_refusal(&q, form, rcode);
	support_turn(r);
	if (!support_server_take(server, &second))
		return support_tally(r, &asker).own_good == 1;
	*plain = !support_query_has_opt(&second);
	assert_int_equal(second.len, *plain ? q.len - 11 : q.len);
	assert_true(memcmp(q.octets, second.octets, 2) != 0 ||
	    q.from.sin_port != second.from.sin_port); /* unpredictable */
	support_server_text(server, &second);
	support_turn(r);
	return support_tally(r, &asker).own_good == 1;
}

static void
test_no_edns(void **state)
{
	static const struct {
		enum form form;
		uint8_t rcode;
		bool remembered;
	} cases[] = { { WHOLE, 1, true }, { QUESTION, 1, true },
		{ HEADER, 1, true }, { COUNTED_HEADER, 1, true },
		{ WHOLE, 4, true }, { QUESTION, 4, true }, { HEADER, 4, true },
		{ COUNTED_HEADER, 4, true }, { VERSION, 0, false } };
	struct ukey_resolver *r;
	struct support_query q;
	bool plain = false;
	unsigned i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		r = support_resolver(server_name, 0, 0);
		assert_true(refuse_once(r, cases[i].form, cases[i].rcode,
		    &plain));
		assert_true(plain);
		support_ask(r, "b", &asker, 0); /* it is known by now */
		support_turn(r);
		assert_true(support_server_take(server, &q));
		assert_int_equal(support_query_has_opt(&q),
		    !cases[i].remembered);
		support_server_text(server, &q);
		support_turn(r);
		assert_int_equal(support_tally(r, &asker).own_good, 1);
		support_now += 3600000; /* and forgotten */
		support_ask(r, "c", &asker, 0);
		support_turn(r);
		assert_true(support_server_take(server, &q));
		assert_true(support_query_has_opt(&q));
		ukey_resolver_free(r);
	}
}

/* Other errors without a question: the next try is the usual one, at once. */
static void
test_bare_errors(void **state)
{
	static const uint8_t rcodes[] = { 2, 5 };
	struct ukey_resolver *r;
	bool plain = true;
	unsigned i;

	(void)state;
	for (i = 0; i < COUNT(rcodes); i++) {
		r = support_resolver(server_name, 0, 0);
		assert_true(refuse_once(r, HEADER, rcodes[i], &plain));
		assert_false(plain);
		ukey_resolver_free(r);
	}
}

/* A refusal with and without OPT is a refusal, after a few queries; one that
 * is not for us is none. */
static void
test_refused(void **state)
{
	struct ukey_resolver *r = support_resolver(server_name, 0, 0);
	struct ukey_resolver_result result;
	struct support_query q;
	unsigned n;

	(void)state;
	support_ask(r, "a", &asker, 0);
	support_turn(r);
	for (n = 0; support_server_take(server, &q) && n < 20; n++) {
		put_refusal(&q, HEADER, 1);
		support_turn(r);
	}
	assert_in_range(n, 2, 4);
	assert_true(ukey_resolver_next(r, &result));
	assert_int_equal(result.packet.len, 0);
	assert_int_equal(result.reason, UKEY_REASON_DNS_REFUSED);

	support_ask(r, "b", &asker, 0);
	support_turn(r);
	assert_true(support_server_take(server, &q));
	q.octets[0] ^= 1;
	put_refusal(&q, HEADER, 1);
	support_turn(r);
	assert_int_equal(support_server_drop(server), 0);
	q.octets[0] ^= 1;
	support_server_text(server, &q);
	support_turn(r);
	assert_int_equal(support_tally(r, &asker).own_good, 1);
	ukey_resolver_free(r);
}

/* Silence: the second query comes from the same socket, without OPT, and an
 * answer to either counts. */
static void
test_silent(void **state)
{
	struct ukey_resolver *r = support_resolver(server_name, 0, 0);
	struct support_query q, second;
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		support_ask(r, "a", &asker, 0);
		support_turn(r);
		assert_true(support_server_take(server, &q));
		support_now += SUPPORT_DEADLINE / 2;
		support_turn(r);
		assert_true(support_server_take(server, &second));
		assert_true(support_query_has_opt(&q));
		assert_false(support_query_has_opt(&second));
		assert_memory_equal(q.octets, second.octets, 2);
		assert_int_equal(q.from.sin_port, second.from.sin_port);
		support_server_text(server, i == 0 ? &q : &second);
		support_turn(r);
		assert_int_equal(support_tally(r, &asker).own_good, 1);
	}
	ukey_resolver_free(r);
}

/* A change of servers asks anew what is on its way. */
static void
test_use(void **state)
{
	struct ukey_resolver *r = support_resolver(server_name, 0, 0);
	struct ukey_resolver_conf c;
	char err[UKEY_RESOLVER_ERROR_SIZE];

	(void)state;
	support_ask(r, "a", &asker, 0);
	support_turn(r);
	assert_int_equal(support_server_drop(server), 1);
	assert_true(ukey_resolver_conf_list(&c, rival_name,
	    err, sizeof(err)));
	ukey_resolver_use(r, &c);
	support_turn(r);
	assert_int_equal(support_server_drop(server), 0);
	assert_int_equal(support_server_only(rival, "a"), 1);
	support_turn(r);
	assert_int_equal(support_tally(r, &asker).own_good, 1);
	memset(&c, 0, sizeof(c)); /* none is left: no answer, at once */
	support_ask(r, "b", &asker, 0);
	support_turn(r);
	ukey_resolver_use(r, &c);
	support_turn(r);
	assert_int_equal(support_tally(r, &asker).own, 1);
	ukey_resolver_free(r);
	support_server_drop(rival);
}

/* What cannot be asked is said. */
static void
test_trouble(void **state)
{
	char text[UKEY_RESOLVER_ERROR_SIZE], name[32];
	struct ukey_resolver *r;
	int fd = support_server_open(name, sizeof(name));
	unsigned i;

	(void)state;
	close(fd); /* nobody listens there now */
	r = support_resolver(name, 0, 0);
	assert_null(ukey_resolver_trouble(r, text, sizeof(text)));
	support_ask(r, "a", &asker, 0);
	for (i = 0; i < 5; i++)
		support_turn(r);
	assert_int_equal(support_tally(r, &asker).own, 1);
	assert_non_null(ukey_resolver_trouble(r, text, sizeof(text)));
	assert_non_null(strstr(text, name));
	assert_non_null(strstr(text, strerror(ECONNREFUSED)));
	ukey_resolver_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_edns),
		cmocka_unit_test(test_bare_errors),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_use),
		cmocka_unit_test(test_trouble),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
