/*
 * userkeys: private keys.  SPDX-License-Identifier: MIT
 *
 * Keys and signatures of OpenSSL are the measure; memory and random numbers
 * run out; no octet of a private number stays in memory that was freed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fault.h"
#include "rsa_keys.h"
#include "ukey_key.h"
#include "ukey_keyrecord.h"
#include "ukey_port.h"
#include "ukey_random.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct public_key {
	const char *n; /* hex */
	const char *e;
};
struct rsa_case {
	const char *name;
	const struct public_key *key;
	const char *signature;
	int match;
};
#include "rsa_cases.inc"

static const struct {
	const char *pem1, *pem8;
	const struct public_key *public;
	unsigned bits;
} keys[] = {
	{ pem1_1024, pem8_1024, &public_1024, 1024 },
	{ pem1_1031, pem8_1031, &public_1031, 1031 },
	{ pem1_2048, pem8_2048, &public_2048, 2048 },
	{ pem1_4096, pem8_4096, &public_4096, 4096 },
	{ pem1_cube, pem8_cube, &public_cube, 2048 },
};

static struct ukey_view
text_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* HEX as octets at OUT; how many. */
static size_t
unhex(const char *hex, uint8_t *out)
{
	size_t i, len = strlen(hex) / 2;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)(ukey_hex_value((uint8_t)hex[2 * i]) << 4 |
		    ukey_hex_value((uint8_t)hex[2 * i + 1]));
	return len;
}

static struct ukey_key *
key_of(struct ukey_view text)
{
	struct ukey_key *key;
	int err = ukey_key_read(&key, text, ukey_random());

	if (err != UKEY_KEY_OK)
		fail_msg("%s", ukey_key_strerror(err));
	return key;
}

/* Signs the digest of the cases. */
static int
sign(struct ukey_key *key, uint8_t *signature, size_t size, size_t *len)
{
	struct ukey_out out;
	uint8_t digest[UKEY_SHA256_LEN];
	int err;

	unhex(digest_hex, digest);
	ukey_out_init(&out, signature, size);
	err = ukey_key_sign(key, digest, &out);
	*len = ukey_out_done(&out).len;
	return err;
}

/* OpenSSL's signature with this key. */
static size_t
right_signature(const struct public_key *public, uint8_t *out)
{
	size_t i;

	for (i = 0; i < COUNT(rsa_cases); i++)
		if (rsa_cases[i].key == public && rsa_cases[i].match == 1)
			return unhex(rsa_cases[i].signature, out);
	fail();
	return 0;
}

static void
check_signature(struct ukey_key *key, const struct public_key *public)
{
	uint8_t wanted[512], found[512];
	size_t wanted_len = right_signature(public, wanted), len;

	assert_int_equal(sign(key, found, sizeof(found), &len), UKEY_KEY_OK);
	assert_int_equal(len, wanted_len);
	assert_memory_equal(found, wanted, len);
	/* Room: one octet less than the modulus. */
	assert_int_equal(sign(key, found, wanted_len - 1, &len),
	    UKEY_KEY_SPACE);
	assert_int_equal(sign(key, found, wanted_len, &len), UKEY_KEY_OK);
}

static void
check_public(struct ukey_key *key, const struct public_key *public)
{
	uint8_t der[UKEY_KEY_PUBLIC_MAX], wanted[512];
	struct ukey_port_rsa_key read;
	struct ukey_out out;
	size_t len;

	ukey_out_init(&out, der, sizeof(der));
	assert_int_equal(ukey_key_write_public(key, &out), UKEY_KEY_OK);
	assert_int_equal(ukey_keyrecord_rsa(&read, ukey_out_done(&out)),
	    UKEY_REASON_OK);
	len = unhex(public->n, wanted);
	assert_int_equal(read.modulus.len, len);
	assert_memory_equal(read.modulus.data, wanted, len);
	len = unhex(public->e, wanted);
	assert_int_equal(read.exponent.len, len);
	assert_memory_equal(read.exponent.data, wanted, len);
	ukey_out_init(&out, der, 20);
	assert_int_equal(ukey_key_write_public(key, &out), UKEY_KEY_SPACE);
}

static void
test_read(void **state)
{
	struct ukey_key *key;
	size_t i;
	int form;

	(void)state;
	for (i = 0; i < COUNT(keys); i++)
		for (form = 0; form < 2; form++) {
			key = key_of(text_view(form == 0 ? keys[i].pem1 :
			    keys[i].pem8));
			assert_int_equal(ukey_key_bits(key), keys[i].bits);
			check_signature(key, keys[i].public);
			check_public(key, keys[i].public);
			ukey_key_free(key);
		}
}

/* What is written is what was read, in both forms. */
static void
test_write(void **state)
{
	uint8_t pem[UKEY_KEY_PEM_MAX], der[UKEY_KEY_DER_MAX];
	struct ukey_key *key, *again;
	struct ukey_out out;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(keys); i++) {
		len = strlen(keys[i].pem1);
		key = key_of(text_view(keys[i].pem8));
		ukey_out_init(&out, pem, sizeof(pem));
		assert_int_equal(ukey_key_write_pem(key, &out), UKEY_KEY_OK);
		assert_int_equal(out.len, len);
		assert_memory_equal(pem, keys[i].pem1, len);
		ukey_out_init(&out, pem, len - 1);
		assert_int_equal(ukey_key_write_pem(key, &out),
		    UKEY_KEY_SPACE);
		ukey_out_init(&out, der, sizeof(der));
		assert_int_equal(ukey_key_write_der(key, &out), UKEY_KEY_OK);
		again = key_of(ukey_out_done(&out));
		check_signature(again, keys[i].public);
		ukey_key_free(again);
		ukey_key_free(key);
	}
}

static void
test_generate(void **state)
{
	uint8_t der[UKEY_KEY_PUBLIC_MAX], signature[512], digest[32];
	uint64_t work[UKEY_PORT_RSA_WORK(4096) / 8];
	struct ukey_port_rsa_key public;
	struct ukey_key *key;
	struct ukey_out out;
	size_t len;

	(void)state;
	unhex(digest_hex, digest);
	assert_int_equal(ukey_key_generate(&key, 1024, ukey_random()),
	    UKEY_KEY_OK);
	assert_int_equal(ukey_key_bits(key), 1024);
	assert_int_equal(sign(key, signature, sizeof(signature), &len),
	    UKEY_KEY_OK);
	ukey_out_init(&out, der, sizeof(der));
	assert_int_equal(ukey_key_write_public(key, &out), UKEY_KEY_OK);
	assert_int_equal(ukey_keyrecord_rsa(&public, ukey_out_done(&out)),
	    UKEY_REASON_OK);
	assert_int_equal(ukey_port_rsa_verify(&public, digest,
	    (struct ukey_view) { signature, len }, work, sizeof(work)),
	    UKEY_PORT_MATCH);
	ukey_key_free(key);
	ukey_key_free(NULL);
	assert_int_equal(ukey_key_generate(&key, 1016, ukey_random()),
	    UKEY_KEY_SIZE);
	assert_null(key);
	assert_int_equal(ukey_key_generate(&key, 4104, ukey_random()),
	    UKEY_KEY_SIZE);
	assert_int_equal(ukey_key_generate(&key, 2047, ukey_random()),
	    UKEY_KEY_SIZE);
}

/* The DER of the 1024-bit key with every octet changed or the end cut off:
 * never a key whose signatures are wrong. */
static void
test_damaged(void **state)
{
	uint8_t der[UKEY_KEY_DER_MAX], wanted[128], found[128];
	struct ukey_key *key = key_of(text_view(pem1_1024));
	struct ukey_out out;
	uint8_t *copy;
	size_t i, len;

	(void)state;
	right_signature(&public_1024, wanted);
	ukey_out_init(&out, der, sizeof(der));
	assert_int_equal(ukey_key_write_der(key, &out), UKEY_KEY_OK);
	ukey_key_free(key);
	for (i = 0; i < out.len; i += i < 40 ? 1 : 5) {
		copy = malloc(out.len);
		assert_non_null(copy);
		memcpy(copy, der, out.len);
		copy[i] ^= 0x24;
		if (ukey_key_read(&key, (struct ukey_view) { copy, out.len },
		    ukey_random()) == UKEY_KEY_OK) {
			assert_int_equal(sign(key, found, 128, &len), 0);
			assert_memory_equal(found, wanted, 128);
			ukey_key_free(key);
		}
		free(copy);
		copy = malloc(i + (i == 0));
		assert_non_null(copy);
		memcpy(copy, der, i);
		if (ukey_key_read(&key, (struct ukey_view) { copy, i },
		    ukey_random()) == UKEY_KEY_OK)
			ukey_key_free(key); /* cut in the CRT numbers */
		free(copy);
	}
}

/* A random source that fails from its N-th call on. */
static int
failing_fill(void *state, uint8_t *out, size_t size)
{
	unsigned *left = state;

	if (*left == 0)
		return -1;
	--*left;
	return ukey_random()->fill(NULL, out, size);
}

static void
test_no_random(void **state)
{
	unsigned left = 0;
	struct ukey_random random = { failing_fill, &left };
	struct ukey_key *key;

	(void)state;
	fault_forget();
	assert_int_equal(ukey_key_read(&key, text_view(pem1_1024), &random),
	    UKEY_KEY_RANDOM);
	assert_int_equal(ukey_key_generate(&key, 1024, &random),
	    UKEY_KEY_RANDOM);
	left = 1;
	assert_int_equal(ukey_key_read(&key, text_view(pem1_1024), &random),
	    UKEY_KEY_OK);
	ukey_key_free(key);
	assert_int_equal(fault_live(), 0);
}

/* The private numbers of the 1024-bit key, for the search in freed memory. */
static void
watch_secrets(void)
{
	static uint8_t der[UKEY_KEY_DER_MAX];
	struct ukey_key *key = key_of(text_view(pem1_1024));
	struct ukey_out out;

	ukey_out_init(&out, der, sizeof(der));
	assert_int_equal(ukey_key_write_der(key, &out), UKEY_KEY_OK);
	ukey_key_free(key);
	/* d, p, q, dP, dQ, qInv follow version, n and e. */
	fault_secret(der + 4 + 3 + 132 + 5 + 4, out.len - 148);
	/* The same in base64, from behind them to the END line. */
	fault_secret((const uint8_t *)pem1_1024 + 256,
	    sizeof(pem1_1024) - 256 - 32);
}

/* The N-th allocation fails, or all from there on. */
static void
test_no_memory(void **state)
{
	uint8_t wanted[128], found[128], pem[UKEY_KEY_PEM_MAX];
	struct ukey_key *key;
	struct ukey_out out;
	unsigned n, total, recovered = 0;
	size_t len;
	int err;

	(void)state;
	fault_forget();
	right_signature(&public_1024, wanted);
	watch_secrets();
	fault_calloc(0, false);
	key = key_of(text_view(pem1_1024));
	total = fault_count();
	ukey_key_free(key);
	for (n = 1; n <= total; n++) {
		fault_calloc(n, n % 2 == 0);
		err = ukey_key_read(&key, text_view(pem1_1024),
		    ukey_random());
		fault_calloc(0, false);
		if (err == UKEY_KEY_OK) {
			check_signature(key, &public_1024);
			ukey_key_free(key);
			recovered++;
		} else {
			assert_int_equal(err, UKEY_KEY_MEMORY);
			assert_null(key);
		}
		assert_int_equal(fault_live(), 0);
	}
	assert_true(recovered < total / 4);
	key = key_of(text_view(pem1_1024));
	fault_calloc(0, false);
	assert_int_equal(sign(key, found, sizeof(found), &len), 0);
	total = fault_count();
	for (n = 1; n <= total; n++) {
		fault_calloc(n, n % 2 == 0);
		assert_int_equal(sign(key, found, sizeof(found), &len),
		    UKEY_KEY_MEMORY);
		fault_calloc(0, false);
		assert_int_equal(sign(key, found, sizeof(found), &len), 0);
		assert_memory_equal(found, wanted, 128);
	}
	for (n = 1; n <= 12; n++) {
		fault_calloc(n, false);
		ukey_out_init(&out, pem, sizeof(pem));
		err = ukey_key_write_pem(key, &out);
		if (fault_count() >= n)
			assert_int_equal(err, UKEY_KEY_MEMORY);
	}
	fault_calloc(0, false);
	ukey_key_free(key);
	assert_int_equal(fault_live(), 0);
	assert_int_equal(fault_leaks(), 0);
	fault_secret(NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_generate),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_no_random),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
