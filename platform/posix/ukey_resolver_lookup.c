/*
 * userkeys: the resolver: one lookup, from its question to its answer.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "ukey_resolver_parts.h"

#define AD 0x20 /* in the fourth octet of a header, RFC 4035 3.2.3 */

void
ukey_lookup_free(struct ukey_resolver *r, struct ukey_lookup *l)
{
	struct ukey_asker *a, *next;
	unsigned i;

	if (l == NULL)
		return;
	for (i = 0; i < UKEY_ATTEMPTS_MAX; i++)
		ukey_attempt_close(r, &l->attempt[i]);
	for (a = l->askers; a != NULL; a = next) {
		next = a->next;
		free(a);
	}
	free(l->packet);
	free(l);
}

/* PACKET becomes L's own; false without memory. */
static bool
keep_packet(struct ukey_lookup *l, struct ukey_view packet)
{
	free(l->packet);
	l->packet_len = 0;
	l->packet = malloc(packet.len);
	if (l->packet == NULL)
		return false;
	l->packet_len = packet.len;
	memcpy(l->packet, packet.data, packet.len);
	return true;
}

void
ukey_lookup_finish(struct ukey_resolver *r, struct ukey_lookup *l,
    struct ukey_view packet, enum ukey_reason reason)
{
	unsigned i;

	for (i = 0; i < UKEY_ATTEMPTS_MAX; i++)
		ukey_attempt_close(r, &l->attempt[i]);
	l->done = true;
	l->reason = reason;
	if (packet.len == 0)
		return;
	if (packet.data != l->packet && !keep_packet(l, packet))
		l->reason = UKEY_REASON_DNS_TIMEOUT;
	else if (!r->settings.trust_ad && r->zone == NULL)
		l->packet[3] &= (uint8_t)~AD;
}

/* An answer that can be had at once: from the zone file, or the cache. */
static void
answer_at_once(struct ukey_resolver *r, struct ukey_lookup *l)
{
	struct ukey_view query = { l->query, l->query_len }, packet;

	if (r->zone != NULL) {
		packet = ukey_zone_answer(r->zone, query);
		ukey_lookup_finish(r, l, packet, packet.len > 0 ?
		    UKEY_REASON_OK : UKEY_REASON_DNS_TIMEOUT);
		return;
	}
	if (r->cache == NULL)
		return;
	packet = ukey_cache_find(r->cache, query, ukey_resolver_now(r),
	    &l->age);
	if (packet.len > 0)
		ukey_lookup_finish(r, l, packet, UKEY_REASON_OK);
}

struct ukey_lookup *
ukey_lookup_new(struct ukey_resolver *r, struct ukey_view query)
{
	struct ukey_lookup *l = calloc(1, sizeof(*l)), **end;
	unsigned i;

	if (l == NULL)
		return NULL;
	memcpy(l->query, query.data, query.len);
	l->query_len = query.len;
	for (i = 0; i < UKEY_ATTEMPTS_MAX; i++) {
		l->attempt[i].lookup = l;
		l->attempt[i].fd = -1;
	}
	l->next_try = ukey_resolver_now(r);
	l->deadline = l->next_try + r->settings.deadline_ms;
	for (end = &r->lookups; *end != NULL; end = &(*end)->next)
		;
	*end = l;
	answer_at_once(r, l);
	return l;
}

/* Whether this answer is worth waiting for a better one. */
static bool
is_poor(enum ukey_dns_status status)
{
	return status == UKEY_DNS_SERVFAIL || status == UKEY_DNS_REFUSED ||
	    status == UKEY_DNS_MALFORMED || status == UKEY_DNS_TRUNCATED;
}

void
ukey_lookup_packet(struct ukey_resolver *r, struct ukey_attempt *a,
    struct ukey_view packet)
{
	struct ukey_lookup *l = a->lookup;
	struct ukey_view query = { l->query, l->query_len };
	struct ukey_dns_answer answer;
	enum ukey_dns_status status;

	status = ukey_dns_answer_read(&answer, packet,
	    ukey_dns_query_name(query), 0);
	if (is_poor(status) &&
	    !(status == UKEY_DNS_TRUNCATED && r->settings.no_tcp)) {
		(void)keep_packet(l, packet); /* if nothing better comes */
		if (status == UKEY_DNS_TRUNCATED && !a->tcp &&
		    ukey_attempt_tcp(r, a))
			return;
		ukey_attempt_close(r, a);
		l->next_try = ukey_resolver_now(r);
		return;
	}
	if (r->cache != NULL)
		ukey_cache_keep(r->cache, query, packet,
		    ukey_resolver_now(r));
	ukey_lookup_finish(r, l, packet, UKEY_REASON_OK);
}

static bool
has_socket(const struct ukey_lookup *l)
{
	unsigned i = 0;

	while (i < UKEY_ATTEMPTS_MAX && l->attempt[i].fd < 0)
		i++;
	return i < UKEY_ATTEMPTS_MAX;
}

unsigned
ukey_lookup_tries(const struct ukey_resolver *r)
{
	unsigned most = r->settings.tries * r->servers;

	return most < UKEY_ATTEMPTS_MAX ? most : UKEY_ATTEMPTS_MAX;
}

/* Begins the attempt that is due; false when L has none left. */
static bool
try_next(struct ukey_resolver *r, struct ukey_lookup *l, uint64_t now)
{
	while (l->tries < ukey_lookup_tries(r)) {
		if (now < l->next_try || r->sockets >= r->settings.sockets)
			return true;
		l->next_try = now;
		if (ukey_attempt_next(r, l))
			return true;
	}
	return has_socket(l);
}

void
ukey_lookup_step(struct ukey_resolver *r, struct ukey_lookup *l, uint64_t now)
{
	if (l->done || (now < l->deadline && try_next(r, l, now)))
		return;
	ukey_lookup_finish(r, l, (struct ukey_view) { l->packet,
	    l->packet_len }, l->packet != NULL ? UKEY_REASON_OK :
	    UKEY_REASON_DNS_TIMEOUT);
}
