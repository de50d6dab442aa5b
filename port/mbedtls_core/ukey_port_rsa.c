/*
 * userkeys: the port's RSA check (RFC 8017 8.2.2) for verify-only firmware.
 * SPDX-License-Identifier: MIT
 *
 * Mbed TLS's public calls allocate.  Its internal bignum_core works on limbs
 * of the caller, which lie in the lent work block: no heap, and nothing that
 * can fail once the block is large enough.  Being internal, that interface may
 * change: hence the guards below, and ukey_selftest.h.
 */
#include <string.h>

#include <mbedtls/version.h>

#include "bignum_core.h"
#include "ukey_pkcs1.h"
#include "ukey_port.h"

#if MBEDTLS_VERSION_NUMBER < 0x03060000 || MBEDTLS_VERSION_NUMBER >= 0x03070000
#error "port/mbedtls_core is made for Mbed TLS 3.6; use port/mbedtls, or try \
bignum_core of this version with tests/unit/test_port_rsa.c first"
#endif

/* What is used, as 3.6.0 to 3.6.7 declare it: another declaration there is an
 * error here. */
int mbedtls_mpi_core_read_be(mbedtls_mpi_uint *, size_t,
    const unsigned char *, size_t);
int mbedtls_mpi_core_write_be(const mbedtls_mpi_uint *, size_t,
    unsigned char *, size_t);
size_t mbedtls_mpi_core_bitlen(const mbedtls_mpi_uint *, size_t);
mbedtls_ct_condition_t mbedtls_mpi_core_lt_ct(const mbedtls_mpi_uint *,
    const mbedtls_mpi_uint *, size_t);
mbedtls_mpi_uint mbedtls_mpi_core_add(mbedtls_mpi_uint *,
    const mbedtls_mpi_uint *, const mbedtls_mpi_uint *, size_t);
mbedtls_mpi_uint mbedtls_mpi_core_sub(mbedtls_mpi_uint *,
    const mbedtls_mpi_uint *, const mbedtls_mpi_uint *, size_t);
mbedtls_mpi_uint mbedtls_mpi_core_montmul_init(const mbedtls_mpi_uint *);
void mbedtls_mpi_core_montmul(mbedtls_mpi_uint *, const mbedtls_mpi_uint *,
    const mbedtls_mpi_uint *, size_t, const mbedtls_mpi_uint *, size_t,
    mbedtls_mpi_uint, mbedtls_mpi_uint *);

/* One exponentiation.  Below, R is 2^(bits of the limbs), and the Montgomery
 * form of x is x R mod n. */
struct power {
	mbedtls_mpi_uint *n, *a, *x; /* modulus, base, result */
	mbedtls_mpi_uint *t;         /* 2 limbs + 1, for montmul */
	size_t limbs;                /* of each of the others */
	mbedtls_mpi_uint mm;         /* -1 / n mod 2^(bits of a limb) */
};

/* Words of a work block for that. */
#define POWER_WORDS(limbs) (5 * (limbs) + 1)

/* R is reached by doublings up to 2^(bits >> SQUARINGS) R, then squared this
 * many times; 5 is best, and divides the bits of any whole limbs. */
#define SQUARINGS 5

/* Whether N and E can be a public key at all. */
static bool
is_key(struct ukey_view n, struct ukey_view e)
{
	if (n.len < UKEY_PKCS1_MIN || n.len > MBEDTLS_MPI_MAX_SIZE)
		return false;
	if (n.data[0] == 0 || (n.data[n.len - 1] & 1) == 0)
		return false;
	if (e.len == 0 || e.len > 4 || e.data[0] == 0)
		return false;
	return (e.data[e.len - 1] & 1) != 0 && (e.len > 1 || e.data[0] > 1);
}

/* Whether S is of N's length and less than N (RFC 8017 5.2.2). */
static bool
is_signature(struct ukey_view n, struct ukey_view s)
{
	return s.len == n.len && memcmp(s.data, n.data, n.len) < 0;
}

/* x = x y mod n, without one factor R. */
static void
multiply(const struct power *p, const mbedtls_mpi_uint *y)
{
	mbedtls_mpi_core_montmul(p->x, p->x, y, p->limbs, p->n, p->limbs,
	    p->mm, p->t);
}

/* x = 2 x mod n. */
static void
twice(const struct power *p)
{
	if (mbedtls_mpi_core_add(p->x, p->x, p->x, p->limbs) != 0 ||
	    !mbedtls_mpi_core_lt_ct(p->x, p->n, p->limbs))
		(void)mbedtls_mpi_core_sub(p->x, p->x, p->n, p->limbs);
}

/* x = R^2 mod n, by which a number gets its Montgomery form. */
static void
set_square(const struct power *p)
{
	size_t bits = p->limbs * biL;
	size_t top = mbedtls_mpi_core_bitlen(p->n, p->limbs) - 1;
	size_t i;

	memset(p->x, 0, p->limbs * ciL);
	p->x[top / biL] = (mbedtls_mpi_uint)1 << top % biL;
	for (i = top; i < bits + (bits >> SQUARINGS); i++)
		twice(p);
	for (i = 0; i < SQUARINGS; i++)
		multiply(p, p->x);
}

/* x = a^E mod n, of which SIGNATURE holds a. */
static void
raise(const struct power *p, uint32_t e, struct ukey_view signature)
{
	uint32_t bit = 1;

	set_square(p);
	multiply(p, p->a);
	memcpy(p->a, p->x, p->limbs * ciL);
	while (bit <= e >> 1)
		bit <<= 1;
	while ((bit >>= 1) > 1) {
		multiply(p, p->x);
		if ((e & bit) != 0)
			multiply(p, p->a);
	}
	/* E is odd: the last factor is a as it was, which takes R away. */
	multiply(p, p->x);
	(void)mbedtls_mpi_core_read_be(p->a, p->limbs, signature.data,
	    signature.len);
	multiply(p, p->a);
}

static uint32_t
exponent_of(struct ukey_view e)
{
	uint32_t value = 0;
	size_t i;

	for (i = 0; i < e.len; i++)
		value = value << 8 | e.data[i];
	return value;
}

enum ukey_port_match
ukey_port_rsa_verify(const struct ukey_port_rsa_key *key,
    const uint8_t *digest, struct ukey_view signature, void *work,
    size_t work_size)
{
	struct power p = { .limbs = CHARS_TO_LIMBS(key->modulus.len) };
	size_t len = signature.len;
	uint8_t *found, *wanted;

	if (!is_key(key->modulus, key->exponent) ||
	    !is_signature(key->modulus, signature))
		return UKEY_PORT_NO_MATCH;
	if (work_size / ciL < POWER_WORDS(p.limbs))
		return UKEY_PORT_UNKNOWN;
	p.n = work;
	p.a = p.n + p.limbs;
	p.x = p.a + p.limbs;
	p.t = p.x + p.limbs;
	/* Neither can fail: the limbs hold LEN octets. */
	(void)mbedtls_mpi_core_read_be(p.n, p.limbs, key->modulus.data, len);
	(void)mbedtls_mpi_core_read_be(p.a, p.limbs, signature.data, len);
	p.mm = mbedtls_mpi_core_montmul_init(p.n);
	raise(&p, exponent_of(key->exponent), signature);
	/* n and a have done their work. */
	found = (uint8_t *)p.n;
	wanted = (uint8_t *)p.a;
	(void)mbedtls_mpi_core_write_be(p.x, p.limbs, found, len);
	ukey_pkcs1_block(wanted, len, digest);
	return memcmp(found, wanted, len) == 0 ? UKEY_PORT_MATCH :
	    UKEY_PORT_NO_MATCH;
}
