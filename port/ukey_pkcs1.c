/*
 * userkeys: the padded block of a signature (RFC 8017 9.2).
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "ukey_pkcs1.h"
#include "ukey_port.h"

/* The end of the padding, then DigestInfo of SHA-256 up to the digest
 * (RFC 8017 9.2, note 1). */
static const uint8_t digest_info[] = {
	0x00, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20
};

void
ukey_pkcs1_block(uint8_t *block, size_t len, const uint8_t *digest)
{
	size_t fill = len - 2 - sizeof(digest_info) - UKEY_SHA256_LEN;

	block[0] = 0x00;
	block[1] = 0x01;
	memset(block + 2, 0xff, fill);
	memcpy(block + 2 + fill, digest_info, sizeof(digest_info));
	memcpy(block + len - UKEY_SHA256_LEN, digest, UKEY_SHA256_LEN);
}
