/*
 * userkeys: the header fields of one message, in memory lent by the caller.
 * SPDX-License-Identifier: MIT
 *
 * The arena is filled from both ends: octets upwards (notes, then the raw
 * fields, then notes again), one entry a field downwards.  After the header
 * the entries are linked by name, so that h= (RFC 6376 5.4.2, from the bottom
 * up) costs one step a name.  At most UKEY_BUCKET_MAX different names share a
 * bucket of the index: a header crafted to collide is refused, and work stays
 * linear.
 */
#ifndef UKEY_FIELD_H
#define UKEY_FIELD_H

#include "ukey_config.h"
#include "ukey_out.h"
#include "ukey_reason.h"
#include "ukey_text.h"

#define UKEY_FIELD_NONE 0xFFFFu
#define UKEY_BUCKET_MAX 32

/* One entry at the arena's end; entry I is the I-th from the end. */
struct ukey_field {
	uint32_t start;    /* of the raw octets, up to the next one's */
	uint16_t name_len; /* without white space before the colon */
	uint16_t hash;     /* of the name in lower case */
	uint16_t above;    /* nearest field above of the same name, or _NONE */
	uint16_t next;     /* next name in the bucket (lowest fields only) */
	uint16_t pick;     /* what the next pick of the name gives */
};

struct ukey_fields {
	uint8_t *arena;   /* aligned to 8 */
	uint32_t size;
	uint32_t used;    /* octets from the start */
	uint32_t start;   /* where the open field begins */
	uint32_t index;   /* where the index begins; 0: there is none */
	uint32_t header;  /* octets of all fields */
	uint16_t count;   /* fields that are stored, each complete */
	uint16_t seen;    /* complete fields, stored or not */
	uint8_t reason;   /* enum ukey_reason; not OK: no more is stored */
};

/* ARENA is not owned and must stay until the last call for F; up to 7 octets
 * of it go to its alignment. */
void ukey_fields_init(struct ukey_fields *f, void *arena, size_t size);
/* Room for LEN octets beside the fields, aligned to 8, never while a field is
 * open; NULL when there is none. */
void *ukey_fields_alloc(struct ukey_fields *f, size_t len);
/* All that the next ukey_fields_alloc() could give; SIZE may be 0. */
struct ukey_out ukey_fields_room(const struct ukey_fields *f);
/* Octets of the open field.  Sets f->reason on a limit. */
void ukey_fields_push(struct ukey_fields *f, struct ukey_view octets);
/* The open field is complete; reason _HEADER_SYNTAX when it has no name. */
void ukey_fields_end(struct ukey_fields *f);
/* A trouble with the header; REASON.  The first stays, but the sender's is told
 * rather than ours ("arena"): what the verdict is must not depend on the
 * arena's size. */
void ukey_fields_trouble(struct ukey_fields *f, enum ukey_reason reason);
/* After the header, once: links the fields by name.  Where f->reason is not
 * OK, before or after, there is no index: no field is found by its name. */
void ukey_fields_index(struct ukey_fields *f);

/* Raw octets of field I < count, from its name to its last CRLF. */
struct ukey_view ukey_fields_raw(const struct ukey_fields *f, unsigned i);
struct ukey_view ukey_fields_name(const struct ukey_fields *f, unsigned i);
/* What follows the colon of field I, with the CRLF at its end. */
struct ukey_view ukey_fields_body(const struct ukey_fields *f, unsigned i);
/* The lowest field called NAME (without case), or _NONE; _NONE without an
 * index, too. */
unsigned ukey_fields_find(const struct ukey_fields *f, struct ukey_view name);
/* The next one above I of the same name, or _NONE. */
unsigned ukey_fields_above(const struct ukey_fields *f, unsigned i);
/* Starts the picks of NAME again at its lowest field. */
void ukey_fields_rewind(struct ukey_fields *f, struct ukey_view name);
/* The lowest field of NAME not picked since the rewind, or _NONE. */
unsigned ukey_fields_pick(struct ukey_fields *f, struct ukey_view name);

#endif
