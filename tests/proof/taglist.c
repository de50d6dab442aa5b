/*
 * userkeys: proof of ukey_taglist: one step of the iterator from any state in
 * which it can be, which leads to such a state and nearer to the end.
 * SPDX-License-Identifier: MIT
 */
#include "proof.h"
#include "ukey_taglist.h"

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
	struct ukey_taglist t, before;
	struct ukey_tag tag;

	t.list = any_view();
	__CPROVER_assume(is_state(&t));
	before = t;
	if (ukey_taglist_next(&t, &tag)) {
		__CPROVER_assert(t.count == before.count + 1, "it ends");
		__CPROVER_assert(tag.name.len > 0 &&
		    is_part(tag.name, t.list), "the name is in the list");
		__CPROVER_assert(is_part(tag.value, t.list) &&
		    is_part(tag.raw, t.list), "the value is in the list");
		__CPROVER_assert(is_state(&t), "a next state");
	}
}
