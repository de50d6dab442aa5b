/*
 * userkeys: one time for all questions of a message: many names, long chains,
 * each step just in time, a pause while nothing is asked.
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
#include "ukey_inquiry.h"

#define TOTAL (2 * SUPPORT_DEADLINE) /* the default */
#define STEP (SUPPORT_DEADLINE * 9 / 20) /* before the second try */

static int server;
static char server_name[32];

static int
set_up(void **state)
{
	(void)state;
	server = support_server_open(server_name, sizeof(server_name));
	return 0;
}

static uint32_t arena[UKEY_ARENA_SIZE / 4];
static uint64_t work[UKEY_WORK_SIZE / 8 + 1];

/* A message with a signature of alice's own, and five of strangers. */
static void
begin(struct ukey_verify *v)
{
	char field[600], octets[173], own[40];
	unsigned i;

	memset(octets, 'A', sizeof(octets));
	ukey_verify_init(v, UKEY_VERIFY_DKIM, arena, sizeof(arena));
	assert_int_equal(ukey_verify_mail_from(v, UKEY_VIEW(
	    "<alice@example.org>"), (struct ukey_view) { NULL, 0 }),
	    UKEY_OK);
	for (i = 0; i < 6; i++) {
		snprintf(own, sizeof(own), "d=evil.example; s=k%u", i);
		snprintf(field, sizeof(field), "DKIM-Signature: v=1; "
		    "a=rsa-sha256; %s; h=from; bh=%.43s=; b=%.171s=\r\n",
		    i < 5 ? own : "d=example.org; i=alice@example.org; "
		    "s=2.alice.userkeys", octets, octets);
		assert_int_equal(ukey_verify_push(v, field, strlen(field)),
		    UKEY_OK);
	}
	assert_int_equal(ukey_verify_push(v,
	    "From: alice@example.org\r\n\r\n", 27), UKEY_OK);
}

/* Answers a stranger's name with a step on, to a name never heard of. */
static void
lead_on(const struct support_query *q)
{
	static unsigned n;
	uint8_t rdata[64];
	int len = snprintf((char *)rdata + 1, 60, "c%05u", n++);

	rdata[0] = (uint8_t)len;
	memcpy(rdata + 1 + len, "\4evil\7example", 14);
	support_server_answer(server, q, 5, (struct ukey_view) { rdata,
	    (size_t)len + 15 });
}

/* Asks and takes results until there is nothing to do but wait. */
static void
settle(struct ukey_inquiry *q)
{
	struct ukey_resolver_result result;
	bool any;

	do {
		any = false;
		ukey_inquiry_ask(q);
		support_turn(q->resolver);
		while (ukey_resolver_next(q->resolver, &result)) {
			assert_int_equal(ukey_inquiry_take(q, &result, work,
			    sizeof(work)), UKEY_OK);
			any = true;
		}
	} while (any);
}

/*
 * Time passes until V asks no more.  Strangers' servers answer each step just
 * before it is asked again; those of example.org do if OWN.  Returns how long
 * it took.
 */
static uint64_t
run(struct ukey_inquiry *q, struct ukey_verify *v, bool own)
{
	struct support_query query;
	uint64_t start = support_now;

	for (settle(q); ukey_verify_asking(v); settle(q)) {
		while (support_server_take(server, &query))
			if (query.label[0] == 'k' || query.label[0] == 'c')
				lead_on(&query);
			else if (own)
				support_server_answer(server, &query, 16,
				    UKEY_VIEW("\24v=DKIM1;p=;uk=reject"));
		support_now += STEP;
		assert_true(support_now < start + 20 * SUPPORT_DEADLINE);
	}
	return support_now - start;
}

static void
check_userkeys(const struct ukey_verify *v, enum ukey_verdict verdict)
{
	struct ukey_judgement j;

	ukey_verify_userkeys(v, &j);
	assert_int_equal(j.verdict, verdict);
}

/*
 * However long strangers' chains are, a message takes no more than its time.
 * What the sender's own record needs is there when they have used up theirs,
 * and after a pause, in which nothing is asked, such as a body that comes
 * slowly; here: the questions of another message.
 */
static void
test_message(void **state)
{
	struct ukey_resolver *r = support_resolver(server_name, 0, 0);
	static struct ukey_verify v;
	struct ukey_inquiry q;

	(void)state;
	begin(&v);
	ukey_inquiry_init(&q, r, &v, &v);
	assert_in_range(run(&q, &v, true), TOTAL, TOTAL + STEP);
	(void)ukey_verify_end(&v);
	check_userkeys(&v, UKEY_PERMERROR); /* p= is empty */
	support_now += 1000 * SUPPORT_DEADLINE;
	begin(&v);
	assert_in_range(run(&q, &v, true), STEP, 2 * STEP);
	(void)ukey_verify_end(&v);
	check_userkeys(&v, UKEY_PERMERROR);
	assert_int_equal(q.asked, 0);

	begin(&v);
	ukey_inquiry_init(&q, r, &v, &v);
	assert_in_range(run(&q, &v, false), TOTAL, TOTAL + STEP);
	(void)ukey_verify_end(&v);
	check_userkeys(&v, UKEY_TEMPERROR);
	ukey_inquiry_end(&q);
	ukey_resolver_free(r);
	support_server_drop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
