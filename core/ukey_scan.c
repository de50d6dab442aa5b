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

static word
equal_mask(word w, uint8_t octet)
{
	word x = w ^ EACH(octet);

	return ~(((x & EACH(0x7F)) + EACH(0x7F)) | x | EACH(0x7F));
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
	return (((w - EACH(' ')) & ~w & EACH(0x80)) |
	    equal_mask(w, 0x7F)) != 0;
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
		while (len - i >= WORD && !may_hold_control(load(data + i)))
			i += WORD;
		end = len - i >= WORD ? i + WORD : len;
		while (i < end && !is_control(data[i]))
			i++;
		if (i < end || i == len)
			return i;
	}
}

size_t
ukey_scan_past_wsp(const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (len - i >= WORD && load(data + i) == EACH(' '))
		i += WORD;
	while (i < len && (data[i] == ' ' || data[i] == '\t'))
		i++;
	return i;
}

/* Takes P over the word at DATA, in which LFs end lines; false when a line is
 * too long. */
static bool
pass_lines(const uint8_t *data, struct ukey_scan_place *p)
{
	struct ukey_scan_place now = *p;
	size_t i;

	for (i = 0; i < WORD; i++) {
		if (data[i] != '\n') {
			now.column++;
			continue;
		}
		if (p->column <= UKEY_LINE_MAX &&
		    now.column > UKEY_LINE_MAX + 1) /* the CR counts, too */
			return false;
		now.lines++;
		now.column = 0;
	}
	*p = now;
	return true;
}

/* Takes P over the word at DATA; false where all is not well. */
static bool
pass_word(const uint8_t *data, struct ukey_scan_place *p)
{
	word w = load(data);
	word lf = equal_mask(w, '\n');

	if (lf != equal_mask(load(data - 1), '\r') || equal_mask(w, 0) != 0)
		return false;
	if (lf != 0)
		return pass_lines(data, p);
	if (p->column > UKEY_LINE_MAX)
		return true;
	p->column += (uint32_t)WORD;
	return p->column <= UKEY_LINE_MAX;
}

size_t
ukey_scan_lines(const uint8_t *data, size_t len, struct ukey_scan_place *p)
{
	struct ukey_scan_place now = *p;
	size_t i = 1;

	if (len <= WORD || data[0] == '\0' || data[0] == '\n' ||
	    now.column == UKEY_LINE_MAX)
		return 0;
	now.column += now.column < UKEY_LINE_MAX;
	do {
		*p = now;
		if (!pass_word(data + i, &now))
			break;
		i += WORD;
		*p = now;
	} while (len - i >= WORD);
	if (data[i - 1] == '\r') {
		i--;
		p->column -= p->column <= UKEY_LINE_MAX;
	}
	return i;
}
