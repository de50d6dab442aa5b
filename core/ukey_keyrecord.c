/*
 * userkeys: the key record (RFC 6376 3.6.1, PROTOCOL 3).
 * SPDX-License-Identifier: MIT
 *
 * The words of DKIM's tags are compared with case (RFC 6376 3.2), those of uk=
 * without.
 */
#include "ukey_keyrecord.h"

#include "ukey_taglist.h"

/* Bits beside those of ukey_keyrecord.flags: k=, h= and s= are there, and
 * allow what we need. */
#define HAS_K 0x100u
#define HAS_H 0x200u
#define HAS_S 0x400u
#define FIT_K (HAS_K << 3)
#define FIT_H (HAS_H << 3)
#define FIT_S (HAS_S << 3)

#define UK 0 /* in place of a tag's letter */

/* What a word in the list of a tag sets. */
static const struct {
	uint8_t tag;
	char word[7];
	uint16_t bit;
} words[] = {
	{ 'k', "rsa", FIT_K }, { 'h', "sha256", FIT_H }, { 's', "*", FIT_S },
	{ 's', "email", FIT_S }, { 't', "y", UKEY_KEY_TESTING },
	{ 't', "s", UKEY_KEY_STRICT }, { UK, "exact", UKEY_KEY_EXACT },
	{ UK, "from", UKEY_KEY_FROM }
};

/* By enum ukey_advice. */
static const char advices[][11] = { "none", "quarantine", "reject" };

static struct ukey_view
literal(const char *text)
{
	struct ukey_view v = { (const uint8_t *)text, 0 };

	while (text[v.len] != '\0')
		v.len++;
	return v;
}

/* The bit that WORD, in a list of tag TAG, sets. */
static unsigned
read_word(uint8_t tag, struct ukey_view word)
{
	unsigned bits = 0, i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct ukey_view known = literal(words[i].word);

		if (words[i].tag == tag && (tag == UK ?
		    ukey_view_equal_nocase(word, known) :
		    ukey_view_equal(word, known)))
			bits |= words[i].bit;
	}
	return bits;
}

static unsigned
read_words(uint8_t tag, struct ukey_view list)
{
	unsigned bits = 0;

	while (list.data != NULL)
		bits |= read_word(tag, ukey_view_word(&list, ':'));
	return bits;
}

/* advice *( ":" option ); the options go on as the list. */
static uint8_t
read_advice(struct ukey_view *value)
{
	struct ukey_view word = ukey_view_word(value, ':');
	unsigned advice = UKEY_ADVICE_REJECT;

	while (advice > 0 &&
	    !ukey_view_equal_nocase(word, literal(advices[advice])))
		advice--;
	return (uint8_t)advice;
}

/* The bits of a tag with a list of words, or with one: k=. */
static unsigned
read_limits(uint8_t name, struct ukey_view v)
{
	unsigned bits = 0;

	if (name != 'k' || ukey_view_find(v, ':') == v.len)
		bits = read_words(name, v);
	if (name == 'k')
		bits |= HAS_K;
	if (name == 'h')
		bits |= HAS_H;
	if (name == 's')
		bits |= HAS_S;
	return bits;
}

/* The bits of one tag. */
static unsigned
read_tag(struct ukey_keyrecord *record, const struct ukey_tag *tag)
{
	struct ukey_view v = tag->value;
	uint8_t name = tag->name.data[0];

	if (ukey_view_equal(tag->name, UKEY_VIEW("uk"))) {
		record->advice = read_advice(&v);
		return UKEY_KEY_UK | read_words(UK, v);
	}
	if (tag->name.len != 1)
		return 0;
	if (name == 'p') {
		record->p = v;
		return UKEY_KEY_P;
	}
	if (name == 'v' && !ukey_view_equal(v, UKEY_VIEW("DKIM1")))
		record->flags = 0;
	return read_limits(name, v);
}

/* What the tags say against the key's use, in the order of the checks. */
static enum ukey_reason
usable(unsigned bits, struct ukey_view p)
{
	unsigned missing = bits & ~(bits >> 3);

	if (missing & HAS_K)
		return UKEY_REASON_KEY_TYPE;
	if (missing & HAS_H)
		return UKEY_REASON_KEY_HASH;
	if (missing & HAS_S)
		return UKEY_REASON_KEY_SERVICE;
	return (bits & UKEY_KEY_P) && p.len == 0 ? UKEY_REASON_KEY_REVOKED :
	    UKEY_REASON_OK;
}

enum ukey_reason
ukey_keyrecord_parse(struct ukey_keyrecord *record, struct ukey_view text)
{
	struct ukey_taglist list;
	struct ukey_tag tag;
	unsigned bits = 0;

	*record = (struct ukey_keyrecord) { { NULL, 0 }, UKEY_KEY_VERSION,
		UKEY_ADVICE_NONE, UKEY_REASON_OK };
	ukey_taglist_init(&list, text);
	list.any_line_end = true;
	while (ukey_taglist_next(&list, &tag))
		bits |= read_tag(record, &tag);
	if (list.reason != UKEY_REASON_OK)
		return list.reason == UKEY_REASON_ARENA ? UKEY_REASON_ARENA :
		    UKEY_REASON_KEY_SYNTAX;
	record->flags |= (uint8_t)bits;
	record->usable = (uint8_t)usable(bits, record->p);
	return UKEY_REASON_OK;
}

bool
ukey_keyrecord_is_userkey(const struct ukey_keyrecord *record)
{
	const uint8_t all = UKEY_KEY_VERSION | UKEY_KEY_P | UKEY_KEY_UK;

	return (record->flags & all) == all;
}
