/*
 * userkeys: SHA-256 in plain C99, for the third port (FIPS 180-4).
 * SPDX-License-Identifier: MIT
 */
#ifndef THIRD_SHA256_H
#define THIRD_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct third_sha256 {
	uint64_t octets;
	uint32_t word[8];
	uint32_t life; /* the port's */
	uint8_t block[64];
};

void third_sha256_start(struct third_sha256 *s);
void third_sha256_update(struct third_sha256 *s, const uint8_t *data,
    size_t len);
void third_sha256_finish(struct third_sha256 *s, uint8_t *digest);

#endif
