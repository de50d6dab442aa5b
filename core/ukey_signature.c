/*
 * userkeys: one DKIM-Signature field of the message (RFC 6376 3.7, 5.4.2,
 * 6.1.1; PROTOCOL 5.2).  SPDX-License-Identifier: MIT
 */
#include "ukey_judge.h"

#include "ukey_base64.h"
#include "ukey_mem.h"
#include "ukey_name.h"

/* PART of the field body BODY: at most UKEY_TAG_LIST_MAX octets, so that 16
 * bits hold its place; a tag's value never begins at 0. */
static struct ukey_piece
piece_of(struct ukey_view body, struct ukey_view part)
{
	if (part.data == NULL)
		return (struct ukey_piece) { 0, 0 };
	return (struct ukey_piece) { (uint16_t)(part.data - body.data),
		(uint16_t)part.len };
}

static struct ukey_view
view_of(struct ukey_view body, struct ukey_piece piece)
{
	return ukey_view_part(body, piece.at, (size_t)piece.at + piece.len);
}

void
ukey_signature_tags(const struct ukey_verify *v,
    const struct ukey_signature *slot, struct ukey_sigheader *sig)
{
	const struct ukey_digests *d = ukey_signature_digests(v, slot);
	struct ukey_view body = ukey_fields_body(&v->fields, slot->field);

	*sig = (struct ukey_sigheader) { .d = view_of(body, d->d),
		.s = view_of(body, d->s), .i = view_of(body, d->i),
		.b = view_of(body, d->b) };
	if (d->i.at > 0)
		sig->has = UKEY_SIG_I;
}

enum ukey_reason
ukey_signature_parse(const struct ukey_verify *v,
    const struct ukey_signature *slot, struct ukey_sigheader *sig)
{
	return ukey_sigheader_parse(sig,
	    ukey_fields_body(&v->fields, slot->field));
}

struct ukey_digests *
ukey_signature_digests(const struct ukey_verify *v,
    const struct ukey_signature *slot)
{
	return (struct ukey_digests *)(void *)(v->fields.arena + slot->note);
}

bool
ukey_signature_identity(const struct ukey_sigheader *sig, uint8_t *buffer,
    struct ukey_address *a)
{
	size_t len, at;

	if (!ukey_dqp_decode(sig->i, buffer, UKEY_IDENTITY_SIZE, &len))
		return false;
	for (at = len; at > 0 && buffer[at - 1] != '@'; at--)
		;
	if (at < 2)
		return false;
	a->local = (struct ukey_view) { buffer, at - 1 };
	a->domain = (struct ukey_view) { buffer + at, len - at };
	return true;
}

/* Whether s= is "[generation.]label.userkeys" with this LABEL. */
static bool
selector_is(struct ukey_view s, struct ukey_view label, bool *base)
{
	struct ukey_view rest = s;
	struct ukey_view first = ukey_view_cut(&rest, '.');

	*base = ukey_view_equal_nocase(first, label) &&
	    ukey_view_equal_nocase(rest, UKEY_VIEW("userkeys"));
	if (*base)
		return true;
	return rest.data != NULL &&
	    ukey_view_equal_nocase(ukey_view_cut(&rest, '.'), label) &&
	    ukey_view_equal_nocase(rest, UKEY_VIEW("userkeys"));
}

/*
 * PROTOCOL 5.2: a candidate, and aligned.  The local-part of i= is its label's
 * source; with a label cut at "+" or not, the label in s= decides.
 */
static bool
is_aligned(const struct ukey_verify *v, const struct ukey_sigheader *sig,
    bool *base)
{
	struct ukey_address sender = ukey_identity_sender(v);
	uint8_t octets[UKEY_IDENTITY_SIZE], label[UKEY_LABEL_MAX];
	struct ukey_address i;
	struct ukey_view own = { label, 0 };

	if (v->identity != UKEY_REASON_OK ||
	    !ukey_view_equal_nocase(sig->d, sender.domain) ||
	    !ukey_signature_identity(sig, octets, &i) ||
	    !ukey_view_equal_nocase(i.domain, sig->d))
		return false;
	own.len = ukey_label_write(i.local, false, label);
	if (own.len == 0 || !selector_is(sig->s, own, base))
		return false;
	/* the octets of i= are done with: their buffer takes the sender's */
	i.local = (struct ukey_view) { octets,
		ukey_address_unquote(sender.local, octets) };
	own.len = ukey_label_write(i.local, false, label);
	return own.len > 0 && selector_is(sig->s, own, base);
}

/* Hashes one field, RAW, less the octets of CUT in it. */
static int
hash_field(struct ukey_port_sha256 *h, struct ukey_view raw,
    struct ukey_view cut, enum ukey_canon canon)
{
	struct ukey_canon_header c;
	struct ukey_view part[2], span;
	size_t at = raw.len;
	int err = 0;
	unsigned i;

	if (cut.data != NULL)
		at = (size_t)(cut.data - raw.data);
	part[0] = ukey_view_part(raw, 0, at);
	part[1] = ukey_view_part(raw, at + cut.len, raw.len);
	ukey_canon_header_init(&c, canon);
	for (i = 0; i < 2; i++) {
		while ((span = ukey_canon_header_next(&c, &part[i])).len > 0)
			err |= ukey_port_sha256_update(h, span.data, span.len);
	}
	span = ukey_canon_header_end(&c, cut.data == NULL);
	return err | ukey_port_sha256_update(h, span.data, span.len);
}

/* The fields of h=, each name from its lowest instance upwards. */
static int
hash_h(struct ukey_verify *v, struct ukey_port_sha256 *h,
    const struct ukey_sigheader *sig)
{
	struct ukey_view rest, none = { NULL, 0 };
	unsigned i;
	int err = 0;

	for (rest = sig->h; rest.data != NULL;)
		ukey_fields_rewind(&v->fields,
		    ukey_view_trim(ukey_view_cut(&rest, ':')));
	for (rest = sig->h; rest.data != NULL;) {
		i = ukey_fields_pick(&v->fields,
		    ukey_view_trim(ukey_view_cut(&rest, ':')));
		if (i != UKEY_FIELD_NONE)
			err |= hash_field(h, ukey_fields_raw(&v->fields, i),
			    none, sig->header_canon);
	}
	return err;
}

/* What b= signs, to the arena; with bh= beside it. */
static enum ukey_reason
hash_header(struct ukey_verify *v, struct ukey_signature *slot,
    const struct ukey_sigheader *sig)
{
	struct ukey_view raw = ukey_fields_raw(&v->fields, slot->field);
	struct ukey_view body = ukey_fields_body(&v->fields, slot->field);
	struct ukey_digests *d;
	struct ukey_port_sha256 h;
	size_t len;
	int err;

	d = ukey_fields_alloc(&v->fields, sizeof(*d));
	if (d == NULL)
		return UKEY_REASON_ARENA;
	slot->note = (uint32_t)((uint8_t *)d - v->fields.arena);
	ukey_base64_decode(sig->bh, d->body, sizeof(d->body), &len);
	d->d = piece_of(body, sig->d);
	d->s = piece_of(body, sig->s);
	d->i = piece_of(body, sig->i);
	d->b = piece_of(body, sig->b);
	raw.len -= 2; /* RFC 6376 3.7: no CRLF at its end */
	err = ukey_port_sha256_start(&h);
	err |= hash_h(v, &h, sig);
	err |= hash_field(&h, raw, sig->b_raw, sig->header_canon);
	err |= ukey_port_sha256_finish(&h, d->header);
	return err ? UKEY_REASON_CRYPTO : UKEY_REASON_OK;
}

/* The running hash for CANON; a new one if none is, or UKEY_BODY_CANONS. */
static unsigned
body_hash(struct ukey_verify *v, enum ukey_canon canon)
{
	unsigned i = 0;

	while (i < UKEY_BODY_CANONS && (v->hashing >> i & 1) != 0 &&
	    v->body[i].canon.canon != canon)
		i++;
	if (i == UKEY_BODY_CANONS || (v->hashing >> i & 1) != 0)
		return i;
	ukey_canon_body_init(&v->body[i].canon, canon);
	v->hashing |= (uint8_t)(1u << i);
	return i;
}

/* What SIG, well-formed, gets before its key is known. */
static enum ukey_reason
prepare(struct ukey_verify *v, struct ukey_signature *slot,
    const struct ukey_sigheader *sig)
{
	enum ukey_reason reason = ukey_sigheader_time(sig, v->now);

	if (reason != UKEY_REASON_OK)
		return reason;
	slot->canon = (uint8_t)body_hash(v, sig->body_canon);
	if (slot->canon == UKEY_BODY_CANONS)
		return UKEY_REASON_ARENA;
	if (sig->has & UKEY_SIG_L)
		slot->l = sig->l;
	return hash_header(v, slot, sig);
}

static bool
may_be_candidate(const struct ukey_sigheader *sig, enum ukey_reason reason)
{
	return reason != UKEY_REASON_ALGORITHM && reason != UKEY_REASON_QUERY &&
	    (sig->has & UKEY_SIG_I) != 0;
}

/* In which ways the signature will be judged: the first few as plain DKIM, and
 * the first few of the aligned ones as user keys. */
static void
enlist(struct ukey_verify *v, struct ukey_signature *slot, bool aligned)
{
	unsigned i, judged = 0;

	for (i = 0; i < v->signatures; i++)
		judged += v->signature[i].user != UKEY_UNJUDGED;
	if (aligned && judged < UKEY_ALIGNED_MAX)
		slot->user = UKEY_WAIT_KEY;
	if ((v->flags & UKEY_VERIFY_DKIM) && v->signatures < UKEY_DKIM_SLOTS)
		slot->dkim = UKEY_WAIT_KEY;
	v->signatures++;
}

/* REASON in each way in which SLOT is judged. */
static void
judge_at_once(struct ukey_signature *slot, enum ukey_reason reason)
{
	if (slot->dkim != UKEY_UNJUDGED)
		slot->dkim = (uint8_t)reason;
	if (slot->user != UKEY_UNJUDGED)
		slot->user = (uint8_t)reason;
}

void
ukey_signature_add(struct ukey_verify *v, unsigned field)
{
	struct ukey_signature *slot = &v->signature[v->signatures];
	struct ukey_sigheader sig;
	enum ukey_reason reason;
	bool aligned, base = false;

	*slot = (struct ukey_signature) { .l = UINT64_MAX,
		.field = (uint16_t)field, .body = UKEY_WAIT_BODY,
		.user = UKEY_UNJUDGED, .dkim = UKEY_UNJUDGED };
	reason = ukey_signature_parse(v, slot, &sig);
	aligned = may_be_candidate(&sig, reason) && is_aligned(v, &sig, &base);
	slot->flags = base ? UKEY_SLOT_BASE : 0;
	enlist(v, slot, aligned);
	if (slot->dkim == UKEY_UNJUDGED && slot->user == UKEY_UNJUDGED)
		return;
	if (reason == UKEY_REASON_OK)
		reason = prepare(v, slot, &sig);
	if (reason != UKEY_REASON_OK)
		judge_at_once(slot, reason);
	else if ((sig.has & UKEY_SIG_L) && slot->user != UKEY_UNJUDGED)
		slot->user = UKEY_REASON_LENGTH_USED;
}
