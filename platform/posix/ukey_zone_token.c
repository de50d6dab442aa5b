/*
 * userkeys: the words of zone files (RFC 1035 5.1).
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ukey_zone_token.h"

/* Writes the error with its place; false, for the caller to return. */
bool
ukey_zone_fail(struct zone_reader *r, const char *format, ...)
{
	int column = (int)(r->token_at - r->line_start) + 1, n;
	va_list ap;

	n = snprintf(r->err, r->err_size, "%s:%u:%d: ", r->name, r->line,
	    column);
	if (n < 0 || (size_t)n >= r->err_size)
		return false;
	va_start(ap, format);
	vsnprintf(r->err + n, r->err_size - (size_t)n, format, ap);
	va_end(ap);
	return false;
}

bool
ukey_zone_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_comment(struct zone_reader *r)
{
	r->at = memchr(r->at, '\n', (size_t)(r->end - r->at));
	if (r->at == NULL)
		r->at = r->end;
}

/* Passes white space, comments and, within parentheses, line ends. */
static void
skip_blanks(struct zone_reader *r)
{
	for (; r->at < r->end; r->at++) {
		if (*r->at == ';')
			skip_comment(r);
		if (r->at == r->end)
			return;
		if (*r->at == '(') {
			r->depth++;
		} else if (*r->at == ')' && r->depth > 0) {
			r->depth--;
		} else if (*r->at == '\n' && r->depth > 0) {
			r->line++;
			r->line_start = r->at + 1;
		} else if (!ukey_zone_blank(*r->at)) {
			return;
		}
	}
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes "\\DDD" or "\\X"; its value, or -1. */
static int
take_escape(struct zone_reader *r)
{
	const char *t = r->at;

	if (r->end - t >= 4 && is_digit(t[1]) && is_digit(t[2]) &&
	    is_digit(t[3])) {
		r->at += 4;
		return (t[1] - '0') * 100 + (t[2] - '0') * 10 + (t[3] - '0');
	}
	if (r->end - t < 2 || t[1] == '\n' || is_digit(t[1]))
		return -1;
	r->at += 2;
	return (uint8_t)t[1];
}

/* Takes one octet, an escape or a plain one, of the token. */
static bool
take_octet(struct zone_reader *r)
{
	bool escaped = *r->at == '\\';
	int value = escaped ? take_escape(r) : (uint8_t)*r->at++;

	if (r->len == sizeof(r->text))
		return ukey_zone_fail(r, "a word is longer than %zu octets: "
		    "is a quote missing?", sizeof(r->text));
	if (value < 0 || value > 255)
		return ukey_zone_fail(r, "a backslash stands before neither a "
		    "character nor a number: write \\000 to \\255, or "
		    "\\\\");
	r->escaped[r->len] = escaped;
	r->text[r->len++] = (uint8_t)value;
	return true;
}

static enum zone_token
read_quoted(struct zone_reader *r)
{
	r->at++;
	while (r->at < r->end && *r->at != '"' && *r->at != '\n')
		if (!take_octet(r))
			return ZONE_BAD;
	if (r->at == r->end || *r->at != '"') {
		ukey_zone_fail(r,
		    "the quoted string does not end on its line: add the "
		    "closing quote");
		return ZONE_BAD;
	}
	r->at++;
	return ZONE_QUOTED;
}

static bool
ends_word(char c)
{
	static const char special[] = { '\n', ';', '(', ')', '"' };

	return ukey_zone_blank(c) || memchr(special, c, sizeof(special)) !=
	    NULL;
}

enum zone_token
ukey_zone_next(struct zone_reader *r)
{
	skip_blanks(r);
	r->len = 0;
	r->token_at = r->at;
	if (r->at == r->end) {
		if (r->depth == 0)
			return ZONE_FILE_END;
		ukey_zone_fail(r,
		    "the file ends within parentheses: add the \")\"");
		return ZONE_BAD;
	}
	if (*r->at == '\n')
		return ZONE_LINE_END;
	if (*r->at == '"')
		return read_quoted(r);
	while (r->at < r->end && !ends_word(*r->at))
		if (!take_octet(r))
			return ZONE_BAD;
	if (r->len > 0)
		return ZONE_WORD;
	ukey_zone_fail(r, "\"%c\" has no partner: remove it", *r->at);
	return ZONE_BAD;
}

bool
ukey_zone_is(const struct zone_reader *r, const char *word)
{
	return r->len == strlen(word) &&
	    strncasecmp((const char *)r->text, word, r->len) == 0;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* One label of the token, up to AT; false when it does not fit. */
static bool
add_label(struct zone_reader *r, size_t from, size_t to, uint8_t *name,
    size_t *len)
{
	size_t i;

	if (to == from)
		return ukey_zone_fail(r,
		    "a label of the name is empty: remove a dot");
	if (to - from > 63 || *len + 1 + (to - from) + 1 > UKEY_DNS_NAME_MAX)
		return ukey_zone_fail(r,
		    "the name is too long: 63 octets a label, 255 "
		    "in all");
	name[(*len)++] = (uint8_t)(to - from);
	for (i = from; i < to; i++)
		name[(*len)++] = lower(r->text[i]);
	return true;
}

/* The labels of the token to NAME; whether it ended with a dot goes to
 * WHOLE. */
static bool
add_labels(struct zone_reader *r, uint8_t *name, size_t *len,
    bool *whole)
{
	size_t i, from = 0;

	for (i = 0; i < r->len; i++) {
		if (r->text[i] != '.' || r->escaped[i])
			continue;
		if (!add_label(r, from, i, name, len))
			return false;
		from = i + 1;
	}
	*whole = from == r->len;
	return *whole || add_label(r, from, r->len, name, len);
}

bool
ukey_zone_name(struct zone_reader *r, uint8_t *name, size_t *len)
{
	bool at = r->len == 1 && r->text[0] == '@';
	bool root = r->len == 1 && r->text[0] == '.';
	bool whole = root;

	*len = 0;
	if (!at && !root && !add_labels(r, name, len, &whole))
		return false;
	if (whole) {
		name[(*len)++] = 0;
		return true;
	}
	if (r->origin_len == 0)
		return ukey_zone_fail(r, "\"%.*s\" is relative, and there is "
		    "no $ORIGIN: end the name with a dot, or add \"$ORIGIN "
		    "example.org.\" above", (int)(r->len < 60 ? r->len : 60),
		    (const char *)r->text);
	if (*len + r->origin_len > UKEY_DNS_NAME_MAX)
		return ukey_zone_fail(r, "the name is too long with its "
		    "origin");
	memcpy(name + *len, r->origin, r->origin_len);
	*len += r->origin_len;
	return true;
}

/* The seconds of a unit; 0: C is none. */
static uint32_t
unit_seconds(uint8_t c)
{
	static const struct {
		uint8_t letter;
		uint32_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
		{ 'w', 604800 } };
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].letter == lower(c))
			return units[i].seconds;
	return 0;
}

/* Seconds, as RFC 1035 has them, or numbers with units, as BIND, NSD and Knot
 * write them: 1h30m. */
bool
ukey_zone_ttl(const struct zone_reader *r, uint32_t *ttl)
{
	uint64_t sum = 0, n = 0;
	size_t i, digits = 0;
	uint32_t unit = 0;

	for (i = 0; i < r->len; i++) {
		if (is_digit((char)r->text[i])) {
			n = n * 10 + (r->text[i] - '0');
			if (++digits > 10)
				return false;
			continue;
		}
		unit = unit_seconds(r->text[i]);
		if (digits == 0 || unit == 0)
			return false;
		sum += n * unit;
		n = digits = 0;
	}
	if (r->len == 0 || (unit != 0 && digits > 0))
		return false;
	sum += n;
	*ttl = sum > 0x7FFFFFFF ? 0 : (uint32_t)sum; /* RFC 2181 8 */
	return true;
}
