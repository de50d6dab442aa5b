/*
 * userkeys: twin: one core verifies, with answers from dns.c.
 * SPDX-License-Identifier: MIT
 */
#include "side.h"

#define DRIVES 64 /* rounds of answers; more would be a loop without an end */

static uint64_t work[UKEY_WORK_SIZE / 8 + 1];

static const struct twin_octets nothing;

/* ---- the judgements ----------------------------------------------------- */

static void
set_view(struct twin_view *to, struct ukey_view v, const uint8_t *base)
{
	to->octets = side_octets(v);
	to->at = v.len > 0 && base != NULL ? (long)(v.data - base) : 0;
}

static void
set_address(struct twin_view *to, const struct ukey_address *a)
{
	set_view(&to[0], a->local, NULL);
	set_view(&to[1], a->domain, a->local.data);
}

static void
set_judgement(struct twin_judgement *to, const struct ukey_judgement *j)
{
	const struct ukey_view tags[] = { j->domain, j->selector, j->identity,
		j->algorithm, j->canon, j->b };
	const uint8_t *base = NULL;
	unsigned i;

	to->verdict = ukey_verdict_word(j->verdict);
	to->reason = ukey_reason_word(j->reason);
	to->advice = ukey_advice_word(j->advice);
	to->relation = (unsigned)j->relation;
	to->testing = j->testing;
	to->from_header = j->from_header;
	to->time_unknown = j->time_unknown;
	to->partial_body = j->partial_body;
	for (i = 0; i < 6; i++) {
		if (tags[i].len > 0)
			base = tags[i].data;
	}
	for (i = 0; i < 6; i++)
		set_view(&to->view[TWIN_D + i], tags[i], base);
	set_address(&to->view[TWIN_SENDER_LOCAL], &j->sender);
	set_address(&to->view[TWIN_AUTHOR_LOCAL], &j->author);
}

void
side_read_judgements(const struct ukey_verify *v)
{
	struct twin_result *r = twin_now;
	struct ukey_judgement j;
	unsigned i;

	r->judged = true;
	ukey_verify_userkeys(v, &j);
	set_judgement(&r->user, &j);
	r->dkims = ukey_verify_dkim_count(v);
	for (i = 0; i < r->dkims && i < TWIN_DKIMS; i++) {
		ukey_verify_dkim(v, i, &j);
		set_judgement(&r->dkim[i], &j);
	}
	r->replay = ukey_verify_replay_id(v, r->replay_id);
}

/* ---- DNS ---------------------------------------------------------------- */

/* Answers question ID, if it is open. */
static bool
answer(const struct twin_case *c, struct ukey_verify *v, unsigned id)
{
	static const enum ukey_reason reasons[] = { UKEY_REASON_DNS_TIMEOUT,
		UKEY_REASON_DNS_TRUNCATED, UKEY_REASON_DNS_SERVFAIL,
		UKEY_REASON_DNS_REFUSED, UKEY_REASON_DNS_MALFORMED };
	static uint8_t packet[65535];
	uint8_t octets[UKEY_DNS_QUERY_MAX], *copy;
	struct twin_octets query, got = { packet, 0 };
	struct ukey_out out;
	unsigned why;

	ukey_out_init(&out, octets, sizeof(octets));
	if (!ukey_verify_question(v, id, &out))
		return false;
	query = side_octets(ukey_out_done(&out));
	twin_note(TWIN_QUESTION, 0, 0, query, nothing);
	got.len = twin_answer(c, query, packet, sizeof(packet), &why);
	if (got.len == 0) {
		side_check(ANSWER, ukey_verify_no_answer(v, id, reasons[why]));
		return true;
	}
	got.data = copy = side_lend(got);
	side_check(ANSWER, ukey_verify_answer(v, id, side_view(got), work,
	    UKEY_WORK_SIZE));
	side_take_back(copy);
	return true;
}

/* One round of answers, at most MOST. */
void
side_answer_open(const struct twin_case *c, struct ukey_verify *v,
    unsigned most)
{
	unsigned i, id;

	for (i = 0; i < UKEY_QUESTIONS_MAX && most > 0; i++) {
		id = c->order & TWIN_LAST_FIRST ? UKEY_QUESTIONS_MAX - 1 - i :
		    i;
		most -= answer(c, v, id);
	}
}

void
side_answer_all(const struct twin_case *c, struct ukey_verify *v)
{
	unsigned round;

	for (round = 0; round < DRIVES && ukey_verify_asking(v); round++)
		side_answer_open(c, v, UKEY_QUESTIONS_MAX);
}

/* What is open right after the header. */
void
side_note_open(const struct ukey_verify *v)
{
	uint8_t name[UKEY_DNS_QUERY_MAX];
	struct ukey_out out;
	unsigned id, n = 0;

	for (id = 0; id < UKEY_QUESTIONS_MAX; id++) {
		ukey_out_init(&out, name, sizeof(name));
		n += ukey_verify_question(v, id, &out);
	}
	twin_note(TWIN_OPEN, 0, n, nothing, nothing);
}

/* ---- verification ------------------------------------------------------- */

static int
mail_from(struct ukey_verify *v, struct twin_octets path)
{
#ifdef TWIN_OLD
	return ukey_verify_mail_from(v, side_view(path));
#else
	return ukey_verify_mail_from(v, side_view(path), UKEY_VIEW_NONE);
#endif
}

static void
push(const struct twin_case *c, struct ukey_verify *v)
{
	struct twin_octets rest = c->message, piece;
	uint8_t cuts = c->cuts, *copy;
	bool header = true;

	while (rest.len > 0) {
		piece = twin_piece(&rest, &cuts);
		copy = side_lend(piece);
		side_check(PUSH, ukey_verify_push(v, copy, piece.len));
		side_take_back(copy);
		if (!ukey_verify_header_done(v))
			continue;
		if (header)
			side_note_open(v);
		header = false;
		if (c->order & TWIN_EARLY)
			side_answer_open(c, v, 1);
	}
}

static void
push_fields(const struct twin_case *c, struct ukey_verify *v)
{
	struct twin_octets rest = c->message, field, piece;
	uint8_t cuts = c->cuts, *copy;

	while ((field = twin_field(&rest)).len > 0) {
		copy = side_lend(field);
		field.data = copy;
		side_check(FIELD, ukey_verify_field(v, side_view(field)));
		side_take_back(copy);
	}
	side_check(HEADER_END, ukey_verify_header_end(v));
	side_note_open(v);
	while (rest.len > 0) {
		if (c->order & TWIN_EARLY)
			side_answer_open(c, v, 1);
		piece = twin_piece(&rest, &cuts);
		copy = side_lend(piece);
		side_check(BODY, ukey_verify_body(v, copy, piece.len));
		side_take_back(copy);
	}
}

void
side_verify(const struct twin_case *c)
{
	struct ukey_verify v;

	ukey_verify_init(&v, c->flags & 3u, side_arena, UKEY_ARENA_SIZE);
	if ((c->flags & TWIN_NO_SENDER) == 0)
		side_check(MAIL_FROM, mail_from(&v, c->sender));
	side_check(TIME, ukey_verify_time(&v, side_now(c)));
	if (c->mode == TWIN_VERIFY)
		push(c, &v);
	else
		push_fields(c, &v);
	if ((c->flags & TWIN_NO_END) == 0)
		side_check(END, ukey_verify_end(&v));
	side_answer_all(c, &v);
	side_read_judgements(&v);
}
