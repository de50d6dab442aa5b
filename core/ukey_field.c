/*
 * userkeys: the header fields of one message (RFC 5322 2.2, RFC 6376 5.4.2).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_field.h"

#include "ukey_mem.h"

#define ALIGN 8u

void
ukey_fields_init(struct ukey_fields *f, void *arena, size_t size)
{
	size_t pad = (ALIGN - (uintptr_t)arena % ALIGN) % ALIGN;

	if (size > UINT32_MAX)
		size = UINT32_MAX;
	if (pad > size)
		pad = size;
	*f = (struct ukey_fields) { .arena = (uint8_t *)arena + pad };
	f->size = (uint32_t)(size - pad) & ~(ALIGN - 1);
}

static struct ukey_field *
entry(const struct ukey_fields *f, unsigned i)
{
	size_t at = f->size - (i + 1) * sizeof(struct ukey_field);

	return (struct ukey_field *)(void *)(f->arena + at);
}

static uint32_t
room(const struct ukey_fields *f)
{
	uint32_t entries = f->count * (uint32_t)sizeof(struct ukey_field);

	if (f->size < entries || f->size - entries < f->used)
		return 0;
	return f->size - entries - f->used;
}

void
ukey_fields_trouble(struct ukey_fields *f, enum ukey_reason reason)
{
	if (f->reason == UKEY_REASON_OK || f->reason == UKEY_REASON_ARENA)
		f->reason = (uint8_t)reason;
}

struct ukey_out
ukey_fields_room(const struct ukey_fields *f)
{
	uint32_t pad = (ALIGN - f->used % ALIGN) % ALIGN, left = room(f);
	struct ukey_out out;

	if (pad > left)
		pad = left;
	ukey_out_init(&out, f->arena + f->used + pad, left - pad);
	return out;
}

void *
ukey_fields_alloc(struct ukey_fields *f, size_t len)
{
	struct ukey_out out = ukey_fields_room(f);

	if (out.size < len)
		return NULL;
	f->used = (uint32_t)(out.data - f->arena) + (uint32_t)len;
	if (f->header == 0)
		f->start = f->used;
	return out.data;
}

/* All octets are counted, stored or not: over the protocol's limit it is the
 * sender's fault, over ours our own. */
void
ukey_fields_push(struct ukey_fields *f, struct ukey_view octets)
{
	if (octets.len > UKEY_PROTOCOL_HEADER - f->header) {
		f->header = UKEY_PROTOCOL_HEADER;
		ukey_fields_trouble(f, UKEY_REASON_HEADER_LIMIT);
		return;
	}
	f->header += (uint32_t)octets.len;
	if (f->reason != UKEY_REASON_OK)
		return;
	if (f->header > UKEY_HEADER_MAX || octets.len > room(f)) {
		ukey_fields_trouble(f, UKEY_REASON_ARENA);
		return;
	}
	memcpy(f->arena + f->used, octets.data, octets.len);
	f->used += (uint32_t)octets.len;
}

/* Length of the field name in RAW, white space before the colon not counted;
 * 0 when it has none (RFC 5322 2.2: 33..126 without colon). */
static size_t
name_length(struct ukey_view raw)
{
	size_t len = 0, colon;

	while (len < raw.len && raw.data[len] > 32 && raw.data[len] < 127 &&
	    raw.data[len] != ':')
		len++;
	colon = len;
	while (colon < raw.len && ukey_is_wsp(raw.data[colon]))
		colon++;
	return colon < raw.len && raw.data[colon] == ':' &&
	    colon <= UINT16_MAX ? len : 0;
}

/* The same for names that differ in case alone. */
static uint16_t
name_hash(struct ukey_view name)
{
	uint32_t h = (uint32_t)name.len;
	size_t i;

	for (i = 0; i < name.len; i++)
		h = h * 31 + (name.data[i] | 0x20u);
	return (uint16_t)(h ^ (h >> 16));
}

/* The entry of the open field, which is number f->count. */
static enum ukey_reason
store(struct ukey_fields *f)
{
	struct ukey_view raw = { f->arena + f->start, f->used - f->start };
	size_t len = name_length(raw);

	if (len == 0)
		return UKEY_REASON_HEADER_SYNTAX;
	if (f->count == UKEY_FIELDS_MAX ||
	    room(f) < sizeof(struct ukey_field))
		return UKEY_REASON_ARENA;
	*entry(f, f->count) = (struct ukey_field) { f->start, (uint16_t)len,
		name_hash((struct ukey_view) { raw.data, len }),
		UKEY_FIELD_NONE, UKEY_FIELD_NONE, UKEY_FIELD_NONE };
	f->start = f->used;
	f->count++;
	return UKEY_REASON_OK;
}

/* Fields are seen after any trouble too: the limit tells the reason. */
void
ukey_fields_end(struct ukey_fields *f)
{
	enum ukey_reason reason = (enum ukey_reason)f->reason;

	if (f->seen == UKEY_PROTOCOL_FIELDS) {
		ukey_fields_trouble(f, UKEY_REASON_FIELD_LIMIT);
		return;
	}
	f->seen++;
	if (reason == UKEY_REASON_OK)
		reason = store(f);
	if (reason != UKEY_REASON_OK)
		ukey_fields_trouble(f, reason);
}

struct ukey_view
ukey_fields_raw(const struct ukey_fields *f, unsigned i)
{
	uint32_t start = entry(f, i)->start;
	uint32_t end = i + 1u < f->count ? entry(f, i + 1)->start : f->start;

	return (struct ukey_view) { f->arena + start, end - start };
}

struct ukey_view
ukey_fields_name(const struct ukey_fields *f, unsigned i)
{
	return (struct ukey_view) { f->arena + entry(f, i)->start,
		entry(f, i)->name_len };
}

struct ukey_view
ukey_fields_body(const struct ukey_fields *f, unsigned i)
{
	struct ukey_view raw = ukey_fields_raw(f, i);
	size_t colon = ukey_view_find(raw, ':');

	return ukey_view_part(raw, colon + 1, raw.len);
}

/* The index is a power of two of 16-bit heads, at least one a field. */
static uint32_t
buckets(const struct ukey_fields *f)
{
	uint32_t n = 8;

	while (n < f->count)
		n *= 2;
	return n;
}

static uint16_t *
bucket(const struct ukey_fields *f, uint16_t hash)
{
	uint16_t *heads = (uint16_t *)(void *)(f->arena + f->index);

	return heads + (hash & (buckets(f) - 1));
}

/* Puts field I, the lowest so far, in place of the one of its name or in
 * front of its bucket; false when the bucket is full. */
static bool
link_field(struct ukey_fields *f, unsigned i)
{
	struct ukey_field *e = entry(f, i);
	uint16_t *at = bucket(f, e->hash);
	unsigned steps = 0;

	for (; *at != UKEY_FIELD_NONE; at = &entry(f, *at)->next) {
		if (entry(f, *at)->hash == e->hash && ukey_view_equal_nocase(
		    ukey_fields_name(f, *at), ukey_fields_name(f, i))) {
			e->above = *at;
			e->next = entry(f, *at)->next;
			break;
		}
		if (++steps == UKEY_BUCKET_MAX)
			return false;
	}
	*at = (uint16_t)i;
	e->pick = (uint16_t)i;
	return true;
}

void
ukey_fields_index(struct ukey_fields *f)
{
	size_t size = buckets(f) * sizeof(uint16_t);
	uint8_t *heads;
	unsigned i;

	if (f->reason != UKEY_REASON_OK)
		return;
	heads = ukey_fields_alloc(f, size);
	if (heads == NULL) {
		ukey_fields_trouble(f, UKEY_REASON_ARENA);
		return;
	}
	memset(heads, 0xFF, size); /* UKEY_FIELD_NONE */
	f->index = (uint32_t)(heads - f->arena);
	for (i = 0; i < f->count; i++) {
		if (!link_field(f, i)) {
			ukey_fields_trouble(f, UKEY_REASON_FIELD_LIMIT);
			f->index = 0;
			return;
		}
	}
}

unsigned
ukey_fields_find(const struct ukey_fields *f, struct ukey_view name)
{
	uint16_t hash = name_hash(name);
	unsigned i = UKEY_FIELD_NONE;

	if (f->index != 0)
		i = *bucket(f, hash);
	while (i != UKEY_FIELD_NONE && (entry(f, i)->hash != hash ||
	    !ukey_view_equal_nocase(ukey_fields_name(f, i), name)))
		i = entry(f, i)->next;
	return i;
}

unsigned
ukey_fields_above(const struct ukey_fields *f, unsigned i)
{
	return entry(f, i)->above;
}

void
ukey_fields_rewind(struct ukey_fields *f, struct ukey_view name)
{
	unsigned i = ukey_fields_find(f, name);

	if (i != UKEY_FIELD_NONE)
		entry(f, i)->pick = (uint16_t)i;
}

unsigned
ukey_fields_pick(struct ukey_fields *f, struct ukey_view name)
{
	unsigned i = ukey_fields_find(f, name);
	unsigned picked;

	if (i == UKEY_FIELD_NONE)
		return i;
	picked = entry(f, i)->pick;
	if (picked != UKEY_FIELD_NONE)
		entry(f, i)->pick = entry(f, picked)->above;
	return picked;
}
