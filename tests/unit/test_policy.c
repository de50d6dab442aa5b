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

/* By ceiling and advice, where the advice applies. */
static const enum ukey_disposition weaker[3][3] = {
	/* advice:  none, quarantine, reject */
	{ A, A, A }, /* ceiling note */
	{ A, Q, Q }, /* ceiling quarantine */
	{ A, Q, R }  /* ceiling reject */
};

/* The senders that are no mailbox: nobody can be asked, the ceiling decides. */
static const enum ukey_reason senders[] = { UKEY_REASON_MAIL_FROM,
	UKEY_REASON_EMPTY_LOCAL, UKEY_REASON_NO_DOMAIN,
	UKEY_REASON_ADDRESS_LITERAL, UKEY_REASON_USERKEYS_DOMAIN,
	UKEY_REASON_SENDER_DIFFERS, UKEY_REASON_SENDER_LENGTH,
	UKEY_REASON_SENDER_OCTETS,
	UKEY_REASON_U_LABEL };

static bool
is_sender(enum ukey_reason reason)
{
	size_t i;

	for (i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		if (senders[i] == reason)
			return true;
	}
	return false;
}

static enum ukey_disposition
want(const struct ukey_policy *p, enum ukey_reason reason,
    enum ukey_advice advice)
{
	static const enum ukey_disposition by_ceiling[] = { A, Q, R };

	if (reason == UKEY_REASON_ARENA)
		return p->ceiling == UKEY_ADVICE_NONE ? A : R;
	if (is_sender(reason))
		return by_ceiling[p->ceiling];
	switch (ukey_reason_verdict(reason)) {
	case UKEY_PASS:
		return A;
	case UKEY_TEMPERROR:
		return p->accept_temperror || p->ceiling == UKEY_ADVICE_NONE ?
		    A : D;
	default:
		return weaker[p->ceiling][advice];
	}
}

static void
test_table(void **state)
{
	struct ukey_policy p;
	unsigned ceiling, advice, accept, reason;

	(void)state;
	for (reason = 0; reason < UKEY_REASON_COUNT; reason++)
	for (ceiling = 0; ceiling < 3; ceiling++)
	for (advice = 0; advice < 3; advice++)
	for (accept = 0; accept < 2; accept++) {
		p.ceiling = (enum ukey_advice)ceiling;
		p.accept_temperror = accept;
		assert_int_equal(ukey_policy_apply(&p,
		    (enum ukey_reason)reason, (enum ukey_advice)advice),
		    want(&p, (enum ukey_reason)reason,
		    (enum ukey_advice)advice));
		assert_int_equal(ukey_reason_is_sender(
		    (enum ukey_reason)reason),
		    is_sender((enum ukey_reason)reason));
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
