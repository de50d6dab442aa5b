/*
 * userkeys: whose mailbox a message claims to be from (PROTOCOL 1, 5.1), and
 * how its author stands to it.  SPDX-License-Identifier: MIT
 */
#include "ukey_judge.h"

#include "ukey_mem.h"
#include "ukey_sender.h"

struct ukey_identity *
ukey_identity_of(const struct ukey_verify *v)
{
	return v->fields.size < sizeof(struct ukey_identity) ? NULL :
	    (struct ukey_identity *)(void *)v->fields.arena;
}

void
ukey_identity_init(struct ukey_verify *v)
{
	struct ukey_identity *who =
	    ukey_fields_alloc(&v->fields, sizeof(*who));

	if (who == NULL)
		v->fields.reason = UKEY_REASON_ARENA;
	else
		memset(who, 0, sizeof(*who));
}

/*
 * LOCAL without quoting: itself, or a copy in the arena; empty when it is
 * longer than any local-part, and equal to none.  False: no room.  However long
 * LOCAL is, at most UKEY_LOCAL_MAX octets are copied.
 */
static bool
unquote(struct ukey_verify *v, struct ukey_view local, struct ukey_view *plain)
{
	uint8_t *copy;

	*plain = ukey_view_part(local, 0,
	    local.len <= UKEY_LOCAL_MAX ? local.len : 0);
	if (local.len == 0 || local.data[0] != '"')
		return true;
	copy = ukey_fields_alloc(&v->fields, UKEY_LEAST(local.len,
	    UKEY_LOCAL_MAX));
	if (copy == NULL)
		return false;
	*plain = (struct ukey_view) { copy, ukey_address_unquote(local, copy) };
	return true;
}

/* The label of the sender, whose address is there; _SENDER_LENGTH where its
 * name would not fit the DNS, _SENDER_OCTETS where no result could name it: no
 * pass is written without its identity (PROTOCOL 6). */
static enum ukey_reason
write_label(struct ukey_identity *who)
{
	size_t name = UKEY_VIEW(".userkeys.").len + who->sender.domain.len;

	if (who->sender_local.len == 0)
		return UKEY_REASON_SENDER_LENGTH;
	if (!ukey_view_is_text(ukey_address_text(&who->sender)))
		return UKEY_REASON_SENDER_OCTETS;
	who->label.data = who->text;
	who->label.len = ukey_label_write(who->sender_local, false, who->text);
	if (who->label.len == 0)
		return UKEY_REASON_CRYPTO;
	return who->label.len + name > UKEY_NAME_MAX ?
	    UKEY_REASON_SENDER_LENGTH : UKEY_REASON_OK;
}

/* Keeps A, which was read from text of the caller's. */
static enum ukey_reason
keep_sender(struct ukey_verify *v, struct ukey_identity *who,
    struct ukey_address a)
{
	struct ukey_view text = ukey_address_text(&a);
	uint8_t *copy = ukey_fields_alloc(&v->fields, text.len);

	if (copy == NULL)
		return UKEY_REASON_ARENA;
	memcpy(copy, text.data, text.len);
	ukey_address_move(&a, copy);
	if (!unquote(v, a.local, &who->sender_local))
		return UKEY_REASON_ARENA;
	who->sender = a;
	return write_label(who);
}

void
ukey_identity_sender(struct ukey_verify *v, struct ukey_view path,
    struct ukey_view mta)
{
	struct ukey_identity *who = ukey_identity_of(v);
	struct ukey_address a;
	enum ukey_reason reason = ukey_sender_read(path, mta, &a);

	if (who == NULL) {
		v->identity = UKEY_REASON_ARENA;
		return;
	}
	who->null_sender = reason == UKEY_REASON_NULL_SENDER;
	v->identity = (uint8_t)(reason == UKEY_REASON_OK ?
	    keep_sender(v, who, a) : reason);
}

/* Reads the mailboxes of all From fields: which relation that leaves. */
static enum ukey_relation
read_author(const struct ukey_verify *v, struct ukey_address *author)
{
	struct ukey_mailboxes m;
	struct ukey_address other;
	unsigned i = ukey_fields_find(&v->fields, UKEY_VIEW("from"));

	if (i == UKEY_FIELD_NONE)
		return UKEY_FROM_NONE;
	if (ukey_fields_above(&v->fields, i) != UKEY_FIELD_NONE)
		return UKEY_FROM_MANY;
	ukey_mailboxes_init(&m, ukey_fields_body(&v->fields, i));
	if (!ukey_mailboxes_next(&m, author))
		return UKEY_FROM_NONE;
	if (ukey_mailboxes_next(&m, &other))
		return UKEY_FROM_MANY;
	return m.reason == UKEY_REASON_OK ? UKEY_FROM_OTHER : UKEY_FROM_NONE;
}

bool
ukey_identity_same(const struct ukey_identity *who, bool exact)
{
	return who->author.domain.len > 0 && ukey_view_equal_nocase(
	    who->author.domain, who->sender.domain) &&
	    ukey_local_equal(who->author_local, who->sender_local, exact);
}

void
ukey_identity_author(struct ukey_verify *v)
{
	struct ukey_identity *who = ukey_identity_of(v);
	struct ukey_address author;

	if (who == NULL || v->fields.reason != UKEY_REASON_OK)
		return;
	v->relation = (uint8_t)read_author(v, &author);
	if (v->relation != UKEY_FROM_OTHER)
		return;
	who->author = author;
	if (!unquote(v, author.local, &who->author_local)) {
		v->fields.reason = UKEY_REASON_ARENA;
		return;
	}
	if (v->identity == UKEY_REASON_NULL_SENDER) {
		who->sender = author;
		who->sender_local = who->author_local;
		v->identity = (uint8_t)(ukey_address_text(&author).len >
		    UKEY_SENDER_MAX ? UKEY_REASON_SENDER_LENGTH :
		    write_label(who));
	}
	if (ukey_identity_same(who, false))
		v->relation = UKEY_FROM_SAME;
}
