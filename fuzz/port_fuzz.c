/*
 * userkeys: a port for fuzzing: a cheap hash that does not depend on how its
 * input is cut, and RSA that says yes, no or unknown, so that every path is
 * reached.  SPDX-License-Identifier: MIT
 */
#include "ukey_port.h"

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
	unsigned i;

	for (i = 0; i < UKEY_SHA256_LEN; i++)
		digest[i] = (uint8_t)(h->state[0] >> (i % 8 * 8));
	return 0;
}

enum ukey_port_match
ukey_port_rsa_verify(const struct ukey_port_rsa_key *key,
    const uint8_t *digest, struct ukey_view signature, void *work,
    size_t work_size)
{
	(void)key;
	(void)digest;
	(void)work;
	(void)work_size;
	if (signature.data[0] == 0xFF)
		return UKEY_PORT_UNKNOWN;
	return signature.data[0] & 1 ? UKEY_PORT_MATCH : UKEY_PORT_NO_MATCH;
}
