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
	t->any_line_end = false;
	t->reason = UKEY_REASON_OK;
	if (list.len > UKEY_TAG_LIST_MAX)
		t->reason = list.len > UKEY_PROTOCOL_TAG_LIST ?
		    UKEY_REASON_TAG_LIMIT : UKEY_REASON_ARENA;
}

/* Why there is no room for one more tag: the protocol's limit, or a lower one
 * of ours.  What is behind the last ";" is a tag, unless it is empty. */
static enum ukey_reason
limit_reason(struct ukey_view list)
{
	struct ukey_view text = list;
	unsigned count = 0;

	while (UKEY_TAGS_MAX < UKEY_PROTOCOL_TAGS && list.data != NULL &&
	    count <= UKEY_PROTOCOL_TAGS) {
		text = ukey_view_cut(&list, ';');
		count++;
	}
	if (list.data == NULL && ukey_view_trim(text).len == 0)
		count--;
	return UKEY_TAGS_MAX < UKEY_PROTOCOL_TAGS &&
	    count <= UKEY_PROTOCOL_TAGS ? UKEY_REASON_ARENA :
	    UKEY_REASON_TAG_LIMIT;
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

/* The length of the white space that begins at octet I of REST: an HTAB, or a
 * CRLF in front of SP or HTAB (RFC 6376 2.8) or at the very end, the field's
 * own; with ANY_LINE_END any one octet of FWS.  0 where there is none. */
static size_t
space_length(struct ukey_view rest, size_t i, bool any_line_end)
{
	if (any_line_end ? ukey_is_fws(rest.data[i]) : rest.data[i] == '\t')
		return 1;
	if (rest.len - i < 2 || rest.data[i] != '\r' ||
	    rest.data[i + 1] != '\n')
		return 0;
	return rest.len - i == 2 || ukey_is_wsp(rest.data[i + 2]) ? 2 : 0;
}

/* How far REST goes on to the next ";" or its end: printable octets and white
 * space.  SIZE_MAX where there is anything else. */
static size_t
tag_length(struct ukey_view rest, bool any_line_end)
{
	size_t i, space;

	for (i = 0; i < rest.len; i += space) {
		i += ukey_scan_tag(rest.data + i, rest.len - i);
		if (i == rest.len || rest.data[i] == ';')
			break;
		space = space_length(rest, i, any_line_end);
		if (space == 0)
			return SIZE_MAX;
	}
	return i;
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
read_tag(struct ukey_taglist *t, struct ukey_view text, struct ukey_tag *tag)
{
	size_t equals = ukey_view_find(text, '=');

	tag->name = ukey_view_trim(ukey_view_part(text, 0, equals));
	tag->raw = ukey_view_part(text, equals + 1, text.len);
	tag->value = ukey_view_trim(tag->raw);
	if (equals == text.len || !is_name(tag->name))
		return UKEY_REASON_TAG_LIST;
	if (t->count == UKEY_TAGS_MAX)
		return limit_reason(t->list);
	if (is_known(t, tag->name))
		return UKEY_REASON_TAG_DUPLICATE;
	t->at[t->count++] = (uint16_t)(tag->name.data - t->list.data);
	return UKEY_REASON_OK;
}

bool
ukey_taglist_next(struct ukey_taglist *t, struct ukey_tag *tag)
{
	struct ukey_view rest = ukey_view_part(t->list, t->pos, t->list.len);
	struct ukey_view text;
	size_t len;

	if (t->reason != UKEY_REASON_OK)
		return false;
	len = tag_length(rest, t->any_line_end);
	if (len == SIZE_MAX) {
		t->reason = UKEY_REASON_TAG_LIST;
		return false;
	}
	text = ukey_view_part(rest, 0, len);
	/* one ";" may stand behind the last tag, with white space only */
	if (len == rest.len && t->count > 0 && t->pos > 0 &&
	    ukey_view_trim(text).len == 0)
		return false;
	t->reason = read_tag(t, text, tag);
	t->pos += len + (len < rest.len);
	return t->reason == UKEY_REASON_OK;
}
