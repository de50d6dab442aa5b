/*
 * Authentication-Results: forged ones in all spellings, in every cut.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_authres.h"

#define ID UKEY_VIEW("mx.example.net")

static void
push(struct ukey_authres *a, const char *text, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0));

	memcpy(copy, text, len);
	ukey_authres_push(a, (struct ukey_view) { copy, len });
	free(copy);
}

static void
check_claims(const char *field, bool want)
{
	size_t len = strlen(field), cut, i;
	struct ukey_authres a;
	bool got;

	for (cut = 0; cut <= len + 1; cut++) {
		ukey_authres_init(&a, ID);
		if (cut <= len) {
			push(&a, field, cut);
			push(&a, field + cut, len - cut);
		} else {
			for (i = 0; i < len; i++)
				push(&a, field + i, 1);
		}
		got = ukey_authres_end(&a);
		if (got != want)
			print_error("%s\n", field);
		assert_int_equal(got, want);
		assert_int_equal(ukey_authres_forged(&a, 1), want);
	}
}

#define AR "Authentication-Results:"

static void
test_claims(void **state)
{
	static const struct {
		const char *field;
		bool claims;
	} cases[] = {
		{ AR " mx.example.net; dkim=pass\r\n", true },
		{ AR "mx.example.net;none\r\n", true },
		{ AR " MX.Example.NET; dkim=pass\r\n", true },
		{ AR " mx.example.net.; dkim=pass\r\n", true },
		{ AR " mx.example.net 1; dkim=pass\r\n", true },
		{ AR " mx.example.net/1; dkim=pass\r\n", true },
		{ AR " mx.example.net (c); dkim=pass\r\n", true },
		{ AR " mx.example.net(c); dkim=pass\r\n", true },
		{ AR " (c) mx.example.net; dkim=pass\r\n", true },
		{ AR " (a (b \\) ;) c)\r\n\t(d) mx.example.net;\r\n", true },
		{ AR "\r\n mx.example.net;\r\n dkim=pass\r\n", true },
		{ AR " \"mx.example.net\"; dkim=pass\r\n", true },
		{ AR " \"mx.exa\\mple.net\"; dkim=pass\r\n", true },
		{ AR " \"mx.example.net.\" 1; dkim=pass\r\n", true },
		{ AR " \"mx\".example.net; dkim=pass\r\n", true },
		{ AR " \"mx.example.net\"evil; dkim=pass\r\n", true },
		{ AR " \"mx.example.net; dkim=pass\r\n", false },
		{ AR " mx.example.net\r\n", true },
		{ AR " mx.example.net", true },
		{ AR " mx.example.net=x", true },
		{ "authentication-RESULTS : mx.example.net;\r\n", true },
		{ "Authentication-Results\t:\tmx.example.net;\r\n", true },
		{ "Authentication-Results\r\n : mx.example.net;\r\n", true },
		{ AR " mx.example.org; dkim=pass\r\n", false },
		{ AR " mx.example.net.evil.org; dkim=pass\r\n", false },
		{ AR " mx.example.nets; dkim=pass\r\n", false },
		{ AR " mx.example.net..; dkim=pass\r\n", false },
		{ AR " mx.example.ne; dkim=pass\r\n", false },
		{ AR " amx.example.net; dkim=pass\r\n", false },
		{ AR " (mx.example.net); x.org; dkim=pass\r\n", false },
		{ AR " x.org; dkim=pass reason=\"mx.example.net\"\r\n", false },
		{ AR " mx.(c)example.net; dkim=pass\r\n", false },
		{ AR " (mx.example.net; dkim=pass\r\n", false },
		{ AR "\r\n", false },
		{ "X-" AR " mx.example.net;\r\n", false },
		{ "Authentication-Result: mx.example.net;\r\n", false },
		{ "Authentication-Resultss: mx.example.net;\r\n", false },
		{ "Authentication- Results: mx.example.net;\r\n", false },
		{ "", false }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_claims(cases[i].field, cases[i].claims);
}

/* OpenDKIM #434: a field larger than any buffer; and deep nesting. */
static void
test_large(void **state)
{
	struct ukey_authres a;
	size_t n;

	(void)state;
	for (n = 1; n <= 70000; n = n * 3 + 1) {
		size_t i;

		ukey_authres_init(&a, ID);
		push(&a, AR " (", strlen(AR " ("));
		for (i = 0; i < n; i++)
			push(&a, "x", 1);
		push(&a, ") mx.example.net; dkim=pass\r\n", 29);
		assert_true(ukey_authres_end(&a));
		ukey_authres_init(&a, ID);
		push(&a, AR, strlen(AR));
		for (i = 0; i < n; i++)
			push(&a, "(", 1);
		for (i = 0; i < n; i++)
			push(&a, ")", 1);
		push(&a, "mx.example.net;", 15);
		assert_true(ukey_authres_end(&a));
	}
}

/* CVE-2022-48521: ordinals of several forged fields, and other fields. */
static void
test_ordinals(void **state)
{
	static const bool forged[8] = { 0, 1, 1, 0, 1, 0, 0, 1 };
	struct ukey_authres a;
	unsigned i;

	(void)state;
	ukey_authres_init(&a, ID);
	for (i = 0; i < 8; i++) {
		push(&a, "Subject: mx.example.net\r\n", 25);
		assert_false(ukey_authres_end(&a));
		push(&a, AR, strlen(AR));
		push(&a, forged[i] ? "mx.example.net" : "x.org",
		    forged[i] ? 14 : 5);
		assert_int_equal(ukey_authres_end(&a), forged[i]);
	}
	for (i = 0; i < 8; i++)
		assert_int_equal(ukey_authres_forged(&a, i + 1), forged[i]);
	assert_false(ukey_authres_forged(&a, 0));
	assert_false(ukey_authres_forged(&a, 9));
}

/* Beyond the bitmap every such field goes, whoever claims it. */
static void
test_many(void **state)
{
	struct ukey_authres a;
	unsigned i;

	(void)state;
	ukey_authres_init(&a, ID);
	for (i = 1; i <= UKEY_AUTHRES_MAX + 100; i++) {
		push(&a, AR " x.org; dkim=none\r\n", strlen(AR) + 19);
		assert_int_equal(ukey_authres_end(&a), i > UKEY_AUTHRES_MAX);
	}
	assert_false(ukey_authres_forged(&a, UKEY_AUTHRES_MAX));
	assert_true(ukey_authres_forged(&a, UKEY_AUTHRES_MAX + 1));
	for (; i <= 70000; i++) {
		push(&a, AR, strlen(AR));
		assert_true(ukey_authres_end(&a));
	}
	assert_true(ukey_authres_forged(&a, 69999));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_ordinals),
		cmocka_unit_test(test_many)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
