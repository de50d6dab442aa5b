/*
 * userkeys: signing (PROTOCOL 4, RFC 6376 5).  SPDX-License-Identifier: MIT
 *
 * A field that is signed may stand once, so h= lists the fields in the order
 * in which they arrive and each is hashed as it comes by.
 */
#include "ukey_sign.h"

#include "ukey_mem.h"
#include "ukey_sign_parts.h"

enum phase { HEADER, BODY, END, DIGEST, OVER };
enum field_state { NAME, SKIP, KEEP, HASH };

static void
refuse(struct ukey_sign *s, enum ukey_reason reason)
{
	if (s->reason == UKEY_REASON_OK)
		s->reason = (uint8_t)reason;
}

static void
hash(struct ukey_sign *s, struct ukey_port_sha256 *h, struct ukey_view octets)
{
	if (ukey_port_sha256_update(h, octets.data, octets.len) != 0)
		refuse(s, UKEY_REASON_CRYPTO);
}

static bool
request_fits(const struct ukey_sign_request *r)
{
	return ukey_view_is_domain(r->domain, true) &&
	    ukey_view_is_domain(r->selector, true) &&
	    r->header_canon <= UKEY_CANON_RELAXED &&
	    r->body_canon <= UKEY_CANON_RELAXED &&
	    (r->expire == 0 || r->expire > r->time);
}

int
ukey_sign_init(struct ukey_sign *s, const struct ukey_sign_request *request,
    void *scratch, size_t size)
{
	if (!request_fits(request))
		return UKEY_ERR_ARGUMENT;
	memset(s, 0, sizeof(*s));
	s->request = *request;
	s->scratch = scratch;
	s->scratch_size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
	ukey_message_init(&s->message);
	ukey_canon_body_init(&s->body_canon,
	    (enum ukey_canon)request->body_canon);
	if (ukey_port_sha256_start(&s->header) != 0 ||
	    ukey_port_sha256_start(&s->body) != 0)
		return UKEY_ERR_CRYPTO;
	return UKEY_OK;
}

/* Hashes octets of the open field, name included. */
static void
hash_field(struct ukey_sign *s, struct ukey_view octets)
{
	struct ukey_view span;

	while ((span = ukey_canon_header_next(&s->field_canon,
	    &octets)).len > 0)
		hash(s, &s->header, span);
}

/* Whatever readers take for the author, it is not what was kept. */
static void
doubt_author(struct ukey_sign *s, enum ukey_reason reason)
{
	if (s->author == UKEY_REASON_OK)
		s->author = (uint8_t)reason;
	refuse(s, reason);
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
	refuse(s, reason);
	if (reason != UKEY_REASON_OK || row == UKEY_SIGN_FIELDS)
		return;
	s->seen |= (uint32_t)1 << row;
	s->order[s->orders++] = (uint8_t)row;
	s->field = HASH;
	ukey_canon_header_init(&s->field_canon,
	    (enum ukey_canon)s->request.header_canon);
	hash_field(s, name);
	hash_field(s, UKEY_VIEW(":"));
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

static void
field_octets(struct ukey_sign *s, struct ukey_view octets)
{
	ukey_guard_push(&s->guard, octets);
	collect_name(s, &octets);
	if (s->field == HASH)
		hash_field(s, octets);
	if (s->field >= KEEP && is_author(s->row))
		keep(s, octets);
}

static void
field_end(struct ukey_sign *s)
{
	if (s->field == NAME)
		refuse(s, UKEY_REASON_HEADER_SYNTAX);
	if (s->field == HASH)
		hash(s, &s->header,
		    ukey_canon_header_end(&s->field_canon, true));
	s->field = NAME;
	s->name_len = 0;
	s->odd_name = false;
}

static void
check_from(struct ukey_sign *s)
{
	struct ukey_mailboxes m;
	struct ukey_address a;
	unsigned count = 0;

	if ((s->seen >> UKEY_SIGN_FROM & 1) == 0) {
		refuse(s, UKEY_REASON_FROM_MISSING);
		return;
	}
	ukey_mailboxes_init(&m, ukey_sign_from(s));
	while (ukey_mailboxes_next(&m, &a))
		count++;
	refuse(s, m.reason);
	if (count == 0)
		refuse(s, UKEY_REASON_FROM_SYNTAX);
}

static void
header_end(struct ukey_sign *s)
{
	s->phase = BODY;
	s->guard.line++; /* the empty line */
	check_from(s);
}

static void
body_octets(struct ukey_sign *s, struct ukey_view octets)
{
	struct ukey_view span;

	ukey_guard_push(&s->guard, octets);
	if (s->reason != UKEY_REASON_OK)
		return;
	while ((span = ukey_canon_body_next(&s->body_canon, &octets)).len > 0)
		hash(s, &s->body, span);
}

static void
handle(struct ukey_sign *s, struct ukey_event e)
{
	if (e.kind == UKEY_EVENT_FIELD)
		field_octets(s, e.octets);
	else if (e.kind == UKEY_EVENT_FIELD_END)
		field_end(s);
	else if (e.kind == UKEY_EVENT_HEADER_END)
		header_end(s);
	else if (e.kind == UKEY_EVENT_BODY)
		body_octets(s, e.octets);
}

int
ukey_sign_push(struct ukey_sign *s, const void *data, size_t len)
{
	struct ukey_view in = { data, len };
	struct ukey_event e;

	if (s->phase > BODY)
		return UKEY_ERR_ORDER;
	while ((e = ukey_message_next(&s->message, &in)).kind !=
	    UKEY_EVENT_NONE)
		handle(s, e);
	return UKEY_OK;
}

int
ukey_sign_field(struct ukey_sign *s, struct ukey_view raw)
{
	if (s->phase != HEADER)
		return UKEY_ERR_ORDER;
	field_octets(s, raw);
	field_end(s);
	return UKEY_OK;
}

int
ukey_sign_header_end(struct ukey_sign *s)
{
	if (s->phase != HEADER)
		return UKEY_ERR_ORDER;
	header_end(s);
	return UKEY_OK;
}

int
ukey_sign_body(struct ukey_sign *s, const void *data, size_t len)
{
	if (s->phase != BODY)
		return UKEY_ERR_ORDER;
	body_octets(s, (struct ukey_view) { data, len });
	return UKEY_OK;
}

int
ukey_sign_end(struct ukey_sign *s)
{
	uint8_t bh[UKEY_SHA256_LEN];
	struct ukey_view span;
	struct ukey_event e;

	if (s->phase > BODY)
		return UKEY_ERR_ORDER;
	while (s->phase == HEADER &&
	    (e = ukey_message_end(&s->message)).kind != UKEY_EVENT_NONE)
		handle(s, e);
	while ((span = ukey_canon_body_end(&s->body_canon)).len > 0)
		hash(s, &s->body, span);
	ukey_guard_end(&s->guard);
	s->phase = END;
	if (ukey_port_sha256_finish(&s->body, bh) != 0)
		refuse(s, UKEY_REASON_CRYPTO);
	memcpy(&s->body, bh, sizeof(bh));
	return UKEY_OK;
}

enum ukey_reason
ukey_sign_reason(const struct ukey_sign *s)
{
	if (s->reason != UKEY_REASON_OK)
		return (enum ukey_reason)s->reason;
	if (s->guard.seen & UKEY_GUARD_NUL)
		return UKEY_REASON_NUL;
	if (s->guard.seen & UKEY_GUARD_BARE_CR)
		return UKEY_REASON_BARE_CR;
	if (s->guard.seen & UKEY_GUARD_BARE_LF)
		return UKEY_REASON_BARE_LF;
	if (s->guard.seen & UKEY_GUARD_LONG_LINE)
		return UKEY_REASON_LONG_LINE;
	return UKEY_REASON_OK;
}

uint32_t
ukey_sign_line(const struct ukey_sign *s)
{
	return s->guard.first;
}

enum ukey_reason
ukey_sign_author(const struct ukey_sign *s)
{
	return (enum ukey_reason)s->author;
}

struct ukey_view
ukey_sign_from(const struct ukey_sign *s)
{
	return (struct ukey_view) { s->scratch, s->from_len };
}

struct ukey_view
ukey_sign_sender(const struct ukey_sign *s)
{
	return (struct ukey_view) { s->scratch + s->from_len, s->sender_len };
}

int
ukey_sign_digest(struct ukey_sign *s, struct ukey_out *out, uint8_t *digest)
{
	size_t before = out->len;

	if (s->phase != END || ukey_sign_reason(s) != UKEY_REASON_OK)
		return UKEY_ERR_ORDER;
	ukey_sign_write(s, out);
	if (out->overflow)
		return UKEY_ERR_SPACE;
	ukey_canon_header_init(&s->field_canon,
	    (enum ukey_canon)s->request.header_canon);
	hash_field(s, (struct ukey_view) { out->data + before,
		out->len - before });
	s->phase = DIGEST;
	if (ukey_port_sha256_finish(&s->header, digest) != 0)
		refuse(s, UKEY_REASON_CRYPTO);
	return s->reason == UKEY_REASON_OK ? UKEY_OK : UKEY_ERR_CRYPTO;
}

int
ukey_sign_finish(struct ukey_sign *s, struct ukey_view signature,
    struct ukey_out *out)
{
	if (s->phase != DIGEST || s->reason != UKEY_REASON_OK)
		return UKEY_ERR_ORDER;
	ukey_out_base64(out, signature);
	ukey_out_text(out, "\r\n");
	s->phase = OVER;
	return out->overflow ? UKEY_ERR_SPACE : UKEY_OK;
}
