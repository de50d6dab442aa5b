/*
 * userkeys: SHA-256 by the instructions of the processor, shared by the ports.
 * SPDX-License-Identifier: MIT
 *
 * x86 SHA extensions (ukey_sha256_x86.c) and the ARMv8 crypto extensions on
 * Linux (ukey_sha256_arm.c).  UKEY_SHA256_CPU is 1 where one of them is built;
 * -DUKEY_SHA256_CPU=0 leaves both out.
 */
#ifndef UKEY_SHA256_CPU_H
#define UKEY_SHA256_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef UKEY_SHA256_CPU
#if defined(__x86_64__) && defined(__GNUC__)
#define UKEY_SHA256_CPU 1
#elif defined(__aarch64__) && defined(__linux__) && defined(__GNUC__) && \
    !defined(__AARCH64EB__) && \
    (!defined(__clang__) || defined(__ARM_FEATURE_SHA2))
#define UKEY_SHA256_CPU 1 /* clang: with -march=armv8-a+crypto only */
#else
#define UKEY_SHA256_CPU 0
#endif
#endif

#define UKEY_SHA256_BLOCK 64 /* octets, FIPS 180-4 6.2 */

/* A running hash, 108 octets; a copy goes on by itself. */
struct ukey_sha256_cpu {
	uint32_t word[8];
	uint8_t block[UKEY_SHA256_BLOCK]; /* begun, not hashed yet */
	uint32_t low, high;               /* octets so far */
};

/* Whether this processor has the instructions; quick after the first call. */
bool ukey_sha256_cpu_has(void);
/* The rest only where it has. */
void ukey_sha256_cpu_start(struct ukey_sha256_cpu *c);
void ukey_sha256_cpu_update(struct ukey_sha256_cpu *c, const uint8_t *data,
    size_t len);
/* Writes 32 octets. */
void ukey_sha256_cpu_finish(struct ukey_sha256_cpu *c, uint8_t *digest);

/* The round constants, FIPS 180-4 4.2.2. */
extern const uint32_t ukey_sha256_k[64];
/* Hashes COUNT blocks at DATA (any alignment) into STATE, eight words. */
void ukey_sha256_cpu_blocks(uint32_t *state, const uint8_t *data,
    size_t count);

#endif
