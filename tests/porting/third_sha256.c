/*
 * userkeys: SHA-256 in plain C99, for the third port (FIPS 180-4).
 * SPDX-License-Identifier: MIT
 */
#include "third_sha256.h"

#define BLOCK 64

/* FIPS 180-4 4.2.2 */
static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static uint32_t
turn(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static uint32_t
big_sigma(uint32_t x, unsigned a, unsigned b, unsigned c)
{
	return turn(x, a) ^ turn(x, b) ^ turn(x, c);
}

static uint32_t
small_sigma(uint32_t x, unsigned a, unsigned b, unsigned shift)
{
	return turn(x, a) ^ turn(x, b) ^ x >> shift;
}

/* FIPS 180-4 6.2.2; v[0] to v[7] are its a to h. */
static void
one_block(uint32_t *word, const uint8_t *block)
{
	uint32_t w[64], v[8], t1, t2;
	unsigned i, j;

	for (i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 |
		    (uint32_t)block[4 * i + 1] << 16 |
		    (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (; i < 64; i++)
		w[i] = small_sigma(w[i - 2], 17, 19, 10) + w[i - 7] +
		    small_sigma(w[i - 15], 7, 18, 3) + w[i - 16];
	for (j = 0; j < 8; j++)
		v[j] = word[j];
	for (i = 0; i < 64; i++) {
		t1 = v[7] + big_sigma(v[4], 6, 11, 25) +
		    ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
		t2 = big_sigma(v[0], 2, 13, 22) +
		    ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		for (j = 7; j > 0; j--)
			v[j] = v[j - 1];
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (j = 0; j < 8; j++)
		word[j] += v[j];
}

void
third_sha256_start(struct third_sha256 *s)
{
	static const uint32_t first[8] = { /* FIPS 180-4 5.3.3 */
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
	};
	unsigned i;

	s->octets = 0;
	for (i = 0; i < 8; i++)
		s->word[i] = first[i];
}

void
third_sha256_update(struct third_sha256 *s, const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		s->block[s->octets++ % BLOCK] = data[i];
		if (s->octets % BLOCK == 0)
			one_block(s->word, s->block);
	}
}

void
third_sha256_finish(struct third_sha256 *s, uint8_t *digest)
{
	static const uint8_t pad[BLOCK] = { 0x80 };
	uint64_t bits = s->octets * 8;
	uint8_t length[8];
	unsigned i;

	third_sha256_update(s, pad, BLOCK - (s->octets + 8) % BLOCK);
	for (i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	third_sha256_update(s, length, sizeof(length));
	for (i = 0; i < 32; i++)
		digest[i] = (uint8_t)(s->word[i / 4] >> (24 - i % 4 * 8));
}
