/*
 * userkeys: the search for a signature of the sender's mailbox, candidate by
 * candidate from the top (PROTOCOL 5.3 to 5.5), and which DNS questions are
 * open.  SPDX-License-Identifier: MIT
 *
 * v->ask[0] is the base record's question, then those of userkeys, then those
 * of plain DKIM.
 */
#include "ukey_judge.h"

#include "ukey_name.h"

#define USER_ASKS UKEY_LEAST(UKEY_USER_NAMES_MAX, UKEY_SIGNATURES_MAX)
#define USER_RSA_MIN UKEY_RECORDS_MAX

bool
ukey_search_same_name(const struct ukey_verify *v, unsigned a, unsigned b)
{
	struct ukey_sigheader sig_a, sig_b;

	if (a == b)
		return true;
	ukey_signature_tags(v, &v->signature[a], &sig_a);
	ukey_signature_tags(v, &v->signature[b], &sig_b);
	return ukey_view_equal_nocase(sig_a.s, sig_b.s) &&
	    ukey_view_equal_nocase(sig_a.d, sig_b.d);
}

/* Dotted "NAME", or "S[._domainkey].D", to wire form. */
static bool
write_wire(struct ukey_out *wire, struct ukey_out *text)
{
	struct ukey_view dotted = ukey_out_done(text);

	return !text->overflow && dotted.len <= UKEY_NAME_MAX &&
	    ukey_dns_name_from_text(wire, dotted);
}

bool
ukey_search_name(const struct ukey_verify *v, const struct ukey_ask *ask,
    struct ukey_out *out)
{
	uint8_t dotted[UKEY_NAME_MAX + 1];
	struct ukey_address sender;
	struct ukey_sigheader sig;
	struct ukey_out text;

	if (ask->chain != 0) {
		const uint8_t *name = v->fields.arena + ask->chain;

		ukey_out_view(out, (struct ukey_view) { name + 1, name[0] });
		return !out->overflow;
	}
	ukey_out_init(&text, dotted, sizeof(dotted));
	if (ask->kind == UKEY_ASK_BASE) {
		sender = ukey_identity_sender(v);
		return ukey_name_write(&text, &sender,
		    (struct ukey_view) { NULL, 0 }) == UKEY_REASON_OK &&
		    write_wire(out, &text);
	}
	ukey_signature_tags(v, &v->signature[ask->slot], &sig);
	ukey_out_view(&text, sig.s);
	ukey_out_view(&text, ask->kind == UKEY_ASK_DKIM ?
	    UKEY_VIEW("._domainkey.") : UKEY_VIEW("."));
	ukey_out_view(&text, sig.d);
	return write_wire(out, &text);
}

/* Opens ASK for SLOT; false if the name is too long for the DNS. */
static bool
open_ask(const struct ukey_verify *v, struct ukey_ask *ask,
    enum ukey_ask_kind kind, unsigned slot)
{
	uint8_t name[UKEY_DNS_NAME_MAX];
	struct ukey_out out;

	*ask = (struct ukey_ask) { .kind = (uint8_t)kind,
		.slot = (uint8_t)slot };
	ukey_out_init(&out, name, sizeof(name));
	if (!ukey_search_name(v, ask, &out))
		return false;
	ask->state = UKEY_ASK_OPEN;
	return true;
}

/* Finds or opens the question for SLOT among COUNT from FIRST on; _OK: it is
 * open. */
static enum ukey_reason
ask_for(struct ukey_verify *v, struct ukey_ask *first, unsigned count,
    enum ukey_ask_kind kind, unsigned slot)
{
	unsigned i;

	for (i = 0; i < count && first[i].state != UKEY_ASK_FREE; i++) {
		if (first[i].state == UKEY_ASK_OPEN &&
		    ukey_search_same_name(v, first[i].slot, slot))
			return UKEY_REASON_OK;
	}
	if (i == count)
		return UKEY_REASON_QUERY_LIMIT;
	return open_ask(v, &first[i], kind, slot) ? UKEY_REASON_OK :
	    UKEY_REASON_NAME_LENGTH;
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
		user += v->signature[i].user == UKEY_WAIT_KEY;
		dkim += v->signature[i].dkim == UKEY_WAIT_KEY;
	}
	v->user_rsa = (uint8_t)(UKEY_RSA_MAX - dkim);
	if (user > 0 && v->user_rsa < USER_RSA_MIN)
		v->user_rsa = USER_RSA_MIN;
	v->dkim_rsa = user > 0 ? (uint8_t)(UKEY_RSA_MAX - v->user_rsa) :
	    (uint8_t)dkim;
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
	struct ukey_signature *s;
	enum ukey_reason reason;
	unsigned i;

	share_rsa(v);
	v->user = UKEY_WAIT_KEY;
	v->user_slot = UKEY_NO_SLOT;
	for (i = 0; i < v->signatures; i++) {
		s = &v->signature[i];
		if (s->dkim != UKEY_WAIT_KEY)
			continue;
		reason = ask_for(v, v->ask + 1 + USER_ASKS, UKEY_DKIM_SLOTS,
		    UKEY_ASK_DKIM, i);
		if (reason != UKEY_REASON_OK)
			s->dkim = (uint8_t)reason;
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
		if (ukey_judge_better(found, v->signature[i].user) == found)
			continue;
		found = v->signature[i].user;
		v->user_slot = (uint8_t)i;
	}
	if (found != UKEY_UNJUDGED)
		return found;
	if (UKEY_SIGNATURES_MAX < 20 &&
	    v->signature_fields > UKEY_SIGNATURES_MAX)
		return UKEY_REASON_ARENA;
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
	    verdict != UKEY_TEMPERROR && !ukey_identity_is_author(v) &&
	    (v->advice & UKEY_ADVICE_KNOWN) == 0;
}

static void
conclude(struct ukey_verify *v, uint8_t user)
{
	unsigned i;

	v->user = user;
	for (i = 0; i < v->signatures; i++) {
		if (!ukey_is_final(v->signature[i].user))
			v->signature[i].user = UKEY_UNJUDGED;
	}
	if (wants_base(v) && !open_ask(v, &v->ask[0], UKEY_ASK_BASE, 0))
		v->advice = UKEY_ADVICE_KNOWN;
}

/* Takes candidate I as far as it goes; true: the search waits for it, or is
 * over with it. */
static bool
waits_at(struct ukey_verify *v, unsigned i)
{
	struct ukey_signature *s = &v->signature[i];
	enum ukey_reason reason;

	if (s->user == UKEY_WAIT_KEY) {
		reason = ask_for(v, v->ask + 1, USER_ASKS, UKEY_ASK_USER, i);
		if (reason == UKEY_REASON_OK)
			return true;
		s->user = (uint8_t)reason;
	}
	if (s->user == UKEY_REASON_OK) {
		v->user_slot = (uint8_t)i;
		conclude(v, UKEY_REASON_OK);
	}
	return s->user == UKEY_WAIT_BODY || s->user == UKEY_REASON_OK;
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
