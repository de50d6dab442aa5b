/*
 * userkeys: what the answers to the questions of permission say together
 * (PROTOCOL 4.3).  SPDX-License-Identifier: MIT
 *
 * Question 0 is for MAIL FROM; for MAIL FROM <> there is none, and all are for
 * From and Sender.
 */
#include "ukey_session_parts.h"

struct ukey_session_ask *
ukey_submit_ask(struct ukey_session *s, struct ukey_view address)
{
	unsigned i = 0;

	while (i < UKEY_SESSION_ASKS && s->ask[i].state != UKEY_PERMIT_FREE)
		i++;
	if (i == UKEY_SESSION_ASKS) {
		s->crowded = true;
		return NULL;
	}
	s->ask[i].address = address;
	s->ask[i].state = UKEY_PERMIT_OPEN;
	return &s->ask[i];
}

static bool
is_answer(const struct ukey_session_ask *a, enum ukey_permit_status status)
{
	return a->state == UKEY_PERMIT_ANSWER + (unsigned)status;
}

bool
ukey_submit_allowed(const struct ukey_session_ask *a)
{
	return is_answer(a, UKEY_PERMIT_YES) ||
	    is_answer(a, UKEY_PERMIT_NO_KEY);
}

static bool
any_allowed(const struct ukey_session *s)
{
	unsigned i = 0;

	while (i < UKEY_SESSION_ASKS && !ukey_submit_allowed(&s->ask[i]))
		i++;
	return i < UKEY_SESSION_ASKS;
}

/* The first answer STATUS for From and Sender that no answer for MAIL FROM
 * covers, or NULL. */
static const struct ukey_session_ask *
find(const struct ukey_session *s, enum ukey_permit_status status)
{
	bool covers = ukey_submit_allowed(&s->ask[0]);
	unsigned i;

	for (i = !s->null_sender; i < UKEY_SESSION_ASKS; i++)
		if (is_answer(&s->ask[i], status) &&
		    !(s->ask[i].covered && covers))
			return &s->ask[i];
	return NULL;
}

/* What the answer for MAIL FROM says. */
static enum ukey_refusal
refuse_sender(const struct ukey_session *s)
{
	if (s->null_sender)
		return UKEY_REFUSE_NOTHING;
	if (is_answer(&s->ask[0], UKEY_PERMIT_DENIED))
		return s->sender.domain.len == 0 ? UKEY_REFUSE_PATH :
		    UKEY_REFUSE_SENDER;
	if (is_answer(&s->ask[0], UKEY_PERMIT_UNKNOWN) &&
	    s->settings->reject_unknown)
		return UKEY_REFUSE_NO_ENTRY;
	return UKEY_REFUSE_NOTHING;
}

/*
 * The answer for From and Sender that refuses them: a mailbox that is somebody
 * else's; or one without an entry, unless none has one and that is accepted.
 */
static const struct ukey_session_ask *
refused_author(const struct ukey_session *s)
{
	const struct ukey_session_ask *a = find(s, UKEY_PERMIT_DENIED);

	if (a == NULL && (s->settings->reject_unknown || any_allowed(s)))
		a = find(s, UKEY_PERMIT_UNKNOWN);
	return a;
}

/* What the answers for From and Sender say. */
static enum ukey_refusal
refuse_author(const struct ukey_session *s)
{
	if (s->author != UKEY_REASON_OK &&
	    s->settings->from_check != UKEY_CHECK_OFF &&
	    (s->known || s->settings->reject_unknown))
		return UKEY_REFUSE_AUTHOR;
	if (refused_author(s) != NULL)
		return UKEY_REFUSE_FROM;
	return s->crowded ? UKEY_REFUSE_CROWDED : UKEY_REFUSE_NOTHING;
}

/* What is left to wait for, when all may be. */
static enum ukey_refusal
wait_for(const struct ukey_session *s)
{
	if (find(s, UKEY_PERMIT_LATER) != NULL ||
	    is_answer(&s->ask[0], UKEY_PERMIT_LATER))
		return UKEY_REFUSE_LATER;
	if (s->settings->defer_no_clock && s->now == 0 &&
	    is_answer(&s->ask[0], UKEY_PERMIT_YES))
		return UKEY_REFUSE_CLOCK;
	return UKEY_REFUSE_NOTHING;
}

enum ukey_refusal
ukey_submit_refusal(const struct ukey_session *s, struct ukey_view *what)
{
	enum ukey_refusal why = UKEY_REFUSE_FAILED;

	if (!s->failed)
		why = refuse_sender(s);
	if (why == UKEY_REFUSE_NOTHING)
		why = refuse_author(s);
	if (why == UKEY_REFUSE_NOTHING)
		why = wait_for(s);
	if (what != NULL)
		*what = why == UKEY_REFUSE_FROM ? refused_author(s)->address :
		    s->mail_from;
	return why;
}
