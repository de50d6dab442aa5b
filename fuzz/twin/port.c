/*
 * userkeys: twin: the port of either side.  SPDX-License-Identifier: MIT
 *
 * As fuzz/port_fuzz.c: a cheap hash, and RSA that says yes, no or unknown by
 * the first octet of the signature.  Each RSA operation is an event, so what
 * is hashed and which key is tried is compared even where the outcome is not
 * told by it.
 */
#include "twin.h"
#include "ukey_port.h"

#include <string.h>

extern unsigned twin_bits; /* of a hash that count */

int
ukey_port_sha256_start(struct ukey_port_sha256 *h)
{
	h->state[0] = 14695981039346656037u; /* FNV-1a */
	return 0;
}

int
ukey_port_sha256_update(struct ukey_port_sha256 *h, const void *data,
    size_t len)
{
	const uint8_t *octets = data;
	size_t i;

	for (i = 0; i < len; i++)
		h->state[0] = (h->state[0] ^ octets[i]) * 1099511628211u;
	return 0;
}

int
ukey_port_sha256_finish(struct ukey_port_sha256 *h, uint8_t *digest)
{
	uint64_t mixed = h->state[0] ^ h->state[0] >> 32;
	unsigned i;

	if (twin_bits < 64)
		mixed &= ((uint64_t)1 << twin_bits) - 1;
	for (i = 0; i < UKEY_SHA256_LEN; i++)
		digest[i] = (uint8_t)(mixed >> (i % 8 * 8));
	return 0;
}

enum ukey_port_match
ukey_port_rsa_verify(const struct ukey_port_rsa_key *key,
    const uint8_t *digest, struct ukey_view signature, void *work,
    size_t work_size)
{
	struct twin_octets modulus = { key->modulus.data, key->modulus.len };
	struct twin_octets exponent = { key->exponent.data,
		key->exponent.len };
	struct twin_octets b = { signature.data, signature.len };

	if (work_size > 0) /* it is lent, and nothing else that is needed */
		memset(work, 0xA5, work_size);
	twin_note(TWIN_RSA, (unsigned long)twin_sum(twin_sum(
	    14695981039346656037u, modulus), exponent), key->modulus.len,
	    (struct twin_octets) { digest, UKEY_SHA256_LEN }, b);
	if (b.data[0] == 0xFF)
		return UKEY_PORT_UNKNOWN;
	if (b.data[0] == 0xFE)
		return memcmp(b.data + 1, digest, UKEY_SHA256_LEN) == 0 ?
		    UKEY_PORT_MATCH : UKEY_PORT_NO_MATCH;
	return b.data[0] & 1 ? UKEY_PORT_MATCH : UKEY_PORT_NO_MATCH;
}
