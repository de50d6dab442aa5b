/*
 * The whole truth table of PROTOCOL 6.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ukey_policy.h"

#define A UKEY_ACCEPT
#define Q UKEY_QUARANTINE
#define R UKEY_REJECT
#define D UKEY_DEFER

static void
test_table(void **state)
{
	/* by verdict: accepted whatever the advice, or not */
	static const enum ukey_verdict weak[] = { UKEY_NONE, UKEY_FAIL,
		UKEY_POLICY, UKEY_NEUTRAL, UKEY_PERMERROR };
	static const enum ukey_disposition want[3][3] = {
		/* advice:  none, quarantine, reject */
		{ A, A, A }, /* ceiling note */
		{ A, Q, Q }, /* ceiling quarantine */
		{ A, Q, R }  /* ceiling reject */
	};
	struct ukey_policy p;
	unsigned ceiling, advice, accept, i;

	(void)state;
	for (ceiling = 0; ceiling < 3; ceiling++)
	for (advice = 0; advice < 3; advice++)
	for (accept = 0; accept < 2; accept++) {
		enum ukey_advice a = (enum ukey_advice)advice;

		p.ceiling = (enum ukey_advice)ceiling;
		p.accept_temperror = accept;
		for (i = 0; i < sizeof(weak) / sizeof(weak[0]); i++)
			assert_int_equal(ukey_policy_apply(&p, weak[i], a),
			    want[ceiling][advice]);
		assert_int_equal(ukey_policy_apply(&p, UKEY_PASS, a), A);
		assert_int_equal(ukey_policy_apply(&p, UKEY_TEMPERROR, a),
		    accept || ceiling == 0 ? A : D);
	}
}

static void
test_words(void **state)
{
	(void)state;
	assert_string_equal(ukey_advice_word(UKEY_ADVICE_NONE), "none");
	assert_string_equal(ukey_advice_word(UKEY_ADVICE_QUARANTINE),
	    "quarantine");
	assert_string_equal(ukey_advice_word(UKEY_ADVICE_REJECT), "reject");
	assert_string_equal(ukey_advice_word((enum ukey_advice)3), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_words)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
