/*
 * userkeys verify --add-header: the message with our Authentication-Results
 * and without those that claim to be ours (PROTOCOL 6.1).
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "verify.h"

/* The walk over the fields. */
struct copier {
	struct verified *m;
	FILE *f;
	struct ukey_authres authres;
	uint8_t *field; /* the open one, held back until it is judged */
	size_t len, size;
	int status;
};

static void
hold(struct copier *c, struct ukey_view octets)
{
	uint8_t *more = c->field;

	if (c->len + octets.len > c->size) {
		c->size = 2 * (c->len + octets.len);
		more = realloc(c->field, c->size);
	}
	if (more == NULL) {
		cli_error("%s: a field of its header is larger than the "
		    "memory: try again", c->m->spool->name);
		c->status = CLI_TEMPORARY;
		return;
	}
	c->field = more;
	memcpy(c->field + c->len, octets.data, octets.len);
	c->len += octets.len;
}

/* The length of V up to a CR or LF behind which some reader of the output
 * begins a new field; all of it without one. */
static size_t
line_len(struct ukey_view v)
{
	size_t i;

	for (i = 0; i + 1 < v.len; i++)
		if ((v.data[i] == '\r' || v.data[i] == '\n') &&
		    !ukey_is_fws(v.data[i + 1]))
			return i + 1;
	return v.len;
}

static bool
recognise(struct copier *c, struct ukey_view field)
{
	ukey_authres_push(&c->authres, field);
	return ukey_authres_end(&c->authres);
}

/* Whether the open field claims our id, by the recogniser's word; or a part of
 * it does that readers who end lines at a bare CR or LF take for a field.  A
 * first line that begins with white space would go on with our own field. */
static bool
claims(struct copier *c)
{
	struct ukey_view rest = { c->field, c->len };
	bool found = recognise(c, rest) ||
	    (rest.len > 0 && ukey_is_wsp(rest.data[0]));

	ukey_view_skip(&rest, line_len(rest));
	while (rest.len > 0)
		found |= recognise(c, ukey_view_take(&rest, line_len(rest)));
	return found;
}

static void
handle(struct copier *c, struct ukey_event e)
{
	struct ukey_view whole;

	switch (e.kind) {
	case UKEY_EVENT_FIELD:
		hold(c, e.octets);
		break;
	case UKEY_EVENT_FIELD_END:
		whole = (struct ukey_view) { c->field, c->len };
		if (!claims(c))
			spool_write(c->m->spool, c->f, whole);
		c->len = 0;
		break;
	case UKEY_EVENT_HEADER_END:
		spool_write(c->m->spool, c->f, UKEY_VIEW("\r\n"));
		break;
	default:
		spool_write(c->m->spool, c->f, e.octets);
	}
}

/* Our two fields as they go on top: the one that all readers know first. */
static void
write_fields(struct verified *m, FILE *f)
{
	struct ukey_view id = cli_view(m->options->authserv_id);
	uint8_t octets[UKEY_AUTHRES_FIELD_MAX];
	struct ukey_out out;

	ukey_out_init(&out, octets, sizeof(octets));
	ukey_authres_dkim(&out, id, &m->v);
	spool_write(m->spool, f, ukey_out_done(&out));
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_authres_userkeys(&out, id, &m->user, UKEY_ACCEPT);
	spool_write(m->spool, f, ukey_out_done(&out));
}

int
verify_add_header(struct verified *m)
{
	struct copier c = { .m = m, .f = stdout };
	struct ukey_message splitter;
	struct ukey_view piece;
	struct ukey_event e;

	write_fields(m, c.f);
	ukey_authres_init(&c.authres, cli_view(m->options->authserv_id));
	ukey_message_init(&splitter);
	c.status = spool_rewind(m->spool);
	while (c.status == CLI_PASS &&
	    (c.status = spool_read(m->spool, &piece)) == CLI_PASS &&
	    piece.len > 0)
		while (c.status == CLI_PASS && (e = ukey_message_next(
		    &splitter, &piece)).kind != UKEY_EVENT_NONE)
			handle(&c, e);
	while (c.status == CLI_PASS &&
	    (e = ukey_message_end(&splitter)).kind != UKEY_EVENT_NONE)
		handle(&c, e);
	free(c.field);
	return c.status;
}
