/*
 * userkeys, the command: what panels add to the text of a record, taken away
 * again.  SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "damage_parts.h"

static void
cut_out(struct copy *c, size_t at, size_t len)
{
	memmove(c->data + at, c->data + at + len, c->len - at - len);
	c->len -= len;
}

/* Takes each WHAT away; whether there was one. */
static bool
drop_each(struct copy *c, struct ukey_view what)
{
	size_t before = c->len, at = 0;

	for (;;) {
		at += damage_where(ukey_view_part(copy_view(c), at, c->len),
		    what);
		if (at >= c->len)
			return c->len < before;
		cut_out(c, at, what.len);
	}
}

/* Quotes, and the white space between one string's end and the next. */
static bool
drop_quotes(struct copy *c)
{
	static const struct ukey_view forms[] = { { (const uint8_t *)"\"", 1 },
		{ (const uint8_t *)"\xE2\x80\x9C", 3 },
		{ (const uint8_t *)"\xE2\x80\x9D", 3 } };
	bool found = drop_each(c, UKEY_VIEW("\" \""));
	size_t i;

	found |= drop_each(c, UKEY_VIEW("\"\t\""));
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		found |= drop_each(c, forms[i]);
	return found;
}

/* "\;" is ";" again, and "\n" nothing. */
static bool
drop_backslashes(struct copy *c)
{
	bool found = false;
	size_t at = 0;
	uint8_t next;

	for (; at < c->len; at++) {
		if (c->data[at] != '\\')
			continue;
		next = at + 1 < c->len ? c->data[at + 1] : 0;
		cut_out(c, at, next == 'n' || next == 'r' || next == 't' ? 2 :
		    1);
		found = true;
	}
	return found;
}

/* The lines "-----BEGIN PUBLIC KEY-----" and "-----END ...". */
static bool
drop_armour(struct copy *c)
{
	const struct ukey_view dashes = UKEY_VIEW("-----");
	bool found = false;
	struct ukey_view rest;
	size_t at, end;

	while ((at = damage_where(copy_view(c), dashes)) < c->len) {
		rest = ukey_view_part(copy_view(c), at + dashes.len, c->len);
		end = damage_where(rest, dashes);
		end = end < rest.len ? end + 2 * dashes.len : dashes.len;
		cut_out(c, at, end);
		found = true;
	}
	return found;
}

/* What takes no room on a screen: no-break space, zero width, a BOM. */
static bool
drop_unseen(struct copy *c)
{
	static const char *const forms[] = { "\xC2\xA0", "\xE2\x80\x8B",
		"\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x80\xAF", "\xEF\xBB\xBF",
		"\xC2\xAD" };
	bool found = false;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		found |= drop_each(c, cli_view(forms[i]));
	return found;
}

/* "%2B" is "+" again. */
static bool
decode_percent(struct copy *c)
{
	bool found = false;
	uint8_t high, low;
	size_t at;

	for (at = 0; at + 2 < c->len; at++) {
		high = ukey_hex_value(c->data[at + 1]);
		low = ukey_hex_value(c->data[at + 2]);
		if (c->data[at] != '%' || high > 15 || low > 15)
			continue;
		c->data[at] = (uint8_t)(high << 4 | low);
		cut_out(c, at + 1, 2);
		found = true;
	}
	return found;
}

/* The name, type and brackets of a zone file's line around the text. */
static bool
drop_line(struct copy *c)
{
	size_t at = damage_where(copy_view(c), UKEY_VIEW("v=DKIM1")), end;
	struct ukey_view front = ukey_view_part(copy_view(c), 0, at);
	bool found = at < c->len && ukey_view_trim(front).len > 0 &&
	    ukey_view_find(front, '=') == front.len;

	if (found)
		cut_out(c, 0, at);
	end = ukey_view_trim(copy_view(c)).len;
	if (end > 0 && c->data[end - 1] == ')') {
		c->len = end - 1;
		found = true;
	}
	return found;
}

void
damage_added(struct damages *d, struct copy *c)
{
	if (drop_quotes(c))
		damage_add(d,
		    "enter the text without quotes: the panel adds them "
		    "itself",
		    "there are quotes within the record");
	if (drop_backslashes(c))
		damage_add(d,
		    "enter the text without backslashes: they belong to "
		    "zone files",
		    "there are backslashes within the record");
	if (drop_armour(c))
		damage_add(d,
		    "publish the line that \"userkeys record\" prints, not "
		    "a key file",
		    "the lines around a PEM key (-----BEGIN "
		    "...) are within the record");
	if (drop_unseen(c))
		damage_add(d, "enter it anew, copied as plain text",
		    "there are characters within the record that cannot be "
		    "seen");
	if (decode_percent(c))
		damage_add(d, "enter the text as it is printed",
		    "characters of the record are written as %%HH");
}

void
damage_added_line(struct damages *d, struct copy *c)
{
	if (drop_line(c))
		damage_add(d,
		    "enter the text alone: name and type have fields of "
		    "their own",
		    "parts of a zone file's line are within the "
		    "record");
}
