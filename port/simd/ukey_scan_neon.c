/*
 * userkeys: the scan with NEON, a part of AArch64.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_scan.h"

#if defined(__aarch64__)
#if defined(__AARCH64EB__)
#error "the masks are for little-endian: build core/ukey_scan.c"
#endif

#include <arm_neon.h>

#define TARGET /* no attribute */
#define SCAN_WSP ukey_scan_wsp
#define SCAN_CONTROL ukey_scan_control
#define SCAN_TAG ukey_scan_tag
#define SCAN_LINES ukey_scan_lines

struct block {
	uint8x16_t lane[4];
};

static inline struct block
block_load(const uint8_t *data)
{
	return (struct block) { { vld1q_u8(data), vld1q_u8(data + 16),
	    vld1q_u8(data + 32), vld1q_u8(data + 48) } };
}

/* Each octet that is all ones keeps one of them; sums of neighbours bring
 * eight together in one octet. */
static inline uint64_t
bits(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
	static const uint8_t one[16] = { 1, 2, 4, 8, 16, 32, 64, 128,
		1, 2, 4, 8, 16, 32, 64, 128 };
	uint8x16_t w = vld1q_u8(one);
	uint8x16_t low = vpaddq_u8(vandq_u8(a, w), vandq_u8(b, w));
	uint8x16_t high = vpaddq_u8(vandq_u8(c, w), vandq_u8(d, w));
	uint8x16_t sum = vpaddq_u8(low, high);

	return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

static inline uint64_t
block_equal(struct block b, uint8_t octet)
{
	uint8x16_t each = vdupq_n_u8(octet);

	return bits(vceqq_u8(b.lane[0], each), vceqq_u8(b.lane[1], each),
	    vceqq_u8(b.lane[2], each), vceqq_u8(b.lane[3], each));
}

static inline uint64_t
block_below(struct block b, uint8_t limit)
{
	uint8x16_t each = vdupq_n_u8(limit);

	return bits(vcltq_u8(b.lane[0], each), vcltq_u8(b.lane[1], each),
	    vcltq_u8(b.lane[2], each), vcltq_u8(b.lane[3], each));
}

#include "ukey_scan_blocks.h"

#endif
