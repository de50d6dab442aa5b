/*
 * userkeys: firmware's memory for Mbed TLS.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_arena.h"

#define SIZE 1024
#define HEAD 8 /* octets of a block's header */
#define BLOCKS 32

static uint8_t *memory; /* exactly SIZE octets: a sanitizer sees more */

static int
set_up(void **state)
{
	(void)state;
	memory = malloc(SIZE);
	memset(memory, 0xee, SIZE);
	ukey_arena_init(memory, SIZE);
	return memory == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static bool
is_filled(const uint8_t *p, uint8_t octet, size_t len)
{
	size_t i;

	for (i = 0; i < len && p[i] == octet; i++)
		;
	return i == len;
}

static void
test_whole(void **state)
{
	uint8_t *p;

	(void)state;
	assert_null(ukey_arena_calloc(1, SIZE - HEAD + 1));
	assert_null(ukey_arena_calloc(1, SIZE));
	assert_int_equal(ukey_arena_peak(), 0);
	p = ukey_arena_calloc(SIZE - HEAD, 1);
	assert_ptr_equal(p, memory + HEAD);
	assert_true(is_filled(p, 0, SIZE - HEAD));
	assert_null(ukey_arena_calloc(1, 1));
	assert_int_equal(ukey_arena_used(), SIZE);
	assert_int_equal(ukey_arena_peak(), SIZE);
	ukey_arena_free(p);
	assert_int_equal(ukey_arena_used(), 0);
	ukey_arena_peak_reset();
	assert_int_equal(ukey_arena_peak(), 0);
	assert_non_null(ukey_arena_calloc(1, SIZE - HEAD));
}

/* Products and sums that would wrap, and nothing at all. */
static void
test_refused(void **state)
{
	(void)state;
	assert_null(ukey_arena_calloc(0, 4));
	assert_null(ukey_arena_calloc(4, 0));
	assert_null(ukey_arena_calloc(SIZE_MAX / 2 + 1, 2));
	assert_null(ukey_arena_calloc(SIZE_MAX / 4 + 1, 4));
	assert_null(ukey_arena_calloc(1, SIZE_MAX));
	assert_null(ukey_arena_calloc(1, SIZE_MAX - HEAD));
	ukey_arena_free(NULL);
	assert_int_equal(ukey_arena_used(), 0);
}

/* No arena, or one that cannot hold a block. */
static void
test_tiny(void **state)
{
	size_t size;

	(void)state;
	for (size = 0; size < 2 * HEAD; size++) {
		ukey_arena_init(memory, size);
		assert_null(ukey_arena_calloc(1, 1));
		assert_int_equal(ukey_arena_used(), 0);
	}
	ukey_arena_init(memory, 2 * HEAD);
	assert_non_null(ukey_arena_calloc(1, 1));
	assert_null(ukey_arena_calloc(1, 1));
}

/* Neighbours join, in whatever order they are freed. */
static void
test_join(void **state)
{
	static const unsigned orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 },
		{ 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	void *p[3];
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		for (j = 0; j < 3; j++) {
			p[j] = ukey_arena_calloc(1, 300);
			assert_non_null(p[j]);
		}
		assert_null(ukey_arena_calloc(1, 300));
		for (j = 0; j < 3; j++)
			ukey_arena_free(p[orders[i][j]]);
		p[0] = ukey_arena_calloc(1, SIZE - HEAD);
		assert_non_null(p[0]);
		ukey_arena_free(p[0]);
	}
}

/* What is freed holds nothing of what was in it. */
static void
test_wiped(void **state)
{
	uint8_t *p = ukey_arena_calloc(1, 100), *q = ukey_arena_calloc(1, 8);

	(void)state;
	memset(p, 0x55, 100);
	memset(q, 0x77, 8);
	ukey_arena_free(p);
	assert_true(is_filled(p, 0, 100));
	assert_true(is_filled(q, 0x77, 8));
}

/* Thousands of calls in a fixed disorder: blocks keep to themselves. */
static void
test_disorder(void **state)
{
	struct { uint8_t *p; size_t len; uint8_t octet; } b[BLOCKS] = { 0 };
	uint32_t seed = 1;
	unsigned i, n;

	(void)state;
	for (n = 0; n < 20000; n++) {
		seed = seed * 1664525 + 1013904223;
		i = seed >> 8 & (BLOCKS - 1);
		if (b[i].p != NULL) {
			assert_true(is_filled(b[i].p, b[i].octet, b[i].len));
			ukey_arena_free(b[i].p);
			b[i].p = NULL;
			continue;
		}
		b[i].len = 1 + (seed >> 16) % 90;
		b[i].octet = (uint8_t)n;
		b[i].p = ukey_arena_calloc(1, b[i].len);
		if (b[i].p == NULL)
			continue;
		assert_int_equal((b[i].p - memory) % 8, 0);
		assert_true(b[i].p + b[i].len <= memory + SIZE);
		assert_true(is_filled(b[i].p, 0, b[i].len));
		memset(b[i].p, b[i].octet, b[i].len);
	}
	for (i = 0; i < BLOCKS; i++)
		ukey_arena_free(b[i].p);
	assert_int_equal(ukey_arena_used(), 0);
	assert_non_null(ukey_arena_calloc(1, SIZE - HEAD));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole), TEST(test_refused), TEST(test_tiny),
		TEST(test_join), TEST(test_wiped), TEST(test_disorder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
