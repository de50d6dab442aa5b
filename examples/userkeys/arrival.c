/*
 * userkeys, the command: what the server that delivered a message wrote on top
 * of it (RFC 5322 3.2.2, 3.3, 3.6.7).  SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "arrival.h"

/* Passes over a comment, nested ones too; C is behind its "(".  False where it
 * does not end. */
static bool
skip_comment(struct ukey_cursor *c)
{
	unsigned depth = 1;
	uint8_t octet;

	while (depth > 0 && !c->bad) {
		octet = ukey_cursor_u8(c);
		if (octet == '\\')
			(void)ukey_cursor_u8(c);
		else if (octet == '(')
			depth++;
		else if (octet == ')')
			depth--;
	}
	return !c->bad;
}

/* Passes over white space, folds and comments. */
static void
skip_cfws(struct ukey_cursor *c)
{
	while (!c->bad && ukey_cursor_left(c) > 0) {
		if (ukey_cursor_accept(c, '('))
			(void)skip_comment(c);
		else if (ukey_is_fws(ukey_cursor_peek(c)))
			(void)ukey_cursor_u8(c);
		else
			return;
	}
}

/* Passes over a quoted string; C is behind its first quote. */
static void
skip_quoted(struct ukey_cursor *c)
{
	uint8_t octet;

	do {
		octet = ukey_cursor_u8(c);
		if (octet == '\\')
			(void)ukey_cursor_u8(c);
	} while (!c->bad && octet != '"');
}

/* ---- Return-Path --------------------------------------------------------- */

/* Passes over an address up to CFWS, ">" or the end; what it is. */
static struct ukey_view
take_address(struct ukey_cursor *c)
{
	size_t from = c->pos;
	uint8_t octet;

	while (!c->bad && ukey_cursor_left(c) > 0) {
		octet = ukey_cursor_peek(c);
		if (octet == '(' || octet == '>' || ukey_is_fws(octet))
			break;
		if (ukey_cursor_accept(c, '"'))
			skip_quoted(c);
		else
			(void)ukey_cursor_u8(c);
	}
	return ukey_view_part(c->in, from, c->pos);
}

struct ukey_view
arrival_path(struct ukey_view value)
{
	struct ukey_cursor c = ukey_cursor_of(value);
	struct ukey_view path;
	bool bracket;

	skip_cfws(&c);
	bracket = ukey_cursor_accept(&c, '<');
	if (bracket)
		skip_cfws(&c);
	path = take_address(&c);
	skip_cfws(&c);
	if (bracket) {
		c.bad |= !ukey_cursor_accept(&c, '>');
		skip_cfws(&c);
	}
	return c.bad || ukey_cursor_left(&c) > 0 ? ukey_view_trim(value) :
	    path;
}

/* ---- Received ------------------------------------------------------------ */

static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue",
	"Wed" }; /* 1 January 1970 was a Thursday */
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

struct date {
	unsigned weekday; /* of DAYS; COUNT_DAYS: not told */
	unsigned day, month, year, hour, minute, second;
	int zone;         /* minutes east of UTC */
};

#define COUNT_DAYS 7
#define COUNT_MONTHS 12

/* Letters up to what is none. */
static struct ukey_view
take_word(struct ukey_cursor *c)
{
	size_t from = c->pos;

	while (ukey_is_alpha(ukey_cursor_peek(c)))
		(void)ukey_cursor_u8(c);
	return ukey_view_part(c->in, from, c->pos);
}

/* The index of WORD in LIST of COUNT, or COUNT, which makes C bad. */
static unsigned
take_one_of(struct ukey_cursor *c, const char *const *list, unsigned count)
{
	struct ukey_view word = take_word(c);
	unsigned i = 0;

	while (i < count && !ukey_view_equal_nocase(word, cli_view(list[i])))
		i++;
	c->bad |= i == count;
	return i;
}

/* A number of LEAST to MOST digits. */
static unsigned
take_number(struct ukey_cursor *c, unsigned least, unsigned most)
{
	unsigned value = 0, digits = 0;

	while (digits < most && ukey_is_digit(ukey_cursor_peek(c))) {
		value = value * 10 + (unsigned)(ukey_cursor_u8(c) - '0');
		digits++;
	}
	c->bad |= digits < least || ukey_is_digit(ukey_cursor_peek(c));
	return value;
}

/* "+0100", or a name of RFC 5322 4.3. */
static int
take_zone(struct ukey_cursor *c)
{
	static const char *const names[] = { "UT", "GMT", "Z", "EST", "EDT",
		"CST", "CDT", "MST", "MDT", "PST", "PDT" };
	static const int8_t hours[] = { 0, 0, 0, -5, -4, -6, -5, -7, -6, -8,
		-7, 0 };
	bool west = ukey_cursor_accept(c, '-');
	unsigned value;

	if (!west && !ukey_cursor_accept(c, '+'))
		return hours[take_one_of(c, names, 11)] * 60;
	value = take_number(c, 4, 4);
	c->bad |= value % 100 > 59 || value > 2359;
	value = value / 100 * 60 + value % 100;
	return west ? -(int)value : (int)value;
}

/* date-time of RFC 5322 3.3, to the end of C. */
static struct date
take_date(struct ukey_cursor *c)
{
	struct date d = { .weekday = COUNT_DAYS };

	skip_cfws(c);
	if (ukey_is_alpha(ukey_cursor_peek(c))) {
		d.weekday = take_one_of(c, days, COUNT_DAYS);
		skip_cfws(c);
		c->bad |= !ukey_cursor_accept(c, ',');
		skip_cfws(c);
	}
	d.day = take_number(c, 1, 2);
	skip_cfws(c);
	d.month = take_one_of(c, months, COUNT_MONTHS);
	skip_cfws(c);
	d.year = take_number(c, 4, 4);
	skip_cfws(c);
	d.hour = take_number(c, 2, 2);
	c->bad |= !ukey_cursor_accept(c, ':');
	d.minute = take_number(c, 2, 2);
	if (ukey_cursor_accept(c, ':'))
		d.second = take_number(c, 2, 2);
	skip_cfws(c);
	d.zone = take_zone(c);
	skip_cfws(c);
	c->bad |= ukey_cursor_left(c) > 0;
	return d;
}

static bool
is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned
days_of_month(unsigned year, unsigned month)
{
	static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };

	return lengths[month] + (month == 1 && is_leap(year));
}

/* Days from 1970 to D; false where there is no such day. */
static bool
days_since_1970(const struct date *d, unsigned *sum)
{
	unsigned year, month;

	*sum = 0;
	if (d->year < 1970 || d->day == 0 || d->month == COUNT_MONTHS ||
	    d->day > days_of_month(d->year, d->month))
		return false;
	for (year = 1970; year < d->year; year++)
		*sum += 365 + is_leap(year);
	for (month = 0; month < d->month; month++)
		*sum += days_of_month(d->year, month);
	*sum += d->day - 1;
	return d->weekday == COUNT_DAYS || *sum % COUNT_DAYS == d->weekday;
}

/* What stands behind the last ";" of VALUE that is in no comment and in no
 * quotes; data NULL where none is. */
static struct ukey_view
date_part(struct ukey_view value)
{
	struct ukey_cursor c = ukey_cursor_of(value);
	struct ukey_view found = { NULL, 0 };
	uint8_t octet;

	while (!c.bad && ukey_cursor_left(&c) > 0) {
		octet = ukey_cursor_u8(&c);
		if (octet == '(')
			(void)skip_comment(&c);
		else if (octet == '"')
			skip_quoted(&c);
		else if (octet == ';')
			found = ukey_view_part(value, c.pos, value.len);
	}
	return c.bad ? (struct ukey_view) { NULL, 0 } : found;
}

bool
arrival_time(struct ukey_view value, uint64_t *seconds)
{
	struct ukey_view part = date_part(value);
	struct ukey_cursor c = ukey_cursor_of(part);
	struct date d;
	unsigned count;
	int64_t sum;

	if (part.data == NULL)
		return false;
	d = take_date(&c);
	if (c.bad || !days_since_1970(&d, &count) || d.hour > 23 ||
	    d.minute > 59 || d.second > 60)
		return false;
	sum = (int64_t)count * 86400 + d.hour * 3600 + d.minute * 60 +
	    d.second - (int64_t)d.zone * 60;
	*seconds = (uint64_t)sum;
	return sum > 0;
}
