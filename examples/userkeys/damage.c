/*
 * userkeys, the command: what was done to the text of a key record on its way
 * through a panel into the DNS.  SPDX-License-Identifier: MIT
 *
 * What a panel adds is taken away again, one kind after the other; what is
 * then left of the key is compared with the key.  RFC 6376 3.6.1 has the
 * record's form, RFC 1035 3.3.14 its strings.
 */
#include <stdarg.h>
#include <string.h>

#include "damage_parts.h"
#include "ukey_base64.h"
#include "ukey_taglist.h"

#define SHOWN 40 /* octets of a value in a message */
#define DER_HEAD 48 /* octets of p= that keys of one size share */
#define STRING_MAX 255
#define REST_MIN 16   /* octets; fewer may be anything */

void
damage_add(struct damages *d, const char *mend, const char *format, ...)
{
	va_list ap;

	if (d->count == DAMAGE_MAX)
		return;
	va_start(ap, format);
	vsnprintf(d->list[d->count].what, DAMAGE_TEXT, format, ap);
	va_end(ap);
	d->list[d->count++].mend = mend;
}

struct ukey_view
copy_view(const struct copy *c)
{
	return (struct ukey_view) { c->data, c->len };
}

static bool
begins(struct ukey_view v, struct ukey_view with)
{
	return ukey_view_equal(ukey_view_part(v, 0, with.len), with);
}

size_t
damage_where(struct ukey_view v, struct ukey_view what)
{
	size_t at = 0;

	while (at < v.len && !begins(ukey_view_part(v, at, v.len), what))
		at++;
	return at;
}

static int
shown(struct ukey_view v)
{
	return (int)(v.len < SHOWN ? v.len : SHOWN);
}

/* The value of p=, whatever else is malformed; data NULL without one. */
static struct ukey_view
value_of_p(struct ukey_view text)
{
	size_t at = 0, next;

	for (; at < text.len; at += next + 1) {
		next = damage_where(
		    ukey_view_part(text, at, text.len), UKEY_VIEW("p="));
		if (at + next == text.len)
			break;
		at += next;
		next = 1;
		if (at > 0 && text.data[at - 1] != ';' &&
		    !ukey_is_fws(text.data[at - 1]))
			continue;
		text = ukey_view_part(text, at + 2, text.len);
		return ukey_view_part(text, 0, ukey_view_find(text, ';'));
	}
	return (struct ukey_view) { NULL, 0 };
}

bool
damage_same_dkim(struct ukey_view served, struct ukey_view right)
{
	uint8_t x[UKEY_KEY_PUBLIC_MAX], y[UKEY_KEY_PUBLIC_MAX];
	struct ukey_view v = { x, 0 }, w = { y, 0 };
	struct ukey_keyrecord r, own;

	return ukey_keyrecord_parse(&r, served) == UKEY_REASON_OK &&
	    ukey_keyrecord_parse(&own, right) == UKEY_REASON_OK &&
	    (r.flags & UKEY_KEY_VERSION) != 0 &&
	    ukey_base64_decode(r.p, x, sizeof(x), &v.len) &&
	    ukey_base64_decode(own.p, y, sizeof(y), &w.len) &&
	    ukey_view_equal(v, w);
}

bool
damage_same_key(struct ukey_view served, struct ukey_view right)
{
	struct ukey_keyrecord r;

	return damage_same_dkim(served, right) &&
	    ukey_keyrecord_parse(&r, served) == UKEY_REASON_OK &&
	    ukey_keyrecord_is_userkey(&r);
}

/* TEXT without a dot at its end. */
static struct ukey_view
without_dot(struct ukey_view text)
{
	text = ukey_view_trim(text);
	if (text.len > 0 && text.data[text.len - 1] == '.')
		text.len--;
	return text;
}

/* Whether SERVED is a piece of RIGHT, and not its beginning. */
static bool
is_rest(struct ukey_view served, struct ukey_view right)
{
	size_t at = damage_where(right, served);

	return served.len >= REST_MIN && at > 0 && at < right.len;
}

bool
damage_is_key(struct ukey_view served, struct ukey_view right,
    struct ukey_view target)
{
	static const char *const signs[] = { "DKIM1", "dkim1", "p=", "uk=",
		"BEGIN PUBLIC", "MIIB", "MIGf" };
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (damage_where(served, cli_view(signs[i])) < served.len)
			return true;
	return is_rest(served, right) ||
	    ukey_view_equal_nocase(without_dot(served), target);
}

/* Whether C, cut at "v=DKIM1", is RIGHT's key the other way round. */
static bool
is_turned(const struct copy *c, struct ukey_view right)
{
	static struct copy turned;
	size_t at = damage_where(copy_view(c), UKEY_VIEW("v=DKIM1"));

	if (at == 0 || at == c->len)
		return false;
	memcpy(turned.data, c->data + at, c->len - at);
	memcpy(turned.data + c->len - at, c->data, at);
	turned.len = c->len;
	return damage_same_key(copy_view(&turned), right);
}

/* How many octets both begin with. */
static size_t
common(struct ukey_view a, struct ukey_view b)
{
	size_t i = 0;

	while (i < a.len && i < b.len && a.data[i] == b.data[i])
		i++;
	return i;
}

/* How many octets both end with. */
static size_t
common_end(struct ukey_view a, struct ukey_view b)
{
	size_t i = 0;

	while (i < a.len && i < b.len &&
	    a.data[a.len - 1 - i] == b.data[b.len - 1 - i])
		i++;
	return i;
}

/* Copies V without octets of WITHOUT. */
static struct ukey_view
strip(struct copy *c, struct ukey_view v, const char *without)
{
	size_t i;

	c->len = 0;
	for (i = 0; i < v.len && c->len < COPY_MAX; i++)
		if (v.data[i] == '\0' || strchr(without, v.data[i]) == NULL)
			c->data[c->len++] = v.data[i];
	return copy_view(c);
}

/* What P lost of KEY at its end or from all over; false where it is neither. */
static bool
find_lost(struct damages *d, struct ukey_view p, struct ukey_view key,
    bool whole_string)
{
	static struct copy plain;

	if (common(p, key) == p.len)
		damage_add(d, "enter all of it: in several strings of at most "
		    "255 octets, or in one piece, as the panel wants it",
		    "it is cut short: %zu of %zu octets of the key are there%s",
		    p.len, key.len, whole_string ?
		    ", as of a panel that keeps one string of 255 octets" : "");
	else if (ukey_view_equal_nocase(p, key))
		damage_add(d, "enter it where capital letters are kept",
		    "capital letters of p= were turned into small ones");
	else if (ukey_view_equal(p, strip(&plain, key, "+")))
		damage_add(d, "enter it anew; within a URL, + is %2B",
		    "each + of p= is gone, or became a blank");
	else if (ukey_view_equal(p, strip(&plain, key, "=")))
		damage_add(d, "enter all of it", "the = at the end of p= is "
		    "gone");
	else
		return false;
	return true;
}

/* In which place P differs from KEY, if not all over. */
static void
find_place(struct damages *d, struct ukey_view p, struct ukey_view key)
{
	size_t same = common(p, key), end = common_end(p, key);

	if (same >= DER_HEAD && p.len < key.len && same + end >= p.len)
		damage_add(d, "enter all of it", "%zu octets of p= are "
		    "missing behind its first %zu", key.len - p.len, same);
	else if (same >= DER_HEAD && p.len > key.len && same + end >= key.len)
		damage_add(d, "enter it as it is printed", "%zu octets too "
		    "many are in p= behind its first %zu", p.len - key.len,
		    same);
	else if (p.len == key.len && same + end + 4 >= p.len)
		damage_add(d, "enter it as it is printed", "octet %zu of p= "
		    "is \"%c\", not \"%c\"", same + 1, p.data[same],
		    key.data[same]);
	else
		damage_add(d, "publish the record of this key, or check with "
		    "the key that is published", "it is the record of another "
		    "key");
}

/* v= and uk= of a text that parses. */
static void
find_tags(struct damages *d, struct ukey_view text)
{
	struct ukey_taglist list;
	struct ukey_tag tag;
	bool uk = false;

	ukey_taglist_init(&list, text);
	while (ukey_taglist_next(&list, &tag)) {
		uk |= ukey_view_equal(tag.name, UKEY_VIEW("uk"));
		if (ukey_view_equal(tag.name, UKEY_VIEW("v")) &&
		    !ukey_view_equal(tag.value, UKEY_VIEW("DKIM1")))
			damage_add(d, "write \"v=DKIM1;\", in capital "
			    "letters, with its semicolon", "v= is \"%.*s\", "
			    "not \"DKIM1\"", shown(tag.value),
			    (const char *)tag.value.data);
	}
	if (!uk)
		damage_add(d, "add uk=none, uk=quarantine or uk=reject: a "
		    "panel's form for DKIM may drop it: enter it as TXT",
		    "uk= is missing: this is a record of DKIM alone");
}

/* The octet for which TEXT, as it is served, does not parse. */
static void
find_octet(struct damages *d, struct ukey_view text)
{
	size_t i = 0;

	while (i < text.len && text.data[i] >= ' ' && text.data[i] < 0x7F)
		i++;
	if (i < text.len)
		damage_add(d, "enter it anew, as \"userkeys record\" prints it",
		    "octet %zu is \\x%02X: expected printable ASCII", i + 1,
		    text.data[i]);
	else
		damage_add(d, "publish it as \"userkeys record\" prints it",
		    "it is no list of tag=value with a semicolon between each "
		    "two");
}

/* What makes p= of TEXT another key than RIGHT's. */
static void
find_key(struct damages *d, struct ukey_view text, struct ukey_view right,
    bool whole_string)
{
	static struct copy one, other;
	struct ukey_view p = value_of_p(text), key;

	key = strip(&other, value_of_p(right), " ");
	if (p.data == NULL) {
		damage_add(d, "publish the line that \"userkeys record\" "
		    "prints", "there is no p= in it");
		return;
	}
	p = strip(&one, p, " \t\r\n");
	if (p.len == 0)
		damage_add(d, "publish the record of this key again, or use "
		    "the key that took its place", "p= is empty: the key is "
		    "withdrawn");
	else if (!ukey_view_equal(p, key) && !find_lost(d, p, key,
	    whole_string))
		find_place(d, p, key);
}

/* What makes TEXT, of SERVED, no record for users, whatever its key. */
static void
find_form(struct damages *d, struct ukey_view text, struct ukey_view served)
{
	struct ukey_keyrecord r;

	if (ukey_view_find(text, ';') == text.len && damage_where(text,
	    UKEY_VIEW("p=")) > 0)
		damage_add(d, "publish it as \"userkeys record\" prints it",
		    "the semicolons between its tags are gone");
	else if (ukey_keyrecord_parse(&r, text) != UKEY_REASON_OK)
		find_octet(d, served);
	else if (!ukey_keyrecord_is_userkey(&r))
		find_tags(d, text);
}

void
damage_find(struct damages *d, struct ukey_view served, struct ukey_view right,
    struct ukey_view target)
{
	static struct copy c;

	d->count = 0;
	if (ukey_view_equal_nocase(without_dot(served), target)) {
		damage_add(d, "enter it as a CNAME record, not as TXT",
		    "the target of the alias was entered as a text");
		return;
	}
	if (is_rest(served, right)) {
		damage_add(d, "enter all strings as one record",
		    "this is the rest of the record: what stands in front of "
		    "it is lost");
		return;
	}
	if (served.len > COPY_MAX)
		served.len = COPY_MAX;
	memcpy(c.data, served.data, served.len);
	c.len = served.len;
	damage_added(d, &c);
	if (is_turned(&c, right)) {
		damage_add(d, "enter them in the order in which they are "
		    "printed", "its strings stand in the wrong order");
		return;
	}
	damage_added_line(d, &c);
	if (damage_same_key(copy_view(&c), right))
		return;
	find_key(d, copy_view(&c), right, served.len % STRING_MAX == 0);
	find_form(d, copy_view(&c), served);
}
