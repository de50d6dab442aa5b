/*
 * userkeys: the resolver: questions in, results out, time.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "ukey_random.h"
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

static unsigned
or_default(unsigned value, unsigned other)
{
	return value == 0 ? other : value;
}

static struct ukey_resolver *
resolver_new(const struct ukey_resolver_settings *settings, char *err,
    size_t err_size)
{
	struct ukey_resolver *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		snprintf(err, err_size, "resolver: out of memory");
		return NULL;
	}
	if (settings != NULL)
		r->settings = *settings;
	r->settings.deadline_ms = or_default(r->settings.deadline_ms, 5000);
	r->settings.positive = or_default(r->settings.positive, 32);
	r->settings.negative = or_default(r->settings.negative, 64);
	r->settings.sockets = or_default(r->settings.sockets, 256);
	r->random = ukey_random();
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (r->epoll < 0) {
		snprintf(err, err_size, "resolver: no epoll descriptor: "
		    "too many files are open: raise the limit (ulimit -n)");
		free(r);
		return NULL;
	}
	return r;
}

struct ukey_resolver *
ukey_resolver_dns(const char *servers,
    const struct ukey_resolver_settings *settings,
    const struct ukey_random *random, char *err, size_t err_size)
{
	struct ukey_resolver *r = resolver_new(settings, err, err_size);

	if (r == NULL)
		return NULL;
	if (random != NULL)
		r->random = random;
	if (!ukey_resolver_servers(r, servers, err, err_size)) {
		ukey_resolver_free(r);
		return NULL;
	}
	r->settings.tries = or_default(r->settings.tries, 2);
	r->settings.try_ms = or_default(r->settings.try_ms, 1500);
	if (r->settings.no_cache)
		return r;
	r->cache = ukey_cache_new(r->settings.positive, r->settings.negative);
	if (r->cache == NULL) {
		snprintf(err, err_size, "resolver: out of memory");
		ukey_resolver_free(r);
		return NULL;
	}
	return r;
}

struct ukey_resolver *
ukey_resolver_zone(const char *path,
    const struct ukey_resolver_settings *settings, char *err, size_t err_size)
{
	struct ukey_resolver *r = resolver_new(settings, err, err_size);

	if (r == NULL)
		return NULL;
	r->zone = ukey_zone_read(path, err, err_size);
	if (r->zone == NULL) {
		ukey_resolver_free(r);
		return NULL;
	}
	snprintf(r->source, sizeof(r->source), "%s", path);
	return r;
}

void
ukey_resolver_free(struct ukey_resolver *r)
{
	struct ukey_lookup *l, *next;

	if (r == NULL)
		return;
	for (l = r->lookups; l != NULL; l = next) {
		next = l->next;
		ukey_lookup_free(r, l);
	}
	ukey_lookup_free(r, r->taken);
	ukey_cache_free(r->cache);
	ukey_zone_free(r->zone);
	close(r->epoll);
	free(r);
}

const char *
ukey_resolver_source(const struct ukey_resolver *r)
{
	return r->source;
}

/* Whether L asks QUERY, whatever its id. */
static bool
asks(const struct ukey_lookup *l, struct ukey_view query)
{
	return !l->done && l->query_len == query.len &&
	    memcmp(l->query + 2, query.data + 2, query.len - 2) == 0;
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

int
ukey_resolver_ask(struct ukey_resolver *r, struct ukey_view query,
    void *cookie, unsigned id)
{
	struct ukey_asker *a;
	struct ukey_lookup *l = r->lookups;

	if (!is_query(query))
		return UKEY_ERR_ARGUMENT;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return UKEY_ERR_SPACE;
	while (l != NULL && !asks(l, query))
		l = l->next;
	if (l == NULL)
		l = ukey_lookup_new(r, query);
	if (l == NULL) {
		free(a);
		return UKEY_ERR_SPACE;
	}
	*a = (struct ukey_asker) { l->askers, cookie, id,
		(uint16_t)(query.data[0] << 8 | query.data[1]) };
	l->askers = a;
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
	for (l = r->lookups; l != NULL; l = l->next)
		ukey_lookup_step(r, l, ukey_resolver_now(r));
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

bool
ukey_resolver_next(struct ukey_resolver *r,
    struct ukey_resolver_result *result)
{
	struct ukey_lookup *l = r->lookups;
	struct ukey_asker *a;

	ukey_lookup_free(r, r->taken);
	r->taken = NULL;
	while (l != NULL && !l->done)
		l = l->next;
	if (l == NULL)
		return false;
	a = l->askers;
	l->askers = a->next;
	*result = (struct ukey_resolver_result) { a->cookie, a->id,
		{ l->packet, l->packet_len }, l->reason, l->age };
	if (l->packet != NULL) {
		l->packet[0] = (uint8_t)(a->query_id >> 8);
		l->packet[1] = (uint8_t)a->query_id;
	}
	free(a);
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
	struct ukey_asker **at, *a;

	for (l = r->lookups; l != NULL; l = next) {
		next = l->next;
		for (at = &l->askers; (a = *at) != NULL;) {
			if (a->cookie != cookie) {
				at = &a->next;
				continue;
			}
			*at = a->next;
			free(a);
		}
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

int
ukey_resolver_wait(struct ukey_resolver *r)
{
	uint64_t now = ukey_resolver_now(r), first = UINT64_MAX, due;
	struct ukey_lookup *l;

	for (l = r->lookups; l != NULL; l = l->next) {
		if (l->done)
			return 0;
		due = l->deadline;
		if (l->next_try < due && r->sockets < r->settings.sockets &&
		    l->tries < ukey_lookup_tries(r))
			due = l->next_try;
		if (due < first)
			first = due;
	}
	if (first == UINT64_MAX)
		return -1;
	return first <= now ? 0 : (int)(first - now);
}
