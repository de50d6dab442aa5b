/*
 * userkeys: tag-lists (RFC 6376 3.2).  SPDX-License-Identifier: MIT
 */
#include "ukey_taglist.h"

#include "ukey_scan.h"

void
ukey_taglist_init(struct ukey_taglist *t, struct ukey_view list)
{
	t->list = list;
	t->pos = 0;
	t->count = 0;
	t->reason = list.len > UKEY_TAG_LIST_MAX ? UKEY_REASON_TAG_LIMIT :
	    UKEY_REASON_OK;
}

static bool
is_name_octet(uint8_t c)
{
	return ukey_is_alpha(c) || ukey_is_digit(c) || c == '_';
}

static bool
is_name(struct ukey_view name)
{
	size_t i = 0;

	while (i < name.len && is_name_octet(name.data[i]))
		i++;
	return i > 0 && i == name.len && ukey_is_alpha(name.data[0]);
}

/* Printable octets and FWS; a CRLF only in front of SP or HTAB (RFC 6376
 * 2.8), or at the very end: the field's own. */
static bool
is_spaced_text(struct ukey_view v, bool last)
{
	size_t i;

	for (i = 0; i < v.len; i++) {
		i += ukey_scan_control(v.data + i, v.len - i);
		if (i == v.len || v.data[i] == '\t')
			continue;
		if (v.data[i] != '\r' || i + 1 == v.len ||
		    v.data[i + 1] != '\n')
			return false;
		i++;
		if (i + 1 < v.len ? !ukey_is_wsp(v.data[i + 1]) : !last)
			return false;
	}
	return true;
}

/* Whether NAME is that of an earlier tag; it is followed by an octet that is
 * in no name, so that is where an equal one ends, too. */
static bool
is_known(const struct ukey_taglist *t, struct ukey_view name)
{
	struct ukey_view earlier = name;
	unsigned i;

	for (i = 0; i < t->count; i++) {
		earlier.data = t->list.data + t->at[i];
		if (ukey_view_equal(earlier, name) &&
		    !is_name_octet(earlier.data[name.len]))
			return true;
	}
	return false;
}

static enum ukey_reason
read_tag(struct ukey_taglist *t, struct ukey_view text, bool last,
    struct ukey_tag *tag)
{
	size_t equals = ukey_view_find(text, '=');

	tag->name = ukey_view_trim(ukey_view_part(text, 0, equals));
	tag->raw = ukey_view_part(text, equals + 1, text.len);
	tag->value = ukey_view_trim(tag->raw);
	if (equals == text.len || !is_name(tag->name) ||
	    !is_spaced_text(text, last))
		return UKEY_REASON_TAG_LIST;
	if (t->count == UKEY_TAGS_MAX)
		return UKEY_REASON_TAG_LIMIT;
	if (is_known(t, tag->name))
		return UKEY_REASON_TAG_DUPLICATE;
	t->at[t->count++] = (uint16_t)(tag->name.data - t->list.data);
	return UKEY_REASON_OK;
}

bool
ukey_taglist_next(struct ukey_taglist *t, struct ukey_tag *tag)
{
	struct ukey_view rest = ukey_view_part(t->list, t->pos, t->list.len);
	size_t end = ukey_view_find(rest, ';');
	struct ukey_view text = ukey_view_part(rest, 0, end);
	bool last = end == rest.len;

	if (t->reason != UKEY_REASON_OK)
		return false;
	/* one ";" may stand behind the last tag, with white space only */
	if (last && t->count > 0 && ukey_view_trim(text).len == 0 &&
	    t->pos > 0 && is_spaced_text(text, true))
		return false;
	t->reason = read_tag(t, text, last, tag);
	t->pos += end + !last;
	return t->reason == UKEY_REASON_OK;
}
