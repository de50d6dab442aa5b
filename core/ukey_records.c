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
	size_t size = work.size < UKEY_TXT_MAX ? work.size : UKEY_TXT_MAX;
	struct ukey_out text;

	ukey_out_init(&text, work.data, size);
	if (!ukey_dns_answer_next(a, &text))
		return false;
	if (text.overflow)
		*reason = size < UKEY_TXT_MAX ? UKEY_REASON_ARENA :
		    UKEY_REASON_KEY_TXT_LIMIT;
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

/* Whether COUNT records that fit, or are BROKEN, can be tried in WAY. */
static enum ukey_reason
check_count(unsigned count, enum ukey_way way, enum ukey_reason broken)
{
	if (count > (way == UKEY_WAY_DKIM ? 1 : UKEY_RECORDS_MAX))
		return UKEY_REASON_KEY_RECORDS;
	if (count == 0)
		return UKEY_REASON_NO_KEY;
	return way == UKEY_WAY_DKIM ? broken : UKEY_REASON_OK;
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
	enum ukey_reason reason, broken = UKEY_REASON_OK;
	size_t pos = a->pos;
	uint16_t left = a->left;
	unsigned count = 0;

	*advice = UKEY_ADVICE_TESTING; /* as long as there is none */
	while (next_record(a, work, record, &reason)) {
		if (reason != UKEY_REASON_OK)
			broken = reason;
		else if (ukey_keyrecord_is_userkey(record))
			*advice = merge_advice(*advice, advice_bits(record));
		count += reason == UKEY_REASON_OK ? fits(record, way) :
		    way == UKEY_WAY_DKIM;
	}
	if ((*advice & UKEY_ADVICE_KNOWN) == 0)
		*advice = UKEY_ADVICE_KNOWN;
	a->pos = pos;
	a->left = left;
	if (broken != UKEY_REASON_OK && a->records == 1)
		return broken;
	return check_count(count, way, broken);
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
	if (ask->way == UKEY_WAY_BASE)
		return;
	if (reason != UKEY_REASON_OK)
		ukey_records_fail(v, ask, reason);
	else
		judge_all(v, ask, a, &t);
}
