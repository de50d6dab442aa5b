/*
 * userkeys verify --add-header: the message with our Authentication-Results
 * and without those that claim to be ours (PROTOCOL 6.1).
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "verify.h"

#define FIELD_MAX 8192
#define NAME_MAX 64 /* of a field's start, to tell its name */

static const struct ukey_view name_of_ours =
    { (const uint8_t *)"Authentication-Results", 22 };

/* The walk over the fields. */
struct copier {
	struct verified *m;
	FILE *f;
	uint8_t start[NAME_MAX]; /* of the open field, held back */
	size_t len;
	unsigned ordinal;        /* Authentication-Results fields so far */
	enum { HOLD, PASS, DROP } state;
};

/* Whether the octets held back name an Authentication-Results field. */
static bool
is_authres(const struct copier *c)
{
	struct ukey_view v = { c->start, c->len };
	struct ukey_view name = ukey_view_cut(&v, ':');

	return v.data != NULL &&
	    ukey_view_equal_nocase(ukey_view_trim(name), name_of_ours);
}

static void
decide(struct copier *c)
{
	c->state = PASS;
	if (is_authres(c) && ukey_authres_forged(&c->m->authres,
	    ++c->ordinal))
		c->state = DROP;
	if (c->state == PASS)
		spool_write(c->m->spool, c->f, (struct ukey_view) { c->start,
		    c->len });
	c->len = 0;
}

static void
field(struct copier *c, struct ukey_view octets)
{
	size_t n = sizeof(c->start) - c->len;

	if (c->state == HOLD) {
		if (n > octets.len)
			n = octets.len;
		memcpy(c->start + c->len, octets.data, n);
		c->len += n;
		octets = ukey_view_part(octets, n, octets.len);
		if (c->len == sizeof(c->start))
			decide(c);
	}
	if (c->state == PASS)
		spool_write(c->m->spool, c->f, octets);
}

static void
handle(struct copier *c, struct ukey_event e)
{
	switch (e.kind) {
	case UKEY_EVENT_FIELD:
		field(c, e.octets);
		break;
	case UKEY_EVENT_FIELD_END:
		if (c->state == HOLD)
			decide(c);
		c->state = HOLD;
		break;
	case UKEY_EVENT_HEADER_END:
		spool_write(c->m->spool, c->f, UKEY_VIEW("\r\n"));
		break;
	default:
		spool_write(c->m->spool, c->f, e.octets);
	}
}

/* Our fields, as they go on top. */
static bool
write_fields(struct verified *m)
{
	struct ukey_view id = cli_view(m->options->authserv_id);
	uint8_t octets[FIELD_MAX];
	struct ukey_out out;

	ukey_out_init(&out, octets, sizeof(octets));
	if (m->has_sender)
		ukey_authres_userkeys(&out, id, &m->user, UKEY_ACCEPT);
	ukey_authres_dkim(&out, id, &m->v);
	if (out.overflow)
		return false;
	spool_write(m->spool, stdout, ukey_out_done(&out));
	return true;
}

int
verify_add_header(struct verified *m)
{
	struct copier c = { .m = m, .f = stdout, .state = HOLD };
	struct ukey_message splitter;
	struct ukey_view piece;
	struct ukey_event e;
	int status;

	if (!write_fields(m)) {
		cli_error("%s: the results are too long for a field",
		    m->spool->name);
		return CLI_INPUT;
	}
	status = spool_rewind(m->spool);
	ukey_message_init(&splitter);
	while (status == CLI_PASS &&
	    (status = spool_read(m->spool, &piece)) == CLI_PASS &&
	    piece.len > 0)
		while ((e = ukey_message_next(&splitter, &piece)).kind !=
		    UKEY_EVENT_NONE)
			handle(&c, e);
	while ((e = ukey_message_end(&splitter)).kind != UKEY_EVENT_NONE)
		handle(&c, e);
	return status;
}
