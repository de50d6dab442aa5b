/*
 * userkeys: the scan under canonicalization, sixteen octets at a time with
 * SSE2 (part of x86-64) or NEON (part of AArch64).
 * SPDX-License-Identifier: MIT
 *
 * Takes the place of core/ukey_scan.c: equal results, and no octet past the
 * end is read.
 */
#include "ukey_scan.h"

#include "ukey_message.h"

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
typedef uint32_t mask;
#define BITS 1
#define ALL 0xFFFFu
#define ONE_EACH ALL

static inline mask
mask_of(lane a)
{
	return (mask)_mm_movemask_epi8(a);
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
#define ALL UINT64_MAX
#define ONE_EACH 0x1111111111111111u

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

/* The index of the last octet that M marks; M is not 0. */
static inline size_t
last(mask m)
{
	return (size_t)(63 - __builtin_clzll(m)) / BITS;
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
	lane here;
	mask m;

	for (; len - i >= LANE; i += LANE) {
		here = load(data + i);
		m = mask_of(either(below(here, ' '), equal(here, 0x7F)));
		if (m != 0)
			return i + first(m);
	}
	while (i < len && data[i] >= ' ' && data[i] != 0x7F)
		i++;
	return i;
}

size_t
ukey_scan_past_wsp(const uint8_t *data, size_t len)
{
	size_t i = 0;
	lane here;
	mask m;

	for (; len - i >= LANE; i += LANE) {
		here = load(data + i);
		m = mask_of(either(equal(here, ' '), equal(here, '\t')));
		if (m != ALL)
			return i + first(m ^ ALL);
	}
	while (i < len && (data[i] == ' ' || data[i] == '\t'))
		i++;
	return i;
}

/* Takes P over a lane with the line ends LF; false when a line is too long.
 * A CR counts, so near the limit it may say no too early. */
static inline bool
pass_lines(mask lf, struct ukey_scan_place *p)
{
	if (p->column <= UKEY_LINE_MAX &&
	    p->column + first(lf) > UKEY_LINE_MAX + 1)
		return false;
	p->column = (uint32_t)(LANE - 1 - last(lf));
	for (; lf != 0; lf &= lf - 1)
		p->lines++;
	return true;
}

static inline bool
pass_text(struct ukey_scan_place *p)
{
	if (p->column > UKEY_LINE_MAX)
		return true;
	if (p->column + LANE > UKEY_LINE_MAX)
		return false;
	p->column += LANE;
	return true;
}

/* Takes P over the lane HERE; CR says whether the octet before was one. */
static inline bool
pass_lane(lane here, mask *cr, struct ukey_scan_place *p)
{
	mask lf, is_cr;

	if (*cr == 0 && mask_of(below(here, 0x0E)) == 0)
		return pass_text(p);
	lf = mask_of(equal(here, '\n'));
	is_cr = mask_of(equal(here, '\r'));
	if (lf != (((is_cr << BITS) | *cr) & ALL) ||
	    mask_of(equal(here, '\0')) != 0)
		return false;
	if (lf != 0 ? !pass_lines(lf & ONE_EACH, p) : !pass_text(p))
		return false;
	*cr = is_cr >> (LANE - 1) * BITS;
	return true;
}

size_t
ukey_scan_lines(const uint8_t *data, size_t len, struct ukey_scan_place *p)
{
	size_t i = 0;
	mask cr = 0;

	while (len - i >= LANE && pass_lane(load(data + i), &cr, p))
		i += LANE;
	if (cr != 0) {
		i--;
		p->column -= p->column <= UKEY_LINE_MAX;
	}
	return i;
}
