/*
 * userkeys: whose mailbox a message claims to be from (PROTOCOL 1, 5.1), and
 * how its author stands to it.  SPDX-License-Identifier: MIT
 */
#include "ukey_judge.h"

#include "ukey_name.h"

static struct ukey_view
mail_from(const struct ukey_verify *v)
{
	return (struct ukey_view) { v->fields.arena, v->mail_from_len };
}

/* Counts the mailboxes of all From fields, to 2; the first one in AUTHOR. */
static unsigned
authors(const struct ukey_verify *v, struct ukey_address *author)
{
	struct ukey_mailboxes m;
	struct ukey_address other;
	unsigned i = ukey_fields_find(&v->fields, UKEY_VIEW("from"));

	if (i == UKEY_FIELD_NONE)
		return 0;
	if (ukey_fields_above(&v->fields, i) != UKEY_FIELD_NONE)
		return 2;
	ukey_mailboxes_init(&m, ukey_fields_body(&v->fields, i));
	if (!ukey_mailboxes_next(&m, author))
		return 0;
	if (ukey_mailboxes_next(&m, &other))
		return 2;
	return m.reason == UKEY_REASON_OK ? 1 : 0;
}

bool
ukey_identity_author(const struct ukey_verify *v, struct ukey_address *author)
{
	if (v->fields.reason != UKEY_REASON_OK || v->fields.index == 0)
		return false;
	return authors(v, author) == 1;
}

bool
ukey_identity_is_author(const struct ukey_verify *v)
{
	struct ukey_address a;

	return (v->identity == UKEY_REASON_OK ||
	    v->identity == UKEY_REASON_NULL_SENDER) &&
	    ukey_address_parse(mail_from(v), &a) == UKEY_REASON_NULL_SENDER;
}

struct ukey_address
ukey_identity_sender(const struct ukey_verify *v)
{
	struct ukey_address a = { { NULL, 0 }, { NULL, 0 } };

	if (v->identity != UKEY_REASON_OK)
		return a;
	if (ukey_address_parse(mail_from(v), &a) == UKEY_REASON_NULL_SENDER)
		ukey_identity_author(v, &a);
	return a;
}

bool
ukey_identity_same(const struct ukey_address *a, const struct ukey_address *b,
    bool exact)
{
	uint8_t text_a[UKEY_LOCAL_MAX], text_b[UKEY_LOCAL_MAX];
	struct ukey_view local_a = { text_a,
		ukey_address_unquote(a->local, text_a) };
	struct ukey_view local_b = { text_b,
		ukey_address_unquote(b->local, text_b) };

	return local_a.len > 0 && local_b.len > 0 &&
	    ukey_view_equal_nocase(a->domain, b->domain) &&
	    ukey_local_equal(local_a, local_b, exact);
}

static enum ukey_relation
relation(const struct ukey_verify *v)
{
	struct ukey_address sender = ukey_identity_sender(v);
	struct ukey_address author;
	unsigned count = authors(v, &author);

	if (count != 1)
		return count == 0 ? UKEY_FROM_NONE : UKEY_FROM_MANY;
	return ukey_identity_same(&author, &sender, false) ?
	    UKEY_FROM_SAME : UKEY_FROM_OTHER;
}

void
ukey_identity_find(struct ukey_verify *v)
{
	struct ukey_address a;
	enum ukey_reason reason;

	if (v->identity == UKEY_REASON_OK) {
		reason = ukey_address_parse(mail_from(v), &a);
		if (reason == UKEY_REASON_NULL_SENDER &&
		    ukey_identity_author(v, &a))
			reason = UKEY_REASON_OK;
		v->identity = (uint8_t)reason;
	}
	if (v->fields.reason == UKEY_REASON_OK)
		v->relation = (uint8_t)relation(v);
}
