/*
 * userkeys: the bounded writer, views, the cursor, base64.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_base64.h"
#include "ukey_out.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

static void
check(const struct ukey_out *out, const char *want)
{
	assert_int_equal(out->len, strlen(want));
	assert_memory_equal(out->data, want, out->len);
}

static void
test_writer(void **state)
{
	uint8_t octets[64];
	struct ukey_out out;

	(void)state;
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_out_number(&out, 0);
	ukey_out_octet(&out, ' ');
	ukey_out_number(&out, UINT64_MAX);
	ukey_out_octet(&out, ' ');
	ukey_out_number(&out, 1000000007);
	check(&out, "0 18446744073709551615 1000000007");
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_out_hex(&out, view("\x01\xAFz"));
	ukey_out_view(&out, view(""));
	check(&out, "01af7a");
	ukey_out_init(&out, octets, 3);
	ukey_out_text(&out, "ab");
	assert_false(out.overflow);
	ukey_out_text(&out, "cd");
	assert_true(out.overflow);
	ukey_out_octet(&out, 'e'); /* it stays */
	assert_int_equal(ukey_out_done(&out).len, 0);
}

/* Lines end at the column, and each piece of base64 fits its line. */
static void
test_folding(void **state)
{
	uint8_t octets[1024], data[300];
	struct ukey_out out;
	size_t i, column = 0;

	(void)state;
	memset(data, 0xA5, sizeof(data));
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_out_text(&out, "b=");
	ukey_out_base64(&out, (struct ukey_view) { data, sizeof(data) });
	for (i = 0; i < 12; i++) {
		ukey_out_fold(&out, 20, ' ');
		ukey_out_text(&out, "12345678901234567890");
	}
	assert_false(out.overflow);
	for (i = 0; i < out.len; i++) {
		column = octets[i] == '\n' ? 0 : column + 1;
		assert_true(column <= UKEY_FOLD_COLUMN + 2);
	}
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_out_fold(&out, 10, 0);
	assert_int_equal(out.len, 0);
}

static void
test_base64(void **state)
{
	static const struct {
		const char *text, *octets; /* NULL: refused */
	} cases[] = {
		{ "", "" }, { "YQ==", "a" }, { "YWI=", "ab" },
		{ "YWJj", "abc" }, { "YWJjZA==", "abcd" },
		{ " Y\tW\r\nJ j ", "abc" }, { "YQ= =", "a" },
		{ "YQ==\r\n ", "a" }, { "+/+/", "\xFB\xFF\xBF" },
		{ "Y", NULL }, { "YQ", NULL }, { "YQ=", NULL },
		{ "YQ===", NULL }, { "=YQ=", NULL }, { "YQ==YQ==", NULL },
		{ "YR==", NULL }, { "YWK=", NULL }, { "YW=J", NULL },
		{ "YQ-_", NULL }, { "Y%Q=", NULL }, { "====", NULL },
		{ "YWJj=", NULL }, { "YWJ\x80", NULL }, { "YWJjZ", NULL },
	};
	uint8_t *out, *text;
	size_t i, len, size, want;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		len = strlen(cases[i].text);
		text = malloc(len + (len == 0));
		memcpy(text, cases[i].text, len);
		want = cases[i].octets == NULL ? SIZE_MAX :
		    strlen(cases[i].octets);
		assert_int_equal(ukey_base64_size((struct ukey_view) { text,
		    len }), want);
		for (size = 0; size < 8; size++) {
			size_t got = 99;
			bool good;

			out = malloc(size + (size == 0));
			good = ukey_base64_decode((struct ukey_view) { text,
			    len }, out, size, &got);
			assert_int_equal(good, want <= size);
			assert_int_equal(got, good ? want : 0);
			if (good)
				assert_memory_equal(out, cases[i].octets,
				    want);
			free(out);
		}
		/* In place. */
		if (want != SIZE_MAX) {
			struct ukey_view v = { text, len };

			assert_true(ukey_base64_decode(v, text, len, &size));
			assert_memory_equal(text, cases[i].octets, want);
		}
		free(text);
	}
}

static void
test_views(void **state)
{
	static const struct {
		const char *text;
		bool domain;
	} names[] = {
		{ "a", true }, { "a.b-c.d", true }, { "a_b.c", true },
		{ "", false }, { "-a", false }, { "a-", false },
		{ "a..b", false }, { ".a", false }, { "a.", false },
		{ "a b", false }, { "\xC3\xA9", false },
	};
	struct ukey_view rest = view("a:b:");
	uint64_t n = 0;
	size_t i;

	(void)state;
	assert_true(ukey_view_equal(ukey_view_cut(&rest, ':'), view("a")));
	assert_true(ukey_view_equal(ukey_view_cut(&rest, ':'), view("b")));
	assert_non_null(rest.data);
	assert_int_equal(ukey_view_cut(&rest, ':').len, 0);
	assert_null(rest.data);
	for (i = 0; i < COUNT(names); i++)
		assert_int_equal(ukey_view_is_domain(view(names[i].text),
		    true), names[i].domain);
	assert_false(ukey_view_is_domain(view("a_b"), false));
	assert_true(ukey_view_number(view("18446744073709551615"), &n));
	assert_true(n == UINT64_MAX);
	assert_false(ukey_view_number(view("18446744073709551616"), &n));
	assert_true(ukey_view_number(view("00000000000000000000000001"),
	    &n));
	assert_int_equal(n, 1);
	assert_false(ukey_view_number(view("0018446744073709551616"), &n));
	assert_false(ukey_view_number(view("1x"), &n));
	assert_false(ukey_view_number(view(""), &n));
	assert_int_equal(ukey_hex_value('f'), 15);
	assert_int_equal(ukey_hex_value('G'), 255);
}

static void
test_utf8(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "a", 1 }, { " ", 1 }, { "~", 1 }, { "\x7F", 0 },
		{ "\t", 0 }, { "\x80", 0 }, { "\xC1\x81", 0 },
		{ "\xC2\x9F", 0 }, { "\xC2\xA0", 2 }, { "\xC3\xA9", 2 },
		{ "\xC3", 0 }, { "\xC3\x28", 0 }, { "\xE0\x9F\xBF", 0 },
		{ "\xE0\xA0\x80", 3 }, { "\xED\xA0\x80", 0 },
		{ "\xE2\x82\xAC", 3 }, { "\xE2\x82\x28", 0 },
		{ "\xF0\x8F\xBF\xBF", 0 }, { "\xF0\x9F\x98\x80", 4 },
		{ "\xF4\x90\x80\x80", 0 }, { "\xF5\x80\x80\x80", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(ukey_utf8_len(view(cases[i].text)),
		    cases[i].len);
}

static void
test_cursor(void **state)
{
	struct ukey_cursor c = ukey_cursor_of(view("\1\2\3\4\5\6\7"));

	(void)state;
	assert_int_equal(ukey_cursor_u8(&c), 1);
	assert_int_equal(ukey_cursor_peek(&c), 2);
	assert_int_equal(ukey_cursor_u16(&c), 0x0203);
	assert_false(ukey_cursor_accept(&c, 9));
	assert_true(ukey_cursor_accept(&c, 4));
	assert_int_equal(ukey_cursor_left(&c), 3);
	assert_int_equal(ukey_cursor_u32(&c), 0);
	assert_true(c.bad);
	assert_int_equal(ukey_cursor_take(&c, 1).len, 0);
	assert_int_equal(ukey_cursor_u8(&c), 0);
	assert_int_equal(ukey_cursor_peek(&c), 0);
	assert_false(ukey_cursor_accept(&c, 5));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writer),
		cmocka_unit_test(test_folding),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
