/*
 * userkeys: the scan under canonicalization, a machine word at a time in
 * portable C99.  SPDX-License-Identifier: MIT
 *
 * The octets of a word are tested together: EACH(c) has c in every octet, and
 * a test sets the top bit of those octets that meet it; its other bits mean
 * nothing.  Which octet it was is found by looking again, so byte order does
 * not matter.
 */
#include "ukey_scan.h"

#include "ukey_mem.h"
#include "ukey_message.h"

typedef size_t word;

#define WORD sizeof(word)
#define EACH(octet) ((word)-1 / 255 * (octet))
#define TOP_BITS EACH(0x80)
#define DEL 0x7F

static word
load(const uint8_t *data)
{
	word w;

	memcpy(&w, data, WORD);
	return w;
}

/* All octets that are 0, perhaps some behind one in arithmetic, no others. */
static word
zeros(word w)
{
	return (w - EACH(1)) & ~w;
}

/* Exactly the octets that are C or more; C is 0x80 at most. */
static word
at_least(word w, uint8_t c)
{
	return ((w & EACH(0x7F)) + EACH(0x80u - c)) | w;
}

static bool
stops_wsp(const uint8_t *data, size_t len)
{
	if (data[0] == '\t')
		return true;
	return data[0] == ' ' && (len == 1 || data[1] == ' ' ||
	    data[1] == '\t' || data[1] == '\r');
}

/* Whether an octet of the word at DATA may stop the scan; reads one more.  Of
 * the octets that are SP or less only SP has bit 5. */
static bool
word_stops_wsp(const uint8_t *data)
{
	word w = load(data), low = ~at_least(w, ' ' + 1) & TOP_BITS;

	return low != 0 && (low & (zeros(w ^ EACH('\t')) |
	    ((w << 2) & ~at_least(load(data + 1), ' ' + 1)))) != 0;
}

size_t
ukey_scan_wsp(const uint8_t *data, size_t len)
{
	const size_t words = len > WORD ? len - WORD : 0;
	size_t i = 0;

	while (i < words && !word_stops_wsp(data + i))
		i += WORD;
	while (i < len && !stops_wsp(data + i, len - i))
		i++;
	return i;
}

size_t
ukey_scan_control(const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (len - i >= WORD &&
	    (~at_least(load(data + i), ' ') & TOP_BITS) == 0)
		i += WORD;
	while (i < len && data[i] >= ' ')
		i++;
	return i;
}

static bool
word_ends_tag(const uint8_t *data)
{
	word w = load(data);

	return ((~at_least(w, ' ') | zeros(w ^ EACH(';')) |
	    zeros(w ^ EACH(DEL))) & TOP_BITS) != 0;
}

size_t
ukey_scan_tag(const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (len - i >= WORD && !word_ends_tag(data + i))
		i += WORD;
	while (i < len && data[i] >= ' ' && data[i] != ';' && data[i] != DEL)
		i++;
	return i;
}

/* The index of the first octet that may end a line or is none of a text's: CR
 * or less, but not HTAB. */
static size_t
text_len(const uint8_t *data, size_t len)
{
	const size_t words = len < WORD ? 0 : len - WORD + 1;
	size_t i = 0;

	for (;; i++) {
		while (i < words &&
		    (~at_least(load(data + i), '\r' + 1) & TOP_BITS) == 0)
			i += WORD;
		while (i < len && data[i] > '\r')
			i++;
		if (i == len || data[i] != '\t')
			return i;
	}
}

/* Takes P over the text at DATA, as far as it goes and its line has room. */
static size_t
pass_text(const uint8_t *data, size_t len, struct ukey_scan_place *p)
{
	size_t room = UKEY_LINE_MAX - p->column;

	if (p->column > UKEY_LINE_MAX)
		return text_len(data, len);
	len = text_len(data, len < room ? len : room);
	p->column += (uint32_t)len;
	return len;
}

size_t
ukey_scan_lines(const uint8_t *data, size_t len, struct ukey_scan_place *p)
{
	size_t i = 0, n;

	for (;;) {
		if (len - i >= 2 && data[i] == '\r' && data[i + 1] == '\n') {
			p->lines++;
			p->column = 0;
			i += 2;
			continue;
		}
		n = pass_text(data + i, len - i, p);
		if (n == 0)
			return i;
		i += n;
	}
}
