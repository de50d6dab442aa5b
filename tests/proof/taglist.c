/*
 * userkeys: proofs of ukey_taglist: one step of the iterator from any state in
 * which it can be, which leads to such a state and nearer to the end.
 * SPDX-License-Identifier: MIT
 *
 * Includes the source, for its static functions.
 */
#include "proof.h"
#include "ukey_taglist.c"

/* Names of earlier tags begin before the place where the next tag does. */
static bool
is_state(const struct ukey_taglist *t)
{
	bool before = true;
	unsigned i;

	for (i = 0; i < UKEY_TAGS_MAX; i++)
		before = before && (i >= t->count || t->at[i] < t->pos);
	return before && t->pos <= t->list.len && t->count <= UKEY_TAGS_MAX;
}

/* Whether NAME stands in the rest of the list, and "=" or so behind it. */
static bool
is_next_name(const struct ukey_taglist *t, struct ukey_view name)
{
	return is_part(name, t->list) &&
	    (size_t)(name.data - t->list.data) >= t->pos &&
	    (size_t)(name.data - t->list.data) + name.len < t->list.len;
}

static bool
any_answer(struct ukey_view v)
{
	__CPROVER_assert(is_readable(v), "text: readable");
	return nondet_bool();
}

bool
relies_on_is_name(struct ukey_view name)
{
	return any_answer(name) && name.len > 0;
}

size_t
relies_on_tag_length(struct ukey_view rest, bool any_line_end)
{
	size_t len = nondet_size();

	(void)any_line_end;
	__CPROVER_assume(len <= rest.len);
	return any_answer(rest) ? len : SIZE_MAX;
}

bool
relies_on_known(const struct ukey_taglist *t, struct ukey_view name)
{
	__CPROVER_assert(is_next_name(t, name), "known: behind the others");
	return nondet_bool();
}

enum ukey_reason
relies_on_read_tag(struct ukey_taglist *t, struct ukey_view text,
    struct ukey_tag *tag)
{
	size_t at;

	__CPROVER_assert(is_part(text, t->list) && (size_t)(text.data -
	    t->list.data) == t->pos, "tag: from the next place on");
	tag->name = any_part(text);
	tag->raw = any_part(text);
	tag->value = any_part(tag->raw);
	if (t->count == UKEY_TAGS_MAX || text.len == 0 || nondet_bool())
		return UKEY_REASON_TAG_LIST;
	__CPROVER_assume(tag->name.len > 0);
	at = (size_t)(tag->name.data - t->list.data);
	__CPROVER_assume(at + tag->name.len < t->pos + text.len);
	t->at[t->count++] = (uint16_t)at;
	return UKEY_REASON_OK;
}

void
prove_tag_is_name(void)
{
	struct ukey_view name = any_view();

	if (is_name(name))
		__CPROVER_assert(name.len > 0, "not empty");
}

void
prove_tag_length(void)
{
	struct ukey_view rest = any_view();
	size_t len = tag_length(rest, nondet_bool());

	__CPROVER_assert(len <= rest.len || len == SIZE_MAX, "as relied on");
}

void
prove_tag_is_known(void)
{
	struct ukey_taglist t;
	struct ukey_view name;

	t.list = any_view();
	__CPROVER_assume(is_state(&t));
	name = any_part(t.list);
	__CPROVER_assume(is_next_name(&t, name));
	(void)is_known(&t, name);
}

void
prove_tag_read(void)
{
	struct ukey_taglist t;
	struct ukey_view text;
	struct ukey_tag tag;
	size_t len = nondet_size();
	uint8_t count;

	t.list = any_view();
	__CPROVER_assume(t.pos <= t.list.len && t.count <= UKEY_TAGS_MAX &&
	    len <= t.list.len - t.pos);
	text = (struct ukey_view) { t.list.data + t.pos, len };
	count = t.count;
	if (read_tag(&t, text, &tag) != UKEY_REASON_OK)
		return;
	__CPROVER_assert(t.count == count + 1, "one more");
	__CPROVER_assert(tag.name.len > 0 && is_part(tag.name, text) &&
	    (size_t)(tag.name.data - text.data) + tag.name.len < text.len,
	    "the name is in the text, with something behind it");
	__CPROVER_assert(is_part(tag.value, tag.raw) && is_part(tag.raw, text),
	    "the value is in the text");
	__CPROVER_assert(t.at[count] == tag.name.data - t.list.data,
	    "its place");
}

void
prove_taglist_init(void)
{
	struct ukey_taglist t;

	ukey_taglist_init(&t, any_view());
	__CPROVER_assert(is_state(&t) && t.pos == 0, "a first state");
}

void
prove_taglist_next(void)
{
	struct ukey_taglist t;
	struct ukey_tag tag;
	uint8_t count;

	t.list = any_view();
	__CPROVER_assume(is_state(&t));
	count = t.count;
	if (ukey_taglist_next(&t, &tag)) {
		__CPROVER_assert(t.count == count + 1, "it ends");
		__CPROVER_assert(is_state(&t), "a next state");
	}
}
