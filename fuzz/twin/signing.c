/*
 * userkeys: twin: what is signed otherwise now, or no more (PROTOCOL 4).
 * SPDX-License-Identifier: MIT
 */
#include "rewrite.h"

#include <string.h>

#define FIELD_MAX 8192
#define HEADER_MAX (65536 - 8192) /* octets that are signed, ours too */
#define COUNT_MAX (512 - 32)      /* fields, the same */
#define IDENTITY_MAX 900          /* octets that fit in a field, encoded */
#define OURS 3000                 /* octets of our own field, at the most */

/* What is oversigned where it is present. */
static const char *const names[] = { "sender", "content-disposition",
	"list-id", "list-help", "list-unsubscribe", "list-unsubscribe-post",
	"list-subscribe", "list-post", "list-owner", "list-archive", NULL };

static bool
is_name(struct twin_octets v)
{
	unsigned i;

	for (i = 0; names[i] != NULL; i++) {
		struct twin_octets name = { (const uint8_t *)names[i],
			strlen(names[i]) };

		if (twin_same_nocase(v, name))
			return true;
	}
	return false;
}

/* Whether one of them begins a line of the message. */
static bool
has_name(struct twin_octets v)
{
	const uint8_t *colon;

	for (; v.len > 0; v = (struct twin_octets) { v.data + 1, v.len - 1 }) {
		colon = memchr(v.data, ':', v.len < 40 ? v.len : 40);
		if (colon != NULL && is_name((struct twin_octets) { v.data,
		    (size_t)(colon - v.data) }))
			return true;
	}
	return false;
}

/* V without white space, up to b=, to OUT. */
static struct twin_octets
squeeze(struct twin_octets v, uint8_t *out)
{
	size_t i, len = 0;

	for (i = 0; i < v.len && len < FIELD_MAX; i++) {
		if (v.data[i] == 0 || strchr(" \t\r\n", v.data[i]) == NULL)
			out[len++] = v.data[i];
		if (len >= 3 && memcmp(out + len - 3, ";b=", 3) == 0)
			break;
	}
	return (struct twin_octets) { out, len };
}

/* Cuts V at the first TEXT, which goes with what follows. */
static struct twin_octets
cut_at(struct twin_octets *v, const char *text)
{
	struct twin_octets before = { v->data, 0 };

	while (v->len > 0 && !starts_with(*v, text)) {
		v->data++;
		v->len--;
		before.len++;
	}
	return before;
}

/* The next name off LIST, with the colon behind it. */
static struct twin_octets
take_name(struct twin_octets *list)
{
	struct twin_octets name = { list->data, 0 };

	while (name.len < list->len && list->data[name.len] != ':')
		name.len++;
	list->data += name.len + (name.len < list->len);
	list->len -= name.len + (name.len < list->len);
	return name;
}

/* Whether IS says what WAS does, and names more of the fields in h=. */
static bool
names_more(struct twin_octets was, struct twin_octets is)
{
	static uint8_t a[FIELD_MAX + 1], b[FIELD_MAX + 1];
	struct twin_octets old = squeeze(was, a), new = squeeze(is, b);
	struct twin_octets old_h, new_h, want, name;

	if (!twin_same(cut_at(&old, ";h="), cut_at(&new, ";h=")) ||
	    old.len < 3 || new.len < 3)
		return false;
	old = (struct twin_octets) { old.data + 3, old.len - 3 };
	new = (struct twin_octets) { new.data + 3, new.len - 3 };
	old_h = cut_at(&old, ";bh=");
	new_h = cut_at(&new, ";bh=");
	if (!twin_same(old, new)) /* bh= */
		return false;
	want = take_name(&old_h);
	while (new_h.len > 0) {
		name = take_name(&new_h);
		if (want.len > 0 && twin_same(name, want))
			want = take_name(&old_h);
		else if (!is_name(name))
			return false;
	}
	return want.len == 0 && old_h.len == 0;
}

/* Where R tells a signature: of a session, or of ukey_sign_finish(). */
static struct twin_event *
signature_of(struct twin_result *r)
{
	struct twin_event *e = find_event(r, TWIN_INSERT, "DKIM-Signature:");

	return e != NULL ? e : find_event(r, TWIN_FIELD, "DKIM-Signature:");
}

bool
signed_more(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	struct twin_event *before = signature_of(was);
	const struct twin_event *after = look_for(is, TWIN_INSERT,
	    "DKIM-Signature:");

	if (after == NULL)
		after = look_for(is, TWIN_FIELD, "DKIM-Signature:");
	if (before == NULL || after == NULL || !has_name(c->message) ||
	    !names_more(before->text, after->text))
		return false;
	*before = *after; /* with the digest, which is of more octets */
	adopt_events(was, is, 1u << TWIN_DIGEST);
	return true;
}

/* Whether a verifier, with what is added on the way, might refuse it. */
static bool
is_too_large(struct twin_octets message)
{
	struct twin_octets field;
	size_t len = 0;
	unsigned n = 0;

	while ((field = twin_field(&message)).len > 0) {
		len += field.len;
		n++;
	}
	return n >= COUNT_MAX || len > HEADER_MAX - OURS;
}

bool
signs_no_more(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	bool limit = word_is(is->sign_reason, "header-limit") ||
	    word_is(is->sign_reason, "field-limit");

	if (c->mode != TWIN_SIGN || !((limit && is_too_large(c->message)) ||
	    (word_is(is->sign_reason, "tag-limit") &&
	    c->sender.len > IDENTITY_MAX)))
		return false;
	was->sign_reason = is->sign_reason;
	adopt_events(was, is, 1u << TWIN_FIELD | 1u << TWIN_ERROR);
	return true;
}

bool
may_be_unsigned(const struct twin_case *c, const struct twin_result *is)
{
	if (twin_bare(c->sender).len == 0 && is_sender_reason(is->sign_reason))
		return true; /* From's mailbox could not be in MAIL FROM */
	return is_too_large(c->message) &&
	    (word_is(is->sign_reason, "header-limit") ||
	    word_is(is->sign_reason, "field-limit"));
}
