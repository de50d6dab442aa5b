/*
 * userkeys: clocks that are not set (PROTOCOL 8, Time).
 * SPDX-License-Identifier: MIT
 *
 * Shapes: a reading before 1970, of 1970, of a maker's date, one second before
 * the source date; each for signing (t= and x= left out, or put off by the
 * setting) and for verifying (x= over, t= to come, no times at all).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rsa_keys.h"
#include "support_mail.h"
#include "ukey_key.h"
#include "ukey_random.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FROM "From: Alice <alice@example.org>\r\n"
#define WEEK 604800

static uint32_t arena[UKEY_ARENA_SIZE / 4];

static int64_t
date(void)
{
	return (int64_t)ukey_clock_time(0).earliest;
}

/* Readings that are none, the last one the nearest. */
static int64_t
unset(unsigned i)
{
	const int64_t readings[] = { INT64_MIN, -1, 0, 1, 124, 946684920,
		date() - 1 };

	return i < COUNT(readings) ? readings[i] : INT64_MAX;
}

static void
test_readings(void **state)
{
	const int64_t set[] = { date(), date() + 1, INT64_MAX };
	struct ukey_time t;
	unsigned i;

	(void)state;
	assert_true(date() >= UKEY_RELEASE_DATE);
	for (i = 0; unset(i) != INT64_MAX; i++) {
		t = ukey_clock_time(unset(i));
		assert_int_equal(t.now, 0);
		assert_int_equal(t.earliest, date());
	}
	for (i = 0; i < COUNT(set); i++) {
		t = ukey_clock_time(set[i]);
		assert_int_equal(t.now, set[i]);
		assert_int_equal(t.earliest, set[i]);
	}
}

/* An answer for each question: Alice may be all, and has the key. */
static void
permit_all(struct ukey_session *s, enum ukey_permit_status status)
{
	struct ukey_permit p = { .status = status, .key = 7,
		.selector = UKEY_VIEW("alice.userkeys") };
	struct ukey_view login, address;
	unsigned id;

	for (id = 0; id < UKEY_SESSION_ASKS; id++) {
		if (ukey_session_ask(s, id, &login, &address))
			assert_int_equal(ukey_session_permit(s, id, &p), 0);
	}
}

static void
sign_digest(struct ukey_session *s)
{
	struct ukey_view pem = { (const uint8_t *)pem1_1024,
		sizeof(pem1_1024) - 1 };
	uint8_t octets[512];
	const uint8_t *digest;
	struct ukey_out out;
	struct ukey_key *k;
	uint64_t key;

	if (!ukey_session_digest(s, &key, &digest))
		return;
	ukey_out_init(&out, octets, sizeof(octets));
	assert_int_equal(ukey_key_read(&k, pem, ukey_random()), 0);
	assert_int_equal(ukey_key_sign(k, digest, &out), 0);
	ukey_key_free(k);
	assert_int_equal(ukey_session_signature(s, ukey_out_done(&out)), 0);
}

/* A session of Alice's, up to MAIL. */
static void
submit(struct ukey_session *s, const struct ukey_session_settings *settings,
    int64_t reading)
{
	ukey_session_init(s, settings, UKEY_ROLE_SUBMIT, arena,
	    UKEY_SUBMIT_ARENA);
	assert_int_equal(ukey_session_clock(s, reading), 0);
	ukey_session_login(s, UKEY_VIEW("alice"));
	ukey_session_mail_from(s, UKEY_VIEW("<alice@example.org>"),
	    UKEY_VIEW_NONE);
}

/* The rest of it: the signature field as text, to FIELD. */
static void
sign(struct ukey_session *s, char *field, size_t size)
{
	struct ukey_action a;
	struct ukey_out out;

	permit_all(s, UKEY_PERMIT_YES);
	ukey_session_field(s, UKEY_VIEW(FROM));
	ukey_session_header_end(s);
	ukey_session_body(s, "Hi\r\n", 4);
	ukey_session_end(s);
	permit_all(s, UKEY_PERMIT_YES);
	sign_digest(s);
	ukey_out_init(&out, (uint8_t *)field, size - 1);
	assert_true(ukey_session_action(s, &a, &out));
	assert_int_equal(a.kind, UKEY_ACTION_INSERT);
	assert_true(a.text.len < size);
	memmove(field, a.text.data, a.text.len);
	field[a.text.len] = '\0';
}

static const struct ukey_session_settings settings = {
	.authserv_id = { (const uint8_t *)"mx.example.net", 14 },
	.policy = { .ceiling = UKEY_ADVICE_REJECT },
	.header_canon = UKEY_CANON_RELAXED,
	.body_canon = UKEY_CANON_RELAXED, .expire = WEEK };

/* Signs at TIME, given, or by the clock's READING where TIME is 0. */
static void
make_field(uint64_t time, int64_t reading, char *field, size_t size)
{
	struct ukey_session s;

	submit(&s, &settings, reading);
	if (time != 0)
		assert_int_equal(ukey_session_time(&s, time), 0);
	sign(&s, field, size);
}

static void
test_sign(void **state)
{
	char field[2048];
	unsigned i;

	(void)state;
	for (i = 0; unset(i) != INT64_MAX; i++) {
		make_field(0, unset(i), field, sizeof(field));
		assert_null(strstr(field, " t="));
		assert_null(strstr(field, " x="));
	}
	make_field(0, date(), field, sizeof(field));
	assert_non_null(strstr(field, " t="));
	assert_non_null(strstr(field, " x="));
	/* a time that is given counts, whenever it is */
	make_field(SUPPORT_MAIL_TIME, 0, field, sizeof(field));
	assert_non_null(strstr(field, "t=1750000000; x=1750604800;"));
}

/* defer_no_clock puts off what would be signed, at MAIL, and nothing else. */
static void
test_defer(void **state)
{
	static const enum ukey_permit_status answers[] = { UKEY_PERMIT_YES,
		UKEY_PERMIT_NO_KEY, UKEY_PERMIT_DENIED, UKEY_PERMIT_UNKNOWN,
		UKEY_PERMIT_LATER };
	static const unsigned want[][2] = { { 451, 0 }, { 0, 0 },
		{ 553, 553 }, { 0, 0 }, { 451, 451 } };
	struct ukey_session_settings defer = settings;
	struct ukey_session s;
	uint8_t octets[512];
	struct ukey_action a;
	struct ukey_out out;
	unsigned i, set;

	(void)state;
	defer.defer_no_clock = true;
	for (i = 0; i < COUNT(answers); i++) {
		for (set = 0; set < 2; set++) {
			submit(&s, &defer, date() - 1 + (int64_t)set);
			permit_all(&s, answers[i]);
			ukey_out_init(&out, octets, sizeof(octets));
			a.code = 0;
			assert_int_equal(ukey_session_refused(&s, &a, &out),
			    want[i][set] != 0);
			assert_int_equal(a.code, want[i][set]);
		}
	}
	submit(&s, &defer, 0);
	permit_all(&s, UKEY_PERMIT_YES);
	ukey_out_init(&out, octets, sizeof(octets));
	assert_true(ukey_session_refused(&s, &a, &out));
	assert_memory_equal(a.text.data, "4.3.0 The clock of this server is "
	    "not set: try again later", a.text.len);
}

/* What a receiver with ceiling reject says of FIELD on a letter whose domain
 * wants failures refused, when its clock has this READING. */
static void
receive(const char *field, int64_t reading, struct ukey_judgement *j,
    unsigned *code)
{
	const struct support_record records[] = {
		{ "alice.userkeys.example.org", "TXT",
		    support_mail_record("v=DKIM1; uk=reject;") },
		{ NULL, NULL, NULL }
	};
	struct ukey_session s;
	uint8_t octets[4096];
	struct ukey_action a;
	struct ukey_out out;

	ukey_session_init(&s, &settings, UKEY_ROLE_MX, arena, sizeof(arena));
	assert_int_equal(ukey_session_clock(&s, reading), 0);
	ukey_session_mail_from(&s, UKEY_VIEW("<alice@example.org>"),
	    UKEY_VIEW_NONE);
	ukey_session_field(&s, (struct ukey_view) { (const uint8_t *)field,
		strlen(field) });
	ukey_session_field(&s, UKEY_VIEW(FROM));
	ukey_session_header_end(&s);
	ukey_session_body(&s, "Hi\r\n", 4);
	ukey_session_end(&s);
	support_dns_run(ukey_session_verify(&s), records, false);
	ukey_verify_userkeys(ukey_session_verify(&s), j);
	ukey_out_init(&out, octets, sizeof(octets));
	*code = 0;
	while (ukey_session_action(&s, &a, &out)) {
		if (a.kind == UKEY_ACTION_REPLY)
			*code = a.code;
	}
}

static void
test_verify(void **state)
{
	const uint64_t edge = (uint64_t)date() - 300 - WEEK;
	const struct {
		uint64_t time; /* of signing; 0: without */
		enum ukey_reason reason;
	} rows[] = {
		{ 0, UKEY_REASON_OK },
		{ (uint64_t)date(), UKEY_REASON_OK },
		{ (uint64_t)date() + 10 * WEEK, UKEY_REASON_OK },
		{ edge, UKEY_REASON_OK },
		{ edge - 1, UKEY_REASON_EXPIRED },
		{ SUPPORT_MAIL_TIME, UKEY_REASON_EXPIRED },
	};
	struct ukey_judgement j;
	char field[2048];
	unsigned i, n, code;

	(void)state;
	for (n = 0; n < COUNT(rows); n++) {
		make_field(rows[n].time, 0, field, sizeof(field));
		for (i = 0; unset(i) != INT64_MAX; i++) {
			receive(field, unset(i), &j, &code);
			assert_int_equal(j.reason, rows[n].reason);
			assert_int_equal(j.time_unknown, rows[n].time != 0);
			assert_int_equal(code, rows[n].reason ==
			    UKEY_REASON_OK ? 0 : 550);
		}
	}
	/* and a clock that is set judges */
	make_field((uint64_t)date() + WEEK, 0, field, sizeof(field));
	receive(field, date(), &j, &code);
	assert_int_equal(j.reason, UKEY_REASON_FUTURE);
	assert_false(j.time_unknown);
	receive(field, date() + WEEK, &j, &code);
	assert_int_equal(j.reason, UKEY_REASON_OK);
	receive(field, date() + 3 * WEEK, &j, &code);
	assert_int_equal(j.reason, UKEY_REASON_EXPIRED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readings),
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_defer),
		cmocka_unit_test(test_verify),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
