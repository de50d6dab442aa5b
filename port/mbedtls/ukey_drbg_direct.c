/*
 * userkeys: random octets for RSA where Mbed TLS has no generator: those of
 * the platform.  SPDX-License-Identifier: MIT
 */
#include "ukey_drbg.h"

#if !defined(MBEDTLS_CTR_DRBG_C)

int
ukey_drbg_init(struct ukey_drbg *d, const struct ukey_random *seed)
{
	d->seed = seed;
	return 0;
}

void
ukey_drbg_free(struct ukey_drbg *d)
{
	(void)d;
}

int
ukey_drbg_fill(void *state, unsigned char *out, size_t size)
{
	const struct ukey_random *seed = ((struct ukey_drbg *)state)->seed;

	return seed->fill(seed->state, out, size) == 0 ? 0 :
	    UKEY_DRBG_NO_SEED;
}

#endif
