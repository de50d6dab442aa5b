/*
 * userkeys: answers from a zone file (RFC 1034 4.3.2, RFC 4592, RFC 6672).
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "ukey_zone_parts.h"

#define HEADER 12
#define STEPS 12 /* of a chain; core stops at UKEY_DNS_HOPS_MAX */
#define SERVFAIL 2
#define NXDOMAIN 3
#define TYPE_TXT 16
#define TYPE_CNAME 5
#define TYPE_DNAME 39

/* A name in wire form and lower case. */
struct name {
	uint8_t data[UKEY_DNS_NAME_MAX];
	size_t len;
};

static bool
owned(const struct ukey_zone_record *r, const uint8_t *name, size_t len)
{
	return r->owner_len == len && memcmp(r->owner, name, len) == 0;
}

/* The first record of TYPE at NAME; NULL if there is none. */
static const struct ukey_zone_record *
find(const struct ukey_zone *z, const uint8_t *name, size_t len,
    enum ukey_zone_type type)
{
	size_t i;

	for (i = 0; i < z->count; i++)
		if (z->records[i].type == type &&
		    owned(&z->records[i], name, len))
			return &z->records[i];
	return NULL;
}

/* Whether R's owner is NAME or below it. */
static bool
is_under(const struct ukey_zone_record *r, const uint8_t *name, size_t len)
{
	size_t at = 0;

	while (r->owner_len > at + len)
		at += (size_t)r->owner[at] + 1;
	return at + len == r->owner_len &&
	    memcmp(r->owner + at, name, len) == 0;
}

/* Whether anything is at NAME or below it (RFC 4592 2.2.2). */
static bool
exists(const struct ukey_zone *z, const uint8_t *name, size_t len)
{
	size_t i;

	for (i = 0; i < z->count; i++)
		if (z->records[i].type != UKEY_ZONE_NXDOMAIN &&
		    is_under(&z->records[i], name, len))
			return true;
	return false;
}

static void
u16(struct ukey_out *out, unsigned n)
{
	ukey_out_octet(out, (uint8_t)(n >> 8));
	ukey_out_octet(out, (uint8_t)n);
}

static void
put_record(struct ukey_out *out, const struct name *owner, unsigned type,
    uint32_t ttl, struct ukey_view data)
{
	ukey_out_view(out, (struct ukey_view) { owner->data, owner->len });
	u16(out, type);
	u16(out, 1);
	u16(out, ttl >> 16);
	u16(out, ttl & 0xFFFF);
	u16(out, (unsigned)data.len);
	ukey_out_view(out, data);
	out->data[7]++; /* ANCOUNT */
	if (out->data[7] == 0)
		out->data[6]++;
}

/* All TXT records at SOURCE, as OWNER's; how many. */
static unsigned
put_txt(const struct ukey_zone *z, struct ukey_out *out,
    const struct name *owner, const uint8_t *source, size_t len)
{
	const struct ukey_zone_record *r;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < z->count; i++) {
		r = &z->records[i];
		if (r->type != UKEY_ZONE_TXT || !owned(r, source, len))
			continue;
		put_record(out, owner, TYPE_TXT, r->ttl,
		    (struct ukey_view) { r->data, r->data_len });
		n++;
	}
	return n;
}

/* Puts the CNAME to TARGET and goes there. */
static void
go_to(struct ukey_out *out, struct name *name, uint32_t ttl,
    const uint8_t *target, size_t len)
{
	put_record(out, name, TYPE_CNAME, ttl,
	    (struct ukey_view) { target, len });
	memcpy(name->data, target, len);
	name->len = len;
}

/* A DNAME above NAME: puts it and goes on below its target.  False when there
 * is none; RCODE is YXDOMAIN when the new name is too long. */
static bool
go_dname(const struct ukey_zone *z, struct ukey_out *out, struct name *name,
    unsigned *rcode)
{
	const struct ukey_zone_record *r;
	struct name above, target;
	size_t at = (size_t)name->data[0] + 1;

	for (; at < name->len; at += (size_t)name->data[at] + 1) {
		r = find(z, name->data + at, name->len - at, UKEY_ZONE_DNAME);
		if (r == NULL)
			continue;
		above.len = name->len - at;
		memcpy(above.data, name->data + at, above.len);
		put_record(out, &above, TYPE_DNAME, r->ttl,
		    (struct ukey_view) { r->data, r->data_len });
		if (at + r->data_len > UKEY_DNS_NAME_MAX) {
			*rcode = 6;
			return false;
		}
		memcpy(target.data, name->data, at);
		memcpy(target.data + at, r->data, r->data_len);
		go_to(out, name, r->ttl, target.data, at + r->data_len);
		return true;
	}
	return false;
}

/* The source of synthesis for NAME, which does not exist (RFC 4592 3.3.1): "*"
 * below the closest encloser; false if there is none. */
static bool
wildcard(const struct ukey_zone *z, const struct name *name,
    struct name *source)
{
	size_t at = 0;

	while (at + 1 < name->len && !exists(z, name->data + at,
	    name->len - at))
		at += (size_t)name->data[at] + 1;
	source->data[0] = 1;
	source->data[1] = '*';
	source->len = 2 + name->len - at;
	if (source->len > UKEY_DNS_NAME_MAX)
		return false;
	memcpy(source->data + 2, name->data + at, name->len - at);
	return exists(z, source->data, source->len);
}

enum outcome { DONE, GO_ON, SILENCE };

/* What the records at SOURCE say of NAME; takes NAME along a CNAME. */
static enum outcome
answer_at(const struct ukey_zone *z, struct ukey_out *out, struct name *name,
    const struct name *source, unsigned *rcode)
{
	const struct ukey_zone_record *r;

	if (find(z, source->data, source->len, UKEY_ZONE_TIMEOUT) != NULL)
		return SILENCE;
	if (find(z, source->data, source->len, UKEY_ZONE_SERVFAIL) != NULL)
		*rcode = SERVFAIL;
	if (find(z, source->data, source->len, UKEY_ZONE_NXDOMAIN) != NULL)
		*rcode = NXDOMAIN;
	if (*rcode != 0)
		return DONE;
	r = find(z, source->data, source->len, UKEY_ZONE_CNAME);
	if (r != NULL) {
		go_to(out, name, r->ttl, r->data, r->data_len);
		return GO_ON;
	}
	put_txt(z, out, name, source->data, source->len);
	return DONE;
}

/* One step: NAME is answered, or the chain led on. */
static enum outcome
step(const struct ukey_zone *z, struct ukey_out *out, struct name *name,
    unsigned *rcode)
{
	struct name source;

	if (go_dname(z, out, name, rcode))
		return GO_ON;
	if (*rcode != 0)
		return DONE;
	if (exists(z, name->data, name->len) ||
	    find(z, name->data, name->len, UKEY_ZONE_NXDOMAIN) != NULL) {
		source = *name;
	} else if (!wildcard(z, name, &source)) {
		*rcode = NXDOMAIN;
		return DONE;
	}
	return answer_at(z, out, name, &source, rcode);
}

struct ukey_view
ukey_zone_answer(struct ukey_zone *z, struct ukey_view query)
{
	struct ukey_view asked = ukey_dns_query_name(query);
	struct name name = { .len = asked.len };
	enum outcome outcome = GO_ON;
	unsigned rcode = 0, i;
	struct ukey_out out;

	for (i = 0; i < asked.len; i++)
		name.data[i] = ukey_lower(asked.data[i]);
	ukey_out_init(&out, z->packet, sizeof(z->packet));
	ukey_out_view(&out, ukey_view_part(query, 0,
	    HEADER + asked.len + 4));
	memset(z->packet + 6, 0, 6); /* no records yet, and no EDNS */
	for (i = 0; i < STEPS && outcome == GO_ON; i++)
		outcome = step(z, &out, &name, &rcode);
	if (outcome == SILENCE)
		return (struct ukey_view) { NULL, 0 };
	if (out.overflow) {
		rcode = SERVFAIL;
		memset(z->packet + 6, 0, 6);
	}
	z->packet[2] = 0x81; /* QR, RD */
	z->packet[3] = (uint8_t)(0x80 | rcode); /* RA */
	if (out.overflow)
		return (struct ukey_view) { z->packet,
			HEADER + asked.len + 4 };
	return ukey_out_done(&out);
}
