/*
 * userkeys: the padded block of a signature, shared by the ports.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_PKCS1_H
#define UKEY_PKCS1_H

#include <stddef.h>
#include <stdint.h>

/* The least block: prefix, DigestInfo, digest and 11 octets of padding. */
#define UKEY_PKCS1_MIN 62

/*
 * EMSA-PKCS1-v1_5 with SHA-256 (RFC 8017 9.2): writes LEN octets, the length
 * of the modulus, at BLOCK from DIGEST (32 octets).  LEN >= UKEY_PKCS1_MIN.
 * There is one such block for a digest and length, so that a verifier
 * compares the whole of it and parses nothing.
 */
void ukey_pkcs1_block(uint8_t *block, size_t len, const uint8_t *digest);

#endif
