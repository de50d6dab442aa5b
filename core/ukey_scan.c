/*
 * userkeys: the scan under canonicalization, a machine word at a time in
 * portable C99.  SPDX-License-Identifier: MIT
 *
 * The octets of a word are tested together: EACH(c) has c in every octet, and
 * a test sets the top bit of those octets that meet it.  Which octet it was is
 * found by looking again, so byte order does not matter.
 */
#include "ukey_scan.h"

#include "ukey_mem.h"
#include "ukey_message.h"

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

/* Exactly the octets that are SP or less. */
static word
up_to_space(word w)
{
	return ~(((w & EACH(0x7F)) + EACH(0x5F)) | w) & EACH(0x80);
}

/* All octets that are 0, and perhaps some behind one in arithmetic. */
static word
zeros(word w)
{
	return (w - EACH(1)) & ~w & EACH(0x80);
}

static bool
stops_wsp(const uint8_t *data, size_t len)
{
	if (data[0] == '\t')
		return true;
	return data[0] == ' ' && (len == 1 || data[1] == ' ' ||
	    data[1] == '\t' || data[1] == '\r');
}

/* Whether an octet of the word at DATA may stop the scan; reads one more. */
static bool
word_stops_wsp(const uint8_t *data)
{
	word w = load(data);
	word spaces = up_to_space(w) & zeros(w ^ EACH(' '));

	return ((spaces & up_to_space(load(data + 1))) |
	    zeros(w ^ EACH('\t'))) != 0;
}

size_t
ukey_scan_wsp(const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (len - i > WORD && !word_stops_wsp(data + i))
		i += WORD;
	while (i < len && !stops_wsp(data + i, len - i))
		i++;
	return i;
}

static bool
is_control(uint8_t c)
{
	return c < ' ' || c == 0x7F;
}

/* May also say yes for others: looking again sorts those out. */
static bool
may_hold_control(word w)
{
	return ((((w - EACH(' ')) & ~w) | zeros(w ^ EACH(0x7F))) &
	    EACH(0x80)) != 0;
}

size_t
ukey_scan_control(const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (i < len && !is_control(data[i])) {
		if (len - i >= WORD && !may_hold_control(load(data + i)))
			i += WORD;
		else
			i++;
	}
	return i;
}

/* Takes P over text of at most LEN octets without a control character. */
static size_t
pass_text(const uint8_t *data, size_t len, struct ukey_scan_place *p)
{
	size_t room = UKEY_LINE_MAX - p->column;

	if (p->column > UKEY_LINE_MAX)
		return ukey_scan_control(data, len);
	len = ukey_scan_control(data, len < room ? len : room);
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
