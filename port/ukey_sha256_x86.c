/*
 * userkeys: SHA-256 by the x86 SHA extensions (FIPS 180-4 6.2.2).
 * SPDX-License-Identifier: MIT
 *
 * Four rounds at a time: the state is in two registers of four words, ABEF
 * and CDGH, as the instructions want it; the last sixteen words of the message
 * schedule are in four.
 */
#include "ukey_sha256_cpu.h"

#if UKEY_SHA256_CPU && defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define WITH_SHA __attribute__((target("sha,sse4.1")))

enum { UNKNOWN, ABSENT, PRESENT };

static int
detect(void)
{
	unsigned a, b, c, d, sse;

	if (!__get_cpuid(1, &a, &b, &sse, &d) ||
	    !__get_cpuid_count(7, 0, &a, &b, &c, &d))
		return ABSENT;
	return (sse & bit_SSE4_1) && (b & bit_SHA) ? PRESENT : ABSENT;
}

bool
ukey_sha256_cpu_has(void)
{
	static int known; /* every thread finds the same */
	int now = __atomic_load_n(&known, __ATOMIC_RELAXED);

	if (now == UNKNOWN) {
		now = detect();
		__atomic_store_n(&known, now, __ATOMIC_RELAXED);
	}
	return now == PRESENT;
}

struct state {
	__m128i abef, cdgh;
};

WITH_SHA static inline __m128i
load(const void *at)
{
	return _mm_loadu_si128((const __m128i *)at);
}

/* Four words of the message, which is big-endian. */
WITH_SHA static inline __m128i
message(const uint8_t *at)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b,
	    0x0405060700010203);

	return _mm_shuffle_epi8(load(at), swap);
}

/* Rounds I to I + 3 with the schedule's words W. */
WITH_SHA static inline void
rounds(struct state *s, __m128i w, unsigned i)
{
	__m128i wk = _mm_add_epi32(w, load(&ukey_sha256_k[i]));

	s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, wk);
	wk = _mm_shuffle_epi32(wk, 0x0E);
	s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, wk);
}

/* The next four words of the schedule, from the last sixteen. */
WITH_SHA static inline __m128i
schedule(__m128i w0, __m128i w1, __m128i w2, __m128i w3)
{
	__m128i w = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1),
	    _mm_alignr_epi8(w3, w2, 4));

	return _mm_sha256msg2_epu32(w, w3);
}

WITH_SHA static inline void
block(struct state *s, const uint8_t *data)
{
	const struct state before = *s;
	__m128i w0 = message(data), w1 = message(data + 16);
	__m128i w2 = message(data + 32), w3 = message(data + 48);
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
	s->abef = _mm_add_epi32(s->abef, before.abef);
	s->cdgh = _mm_add_epi32(s->cdgh, before.cdgh);
}

WITH_SHA void
ukey_sha256_cpu_blocks(uint32_t *state, const uint8_t *data, size_t count)
{
	__m128i cdab = _mm_shuffle_epi32(load(state), 0xB1);
	__m128i efgh = _mm_shuffle_epi32(load(state + 4), 0x1B);
	struct state s = { _mm_alignr_epi8(cdab, efgh, 8),
		_mm_blend_epi16(efgh, cdab, 0xF0) };
	__m128i feba, dchg;

	for (; count > 0; count--, data += UKEY_SHA256_BLOCK)
		block(&s, data);
	feba = _mm_shuffle_epi32(s.abef, 0x1B);
	dchg = _mm_shuffle_epi32(s.cdgh, 0xB1);
	_mm_storeu_si128((__m128i *)(void *)state,
	    _mm_blend_epi16(feba, dchg, 0xF0));
	_mm_storeu_si128((__m128i *)(void *)(state + 4),
	    _mm_alignr_epi8(dchg, feba, 8));
}

#endif
