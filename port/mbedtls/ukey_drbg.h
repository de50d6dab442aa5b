/*
 * userkeys: random octets for RSA, from a generator that the platform seeds.
 * SPDX-License-Identifier: MIT
 *
 * CTR_DRBG with AES-256 (NIST SP 800-90A) of Mbed TLS; private to the port.
 * Where Mbed TLS is built without it, as for firmware, what is to be the seed
 * is taken as it comes: it should then be a generator of the board's.
 */
#ifndef UKEY_DRBG_H
#define UKEY_DRBG_H

#include <mbedtls/version.h>

#include "ukey_key.h"

#if defined(MBEDTLS_CTR_DRBG_C)
#include <mbedtls/ctr_drbg.h>
#endif

/* The seed could not be had: as Mbed TLS's CTR_DRBG says it. */
#define UKEY_DRBG_NO_SEED (-0x0034)

struct ukey_drbg {
#if defined(MBEDTLS_CTR_DRBG_C)
	mbedtls_ctr_drbg_context ctr;
#endif
	const struct ukey_random *seed; /* lent until ukey_drbg_free() */
};

/* Seeds D from SEED; 0, or an error of Mbed TLS.  Free it in either case. */
int ukey_drbg_init(struct ukey_drbg *d, const struct ukey_random *seed);
/* Wipes. */
void ukey_drbg_free(struct ukey_drbg *d);
/* A generator as Mbed TLS takes it: STATE is a struct ukey_drbg. */
int ukey_drbg_fill(void *state, unsigned char *out, size_t size);

#endif
