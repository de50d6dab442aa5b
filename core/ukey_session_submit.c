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
ukey_submit_any(const struct ukey_session *s, enum ukey_permit_status status)
{
	unsigned i;

	for (i = 0; i < UKEY_SESSION_ASKS; i++)
		if (s->ask[i].state == UKEY_PERMIT_ANSWER + (unsigned)status)
			return true;
	return false;
}

bool
ukey_submit_asking(const struct ukey_session *s)
{
	unsigned i = 0;

	while (i < UKEY_SESSION_ASKS && s->ask[i].state != UKEY_PERMIT_OPEN)
		i++;
	return i < UKEY_SESSION_ASKS;
}

/* Asks for ADDRESS in the next free place. */
static void
ask(struct ukey_session *s, struct ukey_view address)
{
	unsigned i = 0;

	while (i < UKEY_SESSION_ASKS && s->ask[i].state != UKEY_PERMIT_FREE)
		i++;
	if (i == UKEY_SESSION_ASKS) {
		s->crowded = true;
		return;
	}
	s->ask[i].address = address;
	s->ask[i].state = UKEY_PERMIT_OPEN;
}

/* Starts signing with nothing but the canonicalizations: names come later,
 * when the permission does; nothing of them is hashed before the end. */
static void
start(struct ukey_session *s)
{
	struct ukey_sign_request q = { .domain = UKEY_VIEW("x"),
		.selector = UKEY_VIEW("x"),
		.header_canon = s->settings->header_canon,
		.body_canon = s->settings->body_canon };
	uint8_t *scratch = ukey_session_take(s, SCRATCH);

	s->signing = UKEY_UNSIGNED;
	if (scratch == NULL)
		s->reason = UKEY_REASON_ARENA;
	else if (ukey_sign_init(&s->u.sign, &q, scratch, SCRATCH) != UKEY_OK)
		s->reason = UKEY_REASON_CRYPTO;
	else
		s->signing = UKEY_TO_SIGN;
}

/* Nobody may use what is no mailbox: PATH is told, as far as it is shown. */
static int
deny_sender(struct ukey_session *s, struct ukey_view path,
    enum ukey_reason reason)
{
	s->reason = (uint8_t)reason;
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

	start(s);
	s->null_sender = reason == UKEY_REASON_NULL_SENDER;
	if (s->null_sender)
		return UKEY_OK;
	if (reason != UKEY_REASON_OK)
		return deny_sender(s, path, reason);
	if (!ukey_session_keep(s, ukey_address_text(&s->sender),
	    &s->mail_from))
		return UKEY_ERR_SPACE;
	ukey_address_move(&s->sender, s->mail_from.data);
	ask(s, s->mail_from);
	return UKEY_OK;
}

/* Whether A is MAIL FROM's mailbox, or of its domain where that is enough. */
static bool
is_covered(const struct ukey_session *s, const struct ukey_address *a)
{
	uint8_t own[UKEY_LOCAL_MAX], other[UKEY_LOCAL_MAX];
	struct ukey_view x = { own, 0 }, y = { other, 0 };

	if (s->null_sender ||
	    !ukey_view_equal_nocase(a->domain, s->sender.domain))
		return false;
	if (s->settings->from_check == UKEY_CHECK_DOMAIN)
		return true;
	x.len = ukey_address_unquote(s->sender.local, own);
	y.len = ukey_address_unquote(a->local, other);
	return x.len > 0 && ukey_local_equal(x, y, true);
}

/* Asks for the mailboxes of BODY; for MAIL FROM <> the first of From's is the
 * sender. */
static void
check_mailboxes(struct ukey_session *s, struct ukey_view body)
{
	struct ukey_mailboxes m;
	struct ukey_address a;

	if (body.len == 0)
		return;
	ukey_mailboxes_init(&m, body);
	while (ukey_mailboxes_next(&m, &a)) {
		if (s->null_sender && s->sender.domain.len == 0)
			s->sender = a;
		if (is_covered(s, &a))
			continue;
		ask(s, ukey_address_text(&a)); /* as it stands in the field */
	}
}

void
ukey_submit_header_end(struct ukey_session *s)
{
	if (s->signing != UKEY_TO_SIGN)
		return;
	(void)ukey_sign_header_end(&s->u.sign);
	if (s->null_sender)
		s->sender.domain.len = 0;
	if (s->settings->from_check == UKEY_CHECK_OFF && !s->null_sender)
		return;
	check_mailboxes(s, ukey_sign_from(&s->u.sign));
	check_mailboxes(s, ukey_sign_sender(&s->u.sign));
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
	s->signing = UKEY_SIGN_FAILED;
	if (!set_names(s)) {
		s->reason = UKEY_REASON_ARENA;
		return;
	}
	ukey_out_init(&s->field, s->arena, s->size);
	if (ukey_sign_digest(&s->u.sign, &s->field, s->digest) != UKEY_OK)
		s->reason = s->field.overflow ? UKEY_REASON_ARENA :
		    UKEY_REASON_CRYPTO;
	else
		s->signing = UKEY_DIGEST_OUT;
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
	    !s->crowded)
		make_digest(s);
}

void
ukey_submit_permitted(struct ukey_session *s, unsigned id,
    const struct ukey_permit *permit)
{
	uint8_t *octets;

	s->ask[id].state = (uint8_t)(UKEY_PERMIT_ANSWER +
	    (unsigned)permit->status);
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
