/*
 * userkeys: RSA private keys through Mbed TLS.  SPDX-License-Identifier: MIT
 *
 * Beside the port proper: signing is a question that core asks, and this
 * answers it.  A key is prepared once (CRT values, blinding, Montgomery
 * constants) and wiped when freed.  One key belongs to one thread at a time.
 */
#ifndef UKEY_KEY_H
#define UKEY_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "ukey_err.h"
#include "ukey_out.h"
#include "ukey_text.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UKEY_KEY_BITS_MIN 1024 /* RFC 8301 3.2 */
#define UKEY_KEY_BITS_MAX 4096
#define UKEY_KEY_BITS 2048     /* of new keys */
#define UKEY_KEY_SIGNATURE_MAX (UKEY_KEY_BITS_MAX / 8)
#define UKEY_KEY_DER_MAX 2560  /* PKCS#1 private key of 4096 bits */
#define UKEY_KEY_PEM_MAX 3500
#define UKEY_KEY_TEXT_MAX 65536 /* of what ukey_key_read() reads */
#define UKEY_KEY_PUBLIC_MAX 600 /* SubjectPublicKeyInfo of 4096 bits */

/*
 * A source of random octets: fills SIZE octets at OUT, returns 0 or negative.
 * platform/posix gives one seeded by the system (ukey_random()).
 */
struct ukey_random {
	int (*fill)(void *state, uint8_t *out, size_t size);
	void *state;
};

struct ukey_key; /* on the heap (hosts) or in Mbed TLS's arena (firmware) */

enum ukey_key_err {
	UKEY_KEY_OK = 0,
	UKEY_KEY_MEMORY = -1,    /* out of memory, or an internal error */
	UKEY_KEY_FORMAT = -2,    /* neither PEM nor DER of an RSA private key */
	UKEY_KEY_ENCRYPTED = -3, /* a PEM key with a passphrase */
	UKEY_KEY_NOT_RSA = -4,   /* a private key of another type */
	UKEY_KEY_SIZE = -5,      /* not 1024 to 4096 bits */
	UKEY_KEY_INVALID = -6,   /* the numbers do not make a key */
	UKEY_KEY_RANDOM = -7,    /* the random source failed */
	UKEY_KEY_SPACE = -8      /* the output buffer is too small */
};

/* A static text for people: what is wrong and what to do. */
const char *ukey_key_strerror(int err);

/* Each gives a key in *KEY, to be freed with ukey_key_free(), or an enum
 * ukey_key_err and NULL.  RANDOM must stay as long as the key. */
int ukey_key_generate(struct ukey_key **key, unsigned bits,
    const struct ukey_random *random);
/* PEM (PKCS#1 or PKCS#8, unencrypted) or DER of the same; read, not kept. */
int ukey_key_read(struct ukey_key **key, struct ukey_view text,
    const struct ukey_random *random);
/* The same of DER alone: for firmware, which links no PEM. */
int ukey_key_read_der(struct ukey_key **key, struct ukey_view der,
    const struct ukey_random *random);
/* Wipes; NULL is fine. */
void ukey_key_free(struct ukey_key *key);

unsigned ukey_key_bits(const struct ukey_key *key);
/* PKCS#1 PEM or DER of the private key; the caller wipes OUT's octets. */
int ukey_key_write_pem(struct ukey_key *key, struct ukey_out *out);
int ukey_key_write_der(struct ukey_key *key, struct ukey_out *out);
/* DER of the SubjectPublicKeyInfo: what p= holds in base64. */
int ukey_key_write_public(struct ukey_key *key, struct ukey_out *out);
/*
 * RSASSA-PKCS1-v1_5 over a SHA-256 DIGEST (32 octets) into OUT: exactly the
 * modulus' length.  Blinded; the result is checked before it is given.
 */
int ukey_key_sign(struct ukey_key *key, const uint8_t *digest,
    struct ukey_out *out);

/* Overwrites SIZE octets at DATA in a way the compiler keeps. */
void ukey_wipe(void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
