/*
 * userkeys: SHA-256 around the instructions of the processor (FIPS 180-4).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_sha256_cpu.h"

#if UKEY_SHA256_CPU

#include <string.h>

#define LENGTH_AT (UKEY_SHA256_BLOCK - 8) /* FIPS 180-4 5.1.1 */

const uint32_t ukey_sha256_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static const uint32_t first[8] = { /* FIPS 180-4 5.3.3 */
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
};

void
ukey_sha256_cpu_start(struct ukey_sha256_cpu *c)
{
	memcpy(c->word, first, sizeof(first));
	c->low = c->high = 0;
}

static void
count(struct ukey_sha256_cpu *c, uint64_t len)
{
	uint64_t sum = ((uint64_t)c->high << 32 | c->low) + len;

	c->low = (uint32_t)sum;
	c->high = (uint32_t)(sum >> 32);
}

void
ukey_sha256_cpu_update(struct ukey_sha256_cpu *c, const uint8_t *data,
    size_t len)
{
	size_t used = c->low % UKEY_SHA256_BLOCK;
	size_t n = UKEY_SHA256_BLOCK - used;

	count(c, len);
	if (used > 0 && len >= n) {
		memcpy(c->block + used, data, n);
		ukey_sha256_cpu_blocks(c->word, c->block, 1);
		data += n;
		len -= n;
		used = 0;
	}
	if (used == 0 && len >= UKEY_SHA256_BLOCK) {
		n = len / UKEY_SHA256_BLOCK;
		ukey_sha256_cpu_blocks(c->word, data, n);
		data += n * UKEY_SHA256_BLOCK;
		len -= n * UKEY_SHA256_BLOCK;
	}
	memcpy(c->block + used, data, len);
}

/* N big-endian to the four octets at OUT. */
static void
put_word(uint8_t *out, uint32_t n)
{
	out[0] = (uint8_t)(n >> 24);
	out[1] = (uint8_t)(n >> 16);
	out[2] = (uint8_t)(n >> 8);
	out[3] = (uint8_t)n;
}

void
ukey_sha256_cpu_finish(struct ukey_sha256_cpu *c, uint8_t *digest)
{
	size_t used = c->low % UKEY_SHA256_BLOCK;
	unsigned i;

	c->block[used++] = 0x80;
	memset(c->block + used, 0, UKEY_SHA256_BLOCK - used);
	if (used > LENGTH_AT) {
		ukey_sha256_cpu_blocks(c->word, c->block, 1);
		memset(c->block, 0, UKEY_SHA256_BLOCK);
	}
	put_word(c->block + LENGTH_AT, c->high << 3 | c->low >> 29);
	put_word(c->block + LENGTH_AT + 4, c->low << 3);
	ukey_sha256_cpu_blocks(c->word, c->block, 1);
	for (i = 0; i < 8; i++)
		put_word(digest + 4 * (size_t)i, c->word[i]);
}

#endif
