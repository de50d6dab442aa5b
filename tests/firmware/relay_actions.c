/*
 * The peer of the firmware's relay: actions, and messages after them.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relay_peer.h"

#define FIELDS 1024

struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text,
		text == NULL ? 0 : strlen(text) };
}

void
add_action(struct actions *a, enum ukey_action_kind kind, unsigned number,
    struct ukey_view text)
{
	uint8_t *copy = malloc(text.len + 1);

	if (copy == NULL || a->count == ACTIONS)
		die("actions");
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	a->list[a->count].kind = kind;
	a->list[a->count].number = number;
	a->list[a->count++].text = (struct ukey_view) { copy, text.len };
}

void
forget_actions(struct actions *a)
{
	while (a->count > 0)
		free((void *)(uintptr_t)a->list[--a->count].text.data);
}

struct ukey_view
cut_field(struct ukey_view *rest)
{
	struct ukey_view field;
	size_t i;

	if (rest->len >= 2 && memcmp(rest->data, "\r\n", 2) == 0) {
		*rest = ukey_view_part(*rest, 2, rest->len);
		return ukey_view_part(*rest, 0, 0);
	}
	for (i = 0; i < rest->len; i++)
		if (i >= 2 && memcmp(rest->data + i - 2, "\r\n", 2) == 0 &&
		    !ukey_is_wsp(rest->data[i]))
			break;
	field = ukey_view_part(*rest, 0, i);
	*rest = ukey_view_part(*rest, i, rest->len);
	return field;
}

static bool
is_authres(struct ukey_view field)
{
	struct ukey_view name = ukey_view_part(field, 0,
	    ukey_view_find(field, ':'));

	return ukey_view_equal_nocase(ukey_view_trim(name),
	    UKEY_VIEW("Authentication-Results"));
}

static void
delete(struct ukey_view *fields, unsigned count, unsigned ordinal)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (is_authres(fields[i]) && --ordinal == 0)
			fields[i].len = 0;
}

size_t
apply(const struct support_vector *c, const struct actions *a, uint8_t *out)
{
	static struct ukey_view fields[FIELDS];
	struct ukey_view rest = { c->message, c->len };
	unsigned i, count = 0;
	size_t n = 0;

	while (count < FIELDS && (fields[count] = cut_field(&rest)).len > 0)
		count++;
	for (i = a->count; i > 0; i--)
		if (a->list[i - 1].kind == UKEY_ACTION_INSERT) {
			memcpy(out + n, a->list[i - 1].text.data,
			    a->list[i - 1].text.len);
			n += a->list[i - 1].text.len;
		}
	for (i = 0; i < a->count; i++)
		if (a->list[i].kind == UKEY_ACTION_DELETE)
			delete(fields, count, a->list[i].number);
	for (i = 0; i < count; i++) {
		memcpy(out + n, fields[i].data, fields[i].len);
		n += fields[i].len;
	}
	memcpy(out + n, "\r\n", 2);
	memcpy(out + n + 2, rest.data, rest.len);
	return n + 2 + rest.len;
}

bool
is_same(const struct actions *a, const struct actions *b)
{
	unsigned i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (a->list[i].kind != b->list[i].kind ||
		    a->list[i].number != b->list[i].number ||
		    !ukey_view_equal(a->list[i].text, b->list[i].text))
			return false;
	return true;
}

void
show(const char *who, const struct actions *a)
{
	unsigned i;

	for (i = 0; i < a->count; i++)
		printf("    %s: %d %u %.*s\n", who, a->list[i].kind,
		    a->list[i].number, (int)a->list[i].text.len,
		    a->list[i].text.data);
}
