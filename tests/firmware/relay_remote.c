/*
 * The peer of the firmware's relay: a transaction on the firmware's side.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relay_peer.h"

#define PIECE 1000 /* octets of body in a frame */

struct remote {
	const struct transaction *t;
	struct actions *a;
	uint8_t in[FRAME_MAX];
	struct { uint8_t id; size_t len; uint8_t query[512]; } ask[16];
	unsigned asks;
	bool over; /* a last action came */
};

static void
take_frame(struct remote *r, uint8_t letter, struct ukey_view in)
{
	unsigned number = in.len < 2 ? 0 :
	    (unsigned)in.data[0] << 8 | in.data[1];

	switch (letter) {
	case 'Q':
		r->ask[r->asks].id = in.data[0];
		r->ask[r->asks].len = in.len - 1;
		memcpy(r->ask[r->asks++].query, in.data + 1, in.len - 1);
		break;
	case 'D':
		add_action(r->a, UKEY_ACTION_DELETE, number, view(""));
		break;
	case 'T':
		add_action(r->a, UKEY_ACTION_INSERT, 0, in);
		break;
	case 'W':
		add_action(r->a, UKEY_ACTION_QUARANTINE, 0, in);
		break;
	case 'O':
		add_action(r->a, UKEY_ACTION_ACCEPT, 0, view(""));
		r->over = true;
		break;
	case 'R':
		add_action(r->a, UKEY_ACTION_REPLY, number,
		    ukey_view_part(in, 2, in.len));
		r->over = true;
		break;
	default:
		fprintf(stderr, "%s: frame %c\n", r->t->c->name, letter);
		exit(1);
	}
}

/* Sends a frame and takes all that it causes; the result in K. */
static int
tell(struct remote *r, uint8_t letter, struct ukey_view head,
    struct ukey_view body)
{
	struct ukey_view in = { r->in, 0 };
	uint8_t got;

	frame_put(letter, head, body);
	while ((got = frame_get(r->in, &in.len)) != 'K')
		take_frame(r, got, in);
	return (int8_t)r->in[0];
}

static void
answer_all(struct remote *r)
{
	uint8_t packet[16384];
	size_t len;
	unsigned i;

	while (r->asks > 0) {
		i = --r->asks;
		len = support_dns_answer(r->t->c->records,
		    (struct ukey_view) { r->ask[i].query, r->ask[i].len },
		    packet, sizeof(packet));
		tell(r, 'A', (struct ukey_view) { &r->ask[i].id, 1 },
		    (struct ukey_view) { packet, len });
	}
}

static void
remote_message(struct remote *r, struct ukey_view rest)
{
	const struct ukey_view none = { NULL, 0 };
	struct ukey_view field, piece;

	while ((field = cut_field(&rest)).len > 0)
		tell(r, 'H', none, field);
	tell(r, 'h', none, none);
	answer_all(r);
	for (; rest.len > 0; rest = ukey_view_part(rest, PIECE, rest.len)) {
		piece = ukey_view_part(rest, 0, PIECE);
		tell(r, 'B', none, piece);
	}
	tell(r, 'e', none, none);
	answer_all(r);
}

void
remote(const struct transaction *t, struct actions *a)
{
	struct remote r = { .t = t, .a = a };
	uint8_t role = (uint8_t)t->role, now[8];
	struct ukey_view none = { NULL, 0 };
	unsigned i;

	for (i = 0; i < 8; i++)
		now[i] = (uint8_t)(t->c->time >> (56 - 8 * i));
	tell(&r, 'I', (struct ukey_view) { &role, 1 },
	    (struct ukey_view) { now, 8 });
	if (t->login != NULL)
		tell(&r, 'L', none, view(t->login));
	if (t->mail_from != NULL)
		tell(&r, 'F', none, view(t->mail_from));
	if (!r.over)
		remote_message(&r, (struct ukey_view) { t->c->message,
		    t->c->len });
}
