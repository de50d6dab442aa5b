/*
 * userkeys: the scan with AVX2.  SPDX-License-Identifier: MIT
 */
#include "ukey_scan_x86.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,bmi,lzcnt,popcnt")))
#define WITH_XSAVE __attribute__((target("xsave")))
#define SCAN_WSP ukey_scan_wsp_avx2
#define SCAN_CONTROL ukey_scan_control_avx2
#define SCAN_TAG ukey_scan_tag_avx2
#define SCAN_LINES ukey_scan_lines_avx2

enum { UNKNOWN, ABSENT, PRESENT };

#define YMM 6 /* bits of XCR0: the system keeps the registers' halves */

WITH_XSAVE static bool
system_keeps_ymm(void)
{
	return (_xgetbv(0) & YMM) == YMM;
}

static int
detect(void)
{
	const unsigned first = bit_OSXSAVE | bit_AVX | bit_POPCNT;
	const unsigned second = bit_AVX2 | bit_BMI;
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || (c & first) != first ||
	    !system_keeps_ymm())
		return ABSENT;
	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) ||
	    (b & second) != second)
		return ABSENT;
	if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || (c & bit_LZCNT) == 0)
		return ABSENT;
	return PRESENT;
}

bool
ukey_scan_has_avx2(void)
{
	static int known; /* every thread finds the same */
	int now = __atomic_load_n(&known, __ATOMIC_RELAXED);

	if (now == UNKNOWN) {
		now = detect();
		__atomic_store_n(&known, now, __ATOMIC_RELAXED);
	}
	return now == PRESENT;
}

struct block {
	__m256i lane[2];
};

TARGET static inline struct block
block_load(const uint8_t *data)
{
	const __m256i *at = (const __m256i *)(const void *)data;

	return (struct block) { { _mm256_loadu_si256(at),
	    _mm256_loadu_si256(at + 1) } };
}

TARGET static inline uint64_t
bits(__m256i a, __m256i b)
{
	return (uint32_t)_mm256_movemask_epi8(a) |
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

TARGET static inline uint64_t
block_equal(struct block b, uint8_t octet)
{
	__m256i each = _mm256_set1_epi8((char)octet);

	return bits(_mm256_cmpeq_epi8(b.lane[0], each),
	    _mm256_cmpeq_epi8(b.lane[1], each));
}

TARGET static inline uint64_t
block_below(struct block b, uint8_t limit)
{
	__m256i most = _mm256_set1_epi8((char)(limit - 1));

	return bits(_mm256_cmpeq_epi8(_mm256_min_epu8(b.lane[0], most),
	    b.lane[0]), _mm256_cmpeq_epi8(_mm256_min_epu8(b.lane[1], most),
	    b.lane[1]));
}

#include "ukey_scan_blocks.h"

#else

bool
ukey_scan_has_avx2(void)
{
	return false;
}

#endif
