/*
 * userkeys: lenient readers of Authentication-Results, for their harness.
 * SPDX-License-Identifier: MIT
 */
#include "help_strip.h"

#include <ctype.h>

/* A copy of V as text without NULs in it, which readers pass over. */
static char *
text_of(struct ukey_view v)
{
	char *text = malloc(v.len + 1);
	size_t i, n = 0;

	MUST(text != NULL);
	for (i = 0; i < v.len; i++)
		if (v.data[i] != 0)
			text[n++] = (char)v.data[i];
	text[n] = '\0';
	return text;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_token(char c)
{
	return c > ' ' && c < 0x7F && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

/* TEXT up to N, in lower case and without dots at its end, is ID. */
static bool
same(const char *text, size_t n, struct ukey_view id)
{
	size_t i;

	while (n > 0 && text[n - 1] == '.')
		n--;
	for (i = 0; i < n && i < id.len; i++)
		if (tolower((unsigned char)text[i]) != id.data[i])
			return false;
	return n == id.len;
}

/* The length of a Unicode white space character at TEXT; 0: it is none
 * (Python's str.isspace()). */
static size_t
wide_space(const char *text)
{
	static const char *const spaces[] = { "\xC2\x85", "\xC2\xA0",
		"\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
		"\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
		"\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A",
		"\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
		"\xE3\x80\x80" };
	size_t i;

	if (is_space(*text) || (*text >= 0x1C && *text <= 0x1F))
		return 1;
	for (i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (strncmp(text, spaces[i], strlen(spaces[i])) == 0)
			return strlen(spaces[i]);
	return 0;
}

/* value.split(";")[0].strip(), and its first word, of octets. */
static bool
by_bytes(const char *text, struct ukey_view id)
{
	size_t n = 0;

	while (is_space(*text))
		text++;
	while (text[n] != '\0' && text[n] != ';' && !is_space(text[n]))
		n++;
	return same(text, n, id);
}

/* The same of decoded text. */
static bool
by_text(const char *text, struct ukey_view id)
{
	size_t n = 0;

	while (wide_space(text) > 0)
		text += wide_space(text);
	while (text[n] != '\0' && text[n] != ';' && wide_space(text + n) == 0)
		n++;
	return same(text, n, id);
}

/* The first token, whatever is in front of it. */
static bool
by_token(const char *text, struct ukey_view id)
{
	size_t n = 0;

	while (*text != '\0' && !is_token(*text))
		text++;
	while (text[n] != '\0' && is_token(text[n]))
		n++;
	return same(text, n, id);
}

/* OpenDKIM's and OpenDMARC's: the words up to ";" are joined over blanks,
 * backslashes and quotes. */
static bool
by_joining(const char *text, struct ukey_view id)
{
	char *joined = malloc(strlen(text) + 1);
	size_t n = 0;
	bool found;

	MUST(joined != NULL);
	for (; *text != '\0' && *text != ';'; text++)
		if (!is_space(*text) && *text != '\\' && *text != '"')
			joined[n++] = *text;
	found = same(joined, n, id);
	free(joined);
	return found;
}

/* How a reader takes comments out. */
enum { NESTED = 1, PAIRS = 2, PAIRS_OUTSIDE = 4 };

/* TEXT without its comments, in place.  Where a backslash counts outside of
 * them too, what is behind it is no parenthesis. */
static void
drop_comments(char *text, unsigned how)
{
	unsigned pairs;
	size_t depth = 0;
	char *to = text;

	for (; *text != '\0'; text++) {
		pairs = how & (depth > 0 ? PAIRS : PAIRS_OUTSIDE);
		if (pairs != 0 && *text == '\\' && text[1] != '\0') {
			text++;
			if (depth == 0 && *text != '(' && *text != ')')
				*to++ = *text;
		} else if (*text == '(' && ((how & NESTED) || depth == 0)) {
			depth++;
		} else if (*text == ')' && depth > 0) {
			depth--;
		} else if (depth == 0) {
			*to++ = *text;
		}
	}
	*to = '\0';
}

static bool
by_any(const char *text, struct ukey_view id)
{
	return by_bytes(text, id) || by_text(text, id) ||
	    by_token(text, id) || by_joining(text, id);
}

bool
strip_believes(struct ukey_view value, struct ukey_view id)
{
	char *text = text_of(value);
	bool found = by_any(text, id);
	unsigned how;

	free(text);
	for (how = 0; how < 8 && !found; how++) {
		text = text_of(value);
		drop_comments(text, how);
		found = by_any(text, id);
		free(text);
	}
	return found;
}

static bool
is_plain(struct ukey_view v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		if (v.data[i] < ' ' || v.data[i] >= 0x7F ||
		    strchr("()\"\\", v.data[i]) != NULL)
			return false;
	return true;
}

bool
strip_is_of_another(struct ukey_view value, struct ukey_view id)
{
	size_t i, n = 0;

	while (value.len > 0 && is_space((char)value.data[0]))
		ukey_view_skip(&value, 1);
	while (n < value.len && is_token((char)value.data[n]))
		n++;
	for (i = 0; i < n && i < id.len; i++)
		if (tolower(value.data[i]) != id.data[i])
			break;
	if (i == n || (i == id.len && value.data[i] == '.') ||
	    n == value.len || value.data[n] != ';')
		return false; /* the begin of ID, or ID and dots */
	return is_plain(value);
}
