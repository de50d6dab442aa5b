/*
 * userkeys: fuzz: which packet answers a query: the one that echoes id,
 * question, name and type, and no other.  SPDX-License-Identifier: MIT
 *
 * Input: which bit to turn, the name up to a NUL, a packet.
 */
#include "fuzz.h"
#include "ukey_resolver_parts.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size }, text, packet;
	static struct ukey_resolver r;
	struct ukey_lookup l = { .done = false };
	struct ukey_attempt a = { .lookup = &l, .id = 0x1234 };
	uint8_t bit = take(&in), wire[UKEY_DNS_NAME_MAX], *reply;
	struct ukey_out name, query;
	size_t at;

	text = take_to(&in, 0);
	ukey_out_init(&name, wire, sizeof(wire));
	ukey_out_init(&query, l.query, sizeof(l.query));
	if (!ukey_dns_name_from_text(&name, text))
		return 0;
	ukey_dns_query_write(&query, 0, ukey_out_done(&name));
	l.query_len = query.len;
	MUST(!ukey_attempt_matches(&r, &a, in) || (in.len >= 17 && in.data[0]
	    == 0x12 && in.data[1] == 0x34 && (in.data[2] & 0xF8) == 0x80));
	packet = ukey_out_done(&query);
	reply = piece(&packet, 12 + name.len + 4);
	packet = (struct ukey_view) { reply, 12 + name.len + 4 };
	memcpy(reply, "\x12\x34\x80", 3);
	MUST(ukey_attempt_matches(&r, &a, packet));
	at = (size_t)bit / 8 % packet.len;
	reply[at] ^= (uint8_t)(1 << bit % 8);
	MUST(!ukey_attempt_matches(&r, &a, packet) ||
	    (at > 5 && at < 12 + name.len) || at == 2 || at == 3);
	return free(reply), 0;
}
