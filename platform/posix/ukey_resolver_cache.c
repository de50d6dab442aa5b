/*
 * userkeys: answers kept by TTL, in slots of fixed size (RFC 1035 7.4, RFC
 * 2308).  SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "ukey_resolver_parts.h"

#define POSITIVE_SIZE 2048 /* octets of a packet that is kept */
#define NEGATIVE_SIZE 768
#define POSITIVE_TTL 86400 /* seconds at most; RFC 8767 4 */
#define NEGATIVE_TTL 10800 /* RFC 2308 5 */

struct slot {
	uint64_t until, since, used; /* ms; until 0: free */
	uint8_t name[UKEY_DNS_NAME_MAX];
	uint8_t name_len;
	uint16_t len;
	uint8_t *packet;
};

struct part {
	struct slot *slots;
	unsigned count;
	size_t size; /* of a packet */
};

struct ukey_cache {
	struct part positive, negative;
};

static void
part_free(struct part *p)
{
	unsigned i;

	for (i = 0; p->slots != NULL && i < p->count; i++)
		free(p->slots[i].packet);
	free(p->slots);
}

static bool
part_init(struct part *p, unsigned count, size_t size)
{
	unsigned i;

	p->slots = calloc(count, sizeof(*p->slots));
	if (p->slots == NULL)
		return false;
	p->count = count;
	p->size = size;
	for (i = 0; i < count; i++) {
		p->slots[i].packet = malloc(size);
		if (p->slots[i].packet == NULL)
			return false;
	}
	return true;
}

struct ukey_cache *
ukey_cache_new(unsigned positive, unsigned negative)
{
	struct ukey_cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	if (part_init(&c->positive, positive, POSITIVE_SIZE) &&
	    part_init(&c->negative, negative, NEGATIVE_SIZE))
		return c;
	ukey_cache_free(c);
	return NULL;
}

void
ukey_cache_free(struct ukey_cache *c)
{
	if (c == NULL)
		return;
	part_free(&c->positive);
	part_free(&c->negative);
	free(c);
}

static struct slot *
find(struct part *p, struct ukey_view name, uint64_t now)
{
	struct ukey_view own;
	unsigned i;

	for (i = 0; i < p->count; i++) {
		own.data = p->slots[i].name;
		own.len = p->slots[i].name_len;
		if (p->slots[i].until > now && ukey_dns_name_equal(own, name))
			return &p->slots[i];
	}
	return NULL;
}

struct ukey_view
ukey_cache_find(struct ukey_cache *c, struct ukey_view query, uint64_t now,
    uint32_t *age)
{
	struct ukey_view name = ukey_dns_query_name(query);
	struct slot *s = find(&c->positive, name, now);

	if (s == NULL)
		s = find(&c->negative, name, now);
	if (s == NULL)
		return (struct ukey_view) { NULL, 0 };
	s->used = now;
	*age = (uint32_t)((now - s->since) / 1000);
	return (struct ukey_view) { s->packet, s->len };
}

/* The slot for NAME, else a free one, one that is over, or the one whose last
 * use is longest ago. */
static struct slot *
choose(struct part *p, struct ukey_view name, uint64_t now)
{
	struct slot *best = find(p, name, now);
	unsigned i;

	for (i = 0; best == NULL && i < p->count; i++)
		if (p->slots[i].until <= now)
			best = &p->slots[i];
	if (best != NULL)
		return best;
	best = &p->slots[0];
	for (i = 1; i < p->count; i++)
		if (p->slots[i].used < best->used)
			best = &p->slots[i];
	return best;
}

static void
forget(struct part *p, struct ukey_view name, uint64_t now)
{
	struct slot *s = find(p, name, now);

	if (s != NULL)
		s->until = 0;
}

static uint64_t
lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void
ukey_cache_keep(struct ukey_cache *c, struct ukey_view query,
    struct ukey_view packet, uint64_t now)
{
	struct ukey_view name = ukey_dns_query_name(query);
	struct ukey_dns_answer a;
	struct part *part;
	struct slot *s;
	uint64_t ttl;

	switch (ukey_dns_answer_read(&a, packet, name, 0)) {
	case UKEY_DNS_RECORDS:
	case UKEY_DNS_ASK:
		part = &c->positive;
		ttl = lesser(a.ttl, POSITIVE_TTL);
		break;
	case UKEY_DNS_ABSENT:
		part = &c->negative;
		ttl = lesser(a.ttl, NEGATIVE_TTL);
		break;
	default:
		return;
	}
	forget(&c->positive, name, now);
	forget(&c->negative, name, now);
	if (ttl == 0 || packet.len > part->size)
		return;
	s = choose(part, name, now);
	s->since = s->used = now;
	s->until = now + ttl * 1000;
	memcpy(s->name, name.data, name.len);
	s->name_len = (uint8_t)name.len;
	memcpy(s->packet, packet.data, packet.len);
	s->len = (uint16_t)packet.len;
}
