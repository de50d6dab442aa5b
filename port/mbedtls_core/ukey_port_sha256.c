/*
 * userkeys: the port's SHA-256 (FIPS 180-4) for verify-only firmware.
 * SPDX-License-Identifier: MIT
 *
 * Mbed TLS's context lies in the caller's state.  It holds no pointer, so that
 * a copy of the state goes on by itself and may be dropped.
 */
#include <mbedtls/sha256.h>

#include "ukey_port.h"

#if defined(MBEDTLS_SHA256_ALT)
#error "an alternative SHA-256 may hold pointers: it needs a port of its own"
#endif

/* A negative size, and so an error, when the context does not fit. */
typedef char ukey_sha256_fits[sizeof(mbedtls_sha256_context) <=
    sizeof(struct ukey_port_sha256) ? 1 : -1];

static mbedtls_sha256_context *
context_of(struct ukey_port_sha256 *h)
{
	return (mbedtls_sha256_context *)(void *)h;
}

int
ukey_port_sha256_start(struct ukey_port_sha256 *h)
{
	mbedtls_sha256_init(context_of(h));
	return mbedtls_sha256_starts(context_of(h), 0) == 0 ? 0 : -1;
}

int
ukey_port_sha256_update(struct ukey_port_sha256 *h, const void *data,
    size_t len)
{
	if (len == 0)
		return 0;
	return mbedtls_sha256_update(context_of(h), data, len) == 0 ? 0 : -1;
}

int
ukey_port_sha256_finish(struct ukey_port_sha256 *h, uint8_t *digest)
{
	return mbedtls_sha256_finish(context_of(h), digest) == 0 ? 0 : -1;
}
