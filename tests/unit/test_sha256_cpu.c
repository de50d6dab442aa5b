/*
 * userkeys: the processor's SHA-256 against that of Mbed TLS, on all lengths
 * and splits.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_compat.h"
#include "ukey_sha256_cpu.h"

#if UKEY_SHA256_CPU

#define LENGTHS 300
#define LARGE 100000

static uint8_t data[LARGE];

static void
fill(void)
{
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < LARGE; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (uint8_t)(x >> 24);
	}
}

static void
by_mbedtls(const uint8_t *octets, size_t len, uint8_t *digest)
{
	mbedtls_sha256_context c;

	mbedtls_sha256_init(&c);
	assert_int_equal(UKEY_SHA256_STARTS(&c, 0), 0);
	assert_int_equal(UKEY_SHA256_UPDATE(&c, octets, len), 0);
	assert_int_equal(UKEY_SHA256_FINISH(&c, digest), 0);
	mbedtls_sha256_free(&c);
}

/* The first LEN octets in two pieces, each a heap block of its own size. */
static void
check_cut(size_t len, size_t cut, const uint8_t *wanted)
{
	struct ukey_sha256_cpu c, copy;
	uint8_t digest[32];
	uint8_t *one = malloc(cut + 1), *two = malloc(len - cut + 1);

	assert_non_null(one);
	assert_non_null(two);
	memcpy(one, data, cut);
	memcpy(two + 1, data + cut, len - cut);
	ukey_sha256_cpu_start(&c);
	ukey_sha256_cpu_update(&c, one, cut);
	copy = c; /* a snapshot goes on by itself */
	ukey_sha256_cpu_update(&c, data, 13);
	ukey_sha256_cpu_update(&copy, two + 1, len - cut);
	ukey_sha256_cpu_finish(&copy, digest);
	assert_memory_equal(digest, wanted, sizeof(digest));
	free(one);
	free(two);
}

static void
test_lengths(void **state)
{
	uint8_t wanted[32];
	size_t len, cut;

	(void)state;
	if (!ukey_sha256_cpu_has()) {
		print_message("this processor has no SHA instructions\n");
		skip();
	}
	for (len = 0; len <= LENGTHS; len++) {
		by_mbedtls(data, len, wanted);
		for (cut = 0; cut <= len; cut++)
			check_cut(len, cut, wanted);
	}
}

static void
test_large(void **state)
{
	struct ukey_sha256_cpu c;
	uint8_t wanted[32], digest[32];
	size_t step, at, n;

	(void)state;
	if (!ukey_sha256_cpu_has())
		skip();
	by_mbedtls(data, LARGE, wanted);
	for (step = 1; step < 2000; step = step * 3 + 1) {
		ukey_sha256_cpu_start(&c);
		for (at = 0; at < LARGE; at += n) {
			n = LARGE - at < step ? LARGE - at : step;
			ukey_sha256_cpu_update(&c, data + at, n);
		}
		ukey_sha256_cpu_finish(&c, digest);
		assert_memory_equal(digest, wanted, sizeof(digest));
	}
}

/* The count of octets passes 2^32: NIST's million a's, so to speak, 4 GB of
 * them being too slow; the two words of the count are set instead. */
static void
test_count(void **state)
{
	struct ukey_sha256_cpu a, b;
	uint8_t one[32], other[32];

	(void)state;
	if (!ukey_sha256_cpu_has())
		skip();
	ukey_sha256_cpu_start(&a);
	a.low = UINT32_MAX - 63;
	ukey_sha256_cpu_update(&a, data, 64);
	assert_int_equal(a.low, 0);
	assert_int_equal(a.high, 1);
	ukey_sha256_cpu_start(&b);
	ukey_sha256_cpu_update(&b, data, 64);
	ukey_sha256_cpu_finish(&a, one);
	ukey_sha256_cpu_finish(&b, other);
	assert_memory_not_equal(one, other, sizeof(one));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_count),
	};

	fill();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int
main(void)
{
	return 0; /* no such instructions are built in */
}

#endif
