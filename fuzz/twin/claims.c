/*
 * userkeys: twin: which Authentication-Results fields may be deleted that 0.1
 * let stand (PROTOCOL 6).  SPDX-License-Identifier: MIT
 */
#include "rewrite.h"

#include <string.h>

static struct twin_octets
skip_blanks(struct twin_octets v)
{
	while (v.len > 0 && strchr(" \t\r\n", v.data[0]) != NULL &&
	    v.data[0] != 0) {
		v.data++;
		v.len--;
	}
	return v;
}

/* What follows the colon of FIELD, if it is one of results; else NULL. */
static struct twin_octets
results_of(struct twin_octets field)
{
	static const struct twin_octets want = {
		(const uint8_t *)"authentication-results", 22 };
	struct twin_octets name = { field.data, 22 }, rest;

	if (field.len < 22 || !twin_same_nocase(name, want))
		return (struct twin_octets) { NULL, 0 };
	rest = skip_blanks((struct twin_octets) { field.data + 22,
	    field.len - 22 });
	if (rest.len == 0 || rest.data[0] != ':')
		return (struct twin_octets) { NULL, 0 };
	return (struct twin_octets) { rest.data + 1, rest.len - 1 };
}

static struct twin_octets
results_number(struct twin_octets message, unsigned long ordinal)
{
	struct twin_octets field, value;

	while ((field = twin_field(&message)).len > 0) {
		value = results_of(field);
		if (value.data != NULL && --ordinal == 0)
			return value;
	}
	return (struct twin_octets) { NULL, 0 };
}

static bool
is_harmless(uint8_t c)
{
	if (c < ' ')
		return c == '\t' || c == '\r' || c == '\n';
	return c < 0x7F && strchr("()\"\\?", c) == NULL;
}

static bool
is_word(uint8_t c)
{
	return c == '.' || c == '-' || c == '_' || (c >= '0' && c <= '9') ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Whether VALUE is another host's for every reader: an id that is one token,
 * not ours, and nothing from then on that a reader could stumble over. */
static bool
is_plainly_others(struct twin_octets value)
{
	static const struct twin_octets ours = { (const uint8_t *)"mx.e", 4 };
	struct twin_octets id = skip_blanks(value);
	size_t i, len = 0;

	for (i = 0; i < value.len; i++) {
		if (!is_harmless(value.data[i]))
			return false;
	}
	while (len < id.len && is_word(id.data[len]))
		len++;
	value = skip_blanks((struct twin_octets) { id.data + len,
	    id.len - len });
	while (len > 0 && id.data[len - 1] == '.')
		len--;
	id.len = len;
	return len > 0 && value.len > 0 && value.data[0] == ';' &&
	    !twin_same_nocase(id, ours);
}

static bool
deletes(const struct twin_result *r, unsigned long ordinal)
{
	unsigned i;

	for (i = 0; i < r->events; i++) {
		if (r->event[i].what == TWIN_DELETE &&
		    r->event[i].number == ordinal)
			return true;
	}
	return false;
}

bool
claims(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	const struct twin_event *e;
	bool more = false;

	for (e = was->event; e < was->event + was->events; e++) {
		if (e->what == TWIN_DELETE && !deletes(is, e->number))
			return false;
	}
	for (e = is->event; e < is->event + is->events; e++) {
		if (e->what != TWIN_DELETE || deletes(was, e->number))
			continue;
		more = true;
		if (is_plainly_others(results_number(c->message, e->number)))
			return false;
	}
	if (more)
		adopt_events(was, is, 1u << TWIN_DELETE);
	return more;
}
