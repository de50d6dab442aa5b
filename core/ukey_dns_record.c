/*
 * userkeys: one resource record, and whether it is sound (RFC 1035 4.1.3).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_dns_record.h"

#define SOA_NUMBERS_LEN 20       /* RFC 1035 3.3.13 */
#define TTL_MAX 0x7FFFFFFFu      /* RFC 2181 8 */
#define OPT_RDATA 11             /* behind the root octet, RFC 6891 6.1.2 */
#define LABEL_TYPE 0xC0          /* top bits of a length octet */

/* Behind the name at POS, without a look at where a pointer leads. */
static size_t
skip_name(struct ukey_view packet, size_t pos)
{
	while (pos < packet.len && (packet.data[pos] & LABEL_TYPE) == 0 &&
	    packet.data[pos] != 0)
		pos += 1 + (size_t)packet.data[pos];
	if (pos >= packet.len)
		return packet.len;
	return pos + ((packet.data[pos] & LABEL_TYPE) == 0 ? 1 : 2);
}

bool
ukey_dns_record_read(struct ukey_dns_record *r, struct ukey_view packet,
    size_t pos)
{
	struct ukey_cursor c = ukey_cursor_of(packet);

	ukey_cursor_take(&c, skip_name(packet, pos));
	r->owner = pos;
	r->type = ukey_cursor_u16(&c);
	r->rclass = ukey_cursor_u16(&c);
	r->ttl = ukey_cursor_u32(&c);
	r->end = ukey_cursor_u16(&c);
	r->rdata = c.pos;
	ukey_cursor_take(&c, r->end);
	r->end = c.pos;
	return !c.bad;
}

/* Behind the name at POS; the packet's length + 1 when there is none. */
static size_t
name_end(struct ukey_view packet, size_t pos)
{
	struct ukey_dns_walk w = ukey_dns_walk_from(packet, pos);

	ukey_dns_walk_to_root(&w);
	return w.bad ? packet.len + 1 : w.end;
}

static bool
is_strings(struct ukey_view packet, size_t pos, size_t end)
{
	if (pos == end)
		return false;
	while (pos < end)
		pos += 1 + (size_t)packet.data[pos];
	return pos == end;
}

bool
ukey_dns_record_sound(const struct ukey_dns_record *r, struct ukey_view packet)
{
	if (name_end(packet, r->owner) > packet.len)
		return false;
	switch (r->type) {
	case UKEY_DNS_TXT:
		return is_strings(packet, r->rdata, r->end);
	case UKEY_DNS_CNAME:
	case UKEY_DNS_DNAME:
		return name_end(packet, r->rdata) == r->end;
	case UKEY_DNS_SOA:
		return name_end(packet, name_end(packet, r->rdata)) +
		    SOA_NUMBERS_LEN == r->end;
	case UKEY_DNS_OPT:
		return r->rdata - r->owner == OPT_RDATA;
	default:
		return true;
	}
}

uint32_t
ukey_dns_ttl_least(uint32_t ttl, uint32_t other)
{
	if (other > TTL_MAX)
		other = 0;
	return other < ttl ? other : ttl;
}

uint32_t
ukey_dns_soa_minimum(const struct ukey_dns_record *soa,
    struct ukey_view packet)
{
	struct ukey_cursor c = ukey_cursor_of(packet);

	ukey_cursor_take(&c, soa->end - 4);
	return ukey_dns_ttl_least(soa->ttl, ukey_cursor_u32(&c));
}
