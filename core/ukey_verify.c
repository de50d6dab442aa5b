/*
 * userkeys: verification, the sequence (PROTOCOL 5, RFC 6376 6.1).
 * SPDX-License-Identifier: MIT
 *
 * Header: fields go to the store.  At its end: who is it from, which
 * signatures are there, what is asked.  Body: hashed once per canonicalization
 * while a signature needs it.  Answers: judged at once.  All of it is linear
 * in the octets.
 */
#include "ukey_judge.h"

#include "ukey_mem.h"
#include "ukey_sender.h"

/* What is taken of the arena at the most, each piece in whole units of 8. */
#define UNITS(size) (((size) + 7) / 8 * 8)
#define FIXED (8 + UNITS(sizeof(struct ukey_identity)) + \
	UNITS(UKEY_SENDER_MAX) + 2 * UNITS(UKEY_LOCAL_MAX))
/* The index has less than twice as many places as there are fields. */
#define FIELDS (UNITS(UKEY_HEADER_MAX) + \
	(sizeof(struct ukey_field) + 2 * sizeof(uint16_t)) * UKEY_FIELDS_MAX)
#define SIGNATURE (UNITS(sizeof(struct ukey_note)) + UNITS(UKEY_LOCAL_MAX) + \
	UNITS(UKEY_RSA_BITS_MAX / 8))
typedef char arena_holds_all[UKEY_ARENA_SIZE >= FIXED + FIELDS + \
	SIGNATURE * UKEY_SIGNATURES_MAX + \
	UNITS(1 + UKEY_DNS_NAME_MAX) * UKEY_QUESTIONS_MAX ? 1 : -1];

void
ukey_verify_init(struct ukey_verify *v, unsigned flags, void *arena,
    size_t size)
{
	memset(v, 0, sizeof(*v));
	ukey_fields_init(&v->fields, arena, size);
	ukey_message_init(&v->message);
	v->flags = (uint8_t)flags;
	ukey_identity_init(v);
	v->identity = UKEY_REASON_NO_IDENTITY;
	v->user_slot = UKEY_NO_SLOT;
}

int
ukey_verify_mail_from(struct ukey_verify *v, struct ukey_view path,
    struct ukey_view mta)
{
	if (v->phase != UKEY_PHASE_HEADER || v->fields.header != 0 ||
	    v->identity != UKEY_REASON_NO_IDENTITY)
		return UKEY_ERR_ORDER;
	ukey_identity_sender(v, path, mta);
	return UKEY_OK;
}

static int
set_time(struct ukey_verify *v, struct ukey_time time)
{
	if (v->phase != UKEY_PHASE_HEADER)
		return UKEY_ERR_ORDER;
	v->time = time;
	return UKEY_OK;
}

int
ukey_verify_clock(struct ukey_verify *v, int64_t reading)
{
	return set_time(v, ukey_clock_time(reading));
}

int
ukey_verify_time(struct ukey_verify *v, uint64_t now)
{
	return set_time(v, (struct ukey_time) { now, now });
}

/* The DKIM-Signature fields from the top into their slots. */
static void
find_signatures(struct ukey_verify *v)
{
	unsigned i;

	for (i = 0; i < v->fields.count; i++) {
		if (!ukey_view_equal_nocase(ukey_fields_name(&v->fields, i),
		    UKEY_VIEW("dkim-signature")))
			continue;
		v->signature_fields++;
		if (v->signatures < UKEY_SIGNATURES_MAX)
			ukey_signature_add(v, i);
	}
}

static void
header_end(struct ukey_verify *v)
{
	v->phase = UKEY_PHASE_BODY;
	ukey_guard_end(&v->guard);
	if (v->guard.seen & UKEY_GUARD_LINE_ENDS)
		ukey_fields_trouble(&v->fields, UKEY_REASON_LINE_ENDS);
	ukey_fields_index(&v->fields);
	ukey_identity_author(v);
	if (v->fields.reason == UKEY_REASON_OK)
		find_signatures(v);
	ukey_bodies_init(v);
	ukey_search_start(v);
	ukey_search_advance(v);
}

static void
handle(struct ukey_verify *v, struct ukey_event e)
{
	if (e.kind == UKEY_EVENT_FIELD) {
		ukey_guard_push(&v->guard, e.octets);
		ukey_fields_push(&v->fields, e.octets);
	} else if (e.kind == UKEY_EVENT_FIELD_END)
		ukey_fields_end(&v->fields);
	else if (e.kind == UKEY_EVENT_HEADER_END)
		header_end(v);
	else if (e.kind == UKEY_EVENT_BODY)
		ukey_bodies_push(v, e.octets);
}

int
ukey_verify_push(struct ukey_verify *v, const void *data, size_t len)
{
	struct ukey_view in = { data, len };
	struct ukey_event e;

	if (v->phase == UKEY_PHASE_END)
		return UKEY_ERR_ORDER;
	while ((e = ukey_message_next(&v->message, &in)).kind !=
	    UKEY_EVENT_NONE)
		handle(v, e);
	return UKEY_OK;
}

int
ukey_verify_field(struct ukey_verify *v, struct ukey_view raw)
{
	if (v->phase != UKEY_PHASE_HEADER)
		return UKEY_ERR_ORDER;
	ukey_guard_push(&v->guard, raw);
	ukey_guard_field(&v->guard, raw);
	ukey_fields_push(&v->fields, raw);
	ukey_fields_end(&v->fields);
	return UKEY_OK;
}

int
ukey_verify_header_end(struct ukey_verify *v)
{
	if (v->phase != UKEY_PHASE_HEADER)
		return UKEY_ERR_ORDER;
	header_end(v);
	return UKEY_OK;
}

int
ukey_verify_body(struct ukey_verify *v, const void *data, size_t len)
{
	if (v->phase != UKEY_PHASE_BODY)
		return UKEY_ERR_ORDER;
	ukey_bodies_push(v, (struct ukey_view) { data, len });
	return UKEY_OK;
}

int
ukey_verify_end(struct ukey_verify *v)
{
	struct ukey_event e;

	if (v->phase == UKEY_PHASE_END)
		return UKEY_ERR_ORDER;
	while (v->phase == UKEY_PHASE_HEADER &&
	    (e = ukey_message_end(&v->message)).kind != UKEY_EVENT_NONE)
		handle(v, e);
	v->phase = UKEY_PHASE_END;
	ukey_bodies_end(v);
	ukey_search_advance(v);
	return UKEY_OK;
}

bool
ukey_verify_header_done(const struct ukey_verify *v)
{
	return v->phase != UKEY_PHASE_HEADER;
}

bool
ukey_verify_question(const struct ukey_verify *v, unsigned id,
    struct ukey_out *out)
{
	uint8_t name[UKEY_DNS_NAME_MAX];
	struct ukey_out wire;

	if (id >= UKEY_QUESTIONS_MAX || v->ask[id].state != UKEY_ASK_OPEN)
		return false;
	ukey_out_init(&wire, name, sizeof(name));
	ukey_search_name(v, &v->ask[id], &wire);
	ukey_dns_query_write(out, 0, ukey_out_done(&wire));
	return true;
}

bool
ukey_verify_asking(const struct ukey_verify *v)
{
	unsigned i;

	for (i = 0; i < UKEY_QUESTIONS_MAX; i++) {
		if (v->ask[i].state == UKEY_ASK_OPEN)
			return true;
	}
	return false;
}

/* No records will come for ASK. */
static void
give_up(struct ukey_verify *v, struct ukey_ask *ask, enum ukey_reason reason)
{
	bool lasting = ukey_reason_verdict(reason) == UKEY_PERMERROR;

	ask->state = UKEY_ASK_ANSWERED;
	if (ask->way == UKEY_WAY_BASE && !lasting)
		v->user = (uint8_t)reason; /* PROTOCOL 5.5 */
	if (lasting && ukey_search_is_base(v, ask))
		v->advice = UKEY_ADVICE_KNOWN;
	if (ask->way != UKEY_WAY_BASE)
		ukey_records_fail(v, ask, reason);
}

/* The chain leads on to another name: the same question asks for that. */
static void
follow(struct ukey_verify *v, struct ukey_ask *ask,
    const struct ukey_dns_answer *a)
{
	uint8_t *note = v->fields.arena + ask->chain;

	if (ask->chain == 0) {
		note = ukey_fields_alloc(&v->fields, 1 + UKEY_DNS_NAME_MAX);
		if (note == NULL) {
			give_up(v, ask, UKEY_REASON_ARENA);
			return;
		}
		ask->chain = (uint32_t)(note - v->fields.arena);
	}
	note[0] = a->name_len;
	memcpy(note + 1, a->name, a->name_len);
	ask->hops = (uint8_t)(ask->hops + a->hops);
}

/* Why an answer without records gives none, by enum ukey_dns_status. */
static const uint8_t status_reasons[] = {
	[UKEY_DNS_ABSENT] = UKEY_REASON_NO_KEY,
	[UKEY_DNS_CHAIN] = UKEY_REASON_KEY_CHAIN,
	[UKEY_DNS_TRUNCATED] = UKEY_REASON_DNS_TRUNCATED,
	[UKEY_DNS_SERVFAIL] = UKEY_REASON_DNS_SERVFAIL,
	[UKEY_DNS_REFUSED] = UKEY_REASON_DNS_REFUSED,
	[UKEY_DNS_MALFORMED] = UKEY_REASON_DNS_MALFORMED
};

int
ukey_verify_answer(struct ukey_verify *v, unsigned id,
    struct ukey_view packet, void *work, size_t work_size)
{
	struct ukey_work lent = { work, work_size };
	struct ukey_dns_answer a;
	struct ukey_ask *ask;
	struct ukey_out name;
	enum ukey_dns_status status;

	if (id >= UKEY_QUESTIONS_MAX || v->ask[id].state != UKEY_ASK_OPEN)
		return UKEY_ERR_ORDER;
	ask = &v->ask[id];
	/* the name is needed before the work block is */
	ukey_out_init(&name, work, work_size);
	ukey_search_name(v, ask, &name);
	status = ukey_dns_answer_read(&a, packet, ukey_out_done(&name),
	    ask->hops);
	if (name.overflow)
		give_up(v, ask, UKEY_REASON_ARENA);
	else if (status == UKEY_DNS_RECORDS) {
		ask->state = UKEY_ASK_ANSWERED;
		ukey_records_judge(v, ask, &a, lent);
	} else if (status == UKEY_DNS_ASK)
		follow(v, ask, &a);
	else
		give_up(v, ask, (enum ukey_reason)status_reasons[status]);
	ukey_search_advance(v);
	return UKEY_OK;
}

int
ukey_verify_no_answer(struct ukey_verify *v, unsigned id,
    enum ukey_reason reason)
{
	if (id >= UKEY_QUESTIONS_MAX || v->ask[id].state != UKEY_ASK_OPEN)
		return UKEY_ERR_ORDER;
	if (ukey_reason_verdict(reason) != UKEY_TEMPERROR)
		return UKEY_ERR_ARGUMENT;
	give_up(v, &v->ask[id], reason);
	ukey_search_advance(v);
	return UKEY_OK;
}

void
ukey_verify_fail(struct ukey_verify *v)
{
	v->fields.reason = UKEY_REASON_INCOMPLETE;
	v->user = UKEY_REASON_INCOMPLETE;
	v->user_slot = UKEY_NO_SLOT;
}

bool
ukey_verify_done(const struct ukey_verify *v)
{
	return v->phase == UKEY_PHASE_END && !ukey_verify_asking(v);
}
