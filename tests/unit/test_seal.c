/*
 * userkeys: sealed secrets.  SPDX-License-Identifier: MIT
 *
 * A known answer, then: no octet of text, place, key or nonce can change
 * unseen, and nothing of a text that was refused is given away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_random.h"
#include "ukey_seal.h"

#define TEXT_LEN 40

static const uint8_t key[UKEY_SEAL_KEY_LEN] = { 7, 1, 2, 3 };
static const uint8_t text[TEXT_LEN] = "forty octets that nobody else may read";
static const struct ukey_view place = { (const uint8_t *)"alice", 5 };

/* A source of zeroes. */
static int
zero_fill(void *state, uint8_t *out, size_t size)
{
	(void)state;
	memset(out, 0, size);
	return 0;
}

static int
no_fill(void *state, uint8_t *out, size_t size)
{
	(void)state;
	(void)out;
	(void)size;
	return -1;
}

static size_t
seal(uint8_t *sealed, size_t size, const struct ukey_random *random)
{
	struct ukey_out out;

	ukey_out_init(&out, sealed, size);
	assert_int_equal(ukey_seal(key, place, (struct ukey_view) { text,
	    TEXT_LEN }, random, &out), UKEY_SEAL_OK);
	return out.len;
}

/* SP 800-38D's own case 14 (AES-256, 16 zero octets, zero key and nonce). */
static void
test_known(void **state)
{
	static const uint8_t zero[UKEY_SEAL_KEY_LEN];
	static const uint8_t wanted[] = { 1,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0xce, 0xa7, 0x40, 0x3d, 0x4d, 0x60, 0x6b, 0x6e,
		0x07, 0x4e, 0xc5, 0xd3, 0xba, 0xf3, 0x9d, 0x18,
		0xd0, 0xd1, 0xc8, 0xa7, 0x99, 0x99, 0x6b, 0xf0,
		0x26, 0x5b, 0x98, 0xb5, 0xd4, 0x8a, 0xb9, 0x19 };
	const struct ukey_random random = { zero_fill, NULL };
	uint8_t sealed[64];
	struct ukey_out out;

	(void)state;
	ukey_out_init(&out, sealed, sizeof(sealed));
	assert_int_equal(ukey_seal(zero, (struct ukey_view) { NULL, 0 },
	    (struct ukey_view) { zero, 16 }, &random, &out), UKEY_SEAL_OK);
	assert_int_equal(out.len, sizeof(wanted));
	assert_memory_equal(sealed, wanted, sizeof(wanted));
}

static void
test_round(void **state)
{
	uint8_t sealed[2][TEXT_LEN + UKEY_SEAL_OVERHEAD], found[TEXT_LEN];
	struct ukey_out out;
	size_t len;

	(void)state;
	len = seal(sealed[0], sizeof(sealed[0]), ukey_random());
	assert_int_equal(len, sizeof(sealed[0]));
	seal(sealed[1], sizeof(sealed[1]), ukey_random());
	assert_memory_not_equal(sealed[0], sealed[1], len);
	ukey_out_init(&out, found, sizeof(found));
	assert_int_equal(ukey_seal_open(key, place,
	    (struct ukey_view) { sealed[0], len }, &out), UKEY_SEAL_OK);
	assert_int_equal(out.len, TEXT_LEN);
	assert_memory_equal(found, text, TEXT_LEN);
	/* An empty text. */
	ukey_out_init(&out, sealed[0], sizeof(sealed[0]));
	assert_int_equal(ukey_seal(key, place, (struct ukey_view) { NULL, 0 },
	    ukey_random(), &out), UKEY_SEAL_OK);
	len = out.len;
	ukey_out_init(&out, found, 0);
	assert_int_equal(ukey_seal_open(key, place,
	    (struct ukey_view) { sealed[0], len }, &out), UKEY_SEAL_OK);
}

static void
refused(const uint8_t *with, struct ukey_view at, struct ukey_view sealed)
{
	static const uint8_t nothing[TEXT_LEN];
	uint8_t found[TEXT_LEN] = { 0 };
	struct ukey_out out;

	ukey_out_init(&out, found, sizeof(found));
	assert_int_equal(ukey_seal_open(with, at, sealed, &out),
	    UKEY_SEAL_FORGED);
	assert_int_equal(out.len, 0);
	assert_memory_equal(found, nothing, TEXT_LEN);
}

static void
test_forged(void **state)
{
	uint8_t sealed[TEXT_LEN + UKEY_SEAL_OVERHEAD], other[32], *copy;
	size_t i, len = seal(sealed, sizeof(sealed), ukey_random());

	(void)state;
	for (i = 0; i < len; i++) {
		copy = malloc(len);
		assert_non_null(copy);
		memcpy(copy, sealed, len);
		copy[i] ^= 1;
		refused(key, place, (struct ukey_view) { copy, len });
		free(copy);
		copy = malloc(i + (i == 0));
		assert_non_null(copy);
		memcpy(copy, sealed, i);
		refused(key, place, (struct ukey_view) { copy, i });
		free(copy);
	}
	for (i = 0; i < sizeof(other); i++) {
		memcpy(other, key, sizeof(other));
		other[i] ^= 0x80;
		refused(other, place, (struct ukey_view) { sealed, len });
	}
	refused(key, UKEY_VIEW("alicf"), (struct ukey_view) { sealed, len });
	refused(key, UKEY_VIEW(""), (struct ukey_view) { sealed, len });
}

static void
test_resources(void **state)
{
	uint8_t sealed[TEXT_LEN + UKEY_SEAL_OVERHEAD], found[TEXT_LEN];
	const struct ukey_random none = { no_fill, NULL };
	struct ukey_view all = { text, TEXT_LEN };
	struct ukey_out out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sealed); i++) {
		ukey_out_init(&out, sealed, i);
		assert_int_equal(ukey_seal(key, place, all, ukey_random(),
		    &out), UKEY_SEAL_SPACE);
	}
	ukey_out_init(&out, sealed, sizeof(sealed));
	assert_int_equal(ukey_seal(key, place, all, &none, &out),
	    UKEY_SEAL_RANDOM);
	assert_int_equal(out.len, 0);
	seal(sealed, sizeof(sealed), ukey_random());
	for (i = 0; i < TEXT_LEN; i++) {
		ukey_out_init(&out, found, i);
		assert_int_equal(ukey_seal_open(key, place,
		    (struct ukey_view) { sealed, sizeof(sealed) }, &out),
		    UKEY_SEAL_SPACE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_resources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
