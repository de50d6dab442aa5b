/*
 * userkeys: what is to be done with a transaction's message (PROTOCOL 4.3,
 * 6.1, 6.2).  SPDX-License-Identifier: MIT
 */
#include "ukey_session_parts.h"

/* What is inserted last stands on top: dkim, which all readers know. */
enum step { REPLY, DELETE, RESULT_USER, RESULT_DKIM, SIGNATURE, QUARANTINE,
	ACCEPT, OVER };

/* Octets of an address or a reason, and of a login, in a reply. */
#define SHOWN 200
#define LOGIN_SHOWN 100

/* The replies: BEFORE; where there is a MIDDLE the login; MIDDLE; an address
 * or a reason; AFTER. */
static const struct {
	unsigned code;
	const char *before, *middle, *after;
} replies[] = {
	[UKEY_REFUSE_FAILED] = { 451, "4.3.0 The message could not be taken "
	    "in whole: try again later", NULL, "" },
	[UKEY_REFUSE_PATH] = { 553, "5.1.7 The sender's address ", NULL,
	    ": write it as name@domain" },
	[UKEY_REFUSE_SENDER] = { 553, "5.7.1 Login ", " may not send as ",
	    ": choose an address of yours" },
	[UKEY_REFUSE_NO_ENTRY] = { 553, "5.7.1 Login ", " may not send as ",
	    ": nothing is known of that address" },
	[UKEY_REFUSE_FROM] = { 550, "5.7.1 Login ", " may not write ",
	    " in From or Sender: choose an address of yours" },
	[UKEY_REFUSE_AUTHOR] = { 550, "5.7.1 Login ", " may not write this "
	    "From or Sender: ", "" },
	[UKEY_REFUSE_CROWDED] = { 550, "5.7.1 Login ", " may not write so many "
	    "addresses in From and Sender", "" },
	[UKEY_REFUSE_LATER] = { 451, "4.3.0 The key database is not at hand: "
	    "try again later", NULL, "" },
	[UKEY_REFUSE_CLOCK] = { 451, "4.3.0 The clock of this server is not "
	    "set: try again later", NULL, "" },
	[UKEY_REFUSE_CRYPTO] = { 451, "4.3.0 The message could not be signed: "
	    "try again later", NULL, "" },
	[UKEY_REFUSE_UNSIGNED] = { 550, "5.7.1 The message cannot be signed: ",
	    NULL, "" },
	[UKEY_REFUSE_DEFER] = { 451, "4.7.5 The sender's key cannot be had: ",
	    NULL, "" },
	[UKEY_REFUSE_ADVICE] = { 550, "5.7.1 Refused on the advice of the "
	    "sender's domain: ", NULL, "" },
	[UKEY_REFUSE_NO_MAILBOX] = { 550, "5.1.7 The sender cannot be "
	    "checked: ", NULL, ": write MAIL FROM:<local-part@domain> in its "
	    "plain form" },
	[UKEY_REFUSE_NOT_ASCII] = { 550, "5.6.7 The sender cannot be "
	    "checked: ", NULL, "" },
	[UKEY_REFUSE_TOO_LARGE] = { 552, "5.3.4 The message is too large to be "
	    "checked: ", NULL, ": make its header smaller" },
};

/* At most MOST octets of TEXT from outside: ASCII as it is, other octets as
 * "?". */
static void
quote(struct ukey_out *out, struct ukey_view text, size_t most)
{
	size_t i;

	for (i = 0; i < text.len && i < most; i++)
		ukey_out_octet(out, text.data[i] < ' ' ||
		    text.data[i] > '~' ? '?' : text.data[i]);
}

/* WHY as a reply to S's client, with WHAT, in OUT. */
static void
reply(const struct ukey_session *s, struct ukey_action *a,
    struct ukey_out *out, enum ukey_refusal why, struct ukey_view what)
{
	size_t start = out->len;

	a->kind = UKEY_ACTION_REPLY;
	a->code = replies[why].code;
	ukey_out_text(out, replies[why].before);
	if (replies[why].middle != NULL) {
		quote(out, s->login.len > 0 ? s->login : UKEY_VIEW("(none)"),
		    LOGIN_SHOWN);
		ukey_out_text(out, replies[why].middle);
	}
	quote(out, what, SHOWN);
	ukey_out_text(out, replies[why].after);
	a->text = ukey_view_part(ukey_out_done(out), start, SIZE_MAX);
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

/* What signing says. */
static enum ukey_refusal
not_signed(const struct ukey_session *s)
{
	if (s->phase != UKEY_SESSION_END || s->signing == UKEY_SIGNED)
		return UKEY_REFUSE_NOTHING;
	if (s->reason == UKEY_REASON_CRYPTO)
		return UKEY_REFUSE_CRYPTO;
	return s->settings->reject_unsigned ? UKEY_REFUSE_UNSIGNED :
	    UKEY_REFUSE_NOTHING;
}

/* Why this message of a client of ours goes no further. */
static bool
refuse_submission(const struct ukey_session *s, struct ukey_action *a,
    struct ukey_out *out)
{
	struct ukey_view what;
	enum ukey_refusal why = ukey_submit_refusal(s, &what);

	if (why == UKEY_REFUSE_NOTHING)
		why = not_signed(s);
	if (why == UKEY_REFUSE_AUTHOR)
		what = meaning((enum ukey_reason)s->author);
	else if (why == UKEY_REFUSE_UNSIGNED)
		what = s->reason == UKEY_REASON_NO_KEY ?
		    UKEY_VIEW("its sender has no active key") :
		    meaning((enum ukey_reason)s->reason);
	else if (why > UKEY_REFUSE_FROM || why == UKEY_REFUSE_FAILED)
		what.len = 0;
	if (why != UKEY_REFUSE_NOTHING)
		reply(s, a, out, why, what);
	return why != UKEY_REFUSE_NOTHING;
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
	if (s->failed)
		return s->settings->policy.ceiling == UKEY_ADVICE_NONE ?
		    UKEY_ACCEPT : UKEY_DEFER;
	if (j->from_header)
		return UKEY_ACCEPT; /* only pass and none: no advice */
	return ukey_policy_apply(&s->settings->policy, j->reason, j->advice);
}

/* Which reply tells that a message with REASON is rejected. */
static enum ukey_refusal
rejection(enum ukey_reason reason)
{
	if (reason == UKEY_REASON_ARENA)
		return UKEY_REFUSE_TOO_LARGE;
	if (reason == UKEY_REASON_U_LABEL)
		return UKEY_REFUSE_NOT_ASCII;
	return ukey_reason_is_sender(reason) ? UKEY_REFUSE_NO_MAILBOX :
	    UKEY_REFUSE_ADVICE;
}

static bool
refuse_at_mx(const struct ukey_session *s, struct ukey_action *a,
    struct ukey_out *out)
{
	struct ukey_judgement j;
	enum ukey_disposition d = disposition(s, &j);

	if (d != UKEY_DEFER && d != UKEY_REJECT)
		return false;
	reply(s, a, out, d == UKEY_DEFER ? UKEY_REFUSE_DEFER :
	    rejection(j.reason), meaning(j.reason));
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
