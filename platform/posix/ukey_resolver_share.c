/*
 * userkeys: the resolver's sockets, shared out.  SPDX-License-Identifier: MIT
 *
 * Who asks for names that nobody answers holds sockets for long.  So a cookie
 * (a message) has at most its share; where all are in use, whoever has fewer
 * takes one from whoever has most, the least urgent question's first; and who
 * has none takes the one that was silent for longest, once for each answer
 * that it gets.  Questions without a socket wait for a free one, within their
 * time: the newest message's first, for the oldest waited in vain.
 */
#include <stdlib.h>

#include "ukey_resolver_parts.h"

struct ukey_client *
ukey_client_hold(struct ukey_resolver *r, void *cookie)
{
	struct ukey_client *c = r->clients;

	while (c != NULL && c->cookie != cookie)
		c = c->next;
	if (c == NULL) {
		c = calloc(1, sizeof(*c));
		if (c == NULL)
			return NULL;
		c->cookie = cookie;
		c->next = r->clients;
		r->clients = c;
	}
	c->askers++;
	return c;
}

void
ukey_client_release(struct ukey_resolver *r, struct ukey_client *c)
{
	struct ukey_client **at = &r->clients;

	if (--c->askers > 0)
		return;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	free(c);
}

void
ukey_share_count(struct ukey_resolver *r, struct ukey_lookup *l, int change)
{
	r->sockets += (unsigned)change;
	if (l->askers != NULL)
		l->askers->client->sockets += (unsigned)change;
}

static unsigned
sockets_of(const struct ukey_lookup *l)
{
	unsigned i, n = 0;

	for (i = 0; i < UKEY_RESOLVER_SERVERS_MAX; i++)
		n += l->attempt[i].fd >= 0;
	return n;
}

void
ukey_share_join(struct ukey_lookup *l, struct ukey_asker *a)
{
	struct ukey_asker *first = l->askers;
	unsigned n = sockets_of(l);

	if (first == NULL || a->id < l->rank)
		l->rank = a->id;
	if (first != NULL && a->client->sockets + n >=
	    first->client->sockets) {
		a->next = first->next;
		first->next = a;
		return;
	}
	if (first != NULL)
		first->client->sockets -= n;
	a->client->sockets += n;
	a->next = first;
	l->askers = a;
}

void
ukey_share_leave(struct ukey_resolver *r, struct ukey_lookup *l,
    struct ukey_asker **at)
{
	struct ukey_asker *a = *at;
	unsigned n = a == l->askers ? sockets_of(l) : 0;

	a->client->sockets -= n;
	*at = a->next;
	if (l->askers != NULL)
		l->askers->client->sockets += n;
	ukey_client_release(r, a->client);
	free(a);
}

void
ukey_share_survey(struct ukey_resolver *r)
{
	const struct ukey_client *c;

	r->most = 0;
	for (c = r->clients; c != NULL; c = c->next)
		if (c->sockets > r->most)
			r->most = c->sockets;
}

/* The open socket of L that is the oldest; NULL: it has none. */
static struct ukey_attempt *
oldest_of(struct ukey_lookup *l)
{
	struct ukey_attempt *a, *oldest = NULL;

	for (a = l->attempt; a < l->attempt + UKEY_RESOLVER_SERVERS_MAX; a++)
		if (a->fd >= 0 && (oldest == NULL ||
		    a->since < oldest->since))
			oldest = a;
	return oldest;
}

/* The oldest socket of the least urgent question that a client with MOST
 * sockets pays for. */
static struct ukey_attempt *
of_the_richest(const struct ukey_resolver *r)
{
	struct ukey_attempt *a, *found = NULL;
	struct ukey_lookup *l;

	for (l = r->lookups; l != NULL; l = l->next) {
		if (l->done || l->askers->client->sockets < r->most)
			continue;
		a = oldest_of(l);
		if (a != NULL && (found == NULL ||
		    l->rank > found->lookup->rank))
			found = a;
	}
	return found;
}

/* The oldest socket of the least urgent question of C, if it is less urgent
 * than RANK. */
static struct ukey_attempt *
of_the_same(const struct ukey_resolver *r, const struct ukey_client *c,
    unsigned rank)
{
	struct ukey_attempt *a, *found = NULL;
	struct ukey_lookup *l;

	for (l = r->lookups; l != NULL; l = l->next) {
		if (l->done || l->askers->client != c || l->rank <= rank)
			continue;
		a = oldest_of(l);
		if (a == NULL)
			continue;
		found = a;
		rank = l->rank;
	}
	return found;
}

/* The socket that has been silent for longest. */
static struct ukey_attempt *
of_all(const struct ukey_resolver *r)
{
	struct ukey_attempt *a, *found = NULL;
	struct ukey_lookup *l;

	for (l = r->lookups; l != NULL; l = l->next) {
		a = oldest_of(l);
		if (a != NULL && (found == NULL || a->since < found->since))
			found = a;
	}
	return found;
}

/* Closes A; its question waits for another socket if that was its last. */
static void
yield(struct ukey_resolver *r, struct ukey_attempt *a)
{
	struct ukey_lookup *l = a->lookup;

	ukey_attempt_close(r, a);
	if (oldest_of(l) == NULL) {
		l->queued = true;
		l->tries -= l->tries > 0;
	}
	ukey_share_survey(r);
}

/* The socket of another that L may take. */
static struct ukey_attempt *
to_take(const struct ukey_resolver *r, const struct ukey_lookup *l)
{
	struct ukey_client *c = l->askers->client;

	if (c->sockets >= r->settings.share)
		return l->queued ? NULL : of_the_same(r, c, l->rank);
	if (r->most >= c->sockets + 2)
		return of_the_richest(r);
	if (c->sockets > 0 || c->took)
		return NULL;
	c->took = true;
	return of_all(r);
}

static bool
is_free(const struct ukey_resolver *r, const struct ukey_lookup *l)
{
	return r->sockets < r->settings.sockets &&
	    l->askers->client->sockets < r->settings.share;
}

bool
ukey_share_room(struct ukey_resolver *r, struct ukey_lookup *l)
{
	struct ukey_attempt *a = oldest_of(l);

	if (!l->queued && is_free(r, l))
		return true;
	if (a != NULL) { /* another server's, which was silent */
		ukey_attempt_close(r, a);
		return true;
	}
	a = to_take(r, l);
	if (a != NULL)
		yield(r, a);
	return a != NULL;
}

bool
ukey_share_waits(const struct ukey_resolver *r, const struct ukey_lookup *l)
{
	return !l->done && l->queued && is_free(r, l);
}

/* Whether A, which waits, goes before B. */
static bool
is_first(const struct ukey_lookup *a, const struct ukey_lookup *b)
{
	unsigned of_a = a->askers->client->sockets;
	unsigned of_b = b->askers->client->sockets;

	if (of_a != of_b)
		return of_a < of_b;
	if (a->deadline != b->deadline)
		return a->deadline > b->deadline;
	return a->rank < b->rank;
}

struct ukey_lookup *
ukey_share_next(const struct ukey_resolver *r)
{
	struct ukey_lookup *l, *first = NULL;

	if (r->sockets >= r->settings.sockets)
		return NULL;
	for (l = r->lookups; l != NULL; l = l->next)
		if (ukey_share_waits(r, l) &&
		    (first == NULL || is_first(l, first)))
			first = l;
	return first;
}
