/*
 * userkeys: what goes over the wire between resolver and server, without the
 * sockets: the query as it is sent, which packet answers it, and the length
 * before each packet of a stream (RFC 1035 4.2.2, RFC 5452).
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "ukey_resolver_parts.h"

#define AD 0x20

void
ukey_attempt_query(const struct ukey_resolver *r,
    const struct ukey_attempt *a, uint8_t *query)
{
	memcpy(query, a->lookup->query, a->lookup->query_len);
	query[0] = (uint8_t)(a->id >> 8);
	query[1] = (uint8_t)a->id;
	if (r->settings.trust_ad)
		query[3] |= AD;
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
