/*
 * userkeys: raw octets to header fields and body (RFC 5322 2.1, 2.2).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_message.h"

#include "ukey_scan.h"

enum state {
	START,      /* at a line's start, no field open */
	START_CR,   /* the same, and a CR was held back */
	FIELD,      /* in a line of a field */
	FIELD_CR,   /* the same, and a CR was held back */
	FOLD,       /* after the CRLF of a field: does it go on? */
	FOLD_CR,    /* the same, and a CR was held back */
	LAST_FIELD, /* the empty line came: the field ended, then the header */
	BODY,
	OVER
};

void
ukey_message_init(struct ukey_message *m)
{
	m->state = START;
}

static struct ukey_event
event(enum ukey_event_kind kind)
{
	return (struct ukey_event) { kind, { NULL, 0 } };
}

static struct ukey_event
field(struct ukey_view octets)
{
	return (struct ukey_event) { UKEY_EVENT_FIELD, octets };
}

/* The line up to and with its CRLF, or all there is; a last CR is held. */
static struct ukey_event
in_field(struct ukey_message *m, struct ukey_view *in)
{
	struct ukey_view octets;
	size_t i = 0;

	for (;;) {
		i += ukey_scan_control(in->data + i, in->len - i);
		if (in->len - i < 2)
			break;
		if (in->data[i] == '\r' && in->data[i + 1] == '\n') {
			m->state = FOLD;
			return field(ukey_view_take(in, i + 2));
		}
		i++;
	}
	if (i < in->len && in->data[i] != '\r')
		i++;
	octets = ukey_view_take(in, i);
	if (in->len == 1) {
		ukey_view_take(in, 1);
		m->state = FIELD_CR;
	}
	return field(octets);
}

/* What a held-back CR turns out to be, now that there is a next octet. */
static struct ukey_event
after_cr(struct ukey_message *m, struct ukey_view *in)
{
	bool crlf = in->data[0] == '\n';

	if (m->state == FOLD_CR) {
		if (crlf)
			ukey_view_take(in, 1);
		m->state = crlf ? LAST_FIELD : START_CR;
		return event(UKEY_EVENT_FIELD_END);
	}
	if (!crlf) {
		m->state = FIELD;
		return field(UKEY_VIEW("\r"));
	}
	ukey_view_take(in, 1);
	if (m->state == START_CR) {
		m->state = BODY;
		return event(UKEY_EVENT_HEADER_END);
	}
	m->state = FOLD;
	return field(UKEY_VIEW("\r\n"));
}

/* At the start of a line: is it the empty one, a fold, a new field? */
static struct ukey_event
at_line_start(struct ukey_message *m, struct ukey_view *in)
{
	bool open = m->state == FOLD;

	if (in->data[0] == '\r') {
		ukey_view_take(in, 1);
		m->state = open ? FOLD_CR : START_CR;
		return field(UKEY_VIEW(""));
	}
	if (open && !ukey_is_wsp(in->data[0])) {
		m->state = START;
		return event(UKEY_EVENT_FIELD_END);
	}
	m->state = FIELD;
	return field(UKEY_VIEW(""));
}

static struct ukey_event
step(struct ukey_message *m, struct ukey_view *in)
{
	switch (m->state) {
	case START:
	case FOLD:
		return at_line_start(m, in);
	case FIELD:
		return in_field(m, in);
	case START_CR:
	case FIELD_CR:
	case FOLD_CR:
		return after_cr(m, in);
	default:
		return (struct ukey_event) { UKEY_EVENT_BODY,
			ukey_view_take(in, in->len) };
	}
}

struct ukey_event
ukey_message_next(struct ukey_message *m, struct ukey_view *in)
{
	struct ukey_event e;

	if (m->state == LAST_FIELD) {
		m->state = BODY;
		return event(UKEY_EVENT_HEADER_END);
	}
	while (in->len > 0) {
		e = step(m, in);
		if (e.kind != UKEY_EVENT_FIELD || e.octets.len > 0)
			return e;
	}
	return event(UKEY_EVENT_NONE);
}

struct ukey_event
ukey_message_end(struct ukey_message *m)
{
	switch (m->state) {
	case FIELD:
		m->state = FOLD;
		return field(UKEY_VIEW("\r\n"));
	case START_CR:
	case FIELD_CR:
		m->state = FIELD;
		return field(UKEY_VIEW("\r"));
	case FOLD_CR:
		m->state = START_CR;
		return event(UKEY_EVENT_FIELD_END);
	case FOLD:
		m->state = LAST_FIELD;
		return event(UKEY_EVENT_FIELD_END);
	case START:
	case LAST_FIELD:
		m->state = OVER;
		return event(UKEY_EVENT_HEADER_END);
	default:
		m->state = OVER;
		return event(UKEY_EVENT_NONE);
	}
}
