/*
 * userkeys: SHA-256 by the ARMv8 crypto extensions, on Linux (FIPS 180-4
 * 6.2.2).  SPDX-License-Identifier: MIT
 *
 * Four rounds at a time: the state is in two registers, ABCD and EFGH; the
 * last sixteen words of the message schedule are in four.
 */
#include "ukey_sha256_cpu.h"

#if UKEY_SHA256_CPU && defined(__aarch64__)

#ifndef __clang__
#pragma GCC target("+crypto")
#endif

#include <arm_neon.h>
#include <sys/auxv.h>

#define SHA2 (1UL << 6) /* HWCAP_SHA2 of Linux */

bool
ukey_sha256_cpu_has(void)
{
	return (getauxval(AT_HWCAP) & SHA2) != 0;
}

struct state {
	uint32x4_t abcd, efgh;
};

/* Four words of the message, which is big-endian. */
static inline uint32x4_t
message(const uint8_t *at)
{
	return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(at)));
}

/* Rounds I to I + 3 with the schedule's words W. */
static inline void
rounds(struct state *s, uint32x4_t w, unsigned i)
{
	uint32x4_t wk = vaddq_u32(w, vld1q_u32(&ukey_sha256_k[i]));
	uint32x4_t abcd = s->abcd;

	s->abcd = vsha256hq_u32(s->abcd, s->efgh, wk);
	s->efgh = vsha256h2q_u32(s->efgh, abcd, wk);
}

/* The next four words of the schedule, from the last sixteen. */
static inline uint32x4_t
schedule(uint32x4_t w0, uint32x4_t w1, uint32x4_t w2, uint32x4_t w3)
{
	return vsha256su1q_u32(vsha256su0q_u32(w0, w1), w2, w3);
}

static inline void
block(struct state *s, const uint8_t *data)
{
	const struct state before = *s;
	uint32x4_t w0 = message(data), w1 = message(data + 16);
	uint32x4_t w2 = message(data + 32), w3 = message(data + 48);
	unsigned i;

	for (i = 0; i < 48; i += 16) {
		rounds(s, w0, i);
		w0 = schedule(w0, w1, w2, w3);
		rounds(s, w1, i + 4);
		w1 = schedule(w1, w2, w3, w0);
		rounds(s, w2, i + 8);
		w2 = schedule(w2, w3, w0, w1);
		rounds(s, w3, i + 12);
		w3 = schedule(w3, w0, w1, w2);
	}
	rounds(s, w0, i);
	rounds(s, w1, i + 4);
	rounds(s, w2, i + 8);
	rounds(s, w3, i + 12);
	s->abcd = vaddq_u32(s->abcd, before.abcd);
	s->efgh = vaddq_u32(s->efgh, before.efgh);
}

void
ukey_sha256_cpu_blocks(uint32_t *state, const uint8_t *data, size_t count)
{
	struct state s = { vld1q_u32(state), vld1q_u32(state + 4) };

	for (; count > 0; count--, data += UKEY_SHA256_BLOCK)
		block(&s, data);
	vst1q_u32(state, s.abcd);
	vst1q_u32(state + 4, s.efgh);
}

#endif
