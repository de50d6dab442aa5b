/*
 * userkeys-milter: the open field of a message, piece by piece.
 * SPDX-License-Identifier: MIT
 *
 * A field over FIELD_MAX is cut there: the header is over its own limit then,
 * and nothing of it is signed or passes.  Authentication-Results that are too
 * large to be read count as forged: whoever they speak for, they go.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "worker.h"

#define LINE_END "\r\n"
#define LINE_END_LEN 2

/* Adds LEN octets as far as the field is no longer than MOST. */
static void
add_octets(struct connection *c, const void *data, size_t len, size_t most)
{
	size_t size = c->field_size;
	uint8_t *more;

	if (len > most - c->field_len) {
		len = most - c->field_len;
		c->field_cut = true;
	}
	if (c->field_len + len > size) {
		size = 2 * (c->field_len + len) + 256;
		more = realloc(c->field, size);
		if (more == NULL) {
			c->bad = true;
			return;
		}
		c->field = more;
		c->field_size = size;
	}
	if (len > 0)
		memcpy(c->field + c->field_len, data, len);
	c->field_len += len;
}

static void
add(struct connection *c, struct ukey_view v)
{
	add_octets(c, v.data, v.len, FIELD_MAX - LINE_END_LEN);
}

/* A LF of the value: a fold, where SPACE follows; else it stays a bare one. */
static void
add_line_end(struct connection *c, bool space)
{
	if (c->field_lf)
		add(c, space ? UKEY_VIEW(LINE_END) : UKEY_VIEW("\n"));
	c->field_lf = false;
}

/* A value as it travels: milters get LF where the wire has CRLF, at folds.  On
 * the wire any other LF would begin a field: nothing passes with one, and
 * nothing is signed. */
static void
add_value(struct connection *c, struct ukey_view v)
{
	while (v.data != NULL && v.len > 0 && !c->bad) {
		add_line_end(c, ukey_is_wsp(v.data[0]));
		add(c, ukey_view_cut(&v, '\n'));
		c->field_lf = v.data != NULL;
	}
}

/* Results that nobody reads to their end become some without an id, which go
 * whatever is to stay.  A name with blanks in front is another one; so that
 * begins right behind the name's 22 octets, of a field of over 66,000. */
static void
claim(struct connection *c)
{
	struct ukey_view raw = { c->field, c->field_len }, name;

	name = ukey_view_trim(ukey_view_part(raw, 0,
	    ukey_view_find(raw, ':')));
	if (name.data != c->field || !ukey_view_equal_nocase(name,
	    UKEY_VIEW("Authentication-Results")))
		return;
	memcpy(c->field + name.len, ":;", 2);
}

static void
end_field(struct connection *c)
{
	if (c->name_len == c->field_len) /* an empty value */
		add(c, UKEY_VIEW(":"));
	add_line_end(c, false);
	add_octets(c, LINE_END, LINE_END_LEN, FIELD_MAX);
	if (c->field_cut && !c->bad)
		claim(c);
	c->field_cut = false;
	if (!c->bad)
		message_field(c);
	if (!c->quiet_header)
		output_reply(c, UKEY_MILTER_CONTINUE);
}

void
field_take(struct connection *c, const struct ukey_milter_event *e)
{
	switch (e->kind) {
	case UKEY_MILTER_NAME:
		add(c, e->first);
		c->name_len = c->field_len;
		break;
	case UKEY_MILTER_VALUE:
		if (c->field_len == c->name_len) {
			add(c, c->leading_space ? UKEY_VIEW(":") :
			    UKEY_VIEW(": "));
			c->name_len = 0;
		}
		add_value(c, e->first);
		break;
	default:
		end_field(c);
	}
}
