/*
 * userkeys: the running body hashes, one a canonicalization, with l= by
 * snapshot (RFC 6376 3.4.5, 3.7).  SPDX-License-Identifier: MIT
 */
#include "ukey_judge.h"

#include "ukey_mem.h"

static bool
waits(const struct ukey_signature *slot)
{
	return slot->judged[0] == UKEY_WAIT_KEY ||
	    slot->judged[0] == UKEY_WAIT_BODY ||
	    slot->judged[1] == UKEY_WAIT_KEY ||
	    slot->judged[1] == UKEY_WAIT_BODY;
}

/* Whether SLOT's bh= is still to be compared with hash I. */
static bool
undecided(const struct ukey_verify *v, unsigned slot, unsigned i)
{
	return v->signature[slot].note != 0 &&
	    v->signature[slot].canon == i &&
	    v->signature[slot].body == UKEY_WAIT_BODY;
}

/* l= of SLOT, which has a note. */
static uint64_t *
length(const struct ukey_verify *v, unsigned slot)
{
	return &ukey_signature_note(v, slot)->sig.l;
}

/* The least l= of hash I at or behind what was hashed. */
static void
next_stop(struct ukey_verify *v, unsigned i)
{
	struct ukey_body *b = &v->body[i];
	unsigned slot;

	b->stop = UINT64_MAX;
	for (slot = 0; slot < v->signatures; slot++) {
		if (undecided(v, slot, i) && *length(v, slot) < b->stop)
			b->stop = *length(v, slot);
	}
}

/* Hash I failed: nobody can tell what it was to tell. */
static void
give_up(struct ukey_verify *v, unsigned i)
{
	unsigned slot;

	for (slot = 0; slot < v->signatures; slot++) {
		if (undecided(v, slot, i))
			v->signature[slot].body = UKEY_REASON_CRYPTO;
	}
}

void
ukey_bodies_init(struct ukey_verify *v)
{
	unsigned i;

	for (i = 0; i < UKEY_BODY_CANONS; i++) {
		if ((v->hashing >> i & 1) == 0)
			continue;
		v->body[i].len = 0;
		if (ukey_port_sha256_start(&v->body[i].hash) != 0) {
			give_up(v, i);
			v->hashing &= (uint8_t)~(1u << i);
		}
		next_stop(v, i);
	}
}

/* Compares HASH with bh= of all that stop at L octets; MATCH is what equal
 * ones get. */
static void
compare(struct ukey_verify *v, unsigned i, struct ukey_port_sha256 *hash,
    uint64_t l, enum ukey_reason match)
{
	uint8_t digest[UKEY_SHA256_LEN];
	int err = ukey_port_sha256_finish(hash, digest);
	struct ukey_signature *s;
	unsigned slot;

	for (slot = 0; slot < v->signatures; slot++) {
		s = &v->signature[slot];
		if (!undecided(v, slot, i) || *length(v, slot) != l)
			continue;
		if (err)
			s->body = UKEY_REASON_CRYPTO;
		else if (memcmp(ukey_signature_note(v, slot)->body, digest,
		    sizeof(digest)) != 0)
			s->body = UKEY_REASON_BODY_HASH;
		else
			s->body = (uint8_t)match;
	}
}

static void
update(struct ukey_verify *v, unsigned i, struct ukey_view octets)
{
	struct ukey_body *b = &v->body[i];

	b->len += octets.len;
	if (ukey_port_sha256_update(&b->hash, octets.data, octets.len) != 0)
		give_up(v, i);
}

/* A canonical span: hashed, with a stop at each l= that it passes. */
static void
hash_span(struct ukey_verify *v, unsigned i, struct ukey_view span)
{
	struct ukey_body *b = &v->body[i];
	struct ukey_port_sha256 snapshot;
	size_t upto;

	while (b->stop - b->len < span.len) {
		upto = (size_t)(b->stop - b->len);
		update(v, i, ukey_view_part(span, 0, upto));
		span = ukey_view_part(span, upto, span.len);
		snapshot = b->hash;
		compare(v, i, &snapshot, b->stop, UKEY_REASON_PARTIAL_BODY);
		next_stop(v, i);
	}
	update(v, i, span);
}

void
ukey_bodies_push(struct ukey_verify *v, struct ukey_view octets)
{
	struct ukey_view in, span;
	unsigned i;

	if (v->hashing == 0)
		return;
	ukey_guard_push(&v->guard, octets);
	for (i = 0; i < UKEY_BODY_CANONS; i++) {
		if ((v->hashing >> i & 1) == 0)
			continue;
		in = octets;
		while ((span = ukey_canon_body_next(&v->body[i].canon,
		    &in)).len > 0)
			hash_span(v, i, span);
	}
}

static void
finish(struct ukey_verify *v, unsigned i)
{
	struct ukey_body *b = &v->body[i];
	struct ukey_view span;
	unsigned slot;

	while ((span = ukey_canon_body_end(&b->canon)).len > 0)
		hash_span(v, i, span);
	for (slot = 0; slot < v->signatures; slot++) {
		if (!undecided(v, slot, i))
			continue;
		if (*length(v, slot) == UINT64_MAX)
			*length(v, slot) = b->len;
		if (*length(v, slot) > b->len)
			v->signature[slot].body = UKEY_REASON_LENGTH;
	}
	compare(v, i, &b->hash, b->len, UKEY_REASON_OK);
}

void
ukey_bodies_end(struct ukey_verify *v)
{
	unsigned i;

	ukey_guard_end(&v->guard);
	for (i = 0; i < UKEY_BODY_CANONS; i++) {
		if (v->hashing >> i & 1)
			finish(v, i);
	}
}

void
ukey_bodies_settle(struct ukey_verify *v)
{
	struct ukey_signature *s;
	uint8_t matter = 0;
	unsigned i;

	for (i = 0; i < v->signatures; i++) {
		s = &v->signature[i];
		if (s->body != UKEY_WAIT_BODY) {
			if (s->judged[0] == UKEY_WAIT_BODY)
				s->judged[0] = s->body;
			if (s->judged[1] == UKEY_WAIT_BODY)
				s->judged[1] = s->body;
		}
		if (waits(s))
			matter |= (uint8_t)(1u << s->canon);
	}
	v->hashing &= matter;
}
