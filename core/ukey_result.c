/*
 * userkeys: the judgements as applications read them (PROTOCOL 5, 6).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_judge.h"

/* A mismatch that such octets may have caused says so.  The header has none:
 * else nothing was judged. */
static enum ukey_reason
line_ends(const struct ukey_verify *v, enum ukey_reason reason)
{
	return reason == UKEY_REASON_BODY_HASH &&
	    (v->guard.seen & UKEY_GUARD_LINE_ENDS) ?
	    UKEY_REASON_BODY_LINE_ENDS : reason;
}

static void
set_reason(const struct ukey_verify *v, struct ukey_judgement *j,
    enum ukey_reason reason)
{
	j->reason = line_ends(v, reason);
	j->verdict = ukey_reason_verdict(j->reason);
}

/* What the signature says of itself. */
static void
set_signature(const struct ukey_verify *v, struct ukey_judgement *j,
    unsigned slot)
{
	const struct ukey_note *note = ukey_signature_note(v, slot);
	const struct ukey_view *tag;

	if (note == NULL)
		return;
	tag = note->sig.tag;
	j->domain = tag[UKEY_SIG_D];
	j->selector = tag[UKEY_SIG_S];
	j->identity = tag[UKEY_SIG_I];
	j->algorithm = tag[UKEY_SIG_A];
	j->canon = tag[UKEY_SIG_C];
	j->b = tag[UKEY_SIG_B];
	j->time_unknown = v->time.now == 0 && (tag[UKEY_SIG_T].data != NULL ||
	    tag[UKEY_SIG_X].data != NULL);
}

static void
set_advice(struct ukey_judgement *j, uint8_t bits)
{
	j->testing = (bits & UKEY_ADVICE_TESTING) != 0;
	j->advice = j->testing ? UKEY_ADVICE_NONE :
	    (enum ukey_advice)(bits & UKEY_ADVICE_MASK);
}

/* Whose mail it is; of a null sender only pass and none can result (PROTOCOL
 * 5.1). */
static void
set_identity(const struct ukey_verify *v, struct ukey_judgement *j)
{
	const struct ukey_identity *who = ukey_identity_of(v);

	j->relation = (enum ukey_relation)v->relation;
	if (who == NULL)
		return;
	j->sender = who->sender;
	j->author = who->author;
	j->from_header = who->null_sender;
	if (!who->null_sender)
		return;
	set_advice(j, 0);
	if (j->verdict != UKEY_PASS)
		set_reason(v, j, UKEY_REASON_NULL_SENDER);
}

void
ukey_verify_userkeys(const struct ukey_verify *v, struct ukey_judgement *j)
{
	*j = (struct ukey_judgement) { .relation = UKEY_FROM_NONE };
	if (!ukey_verify_done(v)) {
		set_reason(v, j, UKEY_REASON_INCOMPLETE);
		return;
	}
	set_reason(v, j, (enum ukey_reason)v->user);
	if (v->user_slot != UKEY_NO_SLOT)
		set_signature(v, j, v->user_slot);
	if (j->verdict == UKEY_PASS)
		set_advice(j, v->signature[v->user_slot].advice);
	else if (j->verdict != UKEY_TEMPERROR)
		set_advice(j, v->advice);
	set_identity(v, j);
}

unsigned
ukey_verify_dkim_count(const struct ukey_verify *v)
{
	if ((v->flags & UKEY_VERIFY_DKIM) == 0)
		return 0;
	if (v->fields.reason != UKEY_REASON_OK)
		return 1;
	return UKEY_LEAST(v->signatures, UKEY_DKIM_SLOTS);
}

/* The slot of judgement I: all that had a place, and of the refused ones as
 * many as there is room for, from the top. */
static unsigned
dkim_slot(const struct ukey_verify *v, unsigned i)
{
	unsigned slot, refused = UKEY_DKIM_SLOTS;

	for (slot = 0; slot < v->signatures; slot++)
		refused -= (v->signature[slot].flags & UKEY_SLOT_DKIM) != 0;
	for (slot = 0; slot < v->signatures; slot++) {
		if ((v->signature[slot].flags & UKEY_SLOT_DKIM) == 0) {
			if (refused == 0)
				continue;
			refused--;
		}
		if (i-- == 0)
			break;
	}
	return slot;
}

void
ukey_verify_dkim(const struct ukey_verify *v, unsigned i,
    struct ukey_judgement *j)
{
	unsigned slot;
	uint8_t dkim;

	*j = (struct ukey_judgement) { .relation = UKEY_FROM_NONE };
	if (!ukey_verify_done(v)) {
		set_reason(v, j, UKEY_REASON_INCOMPLETE);
		return;
	}
	if (v->fields.reason != UKEY_REASON_OK) {
		set_reason(v, j, (enum ukey_reason)v->fields.reason);
		return;
	}
	slot = dkim_slot(v, i);
	dkim = v->signature[slot].judged[UKEY_WAY_DKIM];
	j->testing = (v->signature[slot].flags & UKEY_SLOT_TESTING) != 0;
	j->partial_body = dkim == UKEY_REASON_PARTIAL_BODY &&
	    (v->flags & UKEY_VERIFY_PARTIAL_BODY) != 0;
	set_reason(v, j, j->partial_body ? UKEY_REASON_OK :
	    (enum ukey_reason)dkim);
	set_signature(v, j, slot);
}

int
ukey_verify_replay_id(const struct ukey_verify *v, uint8_t *id)
{
	struct ukey_port_sha256 h;
	struct ukey_view b;
	int err;

	if (!ukey_verify_done(v) || v->user != UKEY_REASON_OK)
		return UKEY_ERR_ORDER;
	b = ukey_signature_note(v, v->user_slot)->b;
	if (ukey_port_sha256_start(&h) != 0)
		return UKEY_ERR_CRYPTO;
	err = ukey_port_sha256_update(&h, b.data, b.len);
	err |= ukey_port_sha256_finish(&h, id);
	return err ? UKEY_ERR_CRYPTO : UKEY_OK;
}
