/*
 * userkeys: who sends, from MAIL FROM's argument and from what the mail server
 * made of it (PROTOCOL 5.1).  SPDX-License-Identifier: MIT
 *
 * A server delivers spellings that the strict parser refuses.  The mailbox that
 * is judged must be the one that the server uses, or the message is not judged
 * at all.
 */
#include "ukey_sender.h"

#include "ukey_name.h"

static bool
is_readable(enum ukey_reason reason)
{
	return reason == UKEY_REASON_OK || reason == UKEY_REASON_NULL_SENDER;
}

static bool
same_local(struct ukey_view a, struct ukey_view b)
{
	uint8_t first[UKEY_LOCAL_MAX], second[UKEY_LOCAL_MAX];
	struct ukey_view x = { first, ukey_address_unquote(a, first) };
	struct ukey_view y = { second, ukey_address_unquote(b, second) };

	return ukey_local_equal(x, y, false);
}

/* Whether OTHER, read as THEIRS, names the mailbox A, or its local-part. */
static bool
agrees(const struct ukey_address *a, enum ukey_reason theirs,
    const struct ukey_address *other)
{
	if (theirs == UKEY_REASON_OK &&
	    !ukey_view_equal_nocase(a->domain, other->domain))
		return false;
	return (theirs == UKEY_REASON_OK || theirs == UKEY_REASON_NO_DOMAIN) &&
	    same_local(a->local, other->local);
}

static enum ukey_reason
reconcile(struct ukey_view path, struct ukey_view mta,
    struct ukey_address *sender)
{
	struct ukey_address other;
	enum ukey_reason reason = ukey_address_parse(path, sender);
	enum ukey_reason theirs;

	if (mta.data == NULL)
		return reason;
	theirs = ukey_address_parse(mta, &other);
	if (reason == UKEY_REASON_U_LABEL || theirs == UKEY_REASON_U_LABEL)
		return UKEY_REASON_U_LABEL;
	if (!is_readable(reason)) {
		*sender = other;
		return is_readable(theirs) ? theirs : reason;
	}
	if (reason == UKEY_REASON_OK ? agrees(sender, theirs, &other) :
	    theirs == UKEY_REASON_NULL_SENDER)
		return reason;
	return UKEY_REASON_SENDER_DIFFERS;
}

enum ukey_reason
ukey_sender_read(struct ukey_view path, struct ukey_view mta,
    struct ukey_address *sender)
{
	enum ukey_reason reason = reconcile(path, mta, sender);

	if (reason == UKEY_REASON_OK &&
	    ukey_address_text(sender).len > UKEY_SENDER_MAX)
		reason = UKEY_REASON_SENDER_LENGTH;
	if (reason != UKEY_REASON_OK)
		*sender = (struct ukey_address) { UKEY_VIEW_NONE,
			UKEY_VIEW_NONE };
	return reason;
}
