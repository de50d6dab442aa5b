/*
 * userkeys: the tables of reasons and verdicts.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_reason.h"

static void
test_words(void **state)
{
	unsigned i, j;
	const char *w;

	(void)state;
	for (i = 0; i < UKEY_REASON_COUNT; i++) {
		w = ukey_reason_word((enum ukey_reason)i);
		assert_true(strlen(w) > 0);
		assert_int_equal(strlen(w), strspn(w,
		    "abcdefghijklmnopqrstuvwxyz0123456789-"));
		assert_true(strlen(ukey_reason_meaning(
		    (enum ukey_reason)i)) > 0);
		assert_true(strlen(ukey_reason_source(
		    (enum ukey_reason)i)) > 0);
		for (j = 0; j < i; j++)
			assert_string_not_equal(w,
			    ukey_reason_word((enum ukey_reason)j));
	}
}

static void
test_verdicts(void **state)
{
	(void)state;
	assert_int_equal(ukey_reason_verdict(UKEY_REASON_OK), UKEY_PASS);
	assert_int_equal(ukey_reason_verdict(UKEY_REASON_BODY_HASH),
	    UKEY_FAIL);
	assert_int_equal(ukey_reason_verdict(UKEY_REASON_NO_SIGNATURE),
	    UKEY_NONE);
	assert_string_equal(ukey_verdict_word(UKEY_PERMERROR), "permerror");
	assert_string_equal(ukey_verdict_word(UKEY_NONE), "none");
}

/* Numbers outside the tables are answered, not read past the end. */
static void
test_outside(void **state)
{
	(void)state;
	assert_int_equal(ukey_reason_verdict(UKEY_REASON_COUNT),
	    UKEY_TEMPERROR);
	assert_string_equal(ukey_reason_word(UKEY_REASON_COUNT), "?");
	assert_string_equal(ukey_reason_meaning((enum ukey_reason)-1), "?");
	assert_string_equal(ukey_verdict_word((enum ukey_verdict)99), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
