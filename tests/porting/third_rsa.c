/*
 * userkeys: the RSA check in plain C99, for the third port (RFC 8017 8.2.2):
 * Montgomery multiplication over limbs in the work block.
 * SPDX-License-Identifier: MIT
 */
#include "third_rsa.h"

#include "ukey_pkcs1.h"

#define LIMB 4 /* octets */

/* Numbers of LIMBS limbs, the least one first. */
struct modulus {
	uint32_t *n;
	uint32_t inverse; /* -1/n modulo 2^32 */
	size_t limbs;
};

static void
read_number(uint32_t *to, struct ukey_view from, size_t limbs)
{
	size_t i;

	for (i = 0; i < limbs; i++)
		to[i] = 0;
	for (i = 0; i < from.len; i++)
		to[i / LIMB] |= (uint32_t)from.data[from.len - 1 - i] <<
		    i % LIMB * 8;
}

static bool
is_less(const uint32_t *a, const uint32_t *b, size_t limbs)
{
	while (limbs > 0 && a[limbs - 1] == b[limbs - 1])
		limbs--;
	return limbs > 0 && a[limbs - 1] < b[limbs - 1];
}

static void
subtract(uint32_t *a, const uint32_t *b, size_t limbs)
{
	uint64_t borrow = 0;
	size_t i;

	for (i = 0; i < limbs; i++) {
		borrow = (uint64_t)a[i] - b[i] - borrow;
		a[i] = (uint32_t)borrow;
		borrow = borrow >> 63;
	}
}

/* A = 2A mod n */
static void
twice(const struct modulus *m, uint32_t *a)
{
	uint32_t out = 0, top;
	size_t i;

	for (i = 0; i < m->limbs; i++) {
		top = a[i] >> 31;
		a[i] = a[i] << 1 | out;
		out = top;
	}
	if (out != 0 || !is_less(a, m->n, m->limbs))
		subtract(a, m->n, m->limbs);
}

/* T[0..limbs] = (T + A * B) / 2^32, where B is one limb, modulo n */
static void
multiply_limb(const struct modulus *m, uint32_t *t, const uint32_t *a,
    uint32_t b)
{
	uint64_t low = (uint64_t)a[0] * b + t[0], high;
	uint32_t q = (uint32_t)low * m->inverse;
	size_t i;

	high = ((uint64_t)m->n[0] * q + (uint32_t)low) >> 32;
	low >>= 32;
	for (i = 1; i < m->limbs; i++) {
		low += (uint64_t)a[i] * b + t[i];
		high += (uint64_t)m->n[i] * q + (uint32_t)low;
		t[i - 1] = (uint32_t)high;
		low >>= 32;
		high >>= 32;
	}
	low += high + t[i];
	t[i - 1] = (uint32_t)low;
	t[i] = (uint32_t)(low >> 32);
}

/* A = A * B / 2^(32 limbs) mod n; T is room for limbs + 1. */
static void
multiply(const struct modulus *m, uint32_t *a, const uint32_t *b, uint32_t *t)
{
	size_t i;

	for (i = 0; i <= m->limbs; i++)
		t[i] = 0;
	for (i = 0; i < m->limbs; i++)
		multiply_limb(m, t, a, b[i]);
	if (t[m->limbs] != 0 || !is_less(t, m->n, m->limbs))
		subtract(t, m->n, m->limbs);
	for (i = 0; i < m->limbs; i++)
		a[i] = t[i];
}

/* X = S^E mod n, S < n; T is room for limbs + 1. */
static void
power(const struct modulus *m, uint32_t *x, uint32_t *s, uint32_t e,
    uint32_t *t)
{
	unsigned bit = 31;
	size_t i;

	for (i = 0; i < m->limbs * 32; i++)
		twice(m, s);
	while ((e >> bit & 1) == 0)
		bit--;
	for (i = 0; i < m->limbs; i++)
		x[i] = s[i];
	while (bit-- > 0) {
		multiply(m, x, x, t);
		if (e >> bit & 1)
			multiply(m, x, s, t);
	}
	for (i = 0; i < m->limbs; i++)
		s[i] = i == 0;
	multiply(m, x, s, t);
}

/* Whether X is the number that BLOCK, LEN octets, is. */
static bool
is_block(const uint32_t *x, const uint8_t *block, size_t len)
{
	uint8_t differ = 0;
	size_t i;

	for (i = 0; i < len; i++)
		differ |= (uint8_t)(x[i / LIMB] >> i % LIMB * 8) ^
		    block[len - 1 - i];
	return differ == 0;
}

enum ukey_port_match
third_rsa_verify(const struct ukey_port_rsa_key *key, const uint8_t *digest,
    struct ukey_view signature, void *work, size_t work_size)
{
	size_t limbs = (signature.len + LIMB - 1) / LIMB;
	struct modulus m = { work, 1, limbs };
	uint32_t *s = m.n + limbs, *x = s + limbs, *t = x + limbs, e;
	unsigned i;

	if (work_size < (5 * limbs + 1) * LIMB)
		return UKEY_PORT_UNKNOWN;
	read_number(m.n, key->modulus, limbs);
	read_number(s, signature, limbs);
	read_number(&e, key->exponent, 1);
	if (!is_less(s, m.n, limbs))
		return UKEY_PORT_NO_MATCH;
	for (i = 0; i < 5; i++) /* twice as many right bits each time */
		m.inverse *= 2 - m.n[0] * m.inverse;
	m.inverse = 0 - m.inverse;
	power(&m, x, s, e, t);
	ukey_pkcs1_block((uint8_t *)(t + limbs + 1), signature.len, digest);
	return is_block(x, (uint8_t *)(t + limbs + 1), signature.len) ?
	    UKEY_PORT_MATCH : UKEY_PORT_NO_MATCH;
}
