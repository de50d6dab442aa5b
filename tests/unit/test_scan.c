/*
 * The scan against the definition in its header, at every length and
 * alignment.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_message.h"
#include "ukey_scan.h"

/* The portable scan, under names of its own, beside the one that is linked. */
#define ukey_scan_wsp portable_wsp
#define ukey_scan_control portable_control
#define ukey_scan_past_wsp portable_past_wsp
#define ukey_scan_lines portable_lines
size_t portable_wsp(const uint8_t *data, size_t len);
size_t portable_control(const uint8_t *data, size_t len);
size_t portable_past_wsp(const uint8_t *data, size_t len);
size_t portable_lines(const uint8_t *data, size_t len,
    struct ukey_scan_place *p);
#include "ukey_scan.c"
#undef ukey_scan_wsp
#undef ukey_scan_control
#undef ukey_scan_past_wsp
#undef ukey_scan_lines

static size_t
naive_wsp(const uint8_t *d, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (d[i] == '\t' || (d[i] == ' ' && (i + 1 == len ||
		    memchr(" \t\r", d[i + 1], 3) != NULL)))
			break;
	}
	return i;
}

static size_t
naive_control(const uint8_t *d, size_t len)
{
	size_t i = 0;

	while (i < len && d[i] >= 0x20 && d[i] != 0x7F)
		i++;
	return i;
}

static size_t
naive_past_wsp(const uint8_t *d, size_t len)
{
	size_t i = 0;

	while (i < len && (d[i] == ' ' || d[i] == '\t'))
		i++;
	return i;
}

/* What SCAN passed over was well, and P was taken along. */
static void
check_lines(size_t (*scan)(const uint8_t *, size_t, struct ukey_scan_place *),
    const uint8_t *d, size_t len, uint32_t column)
{
	struct ukey_scan_place p = { 5, column }, q = p;
	size_t i, n = scan(d, len, &p);

	assert_true(n <= len);
	for (i = 0; i < n; i++) {
		assert_int_not_equal(d[i], 0);
		if (d[i] == '\n') {
			assert_true(i > 0 && d[i - 1] == '\r');
			q.lines++;
			q.column = 0;
		} else if (d[i] == '\r') {
			assert_true(i + 1 < n && d[i + 1] == '\n');
		} else if (q.column <= UKEY_LINE_MAX) {
			q.column++;
			assert_true(q.column <= UKEY_LINE_MAX);
		}
	}
	assert_int_equal(p.lines, q.lines);
	assert_int_equal(p.column, q.column);
}

static void
check(const uint8_t *data, size_t len)
{
	static const uint32_t columns[] = { 0, UKEY_LINE_MAX - 20,
		UKEY_LINE_MAX, UKEY_LINE_MAX + 1 };
	uint8_t *copy = malloc(len + (len == 0));
	size_t i;

	memcpy(copy, data, len);
	assert_int_equal(ukey_scan_wsp(copy, len), naive_wsp(copy, len));
	assert_int_equal(ukey_scan_control(copy, len),
	    naive_control(copy, len));
	assert_int_equal(portable_wsp(copy, len), naive_wsp(copy, len));
	assert_int_equal(portable_control(copy, len),
	    naive_control(copy, len));
	assert_int_equal(ukey_scan_past_wsp(copy, len),
	    naive_past_wsp(copy, len));
	assert_int_equal(portable_past_wsp(copy, len),
	    naive_past_wsp(copy, len));
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		check_lines(ukey_scan_lines, copy, len, columns[i]);
		check_lines(portable_lines, copy, len, columns[i]);
	}
	free(copy);
}

/* Each special pair at each place of each length, all else plain. */
static void
test_places(void **state)
{
	static const char *const specials[] = { "\r\n\r\n", "a\rb",
		"\r\n\n", "\r\n \r\n", "\t  \t \t  \t\t          x", " ",
		"\t", "  ", " \t", " \r", "a b", "\r\n", "\n", "\x0D",
		"\x0E", "\x0C", " \xA0", "\xA0",
		"\x8A\x8D", "\x1F", "\x7F", "\x9F\x80",
		"\xFE", "\x89 x", "\xFF\xFF" };
	uint8_t line[80];
	size_t len, at, i, n;

	(void)state;
	for (len = 0; len <= sizeof(line); len++) {
		for (i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
			n = strlen(specials[i]);
			for (at = 0; at + n <= len; at++) {
				memset(line, 'a' + (int)(at % 3), len);
				memcpy(line + at, specials[i], n);
				check(line, len);
			}
		}
		memset(line, 'x', len);
		check(line, len);
	}
}

/* Offsets into one block: the word loads meet every alignment. */
static void
test_alignment(void **state)
{
	uint8_t block[128];
	size_t from, i;

	(void)state;
	for (i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)(i % 7 == 3 ? ' ' : 'a' + i % 26);
	block[120] = ' ';
	block[121] = ' ';
	for (from = 0; from < 100; from++) {
		assert_int_equal(ukey_scan_wsp(block + from, 128 - from),
		    naive_wsp(block + from, 128 - from));
		assert_int_equal(portable_wsp(block + from, 128 - from),
		    naive_wsp(block + from, 128 - from));
	}
}

/* All octet values in pairs. */
static void
test_pairs(void **state)
{
	uint8_t line[40];
	unsigned a, b;

	(void)state;
	memset(line, 'z', sizeof(line));
	for (a = 0; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			line[9] = (uint8_t)a;
			line[10] = (uint8_t)b;
			check(line, sizeof(line));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_pairs)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
