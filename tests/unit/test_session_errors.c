/*
 * userkeys: transactions in which a call met an error that the driver passed
 * over.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_submit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FROM "From: dave@nowhere.example\r\n"

static uint32_t arena[UKEY_SUBMIT_ARENA / 4];

static const struct support_entry some[] = {
	{ "alice", "example.org", "alice", false, false },
};

enum call { LOGIN, LOGIN_LARGE, PATH, FIELD, HEADER_END, BODY, END,
	PERMIT, SIGNATURE };

static int
make_call(struct ukey_session *s, enum call call)
{
	static const uint8_t large[2 * UKEY_SUBMIT_ARENA];
	const struct ukey_view v = { large, sizeof(large) };
	const struct ukey_permit yes = { .status = UKEY_PERMIT_YES,
		.selector = UKEY_VIEW("x.userkeys") };

	switch (call) {
	case LOGIN:
		return ukey_session_login(s, UKEY_VIEW("bob"));
	case LOGIN_LARGE:
		return ukey_session_login(s, v);
	case PATH:
		return ukey_session_mail_from(s, UKEY_VIEW("<>"),
		    UKEY_VIEW_NONE);
	case FIELD:
		return ukey_session_field(s, UKEY_VIEW("A: b\r\n"));
	case HEADER_END:
		return ukey_session_header_end(s);
	case BODY:
		return ukey_session_body(s, "x", 1);
	case END:
		return ukey_session_end(s);
	case PERMIT:
		return ukey_session_permit(s, 7, &yes);
	default:
		return ukey_session_signature(s, UKEY_VIEW("forged"));
	}
}

/* A transaction that would be signed, with CALL, which is an error, made
 * before its step STEP and passed over. */
static const char *
disturbed(enum call call, unsigned step)
{
	static const enum call steps[] = { LOGIN, PATH, FIELD, HEADER_END, BODY,
		END, SIGNATURE };
	static struct ukey_session s;
	struct ukey_session_settings settings =
	    support_settings(UKEY_CHECK_OWN, false);
	unsigned i;

	ukey_session_init(&s, &settings, UKEY_ROLE_SUBMIT, arena,
	    sizeof(arena));
	for (i = 0; i <= COUNT(steps); i++) {
		support_permit(&s);
		if (i == step)
			assert_int_not_equal(make_call(&s, call), UKEY_OK);
		if (i == COUNT(steps))
			break;
		if (steps[i] == LOGIN)
			(void)ukey_session_login(&s, UKEY_VIEW("alice"));
		else if (steps[i] == PATH)
			(void)ukey_session_mail_from(&s,
			    UKEY_VIEW("<alice@example.org>"),
			    UKEY_VIEW_NONE);
		else if (steps[i] == FIELD)
			support_fields(&s, "From: alice@example.org\r\n");
		else
			(void)make_call(&s, steps[i]);
	}
	assert_true(ukey_session_done(&s));
	return support_outcome(&s);
}

/* The calls that are errors before the steps FIRST to LAST; the steps are
 * numbered in disturbed(), and 7 is the end. */
static const struct {
	enum call call;
	unsigned first, last;
} errors[] = {
	{ LOGIN, 2, 7 }, { LOGIN_LARGE, 0, 7 }, { PATH, 2, 7 },
	{ FIELD, 0, 1 }, { FIELD, 4, 7 },
	{ HEADER_END, 0, 1 }, { HEADER_END, 4, 7 }, { BODY, 0, 3 },
	{ BODY, 6, 7 }, { END, 0, 1 }, { END, 6, 7 }, { PERMIT, 0, 7 },
	{ SIGNATURE, 0, 5 }, { SIGNATURE, 7, 7 },
};

static void
test_errors_stay(void **state)
{
	unsigned step;
	size_t i;

	(void)state;
	support_entries = some;
	support_entry_count = COUNT(some);
	for (i = 0; i < COUNT(errors); i++)
		for (step = errors[i].first; step <= errors[i].last; step++)
			assert_string_equal(disturbed(errors[i].call, step),
			    "451 4.3.0 The message could not be taken in "
			    "whole: try again later");
}

/* At the MX it is a temperror, which above note is a 451 whatever the setting
 * says. */
static void
test_errors_at_mx(void **state)
{
	static uint32_t memory[UKEY_ARENA_SIZE / 4];
	static struct ukey_session s;
	struct ukey_session_settings settings =
	    support_settings(UKEY_CHECK_OWN, false);
	struct ukey_judgement j;
	unsigned ceiling, call;

	(void)state;
	settings.policy.accept_temperror = true;
	for (ceiling = 0; ceiling < 3; ceiling++)
		for (call = 0; call < 3; call++) {
			settings.policy.ceiling = (enum ukey_advice)ceiling;
			ukey_session_init(&s, &settings, UKEY_ROLE_MX, memory,
			    sizeof(memory));
			if (call == 0)
				(void)ukey_session_login(&s, UKEY_VIEW("x"));
			(void)ukey_session_mail_from(&s,
			    UKEY_VIEW("<a@example.org>"),
			    UKEY_VIEW_NONE);
			support_fields(&s, FROM);
			if (call == 1)
				(void)ukey_session_mail_from(&s,
				    UKEY_VIEW("<b@example.org>"),
			    UKEY_VIEW_NONE);
			(void)ukey_session_end(&s);
			if (call == 2)
				(void)ukey_session_end(&s);
			ukey_verify_userkeys(ukey_session_verify(&s), &j);
			if (call < 2)
				assert_true(ukey_session_done(&s));
			if (!ukey_session_done(&s))
				continue;
			assert_int_equal(j.verdict, UKEY_TEMPERROR);
			assert_memory_equal(support_outcome(&s), ceiling == 0 ?
			    "sig" : "451", 3);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors_stay),
		cmocka_unit_test(test_errors_at_mx),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
