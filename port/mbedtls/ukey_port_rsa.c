/*
 * userkeys: the port's RSA check (RFC 8017 8.2.2).
 * SPDX-License-Identifier: MIT
 *
 * What the message or the key record can cause is found out before Mbed TLS
 * is asked, and is "no match".  Then nothing but its own trouble, memory for
 * example, can make Mbed TLS fail: that is "could not tell".
 */
#include <string.h>

#include "ukey_compat.h"
#include "ukey_pkcs1.h"
#include "ukey_port.h"

/* Whether N and E can be a public key at all. */
static bool
is_key(struct ukey_view n, struct ukey_view e)
{
	if (n.len < UKEY_PKCS1_MIN || n.len > MBEDTLS_MPI_MAX_SIZE)
		return false;
	if (n.data[0] == 0 || (n.data[n.len - 1] & 1) == 0)
		return false;
	if (e.len == 0 || e.len > 4 || e.data[0] == 0)
		return false;
	return (e.data[e.len - 1] & 1) != 0 && (e.len > 1 || e.data[0] > 1);
}

/* Whether S is of N's length and less than N (RFC 8017 5.2.2). */
static bool
is_signature(struct ukey_view n, struct ukey_view s)
{
	return s.len == n.len && memcmp(s.data, n.data, n.len) < 0;
}

/* s^e mod n into BLOCK; 0 or an error of Mbed TLS. */
static int
open_signature(const struct ukey_port_rsa_key *key, struct ukey_view s,
    uint8_t *block)
{
	mbedtls_rsa_context rsa;
	int ret;

	ukey_rsa_init(&rsa);
	ret = mbedtls_rsa_import_raw(&rsa, key->modulus.data, key->modulus.len,
	    NULL, 0, NULL, 0, NULL, 0, key->exponent.data, key->exponent.len);
	if (ret == 0)
		ret = mbedtls_rsa_public(&rsa, s.data, block);
	mbedtls_rsa_free(&rsa);
	return ret;
}

enum ukey_port_match
ukey_port_rsa_verify(const struct ukey_port_rsa_key *key,
    const uint8_t *digest, struct ukey_view signature, void *work,
    size_t work_size)
{
	size_t len = signature.len;
	uint8_t *found = work;
	uint8_t *wanted;

	if (!is_key(key->modulus, key->exponent) ||
	    !is_signature(key->modulus, signature))
		return UKEY_PORT_NO_MATCH;
	if (work_size / 2 < len)
		return UKEY_PORT_UNKNOWN;
	wanted = found + len;
	if (open_signature(key, signature, found) != 0)
		return UKEY_PORT_UNKNOWN;
	ukey_pkcs1_block(wanted, len, digest);
	if (memcmp(found, wanted, len) != 0)
		return UKEY_PORT_NO_MATCH;
	return UKEY_PORT_MATCH;
}
