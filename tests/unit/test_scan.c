/*
 * The scan against the definition in its header, at every length and
 * alignment: the portable one, and the one that is linked with each of the
 * choices that it has at run time.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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
#define ukey_scan_tag portable_tag
#define ukey_scan_lines portable_lines
size_t portable_wsp(const uint8_t *data, size_t len);
size_t portable_control(const uint8_t *data, size_t len);
size_t portable_tag(const uint8_t *data, size_t len);
size_t portable_lines(const uint8_t *data, size_t len,
    struct ukey_scan_place *p);
#include "ukey_scan.c"
#undef ukey_scan_wsp
#undef ukey_scan_control
#undef ukey_scan_tag
#undef ukey_scan_lines

#define VARIANTS 3

static const struct variant {
	bool quick; /* what ukey_scan_has_avx2() says */
	size_t (*wsp)(const uint8_t *data, size_t len);
	size_t (*control)(const uint8_t *data, size_t len);
	size_t (*tag)(const uint8_t *data, size_t len);
	size_t (*lines)(const uint8_t *data, size_t len,
	    struct ukey_scan_place *p);
} variants[VARIANTS] = {
	{ false, portable_wsp, portable_control, portable_tag,
	    portable_lines },
	{ false, ukey_scan_wsp, ukey_scan_control, ukey_scan_tag,
	    ukey_scan_lines },
	{ true, ukey_scan_wsp, ukey_scan_control, ukey_scan_tag,
	    ukey_scan_lines },
};

static bool quick;
#if VECTORS && defined(__SSE2__)
static unsigned asked;
#endif

/* Takes the place of port/simd's: see the Makefile. */
bool __real_ukey_scan_has_avx2(void);
bool __wrap_ukey_scan_has_avx2(void);
bool
__wrap_ukey_scan_has_avx2(void)
{
#if VECTORS && defined(__SSE2__)
	asked++;
	return quick && __real_ukey_scan_has_avx2();
#else
	return false;
#endif
}

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

	while (i < len && d[i] >= 0x20)
		i++;
	return i;
}

static size_t
naive_tag(const uint8_t *d, size_t len)
{
	size_t i = 0;

	while (i < len && d[i] >= 0x20 && d[i] != 0x7F && d[i] != ';')
		i++;
	return i;
}

/* Whether all is well in the LEN octets at D; takes P along. */
static bool
well(const uint8_t *d, size_t len, struct ukey_scan_place *p)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (d[i] == '\r' && i + 1 < len && d[i + 1] == '\n') {
			p->lines++;
			p->column = 0;
			i++;
		} else if (d[i] == '\0' || d[i] == '\r' || d[i] == '\n' ||
		    p->column == UKEY_LINE_MAX) {
			return false;
		} else if (p->column < UKEY_LINE_MAX) {
			p->column++;
		}
	}
	return true;
}

/* What the scan passed over was well, and P was taken along. */
static void
check_lines(const struct variant *v, const uint8_t *d, size_t len,
    uint32_t column)
{
	struct ukey_scan_place p = { 5, column }, q = p;
	size_t n = v->lines(d, len, &p);

	assert_true(n <= len);
	assert_true(well(d, n, &q));
	assert_int_equal(p.lines, q.lines);
	assert_int_equal(p.column, q.column);
}

static void
check(const uint8_t *data, size_t len)
{
	static const uint32_t columns[] = { 0, UKEY_LINE_MAX - 20,
		UKEY_LINE_MAX, UKEY_LINE_MAX + 1 };
	uint8_t *copy = malloc(len + (len == 0));
	size_t wsp, control, tag, i, v;

	assert_non_null(copy);
	memcpy(copy, data, len);
	wsp = naive_wsp(copy, len);
	control = naive_control(copy, len);
	tag = naive_tag(copy, len);
	for (v = 0; v < VARIANTS; v++) {
		quick = variants[v].quick;
		assert_int_equal(variants[v].wsp(copy, len), wsp);
		assert_int_equal(variants[v].control(copy, len), control);
		assert_int_equal(variants[v].tag(copy, len), tag);
		for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
			check_lines(&variants[v], copy, len, columns[i]);
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
		"\x8A\x8D", "\x1F", "\x7F", ";", "<;", "\xBB", "\x9F\x80",
		"\xFE", "\x89 x", "\xFF\xFF" };
	uint8_t line[150]; /* more than two of the longest blocks */
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

/* Offsets into one block: loads meet every alignment. */
static void
test_alignment(void **state)
{
	uint8_t block[300];
	size_t from, i, v, rest;

	(void)state;
	for (i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)(i % 7 == 3 ? ' ' : 'a' + i % 26);
	block[220] = ' ';
	block[221] = ' ';
	for (v = 0; v < VARIANTS; v++) {
		quick = variants[v].quick;
		for (from = 0; from < 200; from++) {
			rest = sizeof(block) - from;
			assert_int_equal(variants[v].wsp(block + from, rest),
			    naive_wsp(block + from, rest));
			assert_int_equal(variants[v].control(block + from,
			    rest), rest);
			assert_int_equal(variants[v].tag(block + from, rest),
			    rest);
		}
	}
}

/* It may stop early, but on plain text it does not. */
static void
test_progress(void **state)
{
	static uint8_t text[100 * 80];
	size_t i, v;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (i = 80; i <= sizeof(text); i += 80)
		memcpy(text + i - 2, "\r\n", 2);
	for (v = 0; v < VARIANTS; v++) {
		struct ukey_scan_place p = { 0, 0 };

		quick = variants[v].quick;
		assert_int_equal(variants[v].lines(text, sizeof(text), &p),
		    sizeof(text));
		assert_int_equal(p.lines, 100);
		assert_int_equal(p.column, 0);
	}
}

/* The choice was there to be made, where there is one. */
static void
test_choice(void **state)
{
	(void)state;
#if VECTORS && defined(__SSE2__)
	assert_true(asked > 0);
	print_message("AVX2: %s\n", __real_ukey_scan_has_avx2() ? "tested" :
	    "this processor has none");
#else
	skip();
#endif
}

/* All octet values in pairs. */
static void
test_pairs(void **state)
{
	uint8_t line[70];
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
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_choice)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
