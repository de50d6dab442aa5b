/*
 * userkeys: RSA private keys from DER (RFC 8017 A.1.2, RFC 5208 5).
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include <mbedtls/asn1.h>

#include "ukey_key_parts.h"

/* The rest of a DER text; Mbed TLS's readers move AT. */
struct der {
	unsigned char *at;
	unsigned char *end;
};

/* Enters an element of type TAG at D: its content goes to IN, D moves
 * behind it.  False when there is none. */
static bool
der_enter(struct der *d, int tag, struct der *in)
{
	size_t len;

	if (mbedtls_asn1_get_tag(&d->at, d->end, &len, tag) != 0)
		return false;
	in->at = d->at;
	in->end = d->at + len;
	d->at = in->end;
	return true;
}

/* A positive INTEGER without its leading zero octet. */
static bool
der_number(struct der *d, struct ukey_view *number)
{
	struct der in;

	if (!der_enter(d, MBEDTLS_ASN1_INTEGER, &in))
		return false;
	while (in.at < in.end && *in.at == 0)
		in.at++;
	number->data = in.at;
	number->len = (size_t)(in.end - in.at);
	return true;
}

/* Whether the AlgorithmIdentifier IN says rsaEncryption. */
static bool
is_rsa(struct der *in)
{
	struct der oid;

	return der_enter(in, MBEDTLS_ASN1_OID, &oid) &&
	    oid.end - oid.at == UKEY_OID_RSA_LEN &&
	    memcmp(oid.at, UKEY_OID_RSA, UKEY_OID_RSA_LEN) == 0;
}

/* The numbers of a PKCS#1 key. */
enum { N, E, D, P, Q, DP, DQ, QP, NUMBERS };

/* The values for the Chinese remainder: Mbed TLS has no call that takes them,
 * and would compute them anew, which is slow, and in some versions leaves
 * parts of them in freed memory.  They are tried with the key. */
static int
set_crt(mbedtls_rsa_context *rsa, const struct ukey_view *v)
{
	mbedtls_mpi *const crt[] = UKEY_RSA_CRT(rsa);
	int i, ret = 0;

	for (i = 0; i < NUMBERS - DP && ret == 0; i++)
		ret = mbedtls_mpi_read_binary(crt[i], v[DP + i].data,
		    v[DP + i].len);
	return ret;
}

/* What stands behind the version in a PKCS#1 key, OUTER. */
static int
parse_numbers(mbedtls_rsa_context *rsa, struct der *outer)
{
	struct ukey_view v[NUMBERS] = { { NULL, 0 } };
	int i, ret;

	for (i = 0; i < NUMBERS; i++)
		if (!der_number(outer, &v[i]))
			return UKEY_KEY_FORMAT;
	if (v[N].len > UKEY_KEY_BITS_MAX / 8)
		return UKEY_KEY_SIZE;
	for (i = E; i < NUMBERS; i++)
		if (v[i].len > v[N].len)
			return UKEY_KEY_INVALID;
	ret = mbedtls_rsa_import_raw(rsa, v[N].data, v[N].len, v[P].data,
	    v[P].len, v[Q].data, v[Q].len, v[D].data, v[D].len, v[E].data,
	    v[E].len);
	if (ret == 0)
		ret = set_crt(rsa, v);
	return ukey_key_err_of(ret, UKEY_KEY_INVALID);
}

/* Enters the UKEY_DER_SEQUENCE of a key at D, past the version. */
static bool
enter_key(struct der *d, struct der *key)
{
	struct ukey_view version;

	return der_enter(d, UKEY_DER_SEQUENCE, key) &&
	    der_number(key, &version) && version.len == 0;
}

int
ukey_key_parse(mbedtls_rsa_context *rsa, struct ukey_view der)
{
	/* Mbed TLS's readers move a pointer that could write; none does. */
	union {
		const uint8_t *given;
		unsigned char *at;
	} text = { der.data };
	struct der d = { text.at, text.at + der.len };
	struct der key, algorithm, inner;

	if (!enter_key(&d, &key))
		return UKEY_KEY_FORMAT;
	if (der_enter(&key, UKEY_DER_SEQUENCE, &algorithm)) {
		if (!is_rsa(&algorithm))
			return UKEY_KEY_NOT_RSA;
		if (!der_enter(&key, MBEDTLS_ASN1_OCTET_STRING, &inner) ||
		    !enter_key(&inner, &key))
			return UKEY_KEY_FORMAT;
	}
	return parse_numbers(rsa, &key);
}
