/*
 * userkeys: a transaction on submission: permission, then the signature
 * (PROTOCOL 4.3).  SPDX-License-Identifier: MIT
 */
#include "ukey_session_parts.h"

#include "ukey_mem.h"
#include "ukey_name.h"
#include "ukey_sender.h"

#define SCRATCH 4096 /* values of From and Sender */
#define IDENTITY (UKEY_LOCAL_MAX + 1 + UKEY_NAME_MAX)

bool
ukey_submit_asking(const struct ukey_session *s)
{
	unsigned i = 0;

	while (i < UKEY_SESSION_ASKS && s->ask[i].state != UKEY_PERMIT_OPEN)
		i++;
	return i < UKEY_SESSION_ASKS;
}

/* Starts signing with nothing but the canonicalizations: names come later,
 * when the permission does; nothing of them is hashed before the end. */
static int
start(struct ukey_session *s)
{
	struct ukey_sign_request q = { .domain = UKEY_VIEW("x"),
		.selector = UKEY_VIEW("x"),
		.header_canon = s->settings->header_canon,
		.body_canon = s->settings->body_canon,
		.oversign_absent = s->settings->oversign_absent };
	uint8_t *scratch = ukey_session_take(s, SCRATCH);

	if (scratch == NULL)
		return UKEY_ERR_SPACE;
	s->signing = UKEY_TO_SIGN;
	return ukey_sign_init(&s->u.sign, &q, scratch, SCRATCH);
}

/* Nobody may use what is no mailbox: PATH is told, as far as it is shown. */
static int
deny_sender(struct ukey_session *s, struct ukey_view path,
    enum ukey_reason reason)
{
	s->reason = (uint8_t)reason;
	s->sender.domain.len = 0;
	s->ask[0].state = UKEY_PERMIT_ANSWER + UKEY_PERMIT_DENIED;
	if (!ukey_session_keep(s, ukey_view_part(path, 0, UKEY_SENDER_MAX),
	    &s->mail_from))
		return UKEY_ERR_SPACE;
	s->ask[0].address = s->mail_from;
	return UKEY_OK;
}

int
ukey_submit_mail_from(struct ukey_session *s, struct ukey_view path,
    struct ukey_view mta)
{
	enum ukey_reason reason = ukey_sender_read(path, mta, &s->sender);

	s->null_sender = reason == UKEY_REASON_NULL_SENDER;
	if (s->null_sender)
		return start(s);
	if (reason != UKEY_REASON_OK)
		return deny_sender(s, path, reason);
	if (!ukey_session_keep(s, ukey_address_text(&s->sender),
	    &s->mail_from))
		return UKEY_ERR_SPACE;
	ukey_address_move(&s->sender, s->mail_from.data);
	(void)ukey_submit_ask(s, s->mail_from);
	return start(s);
}

void
ukey_submit_header_end(struct ukey_session *s)
{
	if (s->signing != UKEY_TO_SIGN)
		return; /* failed, which is noted */
	(void)ukey_sign_header_end(&s->u.sign);
	if (s->null_sender)
		s->sender.domain.len = 0;
	if (s->settings->from_check != UKEY_CHECK_OFF || s->null_sender)
		ukey_submit_author(s);
}

/* The names that were not known when signing began. */
static bool
set_names(struct ukey_session *s)
{
	struct ukey_sign_request *q = &s->u.sign.request;
	uint8_t *octets = ukey_session_take(s, IDENTITY);
	size_t len;

	if (octets == NULL || s->selector.len == 0)
		return false;
	len = ukey_address_unquote(s->sender.local, octets);
	octets[len++] = '@';
	memcpy(octets + len, s->sender.domain.data, s->sender.domain.len);
	q->identity = (struct ukey_view) { octets,
		len + s->sender.domain.len };
	q->domain = s->sender.domain;
	q->selector = s->selector;
	q->time = s->now;
	if (s->now != 0 && s->settings->expire != 0)
		q->expire = s->now + s->settings->expire;
	return ukey_view_is_domain(q->domain, false);
}

/* The permission is there and the octets are over: what is to be signed? */
static void
make_digest(struct ukey_session *s)
{
	struct ukey_address a;
	enum ukey_reason reason = UKEY_REASON_OK;

	s->signing = UKEY_SIGN_FAILED;
	/* From's mailbox has to be one that may stand in MAIL FROM. */
	if (s->null_sender)
		reason = ukey_sender_read(ukey_address_text(&s->sender),
		    UKEY_VIEW_NONE, &a);
	if (reason == UKEY_REASON_OK && !set_names(s))
		reason = UKEY_REASON_ARENA;
	if (reason != UKEY_REASON_OK) {
		s->reason = (uint8_t)reason;
		return;
	}
	ukey_out_init(&s->field, s->arena, s->size);
	if (ukey_sign_digest(&s->u.sign, &s->field, s->digest) == UKEY_OK)
		s->signing = UKEY_DIGEST_OUT;
	else
		s->reason = s->field.overflow ? UKEY_REASON_ARENA :
		    (uint8_t)ukey_sign_reason(&s->u.sign);
}

/* The octets are over, and no permission is open: is there something to sign?
 */
static void
advance(struct ukey_session *s)
{
	if (s->signing != UKEY_TO_SIGN || ukey_submit_asking(s))
		return;
	s->signing = UKEY_UNSIGNED;
	if (s->ask[0].state == UKEY_PERMIT_ANSWER + UKEY_PERMIT_YES &&
	    ukey_submit_refusal(s, NULL) == UKEY_REFUSE_NOTHING)
		make_digest(s);
}

void
ukey_submit_permitted(struct ukey_session *s, unsigned id,
    const struct ukey_permit *permit)
{
	uint8_t *octets;

	/* What is no answer is a no. */
	s->ask[id].state = (uint8_t)(UKEY_PERMIT_ANSWER +
	    (permit->status <= UKEY_PERMIT_LATER ? (unsigned)permit->status :
	    UKEY_PERMIT_DENIED));
	if (permit->status != UKEY_PERMIT_LATER && !permit->stranger)
		s->known = true;
	if (id == 0 && permit->status == UKEY_PERMIT_YES) {
		octets = ukey_session_take(s, permit->selector.len);
		if (octets != NULL && permit->selector.len > 0)
			memcpy(octets, permit->selector.data,
			    permit->selector.len);
		s->selector = (struct ukey_view) { octets, octets == NULL ?
			0 : permit->selector.len };
		s->key = permit->key;
	}
	if (s->phase == UKEY_SESSION_END)
		advance(s);
}

void
ukey_submit_end(struct ukey_session *s)
{
	enum ukey_reason reason;

	if (s->signing != UKEY_TO_SIGN)
		return;
	(void)ukey_sign_end(&s->u.sign);
	reason = ukey_sign_reason(&s->u.sign);
	if (reason != UKEY_REASON_OK) {
		s->reason = (uint8_t)reason;
		s->signing = UKEY_UNSIGNED;
	}
	advance(s);
}
