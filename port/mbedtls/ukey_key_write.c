/*
 * userkeys: RSA private keys to PEM and DER, public ones to what p= holds
 * (RFC 8017 A.1, RFC 5280 4.1, RFC 7468).  SPDX-License-Identifier: MIT
 */
#include <mbedtls/asn1write.h>
#include <mbedtls/base64.h>
#include <mbedtls/platform.h>

#include "ukey_key_parts.h"

#define SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)
#define LINE 48 /* octets of a PEM line: 64 characters */

/* The numbers of a key in the order of RSAPrivateKey. */
enum { N, E, D, P, Q, DP, DQ, QP, NUMBERS };
#define PUBLIC_NUMBERS 2 /* N and E */

/* Mbed TLS writes DER from the end to the start: AT is what was written
 * last, START the buffer; ERR is sticky. */
struct der {
	unsigned char *start, *at;
	int err;
};

/* Takes the return value of one of Mbed TLS's writers. */
static void
der_took(struct der *d, int ret)
{
	if (d->err != UKEY_KEY_OK || ret >= 0)
		return;
	d->err = ret == MBEDTLS_ERR_ASN1_BUF_TOO_SMALL ? UKEY_KEY_SPACE :
	    UKEY_KEY_MEMORY;
}

/* Puts type and length before what lies between AT and END. */
static void
der_wrap(struct der *d, const unsigned char *end, unsigned char tag)
{
	size_t len = (size_t)(end - d->at);

	if (d->err == UKEY_KEY_OK)
		der_took(d, mbedtls_asn1_write_len(&d->at, d->start, len));
	if (d->err == UKEY_KEY_OK)
		der_took(d, mbedtls_asn1_write_tag(&d->at, d->start, tag));
}

/* The first COUNT numbers of KEY, as INTEGERs before AT. */
static void
der_numbers(struct der *d, struct ukey_key *key, int count)
{
	mbedtls_mpi number[NUMBERS];
	int i, ret;

	for (i = 0; i < NUMBERS; i++)
		mbedtls_mpi_init(&number[i]);
	if (count == PUBLIC_NUMBERS)
		ret = mbedtls_rsa_export(&key->rsa, &number[N], NULL, NULL,
		    NULL, &number[E]);
	else
		ret = mbedtls_rsa_export(&key->rsa, &number[N], &number[P],
		    &number[Q], &number[D], &number[E]);
	der_took(d, ret);
	if (count == NUMBERS && ret == 0)
		der_took(d, mbedtls_rsa_export_crt(&key->rsa, &number[DP],
		    &number[DQ], &number[QP]));
	for (i = count - 1; i >= 0 && d->err == UKEY_KEY_OK; i--)
		der_took(d, mbedtls_asn1_write_mpi(&d->at, d->start,
		    &number[i]));
	for (i = 0; i < NUMBERS; i++)
		mbedtls_mpi_free(&number[i]);
}

/* RSAPrivateKey at the end of BUFFER, SIZE octets; where it begins. */
static struct der
write_private(struct ukey_key *key, unsigned char *buffer, size_t size)
{
	unsigned char *end = buffer + size;
	struct der d = { buffer, end, UKEY_KEY_OK };

	der_numbers(&d, key, NUMBERS);
	if (d.err == UKEY_KEY_OK)
		der_took(&d, mbedtls_asn1_write_int(&d.at, d.start, 0));
	der_wrap(&d, end, SEQUENCE);
	return d;
}

static void
put_lines(struct ukey_out *out, const unsigned char *data, size_t len)
{
	unsigned char text[LINE / 3 * 4 + 1];
	size_t i, n, written;

	for (i = 0; i < len; i += n) {
		n = len - i < LINE ? len - i : LINE;
		(void)mbedtls_base64_encode(text, sizeof(text), &written,
		    data + i, n);
		ukey_out_view(out, (struct ukey_view) { text, written });
		ukey_out_octet(out, '\n');
	}
	ukey_wipe(text, sizeof(text));
}

/* The private key to OUT, as PEM or as it is. */
static int
put_private(struct ukey_key *key, struct ukey_out *out, bool pem)
{
	unsigned char *buffer = mbedtls_calloc(1, UKEY_KEY_DER_MAX);
	struct der d;
	size_t len;

	if (buffer == NULL)
		return UKEY_KEY_MEMORY;
	d = write_private(key, buffer, UKEY_KEY_DER_MAX);
	len = (size_t)(buffer + UKEY_KEY_DER_MAX - d.at);
	if (d.err == UKEY_KEY_OK && pem) {
		ukey_out_text(out, "-----BEGIN RSA PRIVATE KEY-----\n");
		put_lines(out, d.at, len);
		ukey_out_text(out, "-----END RSA PRIVATE KEY-----\n");
	} else if (d.err == UKEY_KEY_OK) {
		ukey_out_view(out, (struct ukey_view) { d.at, len });
	}
	ukey_wipe(buffer, UKEY_KEY_DER_MAX);
	mbedtls_free(buffer);
	if (d.err == UKEY_KEY_OK && out->overflow)
		return UKEY_KEY_SPACE;
	return d.err;
}

int
ukey_key_write_pem(struct ukey_key *key, struct ukey_out *out)
{
	return put_private(key, out, true);
}

int
ukey_key_write_der(struct ukey_key *key, struct ukey_out *out)
{
	return put_private(key, out, false);
}

int
ukey_key_write_public(struct ukey_key *key, struct ukey_out *out)
{
	unsigned char buffer[UKEY_KEY_PUBLIC_MAX];
	unsigned char *end = buffer + sizeof(buffer);
	struct der d = { buffer, end, UKEY_KEY_OK };
	struct ukey_view written;

	der_numbers(&d, key, PUBLIC_NUMBERS);
	der_wrap(&d, end, SEQUENCE);
	if (d.err == UKEY_KEY_OK) /* no unused bits */
		*--d.at = 0;
	der_wrap(&d, end, MBEDTLS_ASN1_BIT_STRING);
	if (d.err == UKEY_KEY_OK)
		der_took(&d, mbedtls_asn1_write_algorithm_identifier(&d.at,
		    d.start, UKEY_OID_RSA, UKEY_OID_RSA_LEN, 0));
	der_wrap(&d, end, SEQUENCE);
	if (d.err != UKEY_KEY_OK)
		return d.err;
	written.data = d.at;
	written.len = (size_t)(end - d.at);
	ukey_out_view(out, written);
	return out->overflow ? UKEY_KEY_SPACE : UKEY_KEY_OK;
}
