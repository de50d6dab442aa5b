/*
 * userkeys: fuzz: the length before each packet of a stream; in pieces as
 * whole, and never an octet of the next packet.  SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_resolver_parts.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	uint8_t cuts = take(&in), *room;
	struct ukey_view rest = in;
	struct ukey_frame f = { { 0 }, NULL, 0, 0 };
	size_t want = in.len < 2 ? 0 : (size_t)in.data[0] * 256 + in.data[1];
	size_t len, n;

	while ((room = ukey_frame_room(&f, &len)) != NULL && len > 0 &&
	    rest.len > 0) {
		n = piece_len(rest, &cuts);
		n = n < len ? n : len;
		memcpy(room, rest.data, n); /* as recv() would */
		rest = ukey_view_part(rest, n, rest.len);
		f.have += n;
		MUST(f.have <= 2 + want);
	}
	if (in.len >= 2 + want && in.len >= 2) {
		MUST(len == 0 && f.have == 2 + want && f.size == want);
		MUST(rest.len == in.len - 2 - want);
		MUST(want == 0 || memcmp(f.packet, in.data + 2, want) == 0);
	} else {
		MUST(len > 0 && rest.len == 0 && f.have == in.len);
	}
	free(f.packet);
	return 0;
}
