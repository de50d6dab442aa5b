/*
 * userkeys why: a line of a log, of whichever kind (RFC 3164, RFC 5424 6,
 * journalctl(1), RFC 8259).  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <string.h>
#include <time.h>

#include "why_line.h"

#define PROGRAM UKEY_VIEW("userkeys-milter")
#define MICROSECONDS 1000000 /* of the journal's time, a second */

/* ---- text ---------------------------------------------------------------- */

/* Whether TAG, of RFC 3164 4.1.3, is the milter's: its name, and maybe the
 * process in brackets. */
static bool
is_our_tag(struct ukey_view tag)
{
	size_t i;

	if (!ukey_view_equal(ukey_view_part(tag, 0, PROGRAM.len), PROGRAM))
		return false;
	tag = ukey_view_part(tag, PROGRAM.len, tag.len);
	if (tag.len == 0)
		return true;
	if (tag.len < 3 || tag.data[0] != '[' || tag.data[tag.len - 1] != ']')
		return false;
	for (i = 1; i < tag.len - 1; i++)
		if (!ukey_is_digit(tag.data[i]))
			return false;
	return true;
}

/* Where ": " begins in LINE, or its length. */
static size_t
find_colon(struct ukey_view line)
{
	size_t i = 0;

	while (i + 1 < line.len && (line.data[i] != ':' ||
	    line.data[i + 1] != ' '))
		i++;
	return i + 1 < line.len ? i : line.len;
}

/* LINE without "facility.severity: " in front, as some loggers write it. */
static struct ukey_view
without_priority(struct ukey_view line)
{
	size_t end = find_colon(line), i, dots = 0;

	for (i = 0; i < end && (ukey_is_alpha(line.data[i]) ||
	    ukey_is_digit(line.data[i]) || line.data[i] == '.'); i++)
		dots += line.data[i] == '.';
	return i == end && dots == 1 && end < line.len ?
	    ukey_view_part(line, end + 2, line.len) : line;
}

/* Whether LINE begins as the milter's own text does, with nothing around it. */
static bool
is_bare(struct ukey_view line)
{
	static const char *const begins[] = { "queue=", "at=mail client=" };
	size_t i;

	for (i = 0; i < 2; i++)
		if (ukey_view_equal(ukey_view_part(line, 0,
		    strlen(begins[i])), cli_view(begins[i])))
			return find_colon(line) == line.len;
	return false;
}

/* A line of text: time, host, program, ": ", what it wrote. */
static enum why_kind
read_tagged(struct why_line *l, struct ukey_view line)
{
	size_t end, tag;

	line = without_priority(line);
	end = tag = find_colon(line);
	if (end == line.len)
		return WHY_UNKNOWN;
	while (tag > 0 && line.data[tag - 1] != ' ')
		tag--;
	if (!is_our_tag(ukey_view_part(line, tag, end)))
		return WHY_OTHER;
	l->when = ukey_view_trim(ukey_view_part(line, 0, tag));
	l->text = ukey_view_part(line, end + 2, line.len);
	return WHY_OURS;
}

static enum why_kind
read_text(struct why_line *l, struct ukey_view line)
{
	if (!is_bare(line))
		return read_tagged(l, line);
	l->text = line;
	return WHY_OURS;
}

/* ---- RFC 5424 ------------------------------------------------------------ */

/* Passes over one element of structured data, up to its "]"; C is behind its
 * "[" (RFC 5424 6.3: in quotes, a backslash guards what follows). */
static void
skip_element(struct ukey_cursor *c)
{
	bool quoted = false;
	uint8_t octet;

	do {
		octet = ukey_cursor_u8(c);
		if (quoted && octet == '\\')
			(void)ukey_cursor_u8(c);
		else if (octet == '"')
			quoted = !quoted;
	} while (!c->bad && (quoted || octet != ']'));
}

/* Behind the structured data that REST begins with; false where there is
 * none. */
static bool
skip_data(struct ukey_view *rest)
{
	struct ukey_cursor c = ukey_cursor_of(*rest);

	if (!ukey_cursor_accept(&c, '-')) {
		if (ukey_cursor_peek(&c) != '[')
			return false;
		while (ukey_cursor_accept(&c, '['))
			skip_element(&c);
	}
	*rest = ukey_view_part(*rest, c.pos, rest->len);
	return !c.bad;
}

/* Behind "<PRI>1 ": time, host, program, process, id, data, text. */
static enum why_kind
read_5424(struct why_line *l, struct ukey_view line)
{
	struct ukey_view rest = line, program, bom = UKEY_VIEW("\xEF\xBB\xBF");

	l->when = ukey_view_cut(&rest, ' ');
	(void)ukey_view_cut(&rest, ' ');
	program = ukey_view_cut(&rest, ' ');
	(void)ukey_view_cut(&rest, ' ');
	(void)ukey_view_cut(&rest, ' ');
	if (rest.data == NULL || !skip_data(&rest))
		return WHY_UNKNOWN;
	if (!ukey_view_equal(program, PROGRAM))
		return WHY_OTHER;
	l->text = ukey_view_trim(rest);
	if (ukey_view_equal(ukey_view_part(l->text, 0, bom.len), bom))
		ukey_view_skip(&l->text, bom.len);
	return WHY_OURS;
}

/* LINE, which begins with "<": a priority, then RFC 5424 or text. */
static enum why_kind
read_priority(struct why_line *l, struct ukey_view line)
{
	struct ukey_view rest = line, number;
	uint64_t priority;

	ukey_view_skip(&rest, 1);
	number = ukey_view_cut(&rest, '>');
	if (rest.data == NULL || number.len > 3 ||
	    !ukey_view_number(number, &priority))
		return read_text(l, line);
	if (ukey_view_equal(ukey_view_part(rest, 0, 2), UKEY_VIEW("1 ")))
		return read_5424(l, ukey_view_part(rest, 2, rest.len));
	return read_text(l, rest);
}

/* ---- JSON ---------------------------------------------------------------- */

static void
put(struct why_line *l, uint32_t octet)
{
	if (l->used < sizeof(l->room))
		l->room[l->used++] = (uint8_t)octet;
}

/* A character as UTF-8; the halves of pairs as "?", for we write ASCII. */
static void
put_character(struct why_line *l, uint32_t c)
{
	if (c < 0x80) {
		put(l, c);
	} else if (c < 0x800) {
		put(l, 0xC0 | c >> 6);
		put(l, 0x80 | (c & 0x3F));
	} else {
		put(l, '?');
	}
}

/* Behind a backslash. */
static void
read_escape(struct why_line *l, struct ukey_cursor *c)
{
	static const char letters[] = "bfnrt", values[] = "\b\f\n\r\t";
	uint8_t letter = ukey_cursor_u8(c), digit;
	const char *at = letter == 0 ? NULL : strchr(letters, letter);
	uint32_t value = 0;
	unsigned i;

	if (letter != 'u') {
		put(l, at == NULL ? letter : (uint8_t)values[at - letters]);
		return;
	}
	for (i = 0; i < 4; i++) {
		digit = ukey_hex_value(ukey_cursor_u8(c));
		c->bad |= digit > 15;
		value = value << 4 | (digit & 15u);
	}
	put_character(l, value);
}

/* A string, unescaped into L's room; C is behind its first quote. */
static struct ukey_view
read_string(struct why_line *l, struct ukey_cursor *c)
{
	size_t from = l->used;
	uint8_t octet;

	while (!c->bad && (octet = ukey_cursor_u8(c)) != '"')
		if (octet == '\\')
			read_escape(l, c);
		else
			put(l, octet);
	return (struct ukey_view) { l->room + from, l->used - from };
}

static void
skip_blanks(struct ukey_cursor *c)
{
	while (ukey_cursor_left(c) > 0 && ukey_is_fws(ukey_cursor_peek(c)))
		(void)ukey_cursor_u8(c);
}

/* Passes over a value that is no string: number, word, object, array. */
static void
skip_value(struct why_line *l, struct ukey_cursor *c)
{
	unsigned depth = 0;
	uint8_t octet;

	while (!c->bad && (depth > 0 || (ukey_cursor_peek(c) != ',' &&
	    ukey_cursor_peek(c) != '}'))) {
		octet = ukey_cursor_u8(c);
		if (octet == '"')
			(void)read_string(l, c);
		else if (octet == '{' || octet == '[')
			depth++;
		else if (octet == '}' || octet == ']')
			c->bad |= depth-- == 0;
	}
}

/* The members of an object that matter. */
struct object {
	struct ukey_view program, text, when, micros;
};

static void
take_member(struct object *o, struct ukey_view key, struct ukey_view value)
{
	const struct {
		const char *key;
		struct ukey_view *to;
	} members[] = { { "SYSLOG_IDENTIFIER", &o->program },
		{ "MESSAGE", &o->text }, { "__REALTIME_TIMESTAMP", &o->micros },
		{ "log", &o->text }, { "message", &o->text },
		{ "msg", &o->text }, { "time", &o->when },
		{ "timestamp", &o->when }, { "@timestamp", &o->when } };
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (ukey_view_equal(key, cli_view(members[i].key)))
			*members[i].to = value;
}

/* The members of the object that LINE is; false where it is none. */
static bool
read_object(struct why_line *l, struct ukey_view line, struct object *o)
{
	struct ukey_cursor c = ukey_cursor_of(line);
	struct ukey_view key, value;

	(void)ukey_cursor_u8(&c);
	do {
		skip_blanks(&c);
		c.bad |= !ukey_cursor_accept(&c, '"');
		key = read_string(l, &c);
		skip_blanks(&c);
		c.bad |= !ukey_cursor_accept(&c, ':');
		skip_blanks(&c);
		value = (struct ukey_view) { NULL, 0 };
		if (ukey_cursor_accept(&c, '"'))
			value = read_string(l, &c);
		else
			skip_value(l, &c);
		take_member(o, key, value);
		skip_blanks(&c);
	} while (!c.bad && ukey_cursor_accept(&c, ','));
	return ukey_cursor_accept(&c, '}') && !c.bad;
}

/* The journal's microseconds since 1970 as a date. */
static struct ukey_view
date_of(struct why_line *l, struct ukey_view micros)
{
	uint64_t number;
	struct tm tm;
	time_t t;

	if (!ukey_view_number(micros, &number))
		return (struct ukey_view) { NULL, 0 };
	t = (time_t)(number / MICROSECONDS);
	if (gmtime_r(&t, &tm) == NULL || strftime(l->stamp, sizeof(l->stamp),
	    "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return (struct ukey_view) { NULL, 0 };
	return cli_view(l->stamp);
}

/* An object: the journal's, which names the program, or a container's, whose
 * text is a line of its own. */
static enum why_kind
read_json(struct why_line *l, struct ukey_view line)
{
	struct object o = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 },
		{ NULL, 0 } };
	enum why_kind kind;

	if (!read_object(l, line, &o) || o.text.data == NULL)
		return WHY_UNKNOWN;
	o.text = ukey_view_trim(o.text);
	if (o.program.data != NULL) {
		l->when = date_of(l, o.micros);
		l->text = o.text;
		return ukey_view_equal(o.program, PROGRAM) ? WHY_OURS :
		    WHY_OTHER;
	}
	kind = read_tagged(l, o.text);
	if (l->when.len == 0)
		l->when = o.when;
	return kind;
}

enum why_kind
why_line_read(struct why_line *l, struct ukey_view line)
{
	l->used = 0;
	l->when = l->text = (struct ukey_view) { NULL, 0 };
	if (line.len > 0 && line.data[0] == '{')
		return read_json(l, line);
	if (line.len > 0 && line.data[0] == '<')
		return read_priority(l, line);
	return read_text(l, line);
}
