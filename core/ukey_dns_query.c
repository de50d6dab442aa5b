/*
 * userkeys: the question for TXT records (RFC 1035 4.1, RFC 6891 6.1).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_dns_wire.h"

#define ID_LEN 2
#define RD 0x01     /* third octet: recursion desired */
#define QR 0x80     /* third octet: a response */
#define OPCODE 0x78 /* third octet; 0 is a standard query */

static void
write_u16(struct ukey_out *out, unsigned value)
{
	ukey_out_octet(out, (uint8_t)(value >> 8));
	ukey_out_octet(out, (uint8_t)value);
}

void
ukey_dns_query_write(struct ukey_out *out, uint16_t id, struct ukey_view name)
{
	/* flags, then the counts: one question, one additional record */
	static const uint8_t header[] = { RD, 0, 0, 1, 0, 0, 0, 0, 0, 1 };
	static const uint8_t question[] = { 0, UKEY_DNS_TXT, 0, UKEY_DNS_IN };
	/* root, type, payload size, extended RCODE, version, flags, no data */
	static const uint8_t opt[] = { 0, 0, UKEY_DNS_OPT,
		UKEY_DNS_UDP_SIZE >> 8, UKEY_DNS_UDP_SIZE & 0xFF,
		0, 0, 0, 0, 0, 0 };

	write_u16(out, id);
	ukey_out_view(out, (struct ukey_view) { header, sizeof(header) });
	ukey_out_view(out, name);
	ukey_out_view(out, (struct ukey_view) { question, sizeof(question) });
	ukey_out_view(out, (struct ukey_view) { opt, sizeof(opt) });
}

struct ukey_view
ukey_dns_query_name(struct ukey_view query)
{
	struct ukey_dns_walk w = ukey_dns_walk_from(query,
	    UKEY_DNS_HEADER_LEN);

	ukey_dns_walk_to_root(&w);
	return ukey_view_part(query, UKEY_DNS_HEADER_LEN, w.bad ? 0 : w.end);
}

bool
ukey_dns_match(struct ukey_view packet, struct ukey_view query)
{
	static const uint8_t one[] = { 0, 1 };
	struct ukey_view name = ukey_dns_query_name(query);
	size_t fixed = UKEY_DNS_HEADER_LEN + name.len, end = fixed + 4;

	/* the name stands uncompressed in both: nothing is in front of it */
	return name.len > 0 && query.len >= end && packet.len >= end &&
	    (packet.data[2] & (QR | OPCODE)) == QR &&
	    ukey_view_equal(ukey_view_part(packet, 0, ID_LEN),
	    ukey_view_part(query, 0, ID_LEN)) &&
	    ukey_view_equal(ukey_view_part(packet, 4, 6),
	    (struct ukey_view) { one, sizeof(one) }) &&
	    ukey_dns_name_equal(name, ukey_view_part(packet,
	    UKEY_DNS_HEADER_LEN, fixed)) &&
	    ukey_view_equal(ukey_view_part(packet, fixed, end),
	    ukey_view_part(query, fixed, end));
}
