/*
 * userkeys: the port's functions fail on demand, for tests.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "support_port.h"
#include "ukey_port.h"

#define NOT_STARTED 0x5A5A5A5A5A5A5A5A
#define STATE_LEN (sizeof(struct ukey_port_sha256) / sizeof(uint64_t))

static unsigned fail_at, calls, rsa_calls;

void
support_port_fail(unsigned n)
{
	fail_at = n;
	calls = rsa_calls = 0;
}

unsigned
support_port_calls(void)
{
	return calls;
}

unsigned
support_port_rsa_calls(void)
{
	return rsa_calls;
}

int __real_ukey_port_sha256_start(struct ukey_port_sha256 *h);
int __real_ukey_port_sha256_update(struct ukey_port_sha256 *h,
    const void *data, size_t len);
int __real_ukey_port_sha256_finish(struct ukey_port_sha256 *h,
    uint8_t *digest);
enum ukey_port_match __real_ukey_port_rsa_verify(
    const struct ukey_port_rsa_key *key, const uint8_t *digest,
    struct ukey_view signature, void *work, size_t work_size);
int __wrap_ukey_port_sha256_start(struct ukey_port_sha256 *h);
int __wrap_ukey_port_sha256_update(struct ukey_port_sha256 *h,
    const void *data, size_t len);
int __wrap_ukey_port_sha256_finish(struct ukey_port_sha256 *h,
    uint8_t *digest);
enum ukey_port_match __wrap_ukey_port_rsa_verify(
    const struct ukey_port_rsa_key *key, const uint8_t *digest,
    struct ukey_view signature, void *work, size_t work_size);

int
__wrap_ukey_port_sha256_start(struct ukey_port_sha256 *h)
{
	unsigned i;

	if (++calls != fail_at)
		return __real_ukey_port_sha256_start(h);
	for (i = 0; i < STATE_LEN; i++)
		h->state[i] = NOT_STARTED;
	return -1;
}

/* A state whose start failed holds nothing, and nobody may use it. */
static void
check_started(const struct ukey_port_sha256 *h)
{
	if (h->state[0] == NOT_STARTED &&
	    h->state[STATE_LEN - 1] == NOT_STARTED)
		abort();
}

int
__wrap_ukey_port_sha256_update(struct ukey_port_sha256 *h, const void *data,
    size_t len)
{
	check_started(h);
	return ++calls == fail_at ? -1 :
	    __real_ukey_port_sha256_update(h, data, len);
}

int
__wrap_ukey_port_sha256_finish(struct ukey_port_sha256 *h, uint8_t *digest)
{
	check_started(h);
	return ++calls == fail_at ? -1 :
	    __real_ukey_port_sha256_finish(h, digest);
}

enum ukey_port_match
__wrap_ukey_port_rsa_verify(const struct ukey_port_rsa_key *key,
    const uint8_t *digest, struct ukey_view signature, void *work,
    size_t work_size)
{
	rsa_calls++;
	return ++calls == fail_at ? UKEY_PORT_UNKNOWN :
	    __real_ukey_port_rsa_verify(key, digest, signature, work,
	    work_size);
}
