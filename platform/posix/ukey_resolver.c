/*
 * userkeys: the resolver: questions in, results out, time.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "ukey_resolver_parts.h"

#define EVENTS 32

uint64_t
ukey_resolver_now(const struct ukey_resolver *r)
{
	struct timespec t;

	if (r->settings.clock != NULL)
		return r->settings.clock(r->settings.clock_state);
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Whether L asks QUERY, whatever its id, and has most of its time left: who
 * asks now has a right to time of their own. */
static bool
asks(const struct ukey_resolver *r, const struct ukey_lookup *l,
    struct ukey_view query, uint64_t now)
{
	return !l->done && l->query_len == query.len &&
	    memcmp(l->query + 2, query.data + 2, query.len - 2) == 0 &&
	    l->deadline - now >= r->settings.deadline_ms / 2;
}

static bool
is_query(struct ukey_view query)
{
	struct ukey_view name;

	if (query.len < 12 + 1 + 4 || query.len > UKEY_DNS_QUERY_MAX)
		return false;
	name = ukey_dns_query_name(query);
	return name.len > 0 && 12 + name.len + 4 <= query.len;
}

/* The lookup for QUERY, which may take MS: one that is on its way, or a new
 * one. */
static struct ukey_lookup *
find_or_begin(struct ukey_resolver *r, struct ukey_view query, unsigned ms)
{
	static const struct ukey_view none = { NULL, 0 };
	uint64_t now = ukey_resolver_now(r);
	struct ukey_lookup *l = ms > 0 ? r->lookups : NULL;

	while (l != NULL && !asks(r, l, query, now))
		l = l->next;
	if (l != NULL)
		return l;
	l = ukey_lookup_new(r, query);
	if (l == NULL)
		return NULL;
	ukey_lookup_at_once(r, l);
	if (!l->done && ms == 0)
		ukey_lookup_finish(r, l, none, UKEY_REASON_DNS_TIMEOUT);
	if (!l->done)
		ukey_resolver_look(r);
	return l;
}

int
ukey_resolver_ask(struct ukey_resolver *r, struct ukey_view query,
    void *cookie, unsigned id, unsigned ms)
{
	struct ukey_asker *a;
	struct ukey_lookup *l;

	if (!is_query(query))
		return UKEY_ERR_ARGUMENT;
	a = calloc(1, sizeof(*a));
	if (a != NULL)
		a->client = ukey_client_hold(r, cookie);
	l = a != NULL && a->client != NULL ? find_or_begin(r, query,
	    ms) : NULL;
	if (l == NULL) {
		if (a != NULL && a->client != NULL)
			ukey_client_release(r, a->client);
		free(a);
		return UKEY_ERR_SPACE;
	}
	a->id = id;
	a->query_id = (uint16_t)(query.data[0] << 8 | query.data[1]);
	a->until = ukey_resolver_now(r) + ms;
	ukey_share_join(l, a);
	return UKEY_OK;
}

void
ukey_resolver_step(struct ukey_resolver *r)
{
	struct epoll_event events[EVENTS];
	struct ukey_lookup *l;
	int i, n;

	/* An attempt lives as long as its lookup, and lookups are freed by
	 * ukey_resolver_next() and _cancel() only. */
	n = epoll_wait(r->epoll, events, EVENTS, 0);
	for (i = 0; i < n; i++)
		ukey_attempt_ready(r, events[i].data.ptr);
	ukey_share_survey(r);
	for (l = r->lookups; l != NULL; l = l->next)
		ukey_lookup_step(r, l, ukey_resolver_now(r));
	while ((l = ukey_share_next(r)) != NULL)
		ukey_lookup_resume(r, l);
}

/* Takes L out of the list of R. */
static void
unlink_lookup(struct ukey_resolver *r, struct ukey_lookup *l)
{
	struct ukey_lookup **at = &r->lookups;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
}

/* Where L keeps an asker that gets a result at NOW; NULL: none does. */
static struct ukey_asker **
due_asker(struct ukey_lookup *l, uint64_t now)
{
	struct ukey_asker **at = &l->askers;

	while (!l->done && *at != NULL && (*at)->until > now)
		at = &(*at)->next;
	return *at == NULL ? NULL : at;
}

/* The answer of L as that to A. */
static struct ukey_resolver_result
result_of(struct ukey_lookup *l, const struct ukey_asker *a)
{
	struct ukey_resolver_result result = { .cookie = a->client->cookie,
		.id = a->id, .reason = UKEY_REASON_DNS_TIMEOUT };

	if (!l->done)
		return result; /* its time is over */
	result.packet = (struct ukey_view) { l->packet, l->packet_len };
	result.reason = l->reason;
	result.age = l->age;
	if (l->packet != NULL) {
		l->packet[0] = (uint8_t)(a->query_id >> 8);
		l->packet[1] = (uint8_t)a->query_id;
	}
	return result;
}

bool
ukey_resolver_next(struct ukey_resolver *r,
    struct ukey_resolver_result *result)
{
	uint64_t now = ukey_resolver_now(r);
	struct ukey_lookup *l = r->lookups;
	struct ukey_asker **at = NULL;

	ukey_lookup_free(r, r->taken);
	r->taken = NULL;
	while (l != NULL && (at = due_asker(l, now)) == NULL)
		l = l->next;
	if (l == NULL)
		return false;
	*result = result_of(l, *at);
	ukey_share_leave(r, l, at);
	if (l->askers == NULL) {
		unlink_lookup(r, l);
		r->taken = l;
	}
	return true;
}

void
ukey_resolver_cancel(struct ukey_resolver *r, const void *cookie)
{
	struct ukey_lookup *l, *next;
	struct ukey_asker **at;

	for (l = r->lookups; l != NULL; l = next) {
		next = l->next;
		for (at = &l->askers; *at != NULL;)
			if ((*at)->client->cookie == cookie)
				ukey_share_leave(r, l, at);
			else
				at = &(*at)->next;
		if (l->askers == NULL) {
			unlink_lookup(r, l);
			ukey_lookup_free(r, l);
		}
	}
}

int
ukey_resolver_fd(const struct ukey_resolver *r)
{
	return r->epoll;
}

/* When L is to be looked at again, if nothing comes from outside. */
static uint64_t
due_of(const struct ukey_resolver *r, const struct ukey_lookup *l)
{
	const struct ukey_asker *a;
	uint64_t due = l->deadline;

	if (l->done || ukey_share_waits(r, l))
		return 0;
	if (!l->queued && l->next_try < due &&
	    l->tries < ukey_lookup_tries(r))
		due = l->next_try;
	for (a = l->askers; a != NULL; a = a->next)
		if (a->until < due)
			due = a->until;
	return due;
}

int
ukey_resolver_wait(struct ukey_resolver *r)
{
	uint64_t now = ukey_resolver_now(r), first = UINT64_MAX, due;
	struct ukey_lookup *l;

	for (l = r->lookups; l != NULL && first > now; l = l->next) {
		due = due_of(r, l);
		if (due < first)
			first = due;
	}
	if (first == UINT64_MAX)
		return -1;
	return first <= now ? 0 : (int)(first - now);
}
