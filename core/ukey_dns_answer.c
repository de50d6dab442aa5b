/*
 * userkeys: the answer to a TXT question, its chain followed (RFC 1035 4.1,
 * RFC 6672 3, RFC 2308 2, RFC 6604 3).  SPDX-License-Identifier: MIT
 *
 * First every record of the packet is checked, then the answer section is
 * looked through once per step of the chain.
 */
#include "ukey_dns_record.h"
#include "ukey_mem.h"

/* RFC 1035 4.1.1, third and fourth octet of the header */
#define QR 0x80
#define OPCODE 0x78
#define TC 0x02
#define AD 0x20
#define RCODE 0x0F
enum { NOERROR = 0, SERVFAIL = 2, NXDOMAIN = 3, YXDOMAIN = 6 };

#define SECTIONS 3 /* answer, authority, additional */

/* What the first look finds. */
struct frame {
	size_t begin[SECTIONS];
	uint16_t count[SECTIONS];
	uint16_t rcode; /* with the OPT record's part (RFC 6891 6.1.3) */
	bool opt;
};

/* A step of the chain. */
struct link {
	size_t target; /* offset of the name that it leads to; 0: no step */
	size_t prefix; /* octets of the name that stay: 0 for CNAME */
	uint32_t ttl;
};

/* The position behind the question; 0: this answers no question for NAME. */
static size_t
question_end(struct ukey_view packet, struct ukey_view name)
{
	struct ukey_cursor c = ukey_cursor_of(packet);
	uint16_t type, class;

	ukey_cursor_u16(&c); /* the id is the resolver's */
	if ((ukey_cursor_u16(&c) >> 8 & (QR | OPCODE)) != QR ||
	    ukey_cursor_u16(&c) != 1 ||
	    !ukey_dns_is_name(packet, UKEY_DNS_HEADER_LEN, name))
		return 0;
	c.pos = UKEY_DNS_HEADER_LEN + name.len;
	type = ukey_cursor_u16(&c);
	class = ukey_cursor_u16(&c);
	return type == UKEY_DNS_TXT && class == UKEY_DNS_IN && !c.bad ?
	    c.pos : 0;
}

static bool
note_opt(struct frame *f, const struct ukey_dns_record *r, unsigned section)
{
	if (f->opt || section != SECTIONS - 1)
		return false;
	f->opt = true;
	f->rcode = (uint16_t)(f->rcode | r->ttl >> 24 << 4);
	return true;
}

/* Whether the records from POS on are sound, and their counts true. */
static bool
check_sections(struct frame *f, struct ukey_view packet, size_t pos)
{
	struct ukey_dns_record r;
	unsigned section, i;

	for (section = 0; section < SECTIONS; section++) {
		f->begin[section] = pos;
		for (i = 0; i < f->count[section]; i++) {
			if (!ukey_dns_record_read(&r, packet, pos) ||
			    !ukey_dns_record_sound(&r, packet) ||
			    (r.type == UKEY_DNS_OPT &&
			    !note_opt(f, &r, section)))
				return false;
			pos = r.end;
		}
	}
	return pos == packet.len;
}

static struct frame
read_header(struct ukey_view packet)
{
	struct frame f = { { 0 }, { 0 }, 0, false };
	struct ukey_cursor c = ukey_cursor_of(packet);
	unsigned i;

	ukey_cursor_take(&c, 2);
	f.rcode = ukey_cursor_u16(&c) & RCODE;
	ukey_cursor_u16(&c);
	for (i = 0; i < SECTIONS; i++)
		f.count[i] = ukey_cursor_u16(&c);
	return f;
}

static struct ukey_view
present_name(const struct ukey_dns_answer *a)
{
	return (struct ukey_view) { a->name, a->name_len };
}

static bool
is_here(const struct ukey_dns_answer *a, const struct ukey_dns_record *r)
{
	return ukey_dns_is_name(a->packet, r->owner, present_name(a));
}

/* A CNAME of the present name, or a DNAME above it, unless LINK has one; a
 * CNAME wins, being what the server made of the DNAME (RFC 6672 3.1). */
static void
note_link(const struct ukey_dns_answer *a, const struct ukey_dns_record *r,
    struct link *link)
{
	size_t prefix;

	if (r->type == UKEY_DNS_CNAME && is_here(a, r) &&
	    (link->target == 0 || link->prefix > 0))
		*link = (struct link) { r->rdata, 0, r->ttl };
	if (r->type != UKEY_DNS_DNAME || link->target != 0)
		return;
	prefix = ukey_dns_prefix(a->packet, r->owner, present_name(a));
	if (prefix > 0 && prefix < a->name_len)
		*link = (struct link) { r->rdata, prefix, r->ttl };
}

/* Counts the TXT records of the present name, or finds where it leads. */
static struct link
look(struct ukey_dns_answer *a, const struct frame *f)
{
	struct link link = { 0, 0, 0 };
	struct ukey_dns_record r;
	size_t pos = f->begin[0];
	unsigned i;

	for (i = 0; i < f->count[0]; i++, pos = r.end) {
		if (!ukey_dns_record_read(&r, a->packet, pos))
			break;
		if (r.rclass != UKEY_DNS_IN)
			continue;
		if (r.type == UKEY_DNS_TXT && is_here(a, &r)) {
			a->records++;
			a->ttl = ukey_dns_ttl_least(a->ttl, r.ttl);
		}
		note_link(a, &r, &link);
	}
	return link;
}

/* The present name becomes what LINK makes of it; false: it would be longer
 * than a name can be. */
static bool
follow(struct ukey_dns_answer *a, const struct link *link)
{
	struct ukey_dns_walk w = ukey_dns_walk_from(a->packet, link->target);
	size_t len = link->prefix;
	struct ukey_view label;

	do {
		label = ukey_dns_walk_label(&w);
		if (label.len + 1 > UKEY_DNS_NAME_MAX - len)
			return false;
		a->name[len++] = (uint8_t)label.len;
		if (label.len > 0)
			memcpy(a->name + len, label.data, label.len);
		len += label.len;
	} while (label.len > 0);
	a->name_len = (uint8_t)len;
	a->ttl = ukey_dns_ttl_least(a->ttl, link->ttl);
	a->hops++;
	return true;
}

/*
 * No TXT record, and no step further.  An SOA record above the name says that
 * this is all there is; so does NXDOMAIN, which speaks of the chain's end.
 * Name servers without SOA are a referral: the server does not recurse.
 */
static enum ukey_dns_status
end_without(struct ukey_dns_answer *a, const struct frame *f)
{
	struct ukey_dns_record r;
	size_t pos = f->begin[1];
	bool referral = false;
	unsigned i;

	for (i = 0; i < f->count[1]; i++, pos = r.end) {
		if (!ukey_dns_record_read(&r, a->packet, pos))
			break;
		referral |= r.type == UKEY_DNS_NS;
		if (r.type != UKEY_DNS_SOA || ukey_dns_prefix(a->packet,
		    r.owner, present_name(a)) == a->name_len)
			continue;
		a->ttl = ukey_dns_ttl_least(a->ttl,
		    ukey_dns_soa_minimum(&r, a->packet));
		return UKEY_DNS_ABSENT;
	}
	if (a->hops > 0 && !a->nxdomain)
		return UKEY_DNS_ASK;
	a->ttl = 0;
	return referral && !a->nxdomain ? UKEY_DNS_REFUSED : UKEY_DNS_ABSENT;
}

static enum ukey_dns_status
walk_chain(struct ukey_dns_answer *a, const struct frame *f, unsigned hops)
{
	struct link link;

	for (; hops <= UKEY_DNS_HOPS_MAX; hops++) {
		link = look(a, f);
		if (a->records > 0)
			return a->nxdomain ? UKEY_DNS_MALFORMED :
			    UKEY_DNS_RECORDS;
		if (link.target == 0)
			return end_without(a, f);
		if (hops == UKEY_DNS_HOPS_MAX || !follow(a, &link))
			break;
	}
	return UKEY_DNS_CHAIN;
}

static enum ukey_dns_status
rcode_status(unsigned rcode)
{
	if (rcode == SERVFAIL)
		return UKEY_DNS_SERVFAIL;
	/* a DNAME made the name too long (RFC 6672 2.2) */
	return rcode == YXDOMAIN ? UKEY_DNS_CHAIN : UKEY_DNS_REFUSED;
}

enum ukey_dns_status
ukey_dns_answer_read(struct ukey_dns_answer *a, struct ukey_view packet,
    struct ukey_view name, unsigned hops)
{
	size_t pos = question_end(packet, name);
	enum ukey_dns_status status;
	struct frame f;

	a->packet = packet;
	a->records = a->left = 0;
	a->hops = a->name_len = 0;
	a->authentic = a->nxdomain = false;
	a->pos = 0;
	a->ttl = 0;
	if (pos == 0)
		return UKEY_DNS_MALFORMED;
	if (packet.data[2] & TC)
		return UKEY_DNS_TRUNCATED;
	f = read_header(packet);
	if (!check_sections(&f, packet, pos))
		return UKEY_DNS_MALFORMED;
	if (f.rcode != NOERROR && f.rcode != NXDOMAIN)
		return rcode_status(f.rcode);
	a->nxdomain = f.rcode == NXDOMAIN;
	a->authentic = (packet.data[3] & AD) != 0;
	a->name_len = (uint8_t)name.len;
	memmove(a->name, name.data, name.len);
	a->pos = pos;
	a->left = f.count[0];
	a->ttl = UINT32_MAX;
	status = walk_chain(a, &f, hops);
	if (status > UKEY_DNS_ASK)
		a->ttl = 0;
	return status;
}

bool
ukey_dns_answer_next(struct ukey_dns_answer *a, struct ukey_out *out)
{
	struct ukey_dns_record r;
	size_t at, n;

	ukey_out_init(out, out->data, out->size);
	while (a->left > 0 && ukey_dns_record_read(&r, a->packet, a->pos)) {
		a->left--;
		a->pos = r.end;
		if (r.type != UKEY_DNS_TXT || r.rclass != UKEY_DNS_IN ||
		    !is_here(a, &r))
			continue;
		a->text_len = 0;
		for (at = r.rdata; at < r.end; at += 1 + n) {
			n = a->packet.data[at];
			a->text_len = (uint16_t)(a->text_len + n);
			ukey_out_view(out, ukey_view_part(a->packet, at + 1,
			    at + 1 + n));
		}
		return true;
	}
	return false;
}
