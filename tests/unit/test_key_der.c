/*
 * userkeys: the DER of public keys, every octet of which counts, and the key
 * record.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rsa_keys.h"
#include "ukey_key.h"
#include "ukey_keyrecord.h"
#include "ukey_random.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint8_t spki[UKEY_KEY_PUBLIC_MAX];
static size_t spki_len;

#define BARE 22 /* where the RSAPublicKey of a 1024-bit key begins */

static int
setup(void **state)
{
	struct ukey_view pem = { (const uint8_t *)pem1_1024,
		sizeof(pem1_1024) - 1 };
	struct ukey_key *key;
	struct ukey_out out;

	(void)state;
	assert_int_equal(ukey_key_read(&key, pem, ukey_random()), 0);
	ukey_out_init(&out, spki, sizeof(spki));
	assert_int_equal(ukey_key_write_public(key, &out), 0);
	spki_len = out.len;
	ukey_key_free(key);
	return 0;
}

/* What a heap block of exactly LEN octets at DATA is read as. */
static enum ukey_reason
read_der(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0));
	struct ukey_port_rsa_key key;
	enum ukey_reason reason;

	assert_non_null(copy);
	memcpy(copy, data, len);
	reason = ukey_keyrecord_rsa(&key, (struct ukey_view) { copy, len });
	free(copy);
	return reason;
}

static void
test_good(void **state)
{
	(void)state;
	assert_int_equal(read_der(spki, spki_len), UKEY_REASON_OK);
	assert_int_equal(spki[BARE], 0x30);
	assert_int_equal(read_der(spki + BARE, spki_len - BARE),
	    UKEY_REASON_OK);
}

/* Bit BIT of octet I changed, in the key that begins at FROM: in the structure
 * that is refused, in the numbers it is another key at most. */
static void
flip(size_t from, size_t i, unsigned bit)
{
	uint8_t copy[UKEY_KEY_PUBLIC_MAX];
	enum ukey_reason reason;

	memcpy(copy, spki, spki_len);
	copy[i] ^= (uint8_t)(1 << bit);
	reason = read_der(copy + from, spki_len - from);
	if (i < 28)
		assert_int_not_equal(reason, UKEY_REASON_OK);
}

static void
test_damage(void **state)
{
	uint8_t copy[UKEY_KEY_PUBLIC_MAX + 1];
	size_t i, from;

	(void)state;
	for (from = 0; from <= BARE; from += BARE) {
		memcpy(copy, spki, spki_len);
		copy[spki_len] = 0;
		assert_int_equal(read_der(copy + from, spki_len + 1 - from),
		    UKEY_REASON_KEY_DER);
		for (i = from; i < spki_len; i++)
			assert_int_equal(read_der(spki + from, i - from),
			    UKEY_REASON_KEY_DER);
		for (i = 8 * from; i < 8 * spki_len; i++)
			flip(from, i / 8, (unsigned)(i % 8));
	}
}

/* A bare key of a modulus of LEN octets that begins with FIRST, ends with
 * LAST, and of exponent E. */
static enum ukey_reason
made(size_t len, uint8_t first, uint8_t last, const char *e, size_t e_len)
{
	uint8_t der[1024] = { 0x30, 0x82 };
	size_t pad = first >> 7, at = 4, total;

	der[at++] = 2;
	der[at++] = 0x82;
	der[at++] = (uint8_t)((len + pad) >> 8);
	der[at++] = (uint8_t)(len + pad);
	at += pad;
	memset(der + at, 0x11, len);
	der[at] = first;
	der[at + len - 1] = last;
	at += len;
	der[at++] = 2;
	der[at++] = (uint8_t)e_len;
	memcpy(der + at, e, e_len);
	at += e_len;
	total = at - 4;
	der[2] = (uint8_t)(total >> 8);
	der[3] = (uint8_t)total;
	return read_der(der, at);
}

static void
test_policy(void **state)
{
	(void)state;
	assert_int_equal(made(256, 0x80, 1, "\1\0\1", 3), UKEY_REASON_OK);
	assert_int_equal(made(512, 0xFF, 1, "\3", 1), UKEY_REASON_OK);
	assert_int_equal(made(513, 0x01, 1, "\3", 1), UKEY_REASON_KEY_SIZE);
	assert_int_equal(made(128, 0x7F, 1, "\3", 1) == UKEY_REASON_OK, 0);
	assert_int_equal(made(256, 0x80, 2, "\3", 1) == UKEY_REASON_OK, 0);
	assert_int_equal(made(256, 0x80, 1, "\1", 1),
	    UKEY_REASON_KEY_EXPONENT);
	assert_int_equal(made(256, 0x80, 1, "\2", 1),
	    UKEY_REASON_KEY_EXPONENT);
	assert_int_equal(made(256, 0x80, 1, "\0\377\377\377\377", 5),
	    UKEY_REASON_OK);
	assert_int_equal(made(256, 0x80, 1, "\1\0\0\0\1", 5),
	    UKEY_REASON_KEY_EXPONENT);
	assert_int_equal(made(256, 0x80, 1, "\0\3", 2), UKEY_REASON_KEY_DER);
	assert_int_equal(made(256, 0x80, 1, "\377", 1), UKEY_REASON_KEY_DER);
	assert_int_equal(made(256, 0x80, 1, "", 0), UKEY_REASON_KEY_DER);
}

static const struct {
	const char *text;
	enum ukey_reason reason;
	unsigned flags, advice, usable;
	bool user;
} records[] = {
	{ "v=DKIM1; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P, 0, 0,
	    false },
	{ "v=DKIM1; uk=reject:EXACT:from:new; p=AA", 0,
	    UKEY_KEY_VERSION | UKEY_KEY_P | UKEY_KEY_UK |
	    UKEY_KEY_EXACT | UKEY_KEY_FROM, UKEY_ADVICE_REJECT, 0,
	    true },
	{ "v=DKIM1; uk = Quarantine : exact ; p=AA;", 0,
	    UKEY_KEY_VERSION | UKEY_KEY_P | UKEY_KEY_UK |
	    UKEY_KEY_EXACT, UKEY_ADVICE_QUARANTINE, 0, true },
	{ "uk=none; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P |
	    UKEY_KEY_UK, 0, 0, true },
	{ "v=DKIM1; uk=reject; p=", 0, UKEY_KEY_VERSION | UKEY_KEY_P |
	    UKEY_KEY_UK, UKEY_ADVICE_REJECT, UKEY_REASON_KEY_REVOKED,
	    true },
	{ "p=AA; v=DKIM1", 0, UKEY_KEY_VERSION | UKEY_KEY_P, 0, 0,
	    false },
	{ "p=AA; v=dkim1", 0, UKEY_KEY_P, 0, 0, false },
	{ "\nv=DKIM1\r;\n\tp=A\nA\r\n", 0, UKEY_KEY_VERSION |
	    UKEY_KEY_P, 0, 0, false },
	{ "v=DKIM1;\n\n", 0, UKEY_KEY_VERSION, 0, 0, false },
	{ "v=DKIM1; k\nx=1", UKEY_REASON_KEY_SYNTAX, 0, 0, 0, false },
	{ "v=DKIM1; k=r\nsa", 0, UKEY_KEY_VERSION, 0,
	    UKEY_REASON_KEY_TYPE, false },
	{ "v=DKIM1; k=RSA; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P, 0,
	    UKEY_REASON_KEY_TYPE, false },
	{ "v=DKIM1; h=SHA256; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P,
	    0, UKEY_REASON_KEY_HASH, false },
	{ "v=DKIM1; s=Email; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P,
	    0, UKEY_REASON_KEY_SERVICE, false },
	{ "v=DKIM1; t=Y:S; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P, 0,
	    0, false },
	{ "v=DKIM2; p=AA", 0, UKEY_KEY_P, 0, 0, false },
	{ "v=DKIM1; t=y:s; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P |
	    UKEY_KEY_TESTING | UKEY_KEY_STRICT, 0, 0, false },
	{ "v=DKIM1; k=x; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P, 0,
	    UKEY_REASON_KEY_TYPE, false },
	{ "v=DKIM1; h=sha1; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P,
	    0, UKEY_REASON_KEY_HASH, false },
	{ "v=DKIM1; s=other; p=AA", 0, UKEY_KEY_VERSION | UKEY_KEY_P,
	    0, UKEY_REASON_KEY_SERVICE, false },
	{ "v=DKIM1; p", UKEY_REASON_KEY_SYNTAX, 0, 0, 0, false },
	{ "", UKEY_REASON_KEY_SYNTAX, 0, 0, 0, false },
	{ "v=DKIM1; p=A; p=B", UKEY_REASON_KEY_SYNTAX, 0, 0, 0,
	    false },
};

static void
test_record(void **state)
{
	struct ukey_keyrecord r;
	struct ukey_view text;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(records); i++) {
		text.data = (const uint8_t *)records[i].text;
		text.len = strlen(records[i].text);
		if (ukey_keyrecord_parse(&r, text) != records[i].reason)
			fail_msg("%s", records[i].text);
		if (records[i].reason != UKEY_REASON_OK)
			continue;
		if (r.flags != records[i].flags ||
		    r.advice != records[i].advice ||
		    r.usable != records[i].usable ||
		    ukey_keyrecord_is_userkey(&r) != records[i].user)
			fail_msg("%s: flags %u, advice %u, usable %u",
			    records[i].text, r.flags, r.advice, r.usable);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_record),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
