/*
 * userkeys-milter: whose Authentication-Results are removed, and whose stay.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "conf.h"

static const char *
add_id(struct conf_ids *ids, struct ukey_view id)
{
	char *text;

	if (ids->count == UKEY_AUTHRES_IDS)
		return "at most 16 names";
	text = ids->text[ids->count];
	if (!ukey_view_is_domain(id, true))
		return "host names such as mx2.example.org, between blanks";
	memcpy(text, id.data, id.len);
	text[id.len] = '\0';
	ids->view[ids->count++] = (struct ukey_view) { (const uint8_t *)text,
		id.len };
	return NULL;
}

const char *
conf_add_ids(struct conf_ids *ids, struct ukey_view value)
{
	const char *want = NULL;
	size_t len;

	while (want == NULL && (value = ukey_view_trim(value)).len > 0) {
		for (len = 0; len < value.len && value.data[len] != ',' &&
		    !ukey_is_wsp(value.data[len]); len++)
			;
		want = add_id(ids, ukey_view_take(&value, len));
		if (want == NULL && value.len > 0)
			ukey_view_skip(&value, 1);
	}
	return want;
}

const char *
conf_remove_results(struct conf *c, struct ukey_view value)
{
	if (ukey_view_equal(value, UKEY_VIEW("ours")))
		return NULL;
	if (!ukey_view_equal(value, UKEY_VIEW("all")))
		return conf_add_ids(&c->remove, value);
	c->results.all = true;
	return NULL;
}
