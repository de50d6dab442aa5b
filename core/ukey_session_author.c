/*
 * userkeys: From and Sender on submission: whom the login must be allowed to
 * be (PROTOCOL 4.3).  SPDX-License-Identifier: MIT
 *
 * Where they cannot be read to their end, nobody can tell which mailbox a
 * reader will see.  Such mail is refused as soon as anything is known of the
 * login, of MAIL FROM's domain, or of a domain that stands in the field.
 */
#include "ukey_session_parts.h"

#include "ukey_name.h"

/* Whether A is MAIL FROM's mailbox itself. */
static bool
is_sender(const struct ukey_session *s, const struct ukey_address *a)
{
	uint8_t own[UKEY_LOCAL_MAX], other[UKEY_LOCAL_MAX];
	struct ukey_view x = { own, 0 }, y = { other, 0 };

	if (s->null_sender ||
	    !ukey_view_equal_nocase(a->domain, s->sender.domain))
		return false;
	x.len = ukey_address_unquote(s->sender.local, own);
	y.len = ukey_address_unquote(a->local, other);
	return x.len > 0 && ukey_local_equal(x, y, true);
}

static bool
is_covered(const struct ukey_session *s, const struct ukey_address *a)
{
	return s->settings->from_check == UKEY_CHECK_DOMAIN &&
	    !s->null_sender &&
	    ukey_view_equal_nocase(a->domain, s->sender.domain);
}

/* Asks for A, unless that is settled with MAIL FROM; for MAIL FROM <> the
 * first of From's is the sender. */
static void
ask_mailbox(struct ukey_session *s, const struct ukey_address *a)
{
	struct ukey_session_ask *place;

	if (s->null_sender && s->sender.domain.len == 0)
		s->sender = *a;
	if (is_sender(s, a) ||
	    (is_covered(s, a) && ukey_submit_allowed(&s->ask[0])))
		return;
	/* The address as it stands in the field. */
	place = ukey_submit_ask(s, ukey_address_text(a));
	if (place != NULL)
		place->covered = is_covered(s, a);
}

/* Where the white space and the comments from AT on end. */
static size_t
skip_gap(struct ukey_view v, size_t at)
{
	unsigned depth = 0;

	for (; at < v.len; at++) {
		if (v.data[at] == '(')
			depth++;
		else if (depth > 0 && v.data[at] == ')')
			depth--;
		else if (depth == 0 && !ukey_is_fws(v.data[at]))
			break;
	}
	return at;
}

/* Whether a domain that ends at END of V may go on, for some reader: behind a
 * gap, or with octets that are in no domain. */
static bool
may_go_on(struct ukey_view v, size_t end)
{
	static const struct ukey_view ends = UKEY_VIEW("<>,;:)[]@\"");
	size_t next = skip_gap(v, end);
	uint8_t c;

	if (next == v.len)
		return false;
	c = v.data[next];
	if (next == end)
		return ukey_view_find(ends, c) == ends.len;
	return c == '.' || ((ukey_is_ldh(c) || c >= 0x80) &&
	    (v.data[end - 1] == '.' || v.data[end] == '('));
}

/* The domain behind an "@" at AT of V, as readers who pass over what they do
 * not know take it; empty where they may differ. */
static struct ukey_view
plain_domain(struct ukey_view v, size_t at)
{
	size_t start = skip_gap(v, at + 1), end = start;
	struct ukey_view domain;

	while (end < v.len && (ukey_is_ldh(v.data[end]) ||
	    v.data[end] == '.'))
		end++;
	domain = ukey_view_part(v, start, end);
	if (end == start || may_go_on(v, end))
		domain.len = 0;
	else if (v.data[end - 1] == '.')
		domain.len--;
	return ukey_view_is_domain(domain, true) ? domain :
	    (struct ukey_view) { NULL, 0 };
}

/* Asks for each domain in BODY, which cannot be read. */
static void
ask_domains(struct ukey_session *s, struct ukey_view body)
{
	struct ukey_view domain;
	size_t at;

	for (at = 0; at < body.len && !s->known && !s->crowded; at++) {
		if (body.data[at] != '@')
			continue;
		domain = plain_domain(body, at);
		if (domain.len == 0)
			s->known = true; /* in doubt it is one of ours */
		else
			(void)ukey_submit_ask(s, domain);
	}
}

/* Asks for what BODY holds, from its field's colon on; why that is not all
 * that a reader could see in it, REASON for a syntax that is nobody's. */
static enum ukey_reason
check_field(struct ukey_session *s, struct ukey_view body,
    enum ukey_reason reason)
{
	struct ukey_mailboxes m;
	struct ukey_address a;
	unsigned count = 0;

	ukey_mailboxes_init(&m, body);
	for (; ukey_mailboxes_next(&m, &a); count++)
		ask_mailbox(s, &a);
	if (m.reason == UKEY_REASON_FROM_UNQUALIFIED)
		return m.reason;
	return m.reason == UKEY_REASON_OK && count > 0 ? m.reason : reason;
}

static void
note_author(struct ukey_session *s, enum ukey_reason reason)
{
	if (s->author == UKEY_REASON_OK)
		s->author = (uint8_t)reason;
}

/* Whether there is more of an author than From and Sender show. */
static bool
hides(enum ukey_reason reason)
{
	return reason == UKEY_REASON_FROM_LIMIT || reason ==
	    UKEY_REASON_NUL || reason == UKEY_REASON_BARE_CR || reason ==
	    UKEY_REASON_BARE_LF;
}

void
ukey_submit_author(struct ukey_session *s)
{
	struct ukey_view from = ukey_sign_from(&s->u.sign);
	struct ukey_view sender = ukey_sign_sender(&s->u.sign);

	note_author(s, ukey_sign_author(&s->u.sign));
	if (from.len > 0)
		note_author(s, check_field(s, from, UKEY_REASON_FROM_SYNTAX));
	if (sender.len > 0)
		note_author(s, check_field(s, sender,
		    UKEY_REASON_SENDER_SYNTAX));
	if (s->author == UKEY_REASON_OK ||
	    s->settings->from_check == UKEY_CHECK_OFF)
		return;
	/* In what was cut off or hidden there may be one of ours. */
	if (hides(ukey_sign_author(&s->u.sign)))
		s->known = true;
	if (s->null_sender && s->login.len > 0 && !s->known)
		(void)ukey_submit_ask(s, ukey_view_part(s->login, 0, 0));
	ask_domains(s, from);
	ask_domains(s, sender);
}
