/*
 * userkeys: what core needs from the world, four functions bound at link time.
 * SPDX-License-Identifier: MIT
 *
 * A port implements these and nothing else; a program links exactly one port.
 * They may be called for several contexts in turn, never from two threads for
 * one context.  They must not keep a pointer after they return.
 */
#ifndef UKEY_PORT_H
#define UKEY_PORT_H

#include "ukey_text.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UKEY_SHA256_LEN 32 /* FIPS 180-4 */

/*
 * A running SHA-256: 112 octets, aligned to 8, opaque to core.  A plain copy
 * of the struct is a snapshot that goes on by itself, and dropping it needs
 * no call.  A port asserts that its own state fits.
 */
struct ukey_port_sha256 {
	uint64_t state[14];
};

/* Each returns 0, or negative when the port could not do it. */
int ukey_port_sha256_start(struct ukey_port_sha256 *h);
/* Reads LEN octets at DATA (any alignment; LEN 0 is allowed), not kept. */
int ukey_port_sha256_update(struct ukey_port_sha256 *h, const void *data,
    size_t len);
/* Writes UKEY_SHA256_LEN octets; the state must not be used afterwards. */
int ukey_port_sha256_finish(struct ukey_port_sha256 *h, uint8_t *digest);

/* What ukey_port_rsa_verify() returns. */
enum ukey_port_match {
	UKEY_PORT_UNKNOWN = -1, /* could not tell: no memory, internal error */
	UKEY_PORT_NO_MATCH = 0, /* the signature is not this key's */
	UKEY_PORT_MATCH = 1
};

/* A public key as core read it: both big-endian, no leading zero octet. */
struct ukey_port_rsa_key {
	struct ukey_view modulus;  /* 1024..4096 bits, odd */
	struct ukey_view exponent; /* 3..2^32-1, odd */
};

/* Room for the limbs of port/mbedtls_core: five times the modulus, one more,
 * whole words of up to 8 octets (docs/PORTING.md). */
#define UKEY_PORT_RSA_WORK(bits) (5 * ((bits) / 8) + 48)

/*
 * RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2.2): the whole padded block is
 * compared.  DIGEST is UKEY_SHA256_LEN octets.  SIGNATURE has exactly the
 * modulus' length (core has checked it).  WORK is WORK_SIZE octets, aligned to
 * 8, for the port to use during the call; UKEY_PORT_UNKNOWN if it needs more.
 */
enum ukey_port_match ukey_port_rsa_verify(const struct ukey_port_rsa_key *key,
    const uint8_t *digest, struct ukey_view signature, void *work,
    size_t work_size);

#ifdef __cplusplus
}
#endif

#endif
