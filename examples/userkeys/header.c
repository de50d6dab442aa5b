/*
 * userkeys, the command: the header of a message, read once more for what is
 * to be said about it (RFC 5322 2.2).  SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "header.h"

/* Octets of the open field, for whoever is told that it is none. */
static void
remember(struct header *h, struct ukey_view octets)
{
	size_t room = sizeof(h->begin) - h->len, i;

	if (h->len == 0)
		h->line = h->ended + 1;
	if (room > octets.len)
		room = octets.len;
	memcpy(h->begin + h->len, octets.data, room);
	h->len += room;
	for (i = 0; i < octets.len; i++)
		h->ended += octets.data[i] == '\n';
}

static void
field_end(struct header *h)
{
	bool well = h->fields.reason == UKEY_REASON_OK;
	struct ukey_view line = { h->begin, h->len };

	ukey_fields_end(&h->fields);
	if (well && h->fields.reason == UKEY_REASON_HEADER_SYNTAX) {
		line.len = ukey_view_find(line, '\r');
		h->bad_line = h->line;
		h->bad = line;
	}
	if (h->bad_line == 0)
		h->len = 0;
}

int
header_read(struct header *h, struct spool *s)
{
	struct spool_walk walk;
	struct ukey_event e;

	memset(h, 0, sizeof(*h));
	h->ended = s->start > 0;
	ukey_fields_init(&h->fields, h->arena, sizeof(h->arena));
	spool_walk(&walk, s);
	do {
		e = spool_next(&walk);
		if (e.kind == UKEY_EVENT_FIELD) {
			ukey_fields_push(&h->fields, e.octets);
			if (h->bad_line == 0)
				remember(h, e.octets);
		} else if (e.kind == UKEY_EVENT_FIELD_END) {
			field_end(h);
		}
	} while (e.kind != UKEY_EVENT_NONE && e.kind != UKEY_EVENT_HEADER_END);
	ukey_fields_index(&h->fields);
	return walk.status == CLI_PASS ? spool_rewind(s) : walk.status;
}

unsigned
header_top(const struct header *h, struct ukey_view name)
{
	unsigned i;

	for (i = 0; i < h->fields.count; i++)
		if (ukey_view_equal_nocase(ukey_fields_name(&h->fields, i),
		    name))
			return i;
	return UKEY_FIELD_NONE;
}

void
header_put_trouble(const struct header *h, FILE *f)
{
	if (h->bad_line == 0)
		return;
	fprintf(f, " (line %u: \"", (unsigned)h->bad_line);
	cli_put(f, h->bad);
	fputs("\")", f);
}
