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

void
TWIN_RUN(const struct twin_case *c)
{
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
