/*
 * userkeys: a field on its way into a signature: which it is, and what From
 * and Sender hold (PROTOCOL 4.2, 4.3).  SPDX-License-Identifier: MIT
 */
#include "ukey_sign_parts.h"

#include "ukey_mem.h"

enum field_state { NAME, SKIP, KEEP, HASH };

/* Hashes octets of the open field, name included. */
void
ukey_sign_hash_field(struct ukey_sign *s, struct ukey_view octets)
{
	struct ukey_view span;

	while ((span = ukey_canon_header_next(&s->field_canon,
	    &octets)).len > 0)
		ukey_sign_hash(s, &s->header, span);
}

/* Whatever readers take for the author, it is not what was kept. */
static void
doubt_author(struct ukey_sign *s, enum ukey_reason reason)
{
	if (s->author == UKEY_REASON_OK)
		s->author = (uint8_t)reason;
	ukey_sign_refuse(s, reason);
}

static bool
is_author(unsigned row)
{
	return row == UKEY_SIGN_FROM || row == UKEY_SIGN_SENDER;
}

/* Keeps a From or Sender value, for the mailboxes in it. */
static void
keep(struct ukey_sign *s, struct ukey_view octets)
{
	uint32_t used = s->from_len + s->sender_len;

	if (octets.len > s->scratch_size - used) {
		doubt_author(s, UKEY_REASON_FROM_LIMIT);
		octets.len = s->scratch_size - used;
	}
	if (octets.len == 0)
		return;
	/* Sender may have come first. */
	if (s->row == UKEY_SIGN_FROM && s->sender_len > 0)
		memmove(s->scratch + s->from_len + octets.len,
		    s->scratch + s->from_len, s->sender_len);
	if (s->row == UKEY_SIGN_FROM)
		used = s->from_len;
	memcpy(s->scratch + used, octets.data, octets.len);
	if (s->row == UKEY_SIGN_FROM)
		s->from_len += (uint32_t)octets.len;
	else
		s->sender_len += (uint32_t)octets.len;
}

static bool
is_name_octet(uint8_t c)
{
	return c > 32 && c < 127;
}

/* Why the field of ROW, whose name is complete, cannot be signed. */
static enum ukey_reason
trouble_of(const struct ukey_sign *s, unsigned row)
{
	if (s->odd_name || s->name_len == 0)
		return UKEY_REASON_HEADER_SYNTAX;
	if (row == UKEY_SIGN_FIELDS || (s->seen >> row & 1) == 0)
		return UKEY_REASON_OK;
	return row == UKEY_SIGN_FROM ? UKEY_REASON_FROM_MANY :
	    UKEY_REASON_FIELD_REPEATED;
}

/* The colon came: is this field signed? */
static void
name_done(struct ukey_sign *s)
{
	struct ukey_view name = { s->name, s->name_len };
	unsigned row = ukey_sign_row(name);
	enum ukey_reason reason = trouble_of(s, row);

	s->row = (uint8_t)row;
	s->field = is_author(row) ? KEEP : SKIP;
	if (reason != UKEY_REASON_OK && is_author(row))
		doubt_author(s, reason);
	ukey_sign_refuse(s, reason);
	if (reason != UKEY_REASON_OK || row == UKEY_SIGN_FIELDS)
		return;
	s->seen |= (uint32_t)1 << row;
	s->order[s->orders++] = (uint8_t)row;
	s->field = HASH;
	ukey_canon_header_init(&s->field_canon,
	    (enum ukey_canon)s->request.header_canon);
	ukey_sign_hash_field(s, name);
	ukey_sign_hash_field(s, UKEY_VIEW(":"));
}

/*
 * Collects the name; what follows the colon stays in OCTETS.  Octets that no
 * name holds are left out of it, as some readers do: so "From :" is seen.
 */
static void
collect_name(struct ukey_sign *s, struct ukey_view *octets)
{
	uint8_t c;

	while (s->field == NAME && octets->len > 0) {
		c = octets->data[0];
		*octets = ukey_view_part(*octets, 1, octets->len);
		if (c == ':')
			name_done(s);
		else if (!is_name_octet(c))
			s->odd_name = true;
		else if (s->name_len < UKEY_SIGN_NAME_MAX)
			/* What is longer than any in the table is cut. */
			s->name[s->name_len++] = c;
	}
}

void
ukey_sign_field_octets(struct ukey_sign *s, struct ukey_view octets)
{
	ukey_guard_push(&s->guard, octets);
	s->header_len = octets.len > UINT32_MAX - s->header_len ? UINT32_MAX :
	    s->header_len + (uint32_t)octets.len;
	collect_name(s, &octets);
	if (s->field == HASH)
		ukey_sign_hash_field(s, octets);
	if (s->field >= KEEP && is_author(s->row))
		keep(s, octets);
}

void
ukey_sign_field_end(struct ukey_sign *s)
{
	if (s->field == NAME)
		ukey_sign_refuse(s, UKEY_REASON_HEADER_SYNTAX);
	if (s->field == HASH)
		ukey_sign_hash(s, &s->header,
		    ukey_canon_header_end(&s->field_canon, true));
	if (s->count <= UKEY_SIGN_COUNT_MAX)
		s->count++;
	s->field = NAME;
	s->name_len = 0;
	s->odd_name = false;
}
