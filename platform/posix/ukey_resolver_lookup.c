/*
 * userkeys: the resolver: one lookup, from its question to its answer.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "ukey_resolver_parts.h"

#define AD 0x20 /* in the fourth octet of a header, RFC 4035 3.2.3 */
#define RCODE 0x0F
#define PLAIN_MS 900000 /* so long a server is known to lack EDNS */

static void
close_all(struct ukey_resolver *r, struct ukey_lookup *l)
{
	unsigned i;

	for (i = 0; i < UKEY_RESOLVER_SERVERS_MAX; i++)
		ukey_attempt_close(r, &l->attempt[i]);
}

void
ukey_lookup_free(struct ukey_resolver *r, struct ukey_lookup *l)
{
	if (l == NULL)
		return;
	close_all(r, l);
	while (l->askers != NULL)
		ukey_share_leave(r, l, &l->askers);
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
	close_all(r, l);
	l->done = true;
	l->queued = false;
	l->reason = reason;
	if (packet.data == NULL || packet.len == 0)
		return;
	if (l->askers != NULL)
		l->askers->client->took = false;
	if (packet.data != l->packet && !keep_packet(l, packet)) {
		l->reason = UKEY_REASON_DNS_TIMEOUT;
		return;
	}
	if (l->packet != NULL && !r->trust_ad && r->zone == NULL)
		l->packet[3] &= (uint8_t)~AD;
}

void
ukey_lookup_at_once(struct ukey_resolver *r, struct ukey_lookup *l)
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
	for (i = 0; i < UKEY_RESOLVER_SERVERS_MAX; i++) {
		l->attempt[i].lookup = l;
		l->attempt[i].server = i;
		l->attempt[i].fd = -1;
	}
	l->next_try = ukey_resolver_now(r);
	l->deadline = l->next_try + r->settings.deadline_ms;
	l->reason = UKEY_REASON_DNS_TIMEOUT;
	for (end = &r->lookups; *end != NULL; end = &(*end)->next)
		;
	*end = l;
	return l;
}

void
ukey_lookup_restart(struct ukey_resolver *r, struct ukey_lookup *l)
{
	close_all(r, l);
	l->queued = false;
	l->tries = 0;
	l->next_try = ukey_resolver_now(r);
}

/* Whether this answer is worth waiting for a better one. */
static bool
is_poor(const struct ukey_resolver *r, enum ukey_dns_status status)
{
	return status == UKEY_DNS_SERVFAIL || status == UKEY_DNS_REFUSED ||
	    status == UKEY_DNS_MALFORMED || (status == UKEY_DNS_TRUNCATED &&
	    !r->settings.no_tcp);
}

/* A server is done with; the next one is asked at once. */
static void
next_server(struct ukey_resolver *r, struct ukey_attempt *a)
{
	ukey_attempt_close(r, a);
	a->lookup->next_try = ukey_resolver_now(r);
}

/*
 * A server that does not know EDNS says FORMERR or NOTIMP (RFC 6891 7), one
 * that knows another version only BADVERS, whose last four bits are 0: it is
 * asked once more without, and so are others there for a while.
 */
static bool
ask_plain(struct ukey_resolver *r, struct ukey_attempt *a, unsigned rcode)
{
	if (!a->edns || (rcode != UKEY_RCODE_FORMERR &&
	    rcode != UKEY_RCODE_NOTIMP && rcode != UKEY_RCODE_NOERROR) ||
	    !ukey_attempt_plain(r, a))
		return false;
	a->refused = rcode != UKEY_RCODE_NOERROR;
	return true;
}

void
ukey_lookup_error(struct ukey_resolver *r, struct ukey_attempt *a,
    unsigned rcode)
{
	if (ask_plain(r, a, rcode))
		return;
	a->lookup->reason = rcode == UKEY_RCODE_SERVFAIL ?
	    UKEY_REASON_DNS_SERVFAIL : UKEY_REASON_DNS_REFUSED;
	next_server(r, a);
}

void
ukey_lookup_packet(struct ukey_resolver *r, struct ukey_attempt *a,
    struct ukey_view packet)
{
	struct ukey_lookup *l = a->lookup;
	struct ukey_view query = { l->query, l->query_len };
	unsigned rcode = packet.data[3] & RCODE;
	struct ukey_dns_answer answer;
	enum ukey_dns_status status;

	status = ukey_dns_answer_read(&answer, packet,
	    ukey_dns_query_name(query), 0);
	if (is_poor(r, status)) {
		(void)keep_packet(l, packet); /* if nothing better comes */
		if (status == UKEY_DNS_TRUNCATED && !a->tcp &&
		    ukey_attempt_tcp(r, a))
			return;
		if (status == UKEY_DNS_TRUNCATED ||
		    !ask_plain(r, a, rcode))
			next_server(r, a);
		return;
	}
	if (a->refused)
		r->plain_until[a->server] = ukey_resolver_now(r) + PLAIN_MS;
	if (r->cache != NULL)
		ukey_cache_keep(r->cache, query, packet,
		    ukey_resolver_now(r));
	ukey_lookup_finish(r, l, packet, UKEY_REASON_OK);
}

static bool
has_socket(const struct ukey_lookup *l)
{
	unsigned i = 0;

	while (i < UKEY_RESOLVER_SERVERS_MAX && l->attempt[i].fd < 0)
		i++;
	return i < UKEY_RESOLVER_SERVERS_MAX;
}

unsigned
ukey_lookup_tries(const struct ukey_resolver *r)
{
	return r->tries * r->conf.servers;
}

/* Begins the attempt that is due; false when L has none left. */
static bool
try_next(struct ukey_resolver *r, struct ukey_lookup *l, uint64_t now)
{
	while (l->tries < ukey_lookup_tries(r)) {
		if (now < l->next_try)
			return true;
		l->queued = l->attempt[l->tries % r->conf.servers].fd < 0 &&
		    !ukey_share_room(r, l);
		if (l->queued)
			return true;
		l->next_try = now;
		if (ukey_attempt_next(r, l))
			return true;
	}
	return has_socket(l);
}

void
ukey_lookup_resume(struct ukey_resolver *r, struct ukey_lookup *l)
{
	l->queued = false;
	l->next_try = ukey_resolver_now(r);
	(void)ukey_attempt_next(r, l);
}

void
ukey_lookup_step(struct ukey_resolver *r, struct ukey_lookup *l, uint64_t now)
{
	if (l->done || (now < l->deadline && try_next(r, l, now)))
		return;
	ukey_lookup_finish(r, l, (struct ukey_view) { l->packet,
	    l->packet_len }, l->packet != NULL ? UKEY_REASON_OK :
	    l->reason);
}
