/*
 * userkeys: the search for a signature of the sender's mailbox, candidate by
 * candidate from the top (PROTOCOL 5.3 to 5.5), and which DNS questions are
 * open.  SPDX-License-Identifier: MIT
 *
 * v->ask[0] is the base record's question, then those of userkeys, then those
 * of plain DKIM.
 */
#include "ukey_judge.h"

#include "ukey_dns_wire.h"

#define USER_ASKS UKEY_LEAST(UKEY_USER_NAMES_MAX, UKEY_SIGNATURES_MAX)
#define USER_RSA_MIN UKEY_RECORDS_MAX

static struct ukey_view
tag_of(const struct ukey_verify *v, unsigned slot, enum ukey_sig_tag tag)
{
	return ukey_signature_note(v, slot)->sig.tag[tag];
}

bool
ukey_search_same_name(const struct ukey_verify *v, unsigned a, unsigned b)
{
	return a == b || (ukey_view_equal_nocase(tag_of(v, a, UKEY_SIG_S),
	    tag_of(v, b, UKEY_SIG_S)) && ukey_view_equal_nocase(
	    tag_of(v, a, UKEY_SIG_D), tag_of(v, b, UKEY_SIG_D)));
}

bool
ukey_search_is_base(const struct ukey_verify *v, const struct ukey_ask *ask)
{
	return ask->way == UKEY_WAY_BASE || (ask->way == UKEY_WAY_USER &&
	    (v->signature[ask->slot].flags & UKEY_SLOT_BASE));
}

bool
ukey_search_name(const struct ukey_verify *v, const struct ukey_ask *ask,
    struct ukey_out *out)
{
	const struct ukey_identity *who = ukey_identity_of(v);
	const uint8_t *chain = v->fields.arena + ask->chain;
	struct ukey_view middle = UKEY_VIEW("userkeys"), first, last;

	if (ask->chain != 0) {
		ukey_out_view(out, (struct ukey_view) { chain + 1, chain[0] });
		return !out->overflow;
	}
	if (ask->way == UKEY_WAY_BASE) {
		first = who->label;
		last = who->sender.domain;
	} else {
		first = tag_of(v, ask->slot, UKEY_SIG_S);
		last = tag_of(v, ask->slot, UKEY_SIG_D);
		middle = ask->way == UKEY_WAY_DKIM ?
		    UKEY_VIEW("_domainkey") : UKEY_VIEW("");
	}
	ukey_dns_labels(out, first);
	ukey_dns_labels(out, middle);
	ukey_dns_labels(out, last);
	ukey_out_octet(out, 0);
	return !out->overflow && out->len <= UKEY_DNS_NAME_MAX;
}

/* Opens ASK for SLOT; false if the name is too long for the DNS. */
static bool
open_ask(const struct ukey_verify *v, struct ukey_ask *ask, enum ukey_way way,
    unsigned slot)
{
	uint8_t name[UKEY_DNS_NAME_MAX];
	struct ukey_out out;

	*ask = (struct ukey_ask) { .way = (uint8_t)way,
		.slot = (uint8_t)slot };
	ukey_out_init(&out, name, sizeof(name));
	if (ukey_search_name(v, ask, &out))
		ask->state = UKEY_ASK_OPEN;
	return ask->state == UKEY_ASK_OPEN;
}

/* The first question of WAY. */
static const uint8_t first_ask[] = { 1, 1 + USER_ASKS, 0 };

/* Finds or opens the question for SLOT in WAY; SLOT waits for it, or has the
 * reason why there is none. */
static void
ask_for(struct ukey_verify *v, enum ukey_way way, unsigned slot)
{
	unsigned end = way == UKEY_WAY_USER ? 1 + USER_ASKS :
	    UKEY_QUESTIONS_MAX;
	unsigned i = first_ask[way];

	for (; i < end && v->ask[i].state != UKEY_ASK_FREE; i++) {
		if (v->ask[i].state == UKEY_ASK_OPEN &&
		    ukey_search_same_name(v, v->ask[i].slot, slot))
			return;
	}
	if (i == end)
		v->signature[slot].judged[way] = UKEY_REASON_QUERY_LIMIT;
	else if (!open_ask(v, &v->ask[i], way, slot))
		v->signature[slot].judged[way] = UKEY_REASON_NAME_LENGTH;
}

/*
 * The RSA operations are shared out beforehand, so that no verdict depends on
 * the order of the answers: user keys first, but never all for them.
 */
static void
share_rsa(struct ukey_verify *v)
{
	unsigned i, user = 0, dkim = 0;

	for (i = 0; i < v->signatures; i++) {
		user += v->signature[i].judged[UKEY_WAY_USER] ==
		    UKEY_WAIT_KEY;
		dkim += v->signature[i].judged[UKEY_WAY_DKIM] ==
		    UKEY_WAIT_KEY;
	}
	if (user > 0 && dkim > UKEY_RSA_MAX - USER_RSA_MIN)
		dkim = UKEY_RSA_MAX - USER_RSA_MIN;
	v->rsa[UKEY_WAY_DKIM] = (uint8_t)dkim;
	v->rsa[UKEY_WAY_USER] = (uint8_t)(UKEY_RSA_MAX - dkim);
}

static enum ukey_reason
first_reason(const struct ukey_verify *v)
{
	if (v->identity != UKEY_REASON_OK)
		return (enum ukey_reason)v->identity;
	return (enum ukey_reason)v->fields.reason;
}

void
ukey_search_start(struct ukey_verify *v)
{
	unsigned i;

	share_rsa(v);
	v->user = UKEY_WAIT_KEY;
	v->user_slot = UKEY_NO_SLOT;
	for (i = 0; i < v->signatures; i++) {
		if (v->signature[i].judged[UKEY_WAY_DKIM] == UKEY_WAIT_KEY)
			ask_for(v, UKEY_WAY_DKIM, i);
	}
}

/* The result when no candidate passed: the best of them, or none. */
static uint8_t
best(struct ukey_verify *v)
{
	uint8_t found = UKEY_UNJUDGED;
	unsigned i;

	if (first_reason(v) != UKEY_REASON_OK)
		return (uint8_t)first_reason(v);
	for (i = 0; i < v->signatures; i++) {
		uint8_t judged = v->signature[i].judged[UKEY_WAY_USER];

		if (ukey_judge_better(found, judged) == found)
			continue;
		found = judged;
		v->user_slot = (uint8_t)i;
	}
	/* a field that got no slot may be the one that holds */
	if (UKEY_SIGNATURES_MAX < UKEY_PROTOCOL_SIGNATURES &&
	    v->signature_fields > UKEY_SIGNATURES_MAX &&
	    ukey_judge_better(UKEY_REASON_ARENA, found) != found) {
		v->user_slot = UKEY_NO_SLOT;
		return UKEY_REASON_ARENA;
	}
	if (found != UKEY_UNJUDGED)
		return found;
	return v->signature_fields == 0 ? UKEY_REASON_NO_SIGNATURE :
	    UKEY_REASON_NOT_ALIGNED;
}

/* Whether the base record's advice applies to what was found, and is not
 * known yet (PROTOCOL 5.5). */
static bool
wants_base(const struct ukey_verify *v)
{
	enum ukey_verdict verdict =
	    ukey_reason_verdict((enum ukey_reason)v->user);

	return v->identity == UKEY_REASON_OK && verdict != UKEY_PASS &&
	    verdict != UKEY_TEMPERROR && !ukey_identity_of(v)->null_sender &&
	    (v->advice & UKEY_ADVICE_KNOWN) == 0;
}

static void
conclude(struct ukey_verify *v, uint8_t user)
{
	unsigned i;

	v->user = user;
	for (i = 0; i < v->signatures; i++) {
		uint8_t *judged = &v->signature[i].judged[UKEY_WAY_USER];

		if (!ukey_is_final(*judged))
			*judged = UKEY_UNJUDGED;
	}
	if (wants_base(v) && !open_ask(v, &v->ask[0], UKEY_WAY_BASE, 0))
		v->advice = UKEY_ADVICE_KNOWN;
}

/* Takes candidate I as far as it goes; true: the search waits for it, or is
 * over with it. */
static bool
waits_at(struct ukey_verify *v, unsigned i)
{
	const uint8_t *judged = &v->signature[i].judged[UKEY_WAY_USER];

	if (*judged == UKEY_WAIT_KEY)
		ask_for(v, UKEY_WAY_USER, i);
	if (*judged == UKEY_REASON_OK) {
		v->user_slot = (uint8_t)i;
		conclude(v, UKEY_REASON_OK);
	}
	return *judged == UKEY_WAIT_KEY || *judged == UKEY_WAIT_BODY ||
	    *judged == UKEY_REASON_OK;
}

void
ukey_search_advance(struct ukey_verify *v)
{
	unsigned i;

	ukey_bodies_settle(v);
	if (v->user != UKEY_WAIT_KEY)
		return;
	for (i = 0; i < v->signatures; i++) {
		if (waits_at(v, i)) {
			ukey_bodies_settle(v);
			return;
		}
	}
	conclude(v, best(v));
	ukey_bodies_settle(v);
}
