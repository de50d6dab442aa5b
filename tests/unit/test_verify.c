/*
 * userkeys: verification as its caller sees it: order of calls, answers that
 * do not come, memory and crypto that run out.  SPDX-License-Identifier: MIT
 *
 * What is judged, and how, is in tests/vectors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_mail.h"
#include "support_port.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define USER "alice.userkeys.example.org"
#define ALIAS "alice.userkeys._domainkey.example.org"

static uint32_t arena[UKEY_ARENA_SIZE / 4];
static uint64_t work[UKEY_WORK_SIZE / 8 + 1];
static struct support_mail mail;

/* A letter signed by Alice's key, and its records. */
static const struct support_record *
signed_letter(const char *tags)
{
	static struct support_record records[3];

	support_mail_letter(&mail);
	support_mail_sign(&mail, "alice.userkeys", "alice@example.org");
	records[0] = (struct support_record) { USER, "TXT",
		support_mail_record(tags) };
	records[1] = (struct support_record) { ALIAS, "CNAME", USER };
	return records;
}

static void
begin(struct ukey_verify *v, void *memory, size_t size, uint64_t now)
{
	ukey_verify_init(v, UKEY_VERIFY_DKIM, memory, size);
	assert_int_equal(ukey_verify_mail_from(v,
	    UKEY_VIEW("<alice@example.org>"), UKEY_VIEW_NONE), 0);
	assert_int_equal(ukey_verify_time(v, now), 0);
}

static void
test_order(void **state)
{
	const struct support_record *records =
	    signed_letter("v=DKIM1; uk=reject;");
	struct ukey_verify v;
	struct ukey_judgement j;
	uint8_t id[32], octets[UKEY_DNS_QUERY_MAX];
	struct ukey_out out;

	(void)state;
	begin(&v, arena, sizeof(arena), SUPPORT_MAIL_TIME);
	assert_false(ukey_verify_header_done(&v));
	assert_false(ukey_verify_asking(&v));
	assert_int_equal(ukey_verify_body(&v, "x", 1), UKEY_ERR_ORDER);
	assert_int_equal(ukey_verify_answer(&v, 0, UKEY_VIEW(""), work,
	    sizeof(work)), UKEY_ERR_ORDER);
	assert_int_equal(ukey_verify_no_answer(&v, 99,
	    UKEY_REASON_DNS_TIMEOUT), UKEY_ERR_ORDER);
	ukey_verify_userkeys(&v, &j);
	assert_int_equal(j.reason, UKEY_REASON_INCOMPLETE);
	assert_int_equal(ukey_verify_push(&v, mail.data, 20), 0);
	assert_int_equal(ukey_verify_mail_from(&v, UKEY_VIEW("a@b"),
	    UKEY_VIEW_NONE),
	    UKEY_ERR_ORDER);
	assert_int_equal(ukey_verify_push(&v, mail.data + 20, mail.len - 20),
	    0);
	assert_true(ukey_verify_header_done(&v));
	assert_int_equal(ukey_verify_time(&v, 1), UKEY_ERR_ORDER);
	assert_int_equal(ukey_verify_header_end(&v), UKEY_ERR_ORDER);
	assert_int_equal(ukey_verify_field(&v, UKEY_VIEW("X: y\r\n")),
	    UKEY_ERR_ORDER);
	assert_true(ukey_verify_asking(&v));
	ukey_out_init(&out, octets, 5);
	(void)ukey_verify_question(&v, 1, &out);
	assert_int_equal(ukey_verify_end(&v), 0);
	assert_int_equal(ukey_verify_end(&v), UKEY_ERR_ORDER);
	assert_int_equal(ukey_verify_push(&v, "x", 1), UKEY_ERR_ORDER);
	assert_int_equal(ukey_verify_body(&v, "x", 1), UKEY_ERR_ORDER);
	assert_false(ukey_verify_done(&v));
	assert_int_equal(ukey_verify_replay_id(&v, id), UKEY_ERR_ORDER);
	assert_true(support_dns_run(&v, records, true) > 0);
	assert_true(ukey_verify_done(&v));
	ukey_verify_userkeys(&v, &j);
	assert_int_equal(j.verdict, UKEY_PASS);
	assert_int_equal(ukey_verify_replay_id(&v, id), 0);
}

/* Already split by the caller: the same. */
static void
test_fields(void **state)
{
	const struct support_record *records = signed_letter("v=DKIM1; uk=x;");
	struct ukey_message splitter;
	struct ukey_view in = { mail.data, mail.len };
	struct ukey_event e;
	struct ukey_verify v;
	struct ukey_judgement j;
	const uint8_t *start = mail.data;

	(void)state;
	begin(&v, arena, sizeof(arena), 0);
	ukey_message_init(&splitter);
	while ((e = ukey_message_next(&splitter, &in)).kind !=
	    UKEY_EVENT_NONE) {
		const uint8_t *end = in.data;

		/* what ended the header is no part of its last field */
		if (end - mail.data >= 4 && memcmp(end - 4, "\r\n\r\n",
		    4) == 0)
			end -= 2;
		if (e.kind == UKEY_EVENT_FIELD_END) {
			/* Up to the line that does not go on. */
			assert_int_equal(ukey_verify_field(&v,
			    (struct ukey_view) { start,
			    (size_t)(end - start) }), 0);
			start = end;
		} else if (e.kind == UKEY_EVENT_HEADER_END) {
			assert_int_equal(ukey_verify_header_end(&v), 0);
		} else if (e.kind == UKEY_EVENT_BODY) {
			assert_int_equal(ukey_verify_body(&v, e.octets.data,
			    e.octets.len), 0);
		}
		if (e.kind == UKEY_EVENT_FIELD && e.octets.len == 0)
			start = end;
	}
	assert_int_equal(ukey_verify_end(&v), 0);
	support_dns_run(&v, records, false);
	ukey_verify_dkim(&v, 0, &j);
	assert_int_equal(j.verdict, UKEY_PASS);
	assert_true(j.time_unknown);
}

/* Each question without an answer, by each reason. */
static void
test_no_answer(void **state)
{
	static const enum ukey_reason reasons[] = { UKEY_REASON_DNS_TIMEOUT,
		UKEY_REASON_DNS_TRUNCATED, UKEY_REASON_DNS_SERVFAIL,
		UKEY_REASON_DNS_REFUSED, UKEY_REASON_DNS_MALFORMED };
	struct ukey_verify v;
	struct ukey_judgement j;
	unsigned id;
	size_t i;

	(void)state;
	signed_letter("v=DKIM1; uk=reject;");
	for (i = 0; i < COUNT(reasons); i++) {
		begin(&v, arena, sizeof(arena), SUPPORT_MAIL_TIME);
		ukey_verify_push(&v, mail.data, mail.len);
		ukey_verify_end(&v);
		while (ukey_verify_asking(&v))
			for (id = 0; id < UKEY_QUESTIONS_MAX; id++)
				(void)ukey_verify_no_answer(&v, id,
				    reasons[i]);
		ukey_verify_userkeys(&v, &j);
		assert_int_equal(j.reason, reasons[i]);
		ukey_verify_dkim(&v, 0, &j);
		assert_int_equal(j.reason, reasons[i]);
	}
}

/* Answers question ID of V from RECORDS with a work block of SIZE octets; CUT:
 * with half an answer. */
static void
answer(struct ukey_verify *v, unsigned id,
    const struct support_record *records, size_t size, bool cut)
{
	uint8_t octets[UKEY_DNS_QUERY_MAX], packet[2048];
	struct ukey_view view = { packet, 0 };
	struct ukey_out query;

	ukey_out_init(&query, octets, sizeof(octets));
	if (!ukey_verify_question(v, id, &query))
		return;
	view.len = support_dns_answer(records, ukey_out_done(&query), packet,
	    sizeof(packet));
	if (cut)
		view.len /= 2;
	assert_int_equal(ukey_verify_answer(v, id, view, work, size), 0);
}

/* Half an answer, and a work block of every size. */
static void
test_bad_answers(void **state)
{
	const struct support_record *records =
	    signed_letter("v=DKIM1; uk=reject;");
	struct ukey_verify v;
	struct ukey_judgement j;
	size_t size;
	unsigned id;

	(void)state;
	for (size = 0; size < sizeof(work); size += 40) {
		begin(&v, arena, sizeof(arena), SUPPORT_MAIL_TIME);
		ukey_verify_push(&v, mail.data, mail.len);
		ukey_verify_end(&v);
		while (ukey_verify_asking(&v))
			for (id = 0; id < UKEY_QUESTIONS_MAX; id++)
				answer(&v, id, records, size, size == 40);
		ukey_verify_userkeys(&v, &j);
		if (size == 40)
			assert_int_equal(j.reason, UKEY_REASON_DNS_MALFORMED);
		else
			assert_true(j.verdict == UKEY_PASS ||
			    j.verdict == UKEY_TEMPERROR ||
			    j.reason == UKEY_REASON_KEY_TXT_LIMIT);
	}
}

/* The arena from nothing to enough: a right verdict, or "arena". */
static void
test_arena(void **state)
{
	const struct support_record *records =
	    signed_letter("v=DKIM1; uk=reject;");
	struct ukey_verify v;
	struct ukey_judgement j;
	size_t size;
	void *memory;
	unsigned passes = 0;

	(void)state;
	for (size = 0; size < 2600; size += 4) {
		memory = malloc(size + (size == 0));
		assert_non_null(memory);
		ukey_verify_init(&v, UKEY_VERIFY_DKIM, memory, size);
		(void)ukey_verify_mail_from(&v,
		    UKEY_VIEW("<alice@example.org>"), UKEY_VIEW_NONE);
		ukey_verify_time(&v, SUPPORT_MAIL_TIME);
		ukey_verify_push(&v, mail.data, mail.len);
		ukey_verify_end(&v);
		support_dns_run(&v, records, false);
		ukey_verify_userkeys(&v, &j);
		if (j.verdict == UKEY_PASS)
			passes++;
		else
			assert_int_equal(j.reason, UKEY_REASON_ARENA);
		assert_true(passes == 0 || j.verdict == UKEY_PASS);
		free(memory);
	}
	assert_true(passes > 10);
}

/* The n-th call of the port fails: a pass where the rest suffices, else
 * "could not tell", never a failure of the message. */
static void
test_crypto(void **state)
{
	const struct support_record *records =
	    signed_letter("v=DKIM1; uk=reject;");
	struct ukey_verify v;
	struct ukey_judgement j;
	unsigned n, total = 1, i;

	(void)state;
	for (n = 0; n <= total; n++) {
		support_port_fail(n);
		begin(&v, arena, sizeof(arena), SUPPORT_MAIL_TIME);
		ukey_verify_push(&v, mail.data, mail.len);
		ukey_verify_end(&v);
		support_dns_run(&v, records, n % 2 == 0);
		ukey_verify_userkeys(&v, &j);
		if (n == 0)
			total = support_port_calls();
		if (n == 0 || j.verdict == UKEY_PASS)
			assert_int_equal(j.verdict, UKEY_PASS);
		else if (j.verdict != UKEY_NONE)
			assert_int_equal(j.reason, UKEY_REASON_CRYPTO);
		for (i = 0; i < ukey_verify_dkim_count(&v); i++) {
			ukey_verify_dkim(&v, i, &j);
			if (j.verdict != UKEY_PASS)
				assert_int_equal(j.reason,
				    UKEY_REASON_CRYPTO);
		}
	}
	support_port_fail(0);
	assert_true(total > 20);
}

/* Equal keys under two names cost one RSA check; floods cost eight. */
static void
test_rsa(void **state)
{
	const struct support_record *records =
	    signed_letter("v=DKIM1; uk=reject;");
	struct ukey_verify v;
	unsigned i;

	(void)state;
	begin(&v, arena, sizeof(arena), SUPPORT_MAIL_TIME);
	support_port_fail(0);
	ukey_verify_push(&v, mail.data, mail.len);
	ukey_verify_end(&v);
	support_dns_run(&v, records, false);
	assert_int_equal(support_port_rsa_calls(), 1);
	for (i = 0; i < 12; i++)
		support_mail_sign(&mail, "alice.userkeys",
		    "alice@example.org");
	mail.data[mail.len - 3] ^= 1; /* none passes */
	begin(&v, arena, sizeof(arena), SUPPORT_MAIL_TIME);
	support_port_fail(0);
	ukey_verify_push(&v, mail.data, mail.len);
	ukey_verify_end(&v);
	support_dns_run(&v, records, false);
	assert_in_range(support_port_rsa_calls(), 1, UKEY_RSA_MAX);
}

/* Local-parts of every length: where i= is folded, it reads the same. */
static void
test_long_identity(void **state)
{
	char sender[100] = "";
	struct support_record records[2] = { { NULL, NULL, NULL } };
	struct ukey_view from = { (const uint8_t *)sender, 0 };
	char name[200], selector[100];
	struct ukey_verify v;
	struct ukey_judgement j;
	size_t len;

	(void)state;
	for (len = 1; len <= 63; len++) {
		memset(sender, 'a', len);
		memcpy(sender + len, "@example.org", 13);
		snprintf(selector, sizeof(selector), "%.*s.userkeys",
		    (int)len, sender);
		snprintf(name, sizeof(name), "%s.example.org", selector);
		records[0] = (struct support_record) { name, "TXT",
			support_mail_record("v=DKIM1; uk=none;") };
		support_mail_letter(&mail);
		support_mail_sign(&mail, selector, sender);
		ukey_verify_init(&v, 0, arena, sizeof(arena));
		from.len = len + 12;
		ukey_verify_mail_from(&v, from, UKEY_VIEW_NONE);
		ukey_verify_push(&v, mail.data, mail.len);
		ukey_verify_end(&v);
		support_dns_run(&v, records, false);
		ukey_verify_userkeys(&v, &j);
		assert_int_equal(j.verdict, UKEY_PASS);
	}
}

static void
test_empty(void **state)
{
	struct ukey_verify v;
	struct ukey_judgement j;

	(void)state;
	ukey_verify_init(&v, 0, arena, sizeof(arena));
	assert_int_equal(ukey_verify_end(&v), 0);
	assert_true(ukey_verify_done(&v));
	ukey_verify_userkeys(&v, &j);
	assert_int_equal(j.reason, UKEY_REASON_NO_IDENTITY);
	assert_int_equal(ukey_verify_dkim_count(&v), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_crypto),
		cmocka_unit_test(test_rsa),
		cmocka_unit_test(test_long_identity),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
