/*
 * userkeys: the scan under canonicalization, a machine word at a time in
 * portable C99.  SPDX-License-Identifier: MIT
 *
 * The octets of a word are tested together: EACH(c) has c in every octet, and
 * equal_mask() sets the top bit of exactly those octets that are equal.  Which
 * octet it was is found by looking again, so byte order does not matter.
 */
#include "ukey_scan.h"

#include "ukey_mem.h"

typedef size_t word;

#define WORD sizeof(word)
#define EACH(octet) ((word)-1 / 255 * (octet))

static word
load(const uint8_t *data)
{
	word w;

	memcpy(&w, data, WORD);
	return w;
}

static word
equal_mask(word w, uint8_t octet)
{
	word x = w ^ EACH(octet);

	return ~(((x & EACH(0x7F)) + EACH(0x7F)) | x | EACH(0x7F));
}

/* May also say yes for octets above 0x8D: looking again sorts those out. */
static bool
may_be_below(word w, uint8_t limit)
{
	return ((w - EACH(limit)) & ~w & EACH(0x80)) != 0;
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

/* Whether an octet of the word at DATA may stop the scan; reads one more. */
static bool
word_stops_wsp(const uint8_t *data)
{
	word w = load(data);
	word space = equal_mask(w, ' ');
	word after;

	if (equal_mask(w, '\t') != 0)
		return true;
	if (space == 0)
		return false;
	after = load(data + 1);
	return (space & (equal_mask(after, ' ') | equal_mask(after, '\t') |
	    equal_mask(after, '\r'))) != 0;
}

size_t
ukey_scan_wsp(const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (len - i > WORD && !word_stops_wsp(data + i))
		i += WORD;
	while (i < len && !stops_wsp(data, i, len))
		i++;
	return i;
}

size_t
ukey_scan_control(const uint8_t *data, size_t len)
{
	size_t i = 0;
	size_t end;

	for (;;) {
		while (len - i >= WORD && !may_be_below(load(data + i), 0x0E))
			i += WORD;
		end = len - i >= WORD ? i + WORD : len;
		while (i < end && data[i] >= 0x0E)
			i++;
		if (i < end || i == len)
			return i;
	}
}
