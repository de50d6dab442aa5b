/*
 * userkeys: the lines of one header field, read strictly, for the tests.
 * SPDX-License-Identifier: MIT
 */
#include "support_lines.h"

#define LINE_MOST 998 /* RFC 5322 2.1.1 */

/* RFC 3629 3: how many octets C begins, its bits, and the least number that
 * takes as many. */
static size_t
lead(uint8_t c, uint32_t *bits, uint32_t *least)
{
	static const struct {
		uint8_t mask, is;
		uint32_t least;
	} forms[] = { { 0x80, 0, 0 }, { 0xE0, 0xC0, 0x80 },
		{ 0xF0, 0xE0, 0x800 }, { 0xF8, 0xF0, 0x10000 } };
	size_t i = 0;

	while (i < 4 && (c & forms[i].mask) != forms[i].is)
		i++;
	if (i == 4)
		return 0;
	*bits = c & (uint8_t)~forms[i].mask;
	*least = forms[i].least;
	return i + 1;
}

static bool
is_control(uint32_t c)
{
	return (c < ' ' && c != '\t') || (c >= 0x7F && c < 0xA0) ||
	    c == 0x2028 || c == 0x2029;
}

/* The length of the character at V; 0: there is none. */
static size_t
character(struct ukey_view v)
{
	uint32_t c = 0, least = 0;
	size_t i, len = lead(v.data[0], &c, &least);

	if (len == 0 || len > v.len)
		return 0;
	for (i = 1; i < len; i++) {
		if ((v.data[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (v.data[i] & 0x3F);
	}
	if (c < least || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		return 0;
	return is_control(c) ? 0 : len;
}

/* The length of CRLF and white space at V, or of CRLF at its end; else 0. */
static size_t
fold_len(struct ukey_view v)
{
	if (v.len < 2 || v.data[0] != '\r' || v.data[1] != '\n')
		return 0;
	if (v.len == 2)
		return 2;
	return v.data[2] == ' ' || v.data[2] == '\t' ? 3 : 0;
}

const char *
support_lines_unfold(struct ukey_view v, char *text, size_t size)
{
	size_t len, line = 0, n = 0;

	while (v.len > 2) {
		len = fold_len(v);
		if (n + 5 > size)
			return "longer than it may be";
		if (len > 0) {
			line = 1;
			text[n++] = ' ';
			ukey_view_skip(&v, len);
			continue;
		}
		len = character(v);
		line += len;
		if (len == 0)
			return "an octet that is no text, or a new line";
		if (line > LINE_MOST)
			return "a line over 998 octets";
		while (len-- > 0)
			text[n++] = (char)*ukey_view_take(&v, 1).data;
	}
	text[n] = '\0';
	return fold_len(v) == 2 ? NULL : "no end of line";
}
