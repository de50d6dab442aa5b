/*
 * Body canonicalization against a second, naive implementation, for every
 * short body over the octets that matter, in every cut.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_canon_body.h"

struct text {
	char data[4096];
	size_t len;
};

static void
add(struct text *t, const void *data, size_t len)
{
	assert_true(len <= sizeof(t->data) - t->len);
	memcpy(t->data + t->len, data, len);
	t->len += len;
}

/* One line without its CRLF, by the words of RFC 6376 3.4.4 a). */
static void
naive_line(struct text *out, const char *line, size_t len, bool relaxed)
{
	size_t i = 0;

	while (relaxed && len > 0 &&
	    (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	while (i < len) {
		bool wsp = relaxed && (line[i] == ' ' || line[i] == '\t');

		add(out, wsp ? " " : line + i, 1);
		i++;
		while (wsp && i < len && (line[i] == ' ' || line[i] == '\t'))
			i++;
	}
}

static void
naive(struct text *out, const char *body, size_t len, bool relaxed)
{
	size_t start = 0, i;

	out->len = 0;
	for (i = 0; i < len; i++) {
		if (body[i] == '\n' && i > start && body[i - 1] == '\r') {
			naive_line(out, body + start, i - 1 - start, relaxed);
			add(out, "\r\n", 2);
			start = i + 1;
		}
	}
	if (start < len) {
		size_t before = out->len;

		naive_line(out, body + start, len - start, relaxed);
		if (out->len > before)
			add(out, "\r\n", 2);
	}
	while (out->len >= 4 &&
	    memcmp(out->data + out->len - 4, "\r\n\r\n", 4) == 0)
		out->len -= 2;
	if (out->len == 2 && memcmp(out->data, "\r\n", 2) == 0)
		out->len = 0;
	if (out->len == 0 && !relaxed)
		add(out, "\r\n", 2);
}

/* Feeds [FROM, TO) of BODY from a heap block of exactly that size. */
static void
feed(struct ukey_canon_body *c, struct text *out, const char *body, size_t len)
{
	char *copy = malloc(len + (len == 0));
	struct ukey_view in = { (uint8_t *)copy, len };
	struct ukey_view span;

	memcpy(copy, body, len);
	while ((span = ukey_canon_body_next(c, &in)).len > 0)
		add(out, span.data, span.len);
	assert_int_equal(in.len, 0);
	free(copy);
}

static void
check_cut(const char *body, size_t len, size_t cut, bool relaxed)
{
	struct ukey_canon_body c;
	struct ukey_view span;
	struct text got = { .len = 0 }, want;

	naive(&want, body, len, relaxed);
	ukey_canon_body_init(&c,
	    relaxed ? UKEY_CANON_RELAXED : UKEY_CANON_SIMPLE);
	feed(&c, &got, body, cut);
	feed(&c, &got, body + cut, len - cut);
	while ((span = ukey_canon_body_end(&c)).len > 0)
		add(&got, span.data, span.len);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.data, want.data, want.len);
}

static void
check_octets(const char *body, size_t len, bool relaxed)
{
	struct ukey_canon_body c;
	struct ukey_view span;
	struct text got = { .len = 0 }, want;
	size_t i;

	naive(&want, body, len, relaxed);
	ukey_canon_body_init(&c,
	    relaxed ? UKEY_CANON_RELAXED : UKEY_CANON_SIMPLE);
	for (i = 0; i < len; i++)
		feed(&c, &got, body + i, 1);
	while ((span = ukey_canon_body_end(&c)).len > 0)
		add(&got, span.data, span.len);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.data, want.data, want.len);
}

static void
check(const char *body, size_t len)
{
	size_t cut;

	for (cut = 0; cut <= len; cut++) {
		check_cut(body, len, cut, false);
		check_cut(body, len, cut, true);
	}
	check_octets(body, len, false);
	check_octets(body, len, true);
}

static void
test_known(void **state)
{
	static const struct {
		const char *body, *simple, *relaxed;
	} cases[] = { /* RFC 6376 3.4.3 to 3.4.5 and their corners */
		{ "", "\r\n", "" },
		{ "\r\n", "\r\n", "" },
		{ " \r\n\t\r\n", " \r\n\t\r\n", "" },
		{ " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n",
		    " C\r\nD E\r\n" },
		{ "a", "a\r\n", "a\r\n" },
		{ "a ", "a \r\n", "a\r\n" },
		{ "\r\na\r\n", "\r\na\r\n", "\r\na\r\n" },
		{ "a\r", "a\r\r\n", "a\r\r\n" },
		{ "a\n", "a\n\r\n", "a\n\r\n" }
	};
	struct text got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *body = cases[i].body;

		check(body, strlen(body));
		naive(&got, body, strlen(body), false);
		assert_int_equal(got.len, strlen(cases[i].simple));
		assert_memory_equal(got.data, cases[i].simple, got.len);
		naive(&got, body, strlen(body), true);
		assert_int_equal(got.len, strlen(cases[i].relaxed));
		assert_memory_equal(got.data, cases[i].relaxed, got.len);
	}
}

/* All bodies of up to seven octets over five that matter. */
static void
test_all_short(void **state)
{
	static const char octets[] = { '\r', '\n', ' ', '\t', 'a' };
	char body[7];
	size_t len, i;
	unsigned long n, all = 1;

	(void)state;
	for (len = 0; len <= sizeof(body); len++, all *= 5) {
		for (n = 0; n < all; n++) {
			unsigned long rest = n;

			for (i = 0; i < len; i++, rest /= 5)
				body[i] = octets[rest % 5];
			if (len < sizeof(body))
				check(body, len);
			else
				check_cut(body, len, n % len, true);
		}
	}
}

/* Longer ones, made from words, so that the fast paths are taken. */
static void
test_words(void **state)
{
	static const char *const words[] = { "\r\n", " ", "\t ", "word",
		"a somewhat longer run of text", "\r", "\r\n\r\n\r\n", "\n",
		"  \r\n", "\xC3\xA9\x8D\xFF", "x" };
	uint32_t random = 12345;
	char body[600];
	unsigned n, k;

	(void)state;
	for (n = 0; n < 400; n++) {
		size_t len = 0;

		for (k = 0; k < 16; k++) {
			const char *word;

			random = random * 1664525 + 1013904223;
			word = words[(random >> 16) % 11];
			memcpy(body + len, word, strlen(word));
			len += strlen(word);
		}
		check(body, len);
	}
}

/* A run of line ends longer than the static block that they come from. */
static void
test_many_line_ends(void **state)
{
	char body[2 * 150 + 1];
	size_t i;

	(void)state;
	for (i = 0; i < 300; i += 2)
		memcpy(body + i, "\r\n", 2);
	body[300] = 'x';
	check_cut(body, 301, 150, false);
	check_cut(body, 301, 151, true);
	check_cut(body, 300, 7, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_all_short),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_many_line_ends)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
