/*
 * userkeys: what the files that make up private keys share.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_KEY_PARTS_H
#define UKEY_KEY_PARTS_H

#include "ukey_compat.h"
#include "ukey_drbg.h"
#include "ukey_key.h"

/* The content of the OID rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017 A.1). */
#define UKEY_OID_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define UKEY_OID_RSA_LEN 9
#define UKEY_DER_SEQUENCE 0x30 /* X.690 8.9.1 and 8.14.2 */

struct ukey_key {
	mbedtls_rsa_context rsa;
	struct ukey_drbg drbg;
};

/* Mbed TLS's RET as an enum ukey_key_err: _OK, _MEMORY and _RANDOM where it
 * says so, else OTHER. */
int ukey_key_err_of(int ret, int other);

/*
 * Reads a DER private key, PKCS#1 RSAPrivateKey or PKCS#8 around it, into RSA,
 * an initialised empty context.  The numbers are not tried: see
 * ukey_key_read_der().
 */
int ukey_key_parse(mbedtls_rsa_context *rsa, struct ukey_view der);

#endif
