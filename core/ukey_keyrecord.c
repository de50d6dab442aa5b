/*
 * userkeys: the key record (RFC 6376 3.6.1, PROTOCOL 3).
 * SPDX-License-Identifier: MIT
 *
 * Values are words of the ABNF, hence compared without case (RFC 5234 2.3);
 * "DKIM1" is spelled there in octets, hence compared as it is.
 */
#include "ukey_keyrecord.h"

#include "ukey_taglist.h"

/* Whether WORD is one of LIST's words between colons, FWS around them. */
static bool
has_word(struct ukey_view list, struct ukey_view word)
{
	while (list.data != NULL) {
		if (ukey_view_equal_nocase(word,
		    ukey_view_trim(ukey_view_cut(&list, ':'))))
			return true;
	}
	return false;
}

static enum ukey_advice
advice_of(struct ukey_view word)
{
	if (ukey_view_equal_nocase(word, UKEY_VIEW("reject")))
		return UKEY_ADVICE_REJECT;
	if (ukey_view_equal_nocase(word, UKEY_VIEW("quarantine")))
		return UKEY_ADVICE_QUARANTINE;
	return UKEY_ADVICE_NONE;
}

/* advice *( ":" option ) */
static void
read_uk(struct ukey_keyrecord *record, struct ukey_view value)
{
	struct ukey_view first = ukey_view_cut(&value, ':');

	record->flags |= UKEY_KEY_UK;
	record->advice = (uint8_t)advice_of(ukey_view_trim(first));
	if (has_word(value, UKEY_VIEW("exact")))
		record->flags |= UKEY_KEY_EXACT;
	if (has_word(value, UKEY_VIEW("from")))
		record->flags |= UKEY_KEY_FROM;
}

static void
read_p(struct ukey_keyrecord *record, struct ukey_view value)
{
	record->flags |= UKEY_KEY_P;
	record->p = value;
}

static void
read_t(struct ukey_keyrecord *record, struct ukey_view value)
{
	if (has_word(value, UKEY_VIEW("y")))
		record->flags |= UKEY_KEY_TESTING;
	if (has_word(value, UKEY_VIEW("s")))
		record->flags |= UKEY_KEY_STRICT;
}

/* The record cannot be used, for REASON, unless the k=, h= or s= before
 * already said so: the order of enum ukey_reason is that of the checks. */
static void
refuse(struct ukey_keyrecord *record, enum ukey_reason reason, bool fits)
{
	if (!fits && (record->usable == UKEY_REASON_OK ||
	    reason < record->usable))
		record->usable = (uint8_t)reason;
}

/* The tags that say what a key is not for. */
static void
read_limits(struct ukey_keyrecord *record, uint8_t name, struct ukey_view v)
{
	if (name == 'k')
		refuse(record, UKEY_REASON_KEY_TYPE,
		    ukey_view_equal_nocase(v, UKEY_VIEW("rsa")));
	if (name == 'h')
		refuse(record, UKEY_REASON_KEY_HASH,
		    has_word(v, UKEY_VIEW("sha256")));
	if (name == 's')
		refuse(record, UKEY_REASON_KEY_SERVICE,
		    has_word(v, UKEY_VIEW("*")) ||
		    has_word(v, UKEY_VIEW("email")));
}

static void
read_tag(struct ukey_keyrecord *record, const struct ukey_tag *tag, bool first)
{
	struct ukey_view v = tag->value;

	if (ukey_view_equal(tag->name, UKEY_VIEW("uk")))
		read_uk(record, v);
	if (tag->name.len != 1)
		return;
	if (tag->name.data[0] == 'p')
		read_p(record, v);
	else if (tag->name.data[0] == 't')
		read_t(record, v);
	else if (tag->name.data[0] != 'v')
		read_limits(record, tag->name.data[0], v);
	else if (!first || !ukey_view_equal(v, UKEY_VIEW("DKIM1")))
		record->flags &= (uint8_t)~UKEY_KEY_VERSION;
}

enum ukey_reason
ukey_keyrecord_parse(struct ukey_keyrecord *record, struct ukey_view text)
{
	struct ukey_taglist list;
	struct ukey_tag tag;
	bool first = true;

	*record = (struct ukey_keyrecord) { { NULL, 0 }, UKEY_KEY_VERSION,
		UKEY_ADVICE_NONE, UKEY_REASON_OK };
	ukey_taglist_init(&list, text);
	while (ukey_taglist_next(&list, &tag)) {
		read_tag(record, &tag, first);
		first = false;
	}
	if (list.reason != UKEY_REASON_OK)
		return UKEY_REASON_KEY_SYNTAX;
	if ((record->flags & UKEY_KEY_P) && record->p.len == 0 &&
	    record->usable == UKEY_REASON_OK)
		record->usable = UKEY_REASON_KEY_REVOKED;
	return UKEY_REASON_OK;
}

bool
ukey_keyrecord_is_userkey(const struct ukey_keyrecord *record)
{
	const uint8_t all = UKEY_KEY_VERSION | UKEY_KEY_P | UKEY_KEY_UK;

	return (record->flags & all) == all;
}
