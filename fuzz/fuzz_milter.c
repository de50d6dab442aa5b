/*
 * userkeys: fuzz: the milter codec; cut or whole, the same events.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_milter_codec.h"

/* Adds the events of IN to SUM, pieces of one string as one; false when it is
 * bad. */
static bool
run(struct ukey_milter *m, struct ukey_view in, uint32_t *sum)
{
	struct ukey_milter_event e;

	while ((e = ukey_milter_next(m, &in)).kind != UKEY_MILTER_NONE) {
		if (e.kind == UKEY_MILTER_NAME || e.kind == UKEY_MILTER_VALUE
		    || e.kind == UKEY_MILTER_BODY)
			*sum += (uint32_t)e.first.len;
		else
			*sum = *sum * 31 + (uint32_t)e.kind;
		if (e.kind == UKEY_MILTER_BAD)
			return false;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	struct ukey_view copy = in;
	size_t step = 1 + take(&copy) % 16, at;
	uint32_t whole = 0, cut = 0;
	struct ukey_milter m;

	in = copy;
	ukey_milter_init(&m);
	(void)run(&m, in, &whole);
	ukey_milter_init(&m);
	for (at = 0; at < in.len && run(&m, ukey_view_part(in, at,
	    at + step), &cut); at += step)
		;
	MUST(whole == cut);
	return 0;
}
