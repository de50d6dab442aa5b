/*
 * userkeys: twin: one core runs a case.  SPDX-License-Identifier: MIT
 */
#include "side.h"

#include <stdlib.h>

#ifdef TWIN_OLD
#define TWIN_RUN twin_old
#else
#define TWIN_RUN twin_new
#endif

uint64_t side_arena[UKEY_ARENA_SIZE / 8 + 1];

void
side_check(enum side_call call, int err)
{
	static const struct twin_octets nothing;

	if (err != UKEY_OK)
		twin_note(TWIN_ERROR, call, (unsigned long)-err, nothing,
		    nothing);
}

struct ukey_view
side_view(struct twin_octets v)
{
	return (struct ukey_view) { v.data, v.len };
}

struct twin_octets
side_octets(struct ukey_view v)
{
	return (struct twin_octets) { v.data, v.len };
}

uint8_t *
side_lend(struct twin_octets v)
{
#ifdef TWIN_OLD
	return (uint8_t *)(uintptr_t)v.data;
#else
	return twin_copy(v);
#endif
}

void
side_take_back(uint8_t *copy)
{
#ifdef TWIN_OLD
	(void)copy;
#else
	free(copy);
#endif
}

uint64_t
side_now(const struct twin_case *c)
{
	if (c->flags & TWIN_NO_CLOCK)
		return 0;
	return TWIN_TIME + (c->flags & TWIN_LATE ? 31 * 86400 : 0);
}

#ifdef TWIN_OLD
/* The name of FIELD without octets that are in no name; its length. */
static size_t
name_of(struct twin_octets field, uint8_t *name, size_t size)
{
	size_t i, len = 0;

	for (i = 0; i < field.len && field.data[i] != ':'; i++) {
		if (field.data[i] > 32 && field.data[i] < 127 && len < size)
			name[len++] = field.data[i];
	}
	return i < field.len ? len : 0;
}

static bool
reads_whole(struct ukey_view body)
{
	struct ukey_mailboxes m;
	struct ukey_address a;
	unsigned n = 0;

	ukey_mailboxes_init(&m, body);
	while (ukey_mailboxes_next(&m, &a))
		n++;
	return n > 0 && m.reason == UKEY_REASON_OK;
}

/* Whether FIELD holds a NUL, or a CR or LF that is of no fold and no end: some
 * reader may begin another field there. */
static bool
may_be_two(struct twin_octets field)
{
	size_t i;
	bool cr;

	for (i = 0; i < field.len; i++) {
		cr = i > 0 && field.data[i - 1] == '\r';
		if (field.data[i] == '\0' || (field.data[i] == '\n') != cr ||
		    (cr && i + 1 < field.len && field.data[i + 1] != ' ' &&
		    field.data[i + 1] != '\t'))
			return true;
	}
	return i > 0 && field.data[i - 1] != '\n'; /* it has no end */
}

/* Whether From and Sender of the message stand once each, are no larger than
 * MOST together, and can be read; and no field may be two. */
static bool
plain_author(const struct twin_case *c, size_t most)
{
	struct twin_octets rest = c->message, field;
	unsigned seen[2] = { 0, 0 }, i;
	struct ukey_view v;
	uint8_t name[16];

	while ((field = twin_field(&rest)).len > 0) {
		if (may_be_two(field))
			return false;
		v = (struct ukey_view) { name, name_of(field, name, 16) };
		i = ukey_view_equal_nocase(v, UKEY_VIEW("from")) ? 0 :
		    ukey_view_equal_nocase(v, UKEY_VIEW("sender")) ? 1 : 2;
		if (i == 2)
			continue;
		if (seen[i]++ > 0 || field.data[v.len] != ':' ||
		    field.len > most)
			return false;
		most -= field.len;
		if (!reads_whole(ukey_view_part(side_view(field), v.len + 1,
		    field.len)))
			return false;
	}
	return true;
}
#endif

void
TWIN_RUN(const struct twin_case *c)
{
#ifdef TWIN_OLD
	struct ukey_address a;

	twin_now->path_reason = ukey_reason_word(ukey_address_parse(
	    side_view(c->sender), &a));
	twin_now->plain_author = plain_author(c, c->mode == TWIN_SIGN ? 2000 :
	    4000);
#endif
	switch (c->mode) {
	case TWIN_MX:
		side_session_mx(c);
		break;
	case TWIN_SUBMIT:
		side_session_submit(c);
		break;
	case TWIN_SIGN:
		side_sign(c);
		break;
	default:
		side_verify(c);
	}
}
