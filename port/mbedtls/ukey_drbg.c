/*
 * userkeys: random octets for RSA, from a generator that the platform seeds.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_drbg.h"

#if defined(MBEDTLS_CTR_DRBG_C)

/* What Mbed TLS asks for entropy: STATE is a struct ukey_drbg. */
static int
seed_fill(void *state, unsigned char *out, size_t size)
{
	const struct ukey_random *seed = ((struct ukey_drbg *)state)->seed;

	if (seed->fill(seed->state, out, size) != 0)
		return UKEY_DRBG_NO_SEED;
	return 0;
}

int
ukey_drbg_init(struct ukey_drbg *d, const struct ukey_random *seed)
{
	static const unsigned char purpose[] = "userkeys RSA";

	d->seed = seed;
	mbedtls_ctr_drbg_init(&d->ctr);
	return mbedtls_ctr_drbg_seed(&d->ctr, seed_fill, d, purpose,
	    sizeof(purpose) - 1);
}

void
ukey_drbg_free(struct ukey_drbg *d)
{
	mbedtls_ctr_drbg_free(&d->ctr);
}

int
ukey_drbg_fill(void *state, unsigned char *out, size_t size)
{
	struct ukey_drbg *d = state;
	size_t n;
	int ret;

	for (; size > 0; out += n, size -= n) {
		n = size < MBEDTLS_CTR_DRBG_MAX_REQUEST ? size :
		    MBEDTLS_CTR_DRBG_MAX_REQUEST;
		ret = mbedtls_ctr_drbg_random(&d->ctr, out, n);
		if (ret != 0)
			return ret;
	}
	return 0;
}

#endif
