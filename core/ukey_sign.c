/*
 * userkeys: signing (PROTOCOL 4, RFC 6376 5).  SPDX-License-Identifier: MIT
 *
 * A field that is signed may stand once, so h= lists the fields in the order
 * in which they arrive and each is hashed as it comes by.
 */
#include "ukey_sign.h"

#include "ukey_mem.h"
#include "ukey_sign_parts.h"

/* A verifier's limit (PROTOCOL 8), and the room for what is yet to come: the
 * base64 of 4096 bits in lines, and a CRLF. */
#define TAG_LIST_MAX 4096
#define B_MAX 720

enum phase { HEADER, BODY, END, DIGEST, OVER };

void
ukey_sign_refuse(struct ukey_sign *s, enum ukey_reason reason)
{
	if (s->reason == UKEY_REASON_OK)
		s->reason = (uint8_t)reason;
}

void
ukey_sign_hash(struct ukey_sign *s, struct ukey_port_sha256 *h,
    struct ukey_view octets)
{
	if (ukey_port_sha256_update(h, octets.data, octets.len) != 0)
		ukey_sign_refuse(s, UKEY_REASON_CRYPTO);
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

static void
check_from(struct ukey_sign *s)
{
	struct ukey_mailboxes m;
	struct ukey_address a;
	unsigned count = 0;

	if ((s->seen >> UKEY_SIGN_FROM & 1) == 0) {
		ukey_sign_refuse(s, UKEY_REASON_FROM_MISSING);
		return;
	}
	ukey_mailboxes_init(&m, ukey_sign_from(s));
	while (ukey_mailboxes_next(&m, &a))
		count++;
	ukey_sign_refuse(s, m.reason);
	if (count == 0)
		ukey_sign_refuse(s, UKEY_REASON_FROM_SYNTAX);
}

/* That a verifier takes the header with OWN octets of ours, and with what is
 * added on the way. */
static void
check_size(struct ukey_sign *s, size_t own)
{
	if (s->header_len > UKEY_SIGN_HEADER_MAX ||
	    own > UKEY_SIGN_HEADER_MAX - s->header_len)
		ukey_sign_refuse(s, UKEY_REASON_HEADER_LIMIT);
	if (s->count >= UKEY_SIGN_COUNT_MAX)
		ukey_sign_refuse(s, UKEY_REASON_FIELD_LIMIT);
}

/* The octets that are in no line, as a reason. */
static enum ukey_reason
line_ends(const struct ukey_sign *s)
{
	if (s->guard.seen & UKEY_GUARD_NUL)
		return UKEY_REASON_NUL;
	if (s->guard.seen & UKEY_GUARD_BARE_CR)
		return UKEY_REASON_BARE_CR;
	return s->guard.seen & UKEY_GUARD_BARE_LF ? UKEY_REASON_BARE_LF :
	    UKEY_REASON_OK;
}

static void
header_end(struct ukey_sign *s)
{
	s->phase = BODY;
	s->guard.line++; /* the empty line */
	check_from(s);
	if (s->author == UKEY_REASON_OK)
		s->author = (uint8_t)line_ends(s);
	check_size(s, 0);
}

static void
body_octets(struct ukey_sign *s, struct ukey_view octets)
{
	struct ukey_view span;

	ukey_guard_push(&s->guard, octets);
	if (s->reason != UKEY_REASON_OK)
		return;
	while ((span = ukey_canon_body_next(&s->body_canon, &octets)).len > 0)
		ukey_sign_hash(s, &s->body, span);
}

static void
handle(struct ukey_sign *s, struct ukey_event e)
{
	if (e.kind == UKEY_EVENT_FIELD)
		ukey_sign_field_octets(s, e.octets);
	else if (e.kind == UKEY_EVENT_FIELD_END)
		ukey_sign_field_end(s);
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
	ukey_sign_field_octets(s, raw);
	ukey_guard_field(&s->guard, raw);
	ukey_sign_field_end(s);
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
		ukey_sign_hash(s, &s->body, span);
	ukey_guard_end(&s->guard);
	s->phase = END;
	if (ukey_port_sha256_finish(&s->body, bh) != 0)
		ukey_sign_refuse(s, UKEY_REASON_CRYPTO);
	memcpy(&s->body, bh, sizeof(bh));
	return UKEY_OK;
}

enum ukey_reason
ukey_sign_reason(const struct ukey_sign *s)
{
	if (s->reason != UKEY_REASON_OK)
		return (enum ukey_reason)s->reason;
	if (line_ends(s) != UKEY_REASON_OK)
		return line_ends(s);
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
	check_size(s, out->len - before + B_MAX);
	if (out->len - before + B_MAX > TAG_LIST_MAX)
		ukey_sign_refuse(s, UKEY_REASON_TAG_LIMIT);
	if (s->reason != UKEY_REASON_OK)
		return UKEY_ERR_ORDER;
	ukey_canon_header_init(&s->field_canon,
	    (enum ukey_canon)s->request.header_canon);
	ukey_sign_hash_field(s, (struct ukey_view) { out->data + before,
		out->len - before });
	s->phase = DIGEST;
	if (ukey_port_sha256_finish(&s->header, digest) != 0)
		ukey_sign_refuse(s, UKEY_REASON_CRYPTO);
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
