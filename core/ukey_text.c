/*
 * userkeys: views of octets, character classes, a reading cursor.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LABEL_MAX 63   /* RFC 1035 2.3.4 */
#define DOMAIN_MAX 253 /* dotted text */

bool
ukey_is_wsp(uint8_t c)
{
	return c == ' ' || c == '\t';
}

bool
ukey_is_fws(uint8_t c)
{
	return ukey_is_wsp(c) || c == '\r' || c == '\n';
}

bool
ukey_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

bool
ukey_is_alpha(uint8_t c)
{
	c = ukey_lower(c);
	return c >= 'a' && c <= 'z';
}

bool
ukey_is_ldh(uint8_t c)
{
	return ukey_is_alpha(c) || ukey_is_digit(c) || c == '-';
}

bool
ukey_is_token(uint8_t c)
{
	/* a bit for each octet below 0x80 that is one */
	static const uint32_t ascii[] = { 0, 0x03FF6CFA, 0xC7FFFFFE,
		0x7FFFFFFF };

	return c < 0x80 && (ascii[c / 32] >> c % 32 & 1) != 0;
}

uint8_t
ukey_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

uint8_t
ukey_hex_value(uint8_t c)
{
	if (ukey_is_digit(c))
		return (uint8_t)(c - '0');
	c = ukey_lower(c);
	return c >= 'a' && c <= 'f' ? (uint8_t)(c - 'a' + 10) : 255;
}

bool
ukey_view_equal(struct ukey_view a, struct ukey_view b)
{
	size_t i = 0;

	if (a.len != b.len)
		return false;
	while (i < a.len && a.data[i] == b.data[i])
		i++;
	return i == a.len;
}

bool
ukey_view_equal_nocase(struct ukey_view a, struct ukey_view b)
{
	size_t i = 0;

	if (a.len != b.len)
		return false;
	while (i < a.len && (a.data[i] == b.data[i] ||
	    ukey_lower(a.data[i]) == ukey_lower(b.data[i])))
		i++;
	return i == a.len;
}

struct ukey_view
ukey_view_trim(struct ukey_view v)
{
	while (v.len > 0 && ukey_is_fws(v.data[v.len - 1]))
		v.len--;
	while (v.len > 0 && ukey_is_fws(v.data[0])) {
		v.data++;
		v.len--;
	}
	return v;
}

void
ukey_view_skip(struct ukey_view *v, size_t len)
{
	v->data += len;
	v->len -= len;
}

struct ukey_view
ukey_view_take(struct ukey_view *v, size_t len)
{
	struct ukey_view taken = { v->data, len };

	ukey_view_skip(v, len);
	return taken;
}

struct ukey_view
ukey_view_part(struct ukey_view v, size_t from, size_t to)
{
	if (to > v.len)
		to = v.len;
	if (from > to)
		from = to;
	if (from > 0)
		v.data += from;
	v.len = to - from;
	return v;
}

size_t
ukey_view_find(struct ukey_view v, uint8_t c)
{
	size_t i = 0;

	while (i < v.len && v.data[i] != c)
		i++;
	return i;
}

struct ukey_view
ukey_view_cut(struct ukey_view *rest, uint8_t separator)
{
	struct ukey_view piece = *rest;

	piece.len = ukey_view_find(piece, separator);
	if (piece.len == rest->len)
		*rest = (struct ukey_view) { NULL, 0 };
	else
		ukey_view_skip(rest, piece.len + 1);
	return piece;
}

struct ukey_view
ukey_view_word(struct ukey_view *rest, uint8_t separator)
{
	return ukey_view_trim(ukey_view_cut(rest, separator));
}

bool
ukey_view_has_word(struct ukey_view list, struct ukey_view word)
{
	while (list.data != NULL) {
		if (ukey_view_equal(ukey_view_word(&list, ':'), word))
			return true;
	}
	return false;
}

static bool
is_label(struct ukey_view label, bool underscore)
{
	size_t i;

	if (label.len == 0 || label.len > LABEL_MAX ||
	    label.data[0] == '-' || label.data[label.len - 1] == '-')
		return false;
	for (i = 0; i < label.len; i++) {
		if (!ukey_is_ldh(label.data[i]) &&
		    !(underscore && label.data[i] == '_'))
			return false;
	}
	return true;
}

bool
ukey_view_is_domain(struct ukey_view v, bool underscore)
{
	if (v.len == 0 || v.len > DOMAIN_MAX)
		return false;
	while (v.data != NULL) {
		if (!is_label(ukey_view_cut(&v, '.'), underscore))
			return false;
	}
	return true;
}

static bool
within(uint8_t c, uint8_t low, uint8_t high)
{
	return c >= low && c <= high;
}

/* As ukey_utf8_len(), but line separators count. */
static size_t
sequence_len(struct ukey_view v)
{
	static const struct {
		uint8_t first, last; /* of the first octet */
		uint8_t low, high;   /* of the second */
		uint8_t len;
	} forms[] = {
		{ 0x20, 0x7E, 0, 0, 1 }, { 0xC2, 0xC2, 0xA0, 0xBF, 2 },
		{ 0xC3, 0xDF, 0x80, 0xBF, 2 },
		{ 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 },
		{ 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
		{ 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 },
		{ 0xF4, 0xF4, 0x80, 0x8F, 4 }
	};
	size_t i = 0, at;

	while (i < COUNT(forms) && !within(v.data[0], forms[i].first,
	    forms[i].last))
		i++;
	if (i == COUNT(forms) || forms[i].len > v.len)
		return 0;
	if (forms[i].len > 1 && !within(v.data[1], forms[i].low,
	    forms[i].high))
		return 0;
	for (at = 2; at < forms[i].len; at++)
		if (!within(v.data[at], 0x80, 0xBF))
			return 0;
	return forms[i].len;
}

size_t
ukey_utf8_len(struct ukey_view v)
{
	size_t len = sequence_len(v);

	if (len == 3 && v.data[0] == 0xE2 && v.data[1] == 0x80 &&
	    within(v.data[2], 0xA8, 0xA9))
		return 0;
	return len;
}

bool
ukey_view_is_text(struct ukey_view v)
{
	size_t len = 1;

	while (v.len > 0 && (len = ukey_utf8_len(v)) > 0)
		ukey_view_skip(&v, len);
	return v.len == 0;
}

bool
ukey_view_number(struct ukey_view v, uint64_t *number)
{
	uint64_t n = 0;
	size_t i;

	if (v.len == 0)
		return false;
	for (i = 0; i < v.len; i++) {
		uint8_t digit = (uint8_t)(v.data[i] - '0');

		/* 2^64-1 is 1844674407370955161 times ten, plus 5 */
		if (digit > 9 || n > 1844674407370955161u ||
		    (n == 1844674407370955161u && digit > 5))
			return false;
		n = n * 10 + digit;
	}
	*number = n;
	return true;
}

struct ukey_cursor
ukey_cursor_of(struct ukey_view in)
{
	return (struct ukey_cursor) { in, 0, false };
}

size_t
ukey_cursor_left(const struct ukey_cursor *c)
{
	return c->bad ? 0 : c->in.len - c->pos;
}

uint8_t
ukey_cursor_peek(const struct ukey_cursor *c)
{
	return ukey_cursor_left(c) > 0 ? c->in.data[c->pos] : 0;
}

struct ukey_view
ukey_cursor_take(struct ukey_cursor *c, size_t len)
{
	struct ukey_view v = { NULL, 0 };

	if (len > ukey_cursor_left(c))
		c->bad = true;
	if (c->bad)
		return v;
	v = ukey_view_part(c->in, c->pos, c->pos + len);
	c->pos += len;
	return v;
}

static uint32_t
number(struct ukey_cursor *c, size_t len)
{
	struct ukey_view v = ukey_cursor_take(c, len);
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < v.len; i++)
		n = n << 8 | v.data[i];
	return n;
}

uint8_t
ukey_cursor_u8(struct ukey_cursor *c)
{
	return (uint8_t)number(c, 1);
}

uint16_t
ukey_cursor_u16(struct ukey_cursor *c)
{
	return (uint16_t)number(c, 2);
}

uint32_t
ukey_cursor_u32(struct ukey_cursor *c)
{
	return number(c, 4);
}

bool
ukey_cursor_accept(struct ukey_cursor *c, uint8_t octet)
{
	bool there = ukey_cursor_left(c) > 0 && ukey_cursor_peek(c) == octet;

	if (there)
		c->pos++;
	return there;
}
