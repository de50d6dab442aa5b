/*
 * userkeys: the RSA public key in p=, as DER (RFC 5280 4.1, RFC 8017 A.1.1,
 * X.690 8 and 10), and the key policy of PROTOCOL 8.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_config.h"
#include "ukey_keyrecord.h"

#define BITS_MIN 1024 /* RFC 8301 3.2 */
#define EXPONENT_LEN_MAX 4

/* X.690 8 */
enum { INTEGER = 0x02, BIT_STRING = 0x03, SEQUENCE = 0x30, LONG = 0x80 };

/* rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017 A.1), without and with NULL
 * parameters: the content of AlgorithmIdentifier. */
static const uint8_t rsa_encryption[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
	0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00 };
#define NULL_LEN 2

/* A length, in the one form that DER has for it (X.690 10.1). */
static size_t
read_length(struct ukey_cursor *c)
{
	size_t len = ukey_cursor_u8(c), least = LONG;

	if (len < LONG)
		return len;
	if (len == (LONG | 1)) {
		len = ukey_cursor_u8(c);
	} else if (len == (LONG | 2)) {
		len = ukey_cursor_u16(c);
		least = 0x100;
	} else {
		c->bad = true; /* no key of 4096 bits is that long */
	}
	if (len < least)
		c->bad = true;
	return len;
}

/* The content of the next element, which must be a TAG. */
static struct ukey_view
read_element(struct ukey_cursor *c, uint8_t tag)
{
	if (!ukey_cursor_accept(c, tag))
		c->bad = true;
	return ukey_cursor_take(c, read_length(c));
}

/* A number that is not negative, without its sign octet; 0 is empty. */
static struct ukey_view
read_integer(struct ukey_cursor *c)
{
	struct ukey_view v = read_element(c, INTEGER);

	if (v.len == 0 || v.data[0] > 0x7F ||
	    (v.data[0] == 0 && v.len > 1 && v.data[1] <= 0x7F)) {
		c->bad = true;
		return (struct ukey_view) { NULL, 0 };
	}
	return ukey_view_part(v, v.data[0] == 0, v.len);
}

/* The content of the one SEQUENCE that DER is; empty: it is none. */
static struct ukey_view
only_sequence(struct ukey_view der)
{
	struct ukey_cursor c = ukey_cursor_of(der);
	struct ukey_view content = read_element(&c, SEQUENCE);

	return ukey_view_part(content, 0, ukey_cursor_left(&c) == 0 ?
	    content.len : 0);
}

/* From SubjectPublicKeyInfo's content to RSAPublicKey's; empty: no RSA key. */
static struct ukey_view
unwrap(struct ukey_view content)
{
	struct ukey_cursor c = ukey_cursor_of(content);
	struct ukey_view id = read_element(&c, SEQUENCE);
	struct ukey_view bits = read_element(&c, BIT_STRING), rsa;
	struct ukey_view none = { NULL, 0 };
	bool known;

	rsa = (struct ukey_view) { rsa_encryption, sizeof(rsa_encryption) };
	known = ukey_view_equal(id, rsa) || ukey_view_equal(id,
	    ukey_view_part(rsa, 0, rsa.len - NULL_LEN));
	/* whole octets only: none of the last one's bits is unused */
	if (c.bad || ukey_cursor_left(&c) > 0 || !known || bits.len == 0 ||
	    bits.data[0] != 0)
		return none;
	return only_sequence(ukey_view_part(bits, 1, bits.len));
}

static size_t
bits_of(struct ukey_view number)
{
	size_t bits = number.len * 8;
	uint8_t top;

	if (bits == 0)
		return 0;
	for (top = number.data[0]; top < 0x80; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static bool
is_odd(struct ukey_view number)
{
	return number.len > 0 && (number.data[number.len - 1] & 1);
}

static enum ukey_reason
check_policy(const struct ukey_port_rsa_key *key)
{
	size_t bits = bits_of(key->modulus);
	struct ukey_view e = key->exponent;

	if (bits < BITS_MIN || bits > UKEY_PROTOCOL_RSA_BITS)
		return UKEY_REASON_KEY_SIZE;
	if (!is_odd(key->modulus))
		return UKEY_REASON_KEY_DER;
	if (!is_odd(e) || e.len > EXPONENT_LEN_MAX || bits_of(e) == 1)
		return UKEY_REASON_KEY_EXPONENT;
	return bits > UKEY_RSA_BITS_MAX ? UKEY_REASON_ARENA : UKEY_REASON_OK;
}

enum ukey_reason
ukey_keyrecord_rsa(struct ukey_port_rsa_key *key, struct ukey_view der)
{
	struct ukey_view content = only_sequence(der);
	struct ukey_cursor c;

	if (content.len > 0 && content.data[0] == SEQUENCE)
		content = unwrap(content);
	c = ukey_cursor_of(content);
	key->modulus = read_integer(&c);
	key->exponent = read_integer(&c);
	if (c.bad || ukey_cursor_left(&c) > 0)
		return UKEY_REASON_KEY_DER;
	return check_policy(key);
}
