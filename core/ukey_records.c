/*
 * userkeys: the key records of one DNS answer, for all signatures that wait
 * for its name (PROTOCOL 3, RFC 6376 3.6.2.2, 6.1.2).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_judge.h"

#include "ukey_name.h"

/* What a first look at all records of an answer gives. */
struct survey {
	unsigned records; /* all that may count */
	unsigned userkeys;
	enum ukey_reason broken; /* why the last unreadable one is */
	uint8_t advice;   /* UKEY_ADVICE_ bits of the user-key records */
};

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

	if ((a & UKEY_ADVICE_KNOWN) == 0)
		return b;
	return (uint8_t)((words[0] > words[1] ? words[0] : words[1]) |
	    (a & b & UKEY_ADVICE_TESTING) | UKEY_ADVICE_KNOWN);
}

/* Leaves A at its first record: they are read again afterwards. */
static struct survey
look(struct ukey_dns_answer *a, struct ukey_work work)
{
	struct survey s = { 0, 0, UKEY_REASON_OK, 0 };
	size_t pos = a->pos;
	uint16_t left = a->left;
	struct ukey_keyrecord record;
	enum ukey_reason reason;

	while (next_record(a, work, &record, &reason)) {
		if (reason != UKEY_REASON_OK) {
			s.broken = reason;
			s.records++;
			continue;
		}
		s.records += (record.flags & UKEY_KEY_VERSION) != 0;
		if (ukey_keyrecord_is_userkey(&record)) {
			s.userkeys++;
			s.advice = merge_advice(s.advice,
			    advice_bits(&record));
		}
	}
	a->pos = pos;
	a->left = left;
	return s;
}

/* The options of the record that holds the key (PROTOCOL 3). */
static enum ukey_reason
check_options(const struct ukey_verify *v, const struct ukey_signature *slot,
    uint8_t flags)
{
	bool exact = (flags & UKEY_KEY_EXACT) != 0;
	struct ukey_address sender = ukey_identity_sender(v);
	struct ukey_address other;
	struct ukey_sigheader sig;
	uint8_t octets[UKEY_IDENTITY_SIZE], local[UKEY_LOCAL_MAX];
	struct ukey_view plain = { local,
		ukey_address_unquote(sender.local, local) };

	if (exact) {
		ukey_signature_tags(v, slot, &sig);
		if (!ukey_signature_identity(&sig, octets, &other) ||
		    !ukey_local_equal(other.local, plain, true))
			return UKEY_REASON_EXACT;
	}
	if ((flags & UKEY_KEY_FROM) && !(ukey_identity_author(v, &other) &&
	    ukey_identity_same(&other, &sender, exact)))
		return UKEY_REASON_FROM;
	return UKEY_REASON_OK;
}

static bool
waits_for(const struct ukey_verify *v, unsigned slot,
    const struct ukey_ask *ask)
{
	const struct ukey_signature *s = &v->signature[slot];
	uint8_t judgement = ask->kind == UKEY_ASK_USER ? s->user : s->dkim;

	return judgement == UKEY_WAIT_KEY &&
	    ukey_search_same_name(v, slot, ask->slot);
}

void
ukey_records_fail(struct ukey_verify *v, const struct ukey_ask *ask,
    enum ukey_reason reason)
{
	unsigned i;

	for (i = 0; i < v->signatures; i++) {
		if (!waits_for(v, i, ask))
			continue;
		if (ask->kind == UKEY_ASK_USER)
			v->signature[i].user = (uint8_t)reason;
		else
			v->signature[i].dkim = (uint8_t)reason;
	}
}

/* SLOT against one user-key record; FOUND is what earlier ones gave. */
static uint8_t
try_user(struct ukey_verify *v, struct ukey_signature *slot,
    const struct ukey_keyrecord *record, const struct ukey_port_rsa_key *key,
    struct ukey_work work)
{
	enum ukey_reason reason;

	reason = ukey_judge_key(v, slot, key, &v->user_rsa, work);
	if (reason == UKEY_REASON_OK)
		reason = check_options(v, slot, record->flags);
	if (reason != UKEY_REASON_OK)
		return (uint8_t)reason;
	slot->advice = advice_bits(record);
	return UKEY_WAIT_BODY;
}

/* One user-key record, against all that wait and none has matched yet. */
static void
judge_user(struct ukey_verify *v, const struct ukey_ask *ask,
    const struct ukey_keyrecord *record, struct ukey_work work,
    uint8_t *found)
{
	struct ukey_port_rsa_key key;
	uint8_t reason = record->usable;
	unsigned i;

	if (reason == UKEY_REASON_OK)
		reason = (uint8_t)ukey_judge_load(&key, record->p, &work);
	for (i = 0; i < v->signatures; i++) {
		if (!waits_for(v, i, ask) || found[i] == UKEY_WAIT_BODY)
			continue;
		found[i] = ukey_judge_better(found[i],
		    reason != UKEY_REASON_OK ? reason :
		    try_user(v, &v->signature[i], record, &key, work));
	}
}

/* Why no user-key record here is to be tried. */
static enum ukey_reason
unfit(const struct ukey_dns_answer *a, const struct survey *s)
{
	if (s->userkeys > UKEY_RECORDS_MAX)
		return UKEY_REASON_KEY_RECORDS;
	if (s->userkeys > 0)
		return UKEY_REASON_OK;
	if (a->records == 1 && s->broken != UKEY_REASON_OK)
		return s->broken;
	return UKEY_REASON_NO_KEY;
}

void
ukey_records_user(struct ukey_verify *v, const struct ukey_ask *ask,
    struct ukey_dns_answer *a, struct ukey_work work)
{
	struct survey s = look(a, work);
	enum ukey_reason reason = unfit(a, &s);
	uint8_t found[UKEY_SIGNATURES_MAX];
	struct ukey_keyrecord record;
	unsigned i;

	if (v->signature[ask->slot].flags & UKEY_SLOT_BASE)
		v->advice = s.advice | UKEY_ADVICE_KNOWN;
	if (reason != UKEY_REASON_OK) {
		ukey_records_fail(v, ask, reason);
		return;
	}
	for (i = 0; i < UKEY_SIGNATURES_MAX; i++)
		found[i] = UKEY_UNJUDGED;
	while (next_record(a, work, &record, &reason)) {
		if (reason == UKEY_REASON_OK &&
		    ukey_keyrecord_is_userkey(&record))
			judge_user(v, ask, &record, work, found);
	}
	for (i = 0; i < v->signatures; i++) {
		if (waits_for(v, i, ask))
			v->signature[i].user = found[i];
	}
}

/* The strictness of t=s: i= must not be in a sub-domain (RFC 6376 3.6.1). */
static bool
in_subdomain(const struct ukey_sigheader *sig)
{
	return (sig->has & UKEY_SIG_I) && (sig->i.len <= sig->d.len ||
	    sig->i.data[sig->i.len - sig->d.len - 1] != '@');
}

static uint8_t
try_dkim(struct ukey_verify *v, struct ukey_signature *slot,
    const struct ukey_keyrecord *record, const struct ukey_port_rsa_key *key,
    struct ukey_work work)
{
	struct ukey_sigheader sig;
	enum ukey_reason reason;

	ukey_signature_tags(v, slot, &sig);
	if ((record->flags & UKEY_KEY_STRICT) && in_subdomain(&sig))
		return UKEY_REASON_KEY_STRICT;
	reason = ukey_judge_key(v, slot, key, &v->dkim_rsa, work);
	return reason == UKEY_REASON_OK ? UKEY_WAIT_BODY : (uint8_t)reason;
}

static void
judge_dkim(struct ukey_verify *v, const struct ukey_ask *ask,
    const struct ukey_keyrecord *record, struct ukey_work work)
{
	struct ukey_port_rsa_key key;
	uint8_t reason = record->usable;
	unsigned i;

	if ((record->flags & UKEY_KEY_P) == 0)
		reason = UKEY_REASON_KEY_SYNTAX;
	if (reason == UKEY_REASON_OK)
		reason = (uint8_t)ukey_judge_load(&key, record->p, &work);
	for (i = 0; i < v->signatures; i++) {
		if (waits_for(v, i, ask))
			v->signature[i].dkim = reason != UKEY_REASON_OK ?
			    reason : try_dkim(v, &v->signature[i], record,
			    &key, work);
	}
}

void
ukey_records_dkim(struct ukey_verify *v, const struct ukey_ask *ask,
    struct ukey_dns_answer *a, struct ukey_work work)
{
	struct survey s = look(a, work);
	struct ukey_keyrecord record;
	enum ukey_reason reason = s.broken;

	if (s.records == 0)
		reason = UKEY_REASON_NO_KEY;
	if (s.records > 1)
		reason = UKEY_REASON_KEY_RECORDS;
	if (reason != UKEY_REASON_OK) {
		ukey_records_fail(v, ask, reason);
		return;
	}
	while (next_record(a, work, &record, &reason)) {
		if (reason == UKEY_REASON_OK &&
		    (record.flags & UKEY_KEY_VERSION)) {
			judge_dkim(v, ask, &record, work);
			return;
		}
	}
}

void
ukey_records_base(struct ukey_verify *v, struct ukey_dns_answer *a,
    struct ukey_work work)
{
	v->advice = look(a, work).advice | UKEY_ADVICE_KNOWN;
}
