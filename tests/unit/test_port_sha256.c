/*
 * userkeys: the port's SHA-256.  SPDX-License-Identifier: MIT
 *
 * Whichever port is linked: known answers of FIPS 180-4's examples, then every
 * length and every cut of it against the one-piece result.  All twice: with
 * the processor's instructions, where it has them, and without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_port.h"
#include "ukey_sha256_cpu.h"

static bool by_processor;

/* Takes the place of the port's: see the Makefile. */
bool __real_ukey_sha256_cpu_has(void);
bool __wrap_ukey_sha256_cpu_has(void);
bool
__wrap_ukey_sha256_cpu_has(void)
{
#if UKEY_SHA256_CPU
	return by_processor && __real_ukey_sha256_cpu_has();
#else
	return false;
#endif
}

#define LENGTHS 300 /* more than four blocks */

static const struct {
	const char *text;
	unsigned repeat;
	const char *digest;
} answers[] = {
	{ "", 1, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855" },
	{ "abc", 1, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	    "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1,
	    "cf5b16a778af8380036ce59e7b049237"
	    "0b249b11e8f07a51afac45037afee9d1" },
	{ "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0" },
};

/* SHA-256 of the digests of the first N octets of 0, 1, 2 ... modulo 251, for
 * N from 0 to LENGTHS: made with another implementation. */
static const char all_lengths[] =
    "b90e35153500e9a471591550ee25a954"
    "527c6b4448afff95f7949a2ca93300ce";

static void
to_hex(char *out, const uint8_t *digest)
{
	static const char digits[] = "0123456789abcdef";
	unsigned i;

	for (i = 0; i < UKEY_SHA256_LEN; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * i] = '\0';
}

/* A heap block of exactly LEN octets of the pattern. */
static uint8_t *
pattern(size_t len)
{
	uint8_t *data = malloc(len + (len == 0));
	size_t i;

	assert_non_null(data);
	for (i = 0; i < len; i++)
		data[i] = (uint8_t)(i % 251);
	return data;
}

static void
hash(uint8_t *digest, const uint8_t *data, size_t len)
{
	struct ukey_port_sha256 h;

	assert_int_equal(ukey_port_sha256_start(&h), 0);
	assert_int_equal(ukey_port_sha256_update(&h, data, len), 0);
	assert_int_equal(ukey_port_sha256_finish(&h, digest), 0);
}

static void
test_answers(void **state)
{
	struct ukey_port_sha256 h;
	uint8_t digest[UKEY_SHA256_LEN];
	char hex[2 * UKEY_SHA256_LEN + 1];
	size_t i;
	unsigned n;

	(void)state;
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		assert_int_equal(ukey_port_sha256_start(&h), 0);
		for (n = 0; n < answers[i].repeat; n++)
			assert_int_equal(ukey_port_sha256_update(&h,
			    answers[i].text, strlen(answers[i].text)), 0);
		assert_int_equal(ukey_port_sha256_finish(&h, digest), 0);
		to_hex(hex, digest);
		assert_string_equal(hex, answers[i].digest);
	}
}

static void
test_all_lengths(void **state)
{
	struct ukey_port_sha256 all;
	uint8_t digest[UKEY_SHA256_LEN];
	char hex[2 * UKEY_SHA256_LEN + 1];
	uint8_t *data;
	size_t len;

	(void)state;
	assert_int_equal(ukey_port_sha256_start(&all), 0);
	for (len = 0; len <= LENGTHS; len++) {
		data = pattern(len);
		hash(digest, data, len);
		free(data);
		assert_int_equal(ukey_port_sha256_update(&all, digest,
		    sizeof(digest)), 0);
	}
	assert_int_equal(ukey_port_sha256_finish(&all, digest), 0);
	to_hex(hex, digest);
	assert_string_equal(hex, all_lengths);
}

/* Every length, cut at every place; the state is copied at the cut, and the
 * copy and the original both give the answer. */
static void
test_all_cuts(void **state)
{
	struct ukey_port_sha256 h, copy;
	uint8_t whole[UKEY_SHA256_LEN], parts[UKEY_SHA256_LEN];
	uint8_t *data;
	size_t len, cut;

	(void)state;
	for (len = 0; len <= LENGTHS; len++) {
		data = pattern(len);
		hash(whole, data, len);
		for (cut = 0; cut <= len; cut++) {
			ukey_port_sha256_start(&h);
			ukey_port_sha256_update(&h, data, cut);
			copy = h;
			ukey_port_sha256_update(&h, data + cut, len - cut);
			ukey_port_sha256_finish(&h, parts);
			assert_memory_equal(parts, whole, sizeof(whole));
			ukey_port_sha256_update(&copy, data + cut, len - cut);
			ukey_port_sha256_finish(&copy, parts);
			assert_memory_equal(parts, whole, sizeof(whole));
		}
		free(data);
	}
}

/* Nothing is read of an empty piece, wherever it points. */
static void
test_empty(void **state)
{
	struct ukey_port_sha256 h;
	uint8_t digest[UKEY_SHA256_LEN];
	char hex[2 * UKEY_SHA256_LEN + 1];

	(void)state;
	assert_int_equal(ukey_port_sha256_start(&h), 0);
	assert_int_equal(ukey_port_sha256_update(&h, NULL, 0), 0);
	assert_int_equal(ukey_port_sha256_update(&h, "abc", 3), 0);
	assert_int_equal(ukey_port_sha256_update(&h, NULL, 0), 0);
	assert_int_equal(ukey_port_sha256_finish(&h, digest), 0);
	to_hex(hex, digest);
	assert_string_equal(hex, answers[1].digest);
}

/* Octets at every alignment. */
static void
test_alignment(void **state)
{
	uint8_t whole[UKEY_SHA256_LEN], digest[UKEY_SHA256_LEN];
	uint8_t room[LENGTHS + 16];
	uint8_t *data = pattern(LENGTHS);
	unsigned i;

	(void)state;
	hash(whole, data, LENGTHS);
	for (i = 0; i < 16; i++) {
		memcpy(room + i, data, LENGTHS);
		hash(digest, room + i, LENGTHS);
		assert_memory_equal(digest, whole, sizeof(whole));
	}
	free(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_all_lengths),
		cmocka_unit_test(test_all_cuts),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_alignment),
	};

	int failed;

	by_processor = true;
	failed = cmocka_run_group_tests_name("the processor's", tests, NULL,
	    NULL);
	by_processor = false;
	return failed + cmocka_run_group_tests_name("Mbed TLS's", tests, NULL,
	    NULL);
}
