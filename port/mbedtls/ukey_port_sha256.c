/*
 * userkeys: the port's SHA-256 (FIPS 180-4).  SPDX-License-Identifier: MIT
 *
 * By the instructions of the processor where it has them, else Mbed TLS, whose
 * context lies in the caller's state.  Neither form holds a pointer, so that a
 * copy of the state goes on by itself; the state says which form it is.
 */
#include "ukey_compat.h"
#include "ukey_port.h"
#include "ukey_sha256_cpu.h"

#if defined(MBEDTLS_SHA256_ALT)
#error "an alternative SHA-256 may hold pointers: it needs a port of its own"
#endif

struct state {
	union {
		mbedtls_sha256_context mbedtls;
		struct ukey_sha256_cpu cpu;
	} form;
	uint32_t is_cpu;
};

/* A negative size, and so an error, when the state does not fit. */
typedef char ukey_sha256_fits[sizeof(struct state) <=
    sizeof(struct ukey_port_sha256) ? 1 : -1];

static struct state *
state_of(struct ukey_port_sha256 *h)
{
	return (struct state *)(void *)h;
}

int
ukey_port_sha256_start(struct ukey_port_sha256 *h)
{
	struct state *s = state_of(h);

	s->is_cpu = UKEY_SHA256_CPU && ukey_sha256_cpu_has();
	if (UKEY_SHA256_CPU && s->is_cpu) {
		ukey_sha256_cpu_start(&s->form.cpu);
		return 0;
	}
	mbedtls_sha256_init(&s->form.mbedtls);
	return UKEY_SHA256_STARTS(&s->form.mbedtls, 0) == 0 ? 0 : -1;
}

int
ukey_port_sha256_update(struct ukey_port_sha256 *h, const void *data,
    size_t len)
{
	struct state *s = state_of(h);

	if (len == 0)
		return 0;
	if (UKEY_SHA256_CPU && s->is_cpu) {
		ukey_sha256_cpu_update(&s->form.cpu, data, len);
		return 0;
	}
	return UKEY_SHA256_UPDATE(&s->form.mbedtls, data, len) == 0 ? 0 : -1;
}

int
ukey_port_sha256_finish(struct ukey_port_sha256 *h, uint8_t *digest)
{
	struct state *s = state_of(h);

	if (UKEY_SHA256_CPU && s->is_cpu) {
		ukey_sha256_cpu_finish(&s->form.cpu, digest);
		return 0;
	}
	return UKEY_SHA256_FINISH(&s->form.mbedtls, digest) == 0 ? 0 : -1;
}
