/*
 * userkeys: random octets for RSA, from a generator that the platform seeds.
 * SPDX-License-Identifier: MIT
 *
 * CTR_DRBG with AES-256 (NIST SP 800-90A) of Mbed TLS; private to the port.
 */
#ifndef UKEY_DRBG_H
#define UKEY_DRBG_H

#include <mbedtls/ctr_drbg.h>

#include "ukey_key.h"

struct ukey_drbg {
	mbedtls_ctr_drbg_context ctr;
	const struct ukey_random *seed; /* lent until ukey_drbg_free() */
};

/* Seeds D from SEED; 0, or an error of Mbed TLS.  Free it in either case. */
int ukey_drbg_init(struct ukey_drbg *d, const struct ukey_random *seed);
/* Wipes. */
void ukey_drbg_free(struct ukey_drbg *d);
/* A generator as Mbed TLS takes it: STATE is a struct ukey_drbg. */
int ukey_drbg_fill(void *state, unsigned char *out, size_t size);

#endif
