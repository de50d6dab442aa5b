/*
 * userkeys: the scan under canonicalization, sixteen octets at a time with
 * SSE2 (part of x86-64) or NEON (part of AArch64).
 * SPDX-License-Identifier: MIT
 *
 * Takes the place of core/ukey_scan.c: equal results, and no octet past the
 * end is read.
 */
#include "ukey_scan.h"

#if defined(__SSE2__)

#include <emmintrin.h>

typedef __m128i lane;

static inline lane
load(const uint8_t *data)
{
	return _mm_loadu_si128((const __m128i *)(const void *)data);
}

static inline lane
equal(lane a, uint8_t octet)
{
	return _mm_cmpeq_epi8(a, _mm_set1_epi8((char)octet));
}

static inline lane
below(lane a, uint8_t limit)
{
	lane most = _mm_set1_epi8((char)(limit - 1));

	return _mm_cmpeq_epi8(_mm_min_epu8(a, most), a);
}

static inline lane
either(lane a, lane b)
{
	return _mm_or_si128(a, b);
}

static inline lane
both(lane a, lane b)
{
	return _mm_and_si128(a, b);
}

/* Bit I for octet I. */
typedef unsigned mask;
#define BITS 1

static inline mask
mask_of(lane a)
{
	return (unsigned)_mm_movemask_epi8(a);
}

#elif defined(__ARM_NEON) && defined(__aarch64__) && !defined(__AARCH64EB__)

#include <arm_neon.h>

typedef uint8x16_t lane;

static inline lane
load(const uint8_t *data)
{
	return vld1q_u8(data);
}

static inline lane
equal(lane a, uint8_t octet)
{
	return vceqq_u8(a, vdupq_n_u8(octet));
}

static inline lane
below(lane a, uint8_t limit)
{
	return vcltq_u8(a, vdupq_n_u8(limit));
}

static inline lane
either(lane a, lane b)
{
	return vorrq_u8(a, b);
}

static inline lane
both(lane a, lane b)
{
	return vandq_u8(a, b);
}

/* Four bits for each octet. */
typedef uint64_t mask;
#define BITS 4

static inline mask
mask_of(lane a)
{
	uint8x8_t half = vshrn_n_u16(vreinterpretq_u16_u8(a), 4);

	return vget_lane_u64(vreinterpret_u64_u8(half), 0);
}

#else
#error "no vectors known for this processor: build core/ukey_scan.c"
#endif

#define LANE 16

/* The index of the first octet that M marks; M is not 0. */
static inline size_t
first(mask m)
{
	return (size_t)__builtin_ctzll(m) / BITS;
}

static bool
stops_wsp(const uint8_t *data, size_t i, size_t len)
{
	if (data[i] == '\t')
		return true;
	if (data[i] != ' ')
		return false;
	return i + 1 == len || data[i + 1] == ' ' || data[i + 1] == '\t' ||
	    data[i + 1] == '\r';
}

size_t
ukey_scan_wsp(const uint8_t *data, size_t len)
{
	size_t i = 0;
	lane here, next;
	mask m;

	for (; len - i > LANE; i += LANE) {
		here = load(data + i);
		next = load(data + i + 1);
		next = either(either(equal(next, ' '), equal(next, '\t')),
		    equal(next, '\r'));
		m = mask_of(either(equal(here, '\t'),
		    both(equal(here, ' '), next)));
		if (m != 0)
			return i + first(m);
	}
	while (i < len && !stops_wsp(data, i, len))
		i++;
	return i;
}

size_t
ukey_scan_control(const uint8_t *data, size_t len)
{
	size_t i = 0;
	mask m;

	for (; len - i >= LANE; i += LANE) {
		m = mask_of(below(load(data + i), 0x0E));
		if (m != 0)
			return i + first(m);
	}
	while (i < len && data[i] >= 0x0E)
		i++;
	return i;
}
