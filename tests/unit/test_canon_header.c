/*
 * Header canonicalization (RFC 6376 3.4.1, 3.4.2), whole, cut and octet by
 * octet.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_canon_header.h"

struct text {
	char data[8192];
	size_t len;
};

static void
feed(struct ukey_canon_header *c, struct text *out, const char *raw,
    size_t len)
{
	char *copy = malloc(len + (len == 0));
	struct ukey_view in = { (uint8_t *)copy, len };
	struct ukey_view span;

	memcpy(copy, raw, len);
	while ((span = ukey_canon_header_next(c, &in)).len > 0) {
		assert_true(span.len <= sizeof(out->data) - out->len);
		memcpy(out->data + out->len, span.data, span.len);
		out->len += span.len;
	}
	assert_int_equal(in.len, 0);
	free(copy);
}

/* In two pieces at CUT, then octet by octet where STEP is 1. */
static void
canonicalize(struct text *out, const char *raw, enum ukey_canon canon,
    size_t cut, size_t step)
{
	struct ukey_canon_header c;
	struct ukey_view end;
	size_t len = strlen(raw), i;

	out->len = 0;
	ukey_canon_header_init(&c, canon);
	for (i = 0; i < cut; i += step)
		feed(&c, out, raw + i, cut - i < step ? cut - i : step);
	for (i = cut; i < len; i += step)
		feed(&c, out, raw + i, len - i < step ? len - i : step);
	end = ukey_canon_header_end(&c, true);
	memcpy(out->data + out->len, end.data, end.len);
	out->len += end.len;
}

static void
check(const char *raw, const char *relaxed)
{
	struct text got;
	size_t cut;

	for (cut = 0; cut <= strlen(raw); cut++) {
		canonicalize(&got, raw, UKEY_CANON_RELAXED, cut, 9999);
		assert_int_equal(got.len, strlen(relaxed));
		assert_memory_equal(got.data, relaxed, got.len);
		canonicalize(&got, raw, UKEY_CANON_SIMPLE, cut, 9999);
		assert_int_equal(got.len, strlen(raw));
		assert_memory_equal(got.data, raw, got.len);
	}
	canonicalize(&got, raw, UKEY_CANON_RELAXED, 0, 1);
	assert_int_equal(got.len, strlen(relaxed));
	assert_memory_equal(got.data, relaxed, got.len);
}

static void
test_table(void **state)
{
	static const struct {
		const char *raw, *relaxed;
	} cases[] = {
		{ "A: X\r\n", "a:X\r\n" }, /* RFC 6376 3.4.5 */
		{ "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n" },
		{ "SUBJect:AbC\r\n", "subject:AbC\r\n" },
		{ "Subject:\r\n", "subject:\r\n" },
		{ "Subject: \t \r\n", "subject:\r\n" },
		{ "Subject:\r\n folded first\r\n", "subject:folded first\r\n" },
		{ "Subject \t :\r\n\t\r\n  late \r\n", "subject:late\r\n" },
		{ "X: a:b :c\r\n", "x:a:b :c\r\n" },
		{ "X: a\rb\r\n", "x:a\rb\r\n" }, /* never repaired */
		{ "X: a\nb \n c\r\n", "x:a\nb \n c\r\n" },
		{ "X: a \r\r\n", "x:a \r\r\n" },
		{ "X: \xC3\x89\r\n", "x:\xC3\x89\r\n" },
		{ "X-A-Name-Of-More-Than-Thirty-Octets-In-All: v\r\n",
		    "x-a-name-of-more-than-thirty-octets-in-all:v\r\n" },
		{ "no colon", "no colon\r\n" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].raw, cases[i].relaxed);
}

/* Canonical text is its own canonical form. */
static void
test_idempotent(void **state)
{
	static const char octets[] = { ' ', '\t', 'a', ':', 'B' };
	char raw[16] = "x:";
	struct text once, twice;
	unsigned long n;

	(void)state;
	for (n = 0; n < 5UL * 5 * 5 * 5 * 5 * 5; n++) {
		unsigned long rest = n;
		size_t i;

		for (i = 2; i < 8; i++, rest /= 5)
			raw[i] = octets[rest % 5];
		memcpy(raw + 8, "\r\n", 3);
		canonicalize(&once, raw, UKEY_CANON_RELAXED, 0, 9999);
		once.data[once.len] = '\0';
		canonicalize(&twice, once.data, UKEY_CANON_RELAXED, 0, 9999);
		assert_int_equal(once.len, twice.len);
		assert_memory_equal(once.data, twice.data, once.len);
	}
}

/* The signature field itself ends without CRLF (RFC 6376 3.7). */
static void
test_open_end(void **state)
{
	struct ukey_canon_header c;

	(void)state;
	ukey_canon_header_init(&c, UKEY_CANON_RELAXED);
	assert_int_equal(ukey_canon_header_end(&c, false).len, 0);
	ukey_canon_header_init(&c, UKEY_CANON_SIMPLE);
	assert_int_equal(ukey_canon_header_end(&c, true).len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_idempotent),
		cmocka_unit_test(test_open_end)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
