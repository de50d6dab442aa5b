/*
 * userkeys: what is to be done with a transaction's message (PROTOCOL 4.3,
 * 6.1, 6.2).  SPDX-License-Identifier: MIT
 */
#include "ukey_session_parts.h"

/* What is inserted last stands on top: dkim, which all readers know. */
enum step { REPLY, DELETE, RESULT_USER, RESULT_DKIM, SIGNATURE, QUARANTINE,
	ACCEPT, OVER };

#define SHOWN 200 /* octets of an address in a reply */

/* The replies; an address or a reason stands between the two texts. */
enum refusal { SENDER, FROM, CROWDED, LATER, CLOCK, CRYPTO, UNSIGNED, NO_KEY,
	ADVICE, NO_MAILBOX, NOT_ASCII, TOO_LARGE, NONE };

static const struct {
	unsigned code;
	const char *before, *after;
} replies[] = {
	{ 553, "5.7.1 This login may not send as ",
	    ": choose an address of yours" },
	{ 550, "5.7.1 This login may not write ",
	    " in From or Sender: choose an address of yours" },
	{ 550, "5.7.1 Too many addresses in From and Sender", "" },
	{ 451, "4.3.0 The key database is not at hand: try again later", "" },
	{ 451, "4.3.0 The clock of this server is not set: try again later",
	    "" },
	{ 451, "4.3.0 The message could not be signed: try again later", "" },
	{ 550, "5.7.1 The message cannot be signed: ", "" },
	{ 451, "4.7.5 The sender's key cannot be had: ", "" },
	{ 550, "5.7.1 Refused on the advice of the sender's domain: ", "" },
	{ 550, "5.1.7 The sender cannot be checked: ",
	    ": write MAIL FROM:<local-part@domain> in its plain form" },
	{ 550, "5.6.7 The sender cannot be checked: ", "" },
	{ 552, "5.3.4 The message is too large to be checked: ",
	    ": make its header smaller" }
};

/* WHY as a reply with WHAT from the message, in OUT: ASCII as it is, other
 * octets as "?". */
static void
reply(struct ukey_action *a, struct ukey_out *out, enum refusal why,
    struct ukey_view what)
{
	size_t i, start = out->len;

	a->kind = UKEY_ACTION_REPLY;
	a->code = replies[why].code;
	ukey_out_text(out, replies[why].before);
	for (i = 0; i < what.len && i < SHOWN; i++)
		ukey_out_octet(out, what.data[i] < ' ' ||
		    what.data[i] > '~' ? '?' : what.data[i]);
	ukey_out_text(out, replies[why].after);
	a->text = ukey_view_part(ukey_out_done(out), start, SIZE_MAX);
}

static struct ukey_view
denied_address(const struct ukey_session *s)
{
	unsigned i = 0;

	while (i + 1 < UKEY_SESSION_ASKS && s->ask[i].state !=
	    UKEY_PERMIT_ANSWER + UKEY_PERMIT_DENIED)
		i++;
	return s->ask[i].address;
}

static struct ukey_view
meaning(enum ukey_reason reason)
{
	const char *text = ukey_reason_meaning(reason);
	size_t len = 0;

	while (text[len] != '\0')
		len++;
	return (struct ukey_view) { (const uint8_t *)text, len };
}

/* Whether what this login may send is not to be signed without the time. */
static bool
awaits_clock(const struct ukey_session *s)
{
	return s->settings->defer_no_clock && s->now == 0 &&
	    s->ask[0].state == UKEY_PERMIT_ANSWER + UKEY_PERMIT_YES;
}

/* What permission says. */
static enum refusal
not_permitted(const struct ukey_session *s)
{
	if (s->ask[0].state == UKEY_PERMIT_ANSWER + UKEY_PERMIT_DENIED &&
	    !s->null_sender)
		return SENDER;
	if (ukey_submit_any(s, UKEY_PERMIT_DENIED))
		return FROM;
	if (s->crowded)
		return CROWDED;
	if (ukey_submit_any(s, UKEY_PERMIT_LATER))
		return LATER;
	return awaits_clock(s) ? CLOCK : NONE;
}

/* What signing says. */
static enum refusal
not_signed(const struct ukey_session *s)
{
	if (s->phase != UKEY_SESSION_END || s->signing == UKEY_SIGNED)
		return NONE;
	if (s->reason == UKEY_REASON_CRYPTO)
		return CRYPTO;
	return s->settings->reject_unsigned ? UNSIGNED : NONE;
}

/* Why this message of a client of ours goes no further. */
static bool
refuse_submission(const struct ukey_session *s, struct ukey_action *a,
    struct ukey_out *out)
{
	enum refusal why = not_permitted(s);
	struct ukey_view what = { NULL, 0 };

	if (why == NONE)
		why = not_signed(s);
	if (why == SENDER)
		what = s->mail_from;
	if (why == FROM)
		what = denied_address(s);
	if (why == UNSIGNED)
		what = meaning((enum ukey_reason)s->reason);
	if (why != NONE)
		reply(a, out, why, what);
	return why != NONE;
}

bool
ukey_session_refused(const struct ukey_session *s, struct ukey_action *action,
    struct ukey_out *out)
{
	return s->role == UKEY_ROLE_SUBMIT && !ukey_submit_asking(s) &&
	    refuse_submission(s, action, out);
}

static enum ukey_disposition
disposition(const struct ukey_session *s, struct ukey_judgement *j)
{
	ukey_verify_userkeys(&s->u.verify, j);
	if (j->from_header)
		return UKEY_ACCEPT; /* only pass and none: no advice */
	return ukey_policy_apply(&s->settings->policy, j->reason, j->advice);
}

/* Which reply tells that a message with REASON is rejected. */
static enum refusal
rejection(enum ukey_reason reason)
{
	if (reason == UKEY_REASON_ARENA)
		return TOO_LARGE;
	if (reason == UKEY_REASON_U_LABEL)
		return NOT_ASCII;
	return ukey_reason_is_sender(reason) ? NO_MAILBOX : ADVICE;
}

static bool
refuse_at_mx(const struct ukey_session *s, struct ukey_action *a,
    struct ukey_out *out)
{
	struct ukey_judgement j;
	enum ukey_disposition d = disposition(s, &j);

	if (d != UKEY_DEFER && d != UKEY_REJECT)
		return false;
	reply(a, out, d == UKEY_DEFER ? NO_KEY : rejection(j.reason),
	    meaning(j.reason));
	return true;
}

/* The next Authentication-Results field that claims to be ours. */
static bool
next_forged(struct ukey_session *s, struct ukey_action *a)
{
	unsigned n;

	while (s->ordinal > 0) {
		n = s->ordinal--;
		if (!ukey_authres_forged(&s->authres, n))
			continue;
		a->kind = UKEY_ACTION_DELETE;
		a->ordinal = n;
		return true;
	}
	return false;
}

static bool
insert_result(const struct ukey_session *s, struct ukey_action *a,
    struct ukey_out *out, bool user)
{
	struct ukey_judgement j;
	enum ukey_disposition d;

	if (s->role != UKEY_ROLE_MX || (!user && s->settings->no_dkim))
		return false;
	d = disposition(s, &j);
	if (user)
		ukey_authres_userkeys(out, s->settings->authserv_id, &j, d);
	else
		ukey_authres_dkim(out, s->settings->authserv_id,
		    &s->u.verify);
	a->kind = UKEY_ACTION_INSERT;
	a->text = ukey_out_done(out);
	return true;
}

static bool
quarantine(const struct ukey_session *s, struct ukey_action *a)
{
	struct ukey_judgement j;

	if (s->role != UKEY_ROLE_MX || disposition(s, &j) != UKEY_QUARANTINE)
		return false;
	a->kind = UKEY_ACTION_QUARANTINE;
	a->text = meaning(j.reason);
	return true;
}

/* What step STEP gives; false: nothing, or nothing more. */
static bool
take_step(struct ukey_session *s, unsigned step, struct ukey_action *a,
    struct ukey_out *out)
{
	switch (step) {
	case REPLY:
		return s->role == UKEY_ROLE_MX ? refuse_at_mx(s, a, out) :
		    refuse_submission(s, a, out);
	case DELETE:
		return next_forged(s, a);
	case RESULT_DKIM:
		return insert_result(s, a, out, false);
	case RESULT_USER:
		return insert_result(s, a, out, true);
	case SIGNATURE:
		a->kind = UKEY_ACTION_INSERT;
		a->text = ukey_out_done(&s->field);
		return s->role == UKEY_ROLE_SUBMIT &&
		    s->signing == UKEY_SIGNED;
	case QUARANTINE:
		return quarantine(s, a);
	default:
		a->kind = UKEY_ACTION_ACCEPT;
		return true;
	}
}

/* No answer is ever less than whole: what OUT had no room for is put off. */
static void
put_off(struct ukey_session *s, struct ukey_action *a)
{
	*a = (struct ukey_action) { .kind = UKEY_ACTION_REPLY, .code = 451,
		.text = UKEY_VIEW("4.3.0 The results have no room: try "
		    "again later") };
	s->step = OVER;
}

bool
ukey_session_action(struct ukey_session *s, struct ukey_action *action,
    struct ukey_out *out)
{
	unsigned step;

	if (!ukey_session_done(s))
		return false;
	ukey_out_init(out, out->data, out->size);
	while (s->step < OVER) {
		*action = (struct ukey_action) { .ordinal = 0 };
		step = s->step;
		if (step == REPLY)
			s->ordinal = s->authres.ordinal;
		if (!take_step(s, step, action, out)) {
			s->step++;
			continue;
		}
		if (out->overflow)
			put_off(s, action);
		else if (step == REPLY)
			s->step = OVER;
		else if (step != DELETE)
			s->step++;
		return true;
	}
	return false;
}
