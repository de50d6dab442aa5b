/*
 * userkeys: the scan with SSE2, a part of x86-64.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_scan_x86.h"

#if defined(__SSE2__)

#include <emmintrin.h>

#define TARGET /* no attribute */
#define SCAN_WSP ukey_scan_wsp_sse2
#define SCAN_CONTROL ukey_scan_control_sse2
#define SCAN_TAG ukey_scan_tag_sse2
#define SCAN_LINES ukey_scan_lines_sse2

struct block {
	__m128i lane[4];
};

static inline struct block
block_load(const uint8_t *data)
{
	const __m128i *at = (const __m128i *)(const void *)data;

	return (struct block) { { _mm_loadu_si128(at),
	    _mm_loadu_si128(at + 1), _mm_loadu_si128(at + 2),
	    _mm_loadu_si128(at + 3) } };
}

static inline uint64_t
bits(__m128i a, __m128i b, __m128i c, __m128i d)
{
	uint64_t low = (uint32_t)_mm_movemask_epi8(a) |
	    (uint32_t)_mm_movemask_epi8(b) << 16;
	uint64_t high = (uint32_t)_mm_movemask_epi8(c) |
	    (uint32_t)_mm_movemask_epi8(d) << 16;

	return low | high << 32;
}

static inline uint64_t
block_equal(struct block b, uint8_t octet)
{
	__m128i each = _mm_set1_epi8((char)octet);

	return bits(_mm_cmpeq_epi8(b.lane[0], each),
	    _mm_cmpeq_epi8(b.lane[1], each), _mm_cmpeq_epi8(b.lane[2], each),
	    _mm_cmpeq_epi8(b.lane[3], each));
}

static inline __m128i
below(__m128i a, __m128i most)
{
	return _mm_cmpeq_epi8(_mm_min_epu8(a, most), a);
}

static inline uint64_t
block_below(struct block b, uint8_t limit)
{
	__m128i most = _mm_set1_epi8((char)(limit - 1));

	return bits(below(b.lane[0], most), below(b.lane[1], most),
	    below(b.lane[2], most), below(b.lane[3], most));
}

#include "ukey_scan_blocks.h"

#endif
