/*
 * userkeys: what goes over the wire between resolver and server, without the
 * sockets: the query as it is sent, which packet answers it, and the length
 * before each packet of a stream (RFC 1035 4.2.2, RFC 5452).
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "ukey_resolver_parts.h"

#define HEADER 12   /* octets */
#define QR 0x80     /* in the third octet */
#define OPCODE 0x78
#define AD 0x20     /* in the fourth */
#define RCODE 0x0F

size_t
ukey_attempt_query(const struct ukey_resolver *r,
    const struct ukey_attempt *a, uint8_t *query)
{
	const struct ukey_lookup *l = a->lookup;

	memcpy(query, l->query, l->query_len);
	query[0] = (uint8_t)(a->id >> 8);
	query[1] = (uint8_t)a->id;
	if (r->trust_ad)
		query[3] |= AD;
	if (!a->plain)
		return l->query_len;
	query[10] = query[11] = 0; /* additional records: the OPT was one */
	return HEADER + ukey_dns_query_name((struct ukey_view) { l->query,
	    l->query_len }).len + 4;
}

bool
ukey_attempt_matches(const struct ukey_resolver *r,
    const struct ukey_attempt *a, struct ukey_view packet)
{
	uint8_t query[UKEY_DNS_QUERY_MAX];

	ukey_attempt_query(r, a, query);
	return ukey_dns_match(packet, (struct ukey_view) { query,
	    a->lookup->query_len });
}

enum ukey_rcode
ukey_attempt_error(const struct ukey_attempt *a, struct ukey_view packet)
{
	static const enum ukey_rcode errors[] = { UKEY_RCODE_FORMERR,
		UKEY_RCODE_SERVFAIL, UKEY_RCODE_NOTIMP, UKEY_RCODE_REFUSED };
	const uint8_t *p = packet.data;
	size_t i;

	if (packet.len < HEADER || (packet.len > HEADER &&
	    (p[4] | p[5]) != 0) || (p[0] << 8 | p[1]) != a->id ||
	    (p[2] & (QR | OPCODE)) != QR)
		return UKEY_RCODE_NOERROR;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if ((p[3] & RCODE) == errors[i])
			return errors[i];
	return UKEY_RCODE_NOERROR;
}

uint8_t *
ukey_frame_room(struct ukey_frame *f, size_t *len)
{
	if (f->have < sizeof(f->head)) {
		*len = sizeof(f->head) - f->have;
		return f->head + f->have;
	}
	if (f->packet == NULL) {
		f->size = (size_t)(f->head[0] << 8 | f->head[1]);
		f->packet = malloc(f->size + 1);
		if (f->packet == NULL)
			return NULL;
	}
	*len = f->size - (f->have - sizeof(f->head));
	return f->packet + (f->have - sizeof(f->head));
}
