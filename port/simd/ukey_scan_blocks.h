/*
 * userkeys: the scan in blocks of 64 octets, for any kind of vectors.
 * SPDX-License-Identifier: MIT
 *
 * No header for users, and empty for them: each variant includes it, behind
 *   TARGET         the attribute that its functions need
 *   SCAN_WSP ...   the names of its functions, as in core/ukey_scan.h
 *   struct block   64 octets in vectors
 *   block_load()   reads them at any address
 *   block_equal()  bit I for each octet I that is equal to one
 *   block_below()  bit I for each octet I that is less
 * Vectors only compare; all the rest is arithmetic on such masks.  No octet
 * past the end is read: the last ones are looked at in the block that ends with
 * them, or are copied to one where there are no more.
 */
#if defined(SCAN_WSP) && !defined(UKEY_SCAN_BLOCKS_H)
#define UKEY_SCAN_BLOCKS_H

#include <string.h>

#include "ukey_message.h"

#define BLOCK 64
/* Out of the way of the quick paths, which need no stack then. */
#define SEPARATE __attribute__((noinline))

/* The index of the first octet that M marks; M is not 0. */
TARGET static inline size_t
first(uint64_t m)
{
	return (size_t)__builtin_ctzll(m);
}

/* The lesser of that index and LEN. */
TARGET static inline size_t
first_of(uint64_t m, size_t len)
{
	return m != 0 && first(m) < len ? first(m) : len;
}

/* LEN octets, at most BLOCK, and FILL behind them. */
TARGET static inline struct block
load_last(const uint8_t *data, size_t len, uint8_t fill)
{
	uint8_t octets[BLOCK];

	memset(octets, fill, sizeof(octets));
	memcpy(octets, data, len);
	return block_load(octets);
}

/* Where relaxed must look; an SP at the block's end cannot be told. */
TARGET static inline uint64_t
wsp_stops(struct block b)
{
	uint64_t tab = block_equal(b, '\t'), sp = block_equal(b, ' ');

	return tab | (sp & (tab | sp | block_equal(b, '\r')) >> 1);
}

/* An SP at the end stops, too. */
TARGET static SEPARATE size_t
last_wsp(const uint8_t *data, size_t len)
{
	return first_of(wsp_stops(load_last(data, len, ' ')), len);
}

TARGET size_t
SCAN_WSP(const uint8_t *data, size_t len)
{
	uint64_t m = 0;
	size_t i;

	if (len < BLOCK)
		return last_wsp(data, len);

	/* Each block begins with the last octet of the one before. */
	for (i = 0; len - i >= BLOCK; i += BLOCK - 1) {
		m = wsp_stops(block_load(data + i));
		if (m != 0)
			return i + first(m);
	}
	m = wsp_stops(block_load(data + len - BLOCK)) >> (BLOCK - (len - i));
	return m != 0 ? i + first(m) : len - (data[len - 1] == ' ');
}

/* Octets below SP; in a TAG also what else may be none of it. */
TARGET static inline uint64_t
controls(struct block b, bool tag)
{
	uint64_t m = block_below(b, ' ');

	if (tag)
		m |= block_equal(b, ';') | block_equal(b, 0x7F);
	return m;
}

TARGET static SEPARATE size_t
last_control(const uint8_t *data, size_t len, bool tag)
{
	return first_of(controls(load_last(data, len, '\0'), tag), len);
}

TARGET static inline size_t
scan_control(const uint8_t *data, size_t len, bool tag)
{
	uint64_t m = 0;
	size_t i;

	if (len < BLOCK)
		return last_control(data, len, tag);

	for (i = 0; len - i >= BLOCK; i += BLOCK) {
		m = controls(block_load(data + i), tag);
		if (m != 0)
			return i + first(m);
	}
	if (i == len)
		return len;
	m = controls(block_load(data + len - BLOCK), tag) >>
	    (BLOCK - (len - i));
	return i + first_of(m, len - i);
}

TARGET size_t
SCAN_CONTROL(const uint8_t *data, size_t len)
{
	return scan_control(data, len, false);
}

TARGET size_t
SCAN_TAG(const uint8_t *data, size_t len)
{
	return scan_control(data, len, true);
}

/*
 * Takes P over the first of the N octets of B behind SKIP others, as many as
 * are well, and gives their number.  *CR says whether the octet before was a
 * CR, and then whether the last of them is; as a CR counts, it may stop too
 * early near the limit.
 */
TARGET static inline size_t
pass_block(struct block b, size_t skip, size_t n, uint64_t *cr,
    struct ukey_scan_place *p)
{
	uint64_t lf = block_equal(b, '\n') >> skip;
	uint64_t is_cr = block_equal(b, '\r') >> skip;
	uint64_t nul = block_equal(b, '\0') >> skip;
	size_t end;

	n = first_of(((is_cr << 1 | *cr) ^ lf) | nul, n);
	if (n == 0)
		return 0;
	lf &= UINT64_MAX >> (BLOCK - n);
	end = p->column + first_of(lf, n);
	if (p->column > UKEY_LINE_MAX)
		end = p->column;
	else if (end > UKEY_LINE_MAX + (size_t)(lf != 0))
		return 0;
	*cr = is_cr >> (n - 1) & 1;
	p->lines += (uint32_t)__builtin_popcountll(lf);
	p->column = (uint32_t)(lf != 0 ? n - BLOCK +
	    (size_t)__builtin_clzll(lf) : end);
	return n;
}

TARGET static SEPARATE size_t
pass_last(const uint8_t *data, size_t len, uint64_t *cr,
    struct ukey_scan_place *p)
{
	return pass_block(load_last(data, len, 'x'), 0, len, cr, p);
}

TARGET size_t
SCAN_LINES(const uint8_t *data, size_t len, struct ukey_scan_place *p)
{
	struct ukey_scan_place now = *p;
	uint64_t cr = 0;
	size_t i = 0, n = BLOCK;

	while (len - i >= BLOCK && n == BLOCK) {
		n = pass_block(block_load(data + i), 0, BLOCK, &cr, &now);
		i += n;
	}
	if (len < BLOCK)
		i = pass_last(data, len, &cr, &now);
	else if (n == BLOCK && i < len)
		i += pass_block(block_load(data + len - BLOCK),
		    BLOCK - (len - i), len - i, &cr, &now);
	if (cr != 0) { /* its LF is not here: leave both */
		i--;
		now.column -= now.column <= UKEY_LINE_MAX;
	}
	*p = now;
	return i;
}

#endif
