/*
 * userkeys: fuzz: the splitter; nothing is lost, whatever the pieces.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	struct ukey_message whole;
	struct ukey_guard guard = { 0 };
	struct ukey_event e;
	size_t octets = 0, ends = 0;

	ukey_guard_push(&guard, in);
	ukey_guard_end(&guard);
	ukey_message_init(&whole);
	while ((e = ukey_message_next(&whole, &in)).kind !=
	    UKEY_EVENT_NONE) {
		octets += e.octets.len;
		ends += e.kind == UKEY_EVENT_HEADER_END;
	}
	MUST(in.len == 0);
	while ((e = ukey_message_end(&whole)).kind != UKEY_EVENT_NONE) {
		octets += e.octets.len;
		ends += e.kind == UKEY_EVENT_HEADER_END;
	}
	MUST(ends == 1 && octets <= size + 2 && octets + 2 >= size);
	return 0;
}
