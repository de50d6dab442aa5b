/*
 * userkeys: a third port: calls are recorded and checked, then carried out.
 * SPDX-License-Identifier: MIT
 */
#include "third_port.h"

#include "third_rsa.h"
#include "third_sha256.h"
#include "ukey_config.h"

/* A state tells whether it may be used: core must not after finish. */
#define LIVE 0x75686173u
#define DEAD 0x64656164u

/* A negative size, and so an error, when the state does not fit. */
typedef char third_sha256_fits[sizeof(struct third_sha256) <=
    sizeof(struct ukey_port_sha256) ? 1 : -1];

struct third_port_record third_port_record;
static unsigned answer_at[THIRD_PORT_CALLS];
static int answer[THIRD_PORT_CALLS];

void
third_port_reset(void)
{
	unsigned i;

	third_port_record = (struct third_port_record) { { 0 }, 0, 0, 0 };
	for (i = 0; i < THIRD_PORT_CALLS; i++)
		answer_at[i] = 0;
}

void
third_port_answer(enum third_port_call call, unsigned n, int result)
{
	answer_at[call] = third_port_record.calls[call] + n;
	answer[call] = result;
}

static void
promise(bool kept, const char *what)
{
	if (!kept && third_port_record.broken == NULL)
		third_port_record.broken = what;
}

/* Counts; whether this call is to return what the test wants. */
static bool
is_answered(enum third_port_call call)
{
	return ++third_port_record.calls[call] >= answer_at[call] &&
	    answer_at[call] > 0;
}

static struct third_sha256 *
state_of(struct ukey_port_sha256 *h)
{
	promise((uintptr_t)h % 8 == 0, "a hash state is aligned to 8");
	return (struct third_sha256 *)(void *)h;
}

int
ukey_port_sha256_start(struct ukey_port_sha256 *h)
{
	struct third_sha256 *s = state_of(h);

	if (is_answered(THIRD_PORT_START))
		return answer[THIRD_PORT_START];
	third_sha256_start(s);
	s->life = LIVE;
	return 0;
}

int
ukey_port_sha256_update(struct ukey_port_sha256 *h, const void *data,
    size_t len)
{
	struct third_sha256 *s = state_of(h);

	promise(len == 0 || data != NULL, "data stands where a length does");
	if (is_answered(THIRD_PORT_UPDATE))
		return answer[THIRD_PORT_UPDATE];
	promise(s->life == LIVE, "update comes between start and finish");
	third_port_record.octets += len;
	third_sha256_update(s, data, len);
	return 0;
}

int
ukey_port_sha256_finish(struct ukey_port_sha256 *h, uint8_t *digest)
{
	struct third_sha256 *s = state_of(h);

	if (is_answered(THIRD_PORT_FINISH))
		return answer[THIRD_PORT_FINISH];
	promise(s->life == LIVE, "finish comes once");
	third_sha256_finish(s, digest);
	s->life = DEAD;
	return 0;
}

/* What core promises of a key: see ukey_port.h. */
static void
check_key(const struct ukey_port_rsa_key *key)
{
	struct ukey_view n = key->modulus, e = key->exponent;

	promise(n.len >= 1024 / 8 && n.len <= UKEY_RSA_BITS_MAX / 8 &&
	    (n.len > 1024 / 8 || n.data[0] >= 0x80),
	    "the modulus has 1024 to 4096 bits");
	promise(n.data[0] != 0 && (n.data[n.len - 1] & 1) != 0,
	    "the modulus is odd and has no leading zero");
	promise(e.len >= 1 && e.len <= 4 && e.data[0] != 0 &&
	    (e.data[e.len - 1] & 1) != 0 && (e.len > 1 || e.data[0] > 1),
	    "the exponent is odd, from 3, within 32 bits");
}

enum ukey_port_match
ukey_port_rsa_verify(const struct ukey_port_rsa_key *key,
    const uint8_t *digest, struct ukey_view signature, void *work,
    size_t work_size)
{
	check_key(key);
	promise(signature.len == key->modulus.len,
	    "the signature is as long as the modulus");
	promise((uintptr_t)work % 8 == 0, "the work block is aligned to 8");
	third_port_record.modulus = key->modulus.len;
	if (is_answered(THIRD_PORT_RSA_VERIFY))
		return answer[THIRD_PORT_RSA_VERIFY];
	return third_rsa_verify(key, digest, signature, work, work_size);
}
