/*
 * userkeys: the key records of one DNS answer, for all signatures that wait
 * for its name (PROTOCOL 3, RFC 6376 3.6.2.2, 6.1.2).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_judge.h"

#include "ukey_mem.h"

/* The next record of A, its text at the start of WORK; false: no more. */
static bool
next_record(struct ukey_dns_answer *a, struct ukey_work work,
    struct ukey_keyrecord *record, enum ukey_reason *reason)
{
	struct ukey_out text;

	ukey_out_init(&text, work.data, UKEY_LEAST(work.size, UKEY_TXT_MAX));
	if (!ukey_dns_answer_next(a, &text))
		return false;
	if (text.overflow)
		*reason = a->text_len > UKEY_PROTOCOL_TXT ?
		    UKEY_REASON_KEY_TXT_LIMIT : UKEY_REASON_ARENA;
	else
		*reason = ukey_keyrecord_parse(record, ukey_out_done(&text));
	return true;
}

static uint8_t
advice_bits(const struct ukey_keyrecord *record)
{
	bool testing = (record->flags & UKEY_KEY_TESTING) != 0;

	return (uint8_t)(record->advice | UKEY_ADVICE_KNOWN |
	    (testing ? UKEY_ADVICE_TESTING : 0));
}

/* The strictest advice; testing only if both are. */
static uint8_t
merge_advice(uint8_t a, uint8_t b)
{
	uint8_t words[2] = { a & UKEY_ADVICE_MASK, b & UKEY_ADVICE_MASK };

	return (uint8_t)((words[0] > words[1] ? words[0] : words[1]) |
	    (a & b & UKEY_ADVICE_TESTING) | UKEY_ADVICE_KNOWN);
}

/* Whether RECORD is one to try in WAY (PROTOCOL 3, RFC 6376 3.6.1). */
static bool
fits(const struct ukey_keyrecord *record, enum ukey_way way)
{
	if (way == UKEY_WAY_DKIM)
		return (record->flags & UKEY_KEY_VERSION) != 0;
	return ukey_keyrecord_is_userkey(record);
}

/* What a first look at the records of an answer found. */
struct survey {
	enum ukey_reason broken; /* of one that cannot be read, ours first */
	enum ukey_reason unfit;  /* of one that can, and is none to try */
	unsigned count;          /* to be tried; broken ones too for DKIM */
	uint8_t advice;
};

/* Why no record is to be tried in WAY, or _OK.  TOTAL: how many there are. */
static enum ukey_reason
outcome(const struct survey *s, enum ukey_way way, unsigned total)
{
	if (s->broken == UKEY_REASON_ARENA ||
	    (s->broken != UKEY_REASON_OK && total == 1))
		return s->broken;
	if (s->count > (way == UKEY_WAY_DKIM ? 1 : UKEY_RECORDS_MAX))
		return UKEY_REASON_KEY_RECORDS;
	if (s->count == 0)
		return s->unfit != UKEY_REASON_OK ? s->unfit : s->broken;
	return way == UKEY_WAY_DKIM ? s->broken : UKEY_REASON_OK;
}

static void
note_broken(struct survey *s, enum ukey_way way, enum ukey_reason reason)
{
	if (s->broken != UKEY_REASON_ARENA)
		s->broken = reason;
	s->count += way == UKEY_WAY_DKIM;
}

static void
note_record(struct survey *s, enum ukey_way way,
    const struct ukey_keyrecord *record)
{
	if (ukey_keyrecord_is_userkey(record))
		s->advice = merge_advice(s->advice, advice_bits(record));
	if (fits(record, way))
		s->count++;
	else if ((record->flags & UKEY_KEY_VERSION) == 0)
		s->unfit = UKEY_REASON_KEY_VERSION;
	else if (s->unfit == UKEY_REASON_OK)
		s->unfit = UKEY_REASON_NOT_USER_KEY;
}

/*
 * A first look at all records: _OK, or why none is to be tried in WAY.  Takes
 * their ADVICE along, leaves A at its first record again, and in RECORD the
 * last.
 */
static enum ukey_reason
survey(struct ukey_dns_answer *a, struct ukey_work work, enum ukey_way way,
    uint8_t *advice, struct ukey_keyrecord *record)
{
	/* testing as long as there is no advice */
	struct survey s = { UKEY_REASON_OK, UKEY_REASON_OK, 0,
		UKEY_ADVICE_TESTING };
	enum ukey_reason reason;
	size_t pos = a->pos;
	uint16_t left = a->left;

	while (next_record(a, work, record, &reason)) {
		if (reason != UKEY_REASON_OK)
			note_broken(&s, way, reason);
		else
			note_record(&s, way, record);
	}
	a->pos = pos;
	a->left = left;
	*advice = s.advice & UKEY_ADVICE_KNOWN ? s.advice : UKEY_ADVICE_KNOWN;
	return outcome(&s, way, a->records);
}

/* The options of the record that holds the key (PROTOCOL 3). */
static enum ukey_reason
check_options(const struct ukey_verify *v, const struct ukey_note *note,
    uint8_t flags)
{
	const struct ukey_identity *who = ukey_identity_of(v);
	bool exact = (flags & UKEY_KEY_EXACT) != 0;

	if (exact && !ukey_local_equal(note->local, who->sender_local, true))
		return UKEY_REASON_EXACT;
	if ((flags & UKEY_KEY_FROM) && !ukey_identity_same(who, exact))
		return UKEY_REASON_FROM;
	return UKEY_REASON_OK;
}

static bool
waits_for(const struct ukey_verify *v, unsigned slot,
    const struct ukey_ask *ask)
{
	return v->signature[slot].judged[ask->way] == UKEY_WAIT_KEY &&
	    ukey_search_same_name(v, slot, ask->slot);
}

void
ukey_records_fail(struct ukey_verify *v, const struct ukey_ask *ask,
    enum ukey_reason reason)
{
	unsigned i;

	for (i = 0; i < v->signatures; i++) {
		if (waits_for(v, i, ask))
			v->signature[i].judged[ask->way] = (uint8_t)reason;
	}
}

/* The strictness of t=s: i= must not be in a sub-domain (RFC 6376 3.6.1). */
static bool
in_subdomain(const struct ukey_sigheader *sig)
{
	return sig->tag[UKEY_SIG_I].len > 0 &&
	    ukey_sigheader_i_domain(sig).len != sig->tag[UKEY_SIG_D].len;
}

/* One record, its key loaded. */
struct trial {
	enum ukey_way way;
	struct ukey_keyrecord record;
	struct ukey_port_rsa_key key;
	struct ukey_work work;
};

static uint8_t
try_key(struct ukey_verify *v, unsigned slot, const struct trial *t)
{
	const struct ukey_note *note = ukey_signature_note(v, slot);
	enum ukey_reason reason;

	if ((t->record.flags & UKEY_KEY_STRICT) && in_subdomain(&note->sig))
		return UKEY_REASON_KEY_STRICT;
	reason = ukey_judge_key(v, slot, &t->key, t->way, t->work);
	if (reason == UKEY_REASON_OK && t->way == UKEY_WAY_USER) {
		reason = check_options(v, note, t->record.flags);
		v->signature[slot].advice = advice_bits(&t->record);
	}
	return reason == UKEY_REASON_OK ? UKEY_WAIT_BODY : (uint8_t)reason;
}

/* The record of T against all that wait and that none has matched yet; FOUND
 * is what earlier ones gave. */
static void
judge(struct ukey_verify *v, const struct ukey_ask *ask, struct trial *t,
    uint8_t *found)
{
	uint8_t reason = t->record.usable;
	unsigned i;

	if ((t->record.flags & UKEY_KEY_P) == 0)
		reason = UKEY_REASON_KEY_SYNTAX;
	if (reason == UKEY_REASON_OK)
		reason = (uint8_t)ukey_judge_load(&t->key, t->record.p,
		    &t->work);
	for (i = 0; i < v->signatures; i++) {
		if (t->way == UKEY_WAY_DKIM && waits_for(v, i, ask) &&
		    (t->record.flags & UKEY_KEY_TESTING))
			v->signature[i].flags |= UKEY_SLOT_TESTING;
		if (waits_for(v, i, ask) && found[i] != UKEY_WAIT_BODY)
			found[i] = ukey_judge_better(found[i],
			    reason != UKEY_REASON_OK ? reason :
			    try_key(v, i, t));
	}
}

/* All records that fit, against all signatures that wait; T has the last, which
 * need not be read again where it is the only one. */
static void
judge_all(struct ukey_verify *v, const struct ukey_ask *ask,
    struct ukey_dns_answer *a, struct trial *t)
{
	const struct ukey_work work = t->work;
	uint8_t found[UKEY_SIGNATURES_MAX];
	enum ukey_reason reason = UKEY_REASON_OK;
	bool only = a->records == 1;
	unsigned i;

	memset(found, UKEY_UNJUDGED, sizeof(found));
	while (only || next_record(a, work, &t->record, &reason)) {
		if (reason == UKEY_REASON_OK && fits(&t->record, t->way))
			judge(v, ask, t, found);
		if (only)
			break;
		t->work = work;
	}
	for (i = 0; i < v->signatures; i++) {
		if (waits_for(v, i, ask))
			v->signature[i].judged[ask->way] = found[i];
	}
}

void
ukey_records_judge(struct ukey_verify *v, const struct ukey_ask *ask,
    struct ukey_dns_answer *a, struct ukey_work work)
{
	struct trial t = { .way = (enum ukey_way)ask->way, .work = work };
	uint8_t advice;
	enum ukey_reason reason = survey(a, work, t.way, &advice, &t.record);

	if (ukey_search_is_base(v, ask))
		v->advice = advice;
	if (ask->way == UKEY_WAY_BASE) {
		if (reason == UKEY_REASON_ARENA)
			v->user = UKEY_REASON_ARENA; /* advice unread */
		return;
	}
	if (reason != UKEY_REASON_OK)
		ukey_records_fail(v, ask, reason);
	else
		judge_all(v, ask, a, &t);
}
