/*
 * userkeys: the port's RSA check.  SPDX-License-Identifier: MIT
 *
 * Whichever port is linked: signatures of OpenSSL must match, forged ones and
 * unfit numbers must not, and trouble with memory is neither.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fault.h"
#include "ukey_port.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WORK UKEY_PORT_RSA_WORK(4096)

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

static unsigned
nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The octets of HEX in a heap block of exactly their number. */
static struct ukey_view
octets(const char *hex)
{
	size_t i, len = strlen(hex) / 2;
	uint8_t *data = malloc(len + (len == 0));

	assert_non_null(data);
	for (i = 0; i < len; i++)
		data[i] = (uint8_t)(nibble(hex[2 * i]) << 4 |
		    nibble(hex[2 * i + 1]));
	return (struct ukey_view) { data, len };
}

static void
drop(struct ukey_view v)
{
	free((void *)(uintptr_t)v.data);
}

/* The answer with a work block of exactly WORK_SIZE octets. */
static enum ukey_port_match
verify(const struct public_key *hex, struct ukey_view signature,
    size_t work_size)
{
	struct ukey_port_rsa_key key = { octets(hex->n), octets(hex->e) };
	struct ukey_view digest = octets(digest_hex);
	void *work = malloc(work_size + (work_size == 0));
	enum ukey_port_match match;

	assert_non_null(work);
	match = ukey_port_rsa_verify(&key, digest.data, signature, work,
	    work_size);
	free(work);
	drop(digest);
	drop(key.modulus);
	drop(key.exponent);
	return match;
}

static void
test_cases(void **state)
{
	struct ukey_view signature;
	size_t i;
	int match;

	(void)state;
	for (i = 0; i < COUNT(rsa_cases); i++) {
		signature = octets(rsa_cases[i].signature);
		match = verify(rsa_cases[i].key, signature, WORK);
		drop(signature);
		if (match != rsa_cases[i].match)
			fail_msg("%s: %d", rsa_cases[i].name, match);
	}
}

/* One bit changed anywhere in the signature or in the digest. */
static void
test_bits(void **state)
{
	const struct rsa_case *c = &rsa_cases[0];
	struct ukey_view signature = octets(c->signature);
	struct ukey_port_rsa_key key = { octets(c->key->n),
		octets(c->key->e) };
	struct ukey_view digest = octets(digest_hex);
	uint8_t *at = (uint8_t *)(uintptr_t)signature.data;
	uint64_t work[WORK / 8];
	size_t i;

	(void)state;
	assert_int_equal(c->match, UKEY_PORT_MATCH);
	for (i = 0; i < 8 * signature.len; i += 3) {
		at[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(ukey_port_rsa_verify(&key, digest.data,
		    signature, work, sizeof(work)), UKEY_PORT_NO_MATCH);
		at[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	at = (uint8_t *)(uintptr_t)digest.data;
	for (i = 0; i < 8 * digest.len; i++) {
		at[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(ukey_port_rsa_verify(&key, digest.data,
		    signature, work, sizeof(work)), UKEY_PORT_NO_MATCH);
		at[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_int_equal(ukey_port_rsa_verify(&key, digest.data, signature,
	    work, sizeof(work)), UKEY_PORT_MATCH);
	drop(signature);
	drop(digest);
	drop(key.modulus);
	drop(key.exponent);
}

/* Numbers that are no key: core lets none of them through, and the port says
 * "no match", since the sender chose them. */
static void
test_no_key(void **state)
{
	static const struct public_key exponents[] = {
		{ NULL, "" }, { NULL, "01" }, { NULL, "02" },
		{ NULL, "010000" }, { NULL, "00010001" },
		{ NULL, "0100000001" },
	};
	struct ukey_view signature = octets(rsa_cases[0].signature);
	const struct public_key *good = rsa_cases[0].key;
	struct public_key key;
	char *modulus = strdup(good->n);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(exponents); i++) {
		key = (struct public_key) { good->n, exponents[i].e };
		assert_int_equal(verify(&key, signature, WORK),
		    UKEY_PORT_NO_MATCH);
	}
	key = (struct public_key) { modulus, good->e };
	modulus[strlen(modulus) - 1] = 'e';
	assert_int_equal(verify(&key, signature, WORK), UKEY_PORT_NO_MATCH);
	memset(modulus, '0', 2);
	modulus[strlen(modulus) - 1] = 'f';
	assert_int_equal(verify(&key, signature, WORK), UKEY_PORT_NO_MATCH);
	modulus[0] = '\0';
	assert_int_equal(verify(&key, signature, WORK), UKEY_PORT_NO_MATCH);
	drop(signature);
	signature = octets("05");
	key.n = "0d";
	assert_int_equal(verify(&key, signature, WORK), UKEY_PORT_NO_MATCH);
	drop(signature);
	free(modulus);
}

/* Too little work space is "could not tell" until it is enough. */
static void
test_work(void **state)
{
	const struct rsa_case *c = &rsa_cases[0];
	struct ukey_view signature = octets(c->signature);
	size_t size;
	int match, last = UKEY_PORT_UNKNOWN;

	(void)state;
	for (size = 0; size <= UKEY_PORT_RSA_WORK(1024); size += 8) {
		match = verify(c->key, signature, size);
		assert_int_not_equal(match, UKEY_PORT_NO_MATCH);
		assert_true(match >= last);
		last = match;
	}
	assert_int_equal(last, UKEY_PORT_MATCH);
	drop(signature);
}

/* The n-th allocation fails, alone or with all after it: "could not tell".
 * (Mbed TLS can do without some, if the next one succeeds.) */
static void
test_memory(void **state)
{
	static const int rows[] = { UKEY_PORT_MATCH, UKEY_PORT_NO_MATCH };
	struct ukey_view signature;
	unsigned n, calls;
	size_t i, row;
	int match;

	(void)state;
	fault_forget();
	for (i = 0; i < COUNT(rows); i++) {
		for (row = 0; rsa_cases[row].match != rows[i] ||
		    strlen(rsa_cases[row].signature) !=
		    strlen(rsa_cases[0].signature); row++)
			;
		signature = octets(rsa_cases[row].signature);
		fault_calloc(0, false);
		match = verify(rsa_cases[row].key, signature, WORK);
		assert_int_equal(match, rows[i]);
		calls = fault_count();
		for (n = 1; n <= 2 * calls; n++) {
			fault_calloc((n + 1) / 2, n % 2 == 0);
			match = verify(rsa_cases[row].key, signature, WORK);
			if (n % 2 == 0 || match != rows[i])
				assert_int_equal(match, UKEY_PORT_UNKNOWN);
			assert_int_equal(fault_live(), 0);
		}
		fault_calloc(0, false);
		drop(signature);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_no_key),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
