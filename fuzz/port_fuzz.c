/*
 * userkeys: a port for fuzzing: a cheap hash that does not depend on how its
 * input is cut, and RSA that says yes, no or unknown, so that every path is
 * reached.  SPDX-License-Identifier: MIT
 *
 * The first octet of a signature decides: FF cannot tell, FE holds if the
 * digest follows, other odd ones hold, even ones do not.
 */
#include "fuzz.h"

unsigned port_fuzz_bits = 64;

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

	if (port_fuzz_bits < 64)
		mixed &= ((uint64_t)1 << port_fuzz_bits) - 1;
	for (i = 0; i < UKEY_SHA256_LEN; i++)
		digest[i] = (uint8_t)(mixed >> (i % 8 * 8));
	return 0;
}

enum ukey_port_match
ukey_port_rsa_verify(const struct ukey_port_rsa_key *key,
    const uint8_t *digest, struct ukey_view signature, void *work,
    size_t work_size)
{
	(void)key;
	(void)work;
	(void)work_size;
	if (signature.data[0] == 0xFF)
		return UKEY_PORT_UNKNOWN;
	if (signature.data[0] == 0xFE)
		return memcmp(signature.data + 1, digest, UKEY_SHA256_LEN) ==
		    0 ? UKEY_PORT_MATCH : UKEY_PORT_NO_MATCH;
	return signature.data[0] & 1 ? UKEY_PORT_MATCH : UKEY_PORT_NO_MATCH;
}
