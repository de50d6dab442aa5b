/*
 * userkeys: the port's functions fail on demand, for tests.
 * SPDX-License-Identifier: MIT
 */
#include "support_port.h"

#include "ukey_port.h"

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
	return ++calls == fail_at ? -1 : __real_ukey_port_sha256_start(h);
}

int
__wrap_ukey_port_sha256_update(struct ukey_port_sha256 *h, const void *data,
    size_t len)
{
	return ++calls == fail_at ? -1 :
	    __real_ukey_port_sha256_update(h, data, len);
}

int
__wrap_ukey_port_sha256_finish(struct ukey_port_sha256 *h, uint8_t *digest)
{
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
