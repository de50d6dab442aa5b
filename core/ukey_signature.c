/*
 * userkeys: one DKIM-Signature field of the message (RFC 6376 3.7, 5.4.2,
 * 6.1.1; PROTOCOL 5.2).  SPDX-License-Identifier: MIT
 */
#include "ukey_judge.h"

#include "ukey_base64.h"
#include "ukey_mem.h"

#define SIGNATURE_MAX 512 /* octets; of 4096 bits, PROTOCOL 8 */

struct ukey_note *
ukey_signature_note(const struct ukey_verify *v, unsigned slot)
{
	uint32_t at = v->signature[slot].note;

	return at == 0 ? NULL :
	    (struct ukey_note *)(void *)(v->fields.arena + at);
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

/* Decodes the local-part of I, which ends at its "@", into the arena; _ARENA
 * where it does not fit.  One that is longer than any equals no sender's. */
static enum ukey_reason
decode_local(struct ukey_verify *v, struct ukey_note *note, struct ukey_view i)
{
	struct ukey_out out = ukey_fields_room(&v->fields);
	size_t size = UKEY_LEAST(out.size, UKEY_LOCAL_MAX);

	if (!ukey_dqp_decode(i, out.data, size, &out.len))
		return size < UKEY_LEAST(i.len, UKEY_LOCAL_MAX) ?
		    UKEY_REASON_ARENA : UKEY_REASON_NOT_ALIGNED;
	note->local = (struct ukey_view) { out.data, out.len };
	return out.len > 0 ? UKEY_REASON_OK : UKEY_REASON_NOT_ALIGNED;
}

/*
 * PROTOCOL 5.2, where there is a sender: _OK for a candidate that is aligned:
 * i= has the domain of d= and the sender's label, and so has s=, which is the
 * BASE name or not.  _ARENA or _CRYPTO where that could not be told.
 */
static enum ukey_reason
align(struct ukey_verify *v, struct ukey_note *note, bool *base)
{
	const struct ukey_identity *who = ukey_identity_of(v);
	const struct ukey_view *tag = note->sig.tag;
	struct ukey_view i_domain = ukey_sigheader_i_domain(&note->sig);
	struct ukey_view i = tag[UKEY_SIG_I];
	uint8_t text[UKEY_LABEL_MAX];
	struct ukey_view label = { text, 0 };
	enum ukey_reason reason;

	if (i_domain.len == 0 ||
	    !ukey_view_equal_nocase(tag[UKEY_SIG_D], who->sender.domain) ||
	    !ukey_view_equal_nocase(tag[UKEY_SIG_D], i_domain) ||
	    !selector_is(tag[UKEY_SIG_S], who->label, base))
		return UKEY_REASON_NOT_ALIGNED;
	i.len -= i_domain.len + 1;
	reason = decode_local(v, note, i);
	if (reason != UKEY_REASON_OK)
		return reason;
	label.len = ukey_label_write(note->local, false, text);
	if (label.len == 0)
		return UKEY_REASON_CRYPTO;
	if (!ukey_view_equal(label, who->label))
		return UKEY_REASON_NOT_ALIGNED;
	ukey_fields_alloc(&v->fields, note->local.len);
	return UKEY_REASON_OK;
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

	/* what an earlier signature picked can be picked again */
	rest = sig->tag[UKEY_SIG_H];
	while (v->signatures > 0 && rest.data != NULL)
		ukey_fields_rewind(&v->fields, ukey_view_word(&rest, ':'));
	for (rest = sig->tag[UKEY_SIG_H]; rest.data != NULL;) {
		i = ukey_fields_pick(&v->fields, ukey_view_word(&rest, ':'));
		if (i != UKEY_FIELD_NONE)
			err |= hash_field(h, ukey_fields_raw(&v->fields, i),
			    none, sig->header_canon);
	}
	return err;
}

/* What b= signs. */
static enum ukey_reason
hash_header(struct ukey_verify *v, struct ukey_note *note, unsigned field)
{
	struct ukey_view raw = ukey_fields_raw(&v->fields, field);
	struct ukey_port_sha256 h;
	int err;

	raw.len -= 2; /* RFC 6376 3.7: no CRLF at its end */
	if (ukey_port_sha256_start(&h) != 0)
		return UKEY_REASON_CRYPTO;
	err = hash_h(v, &h, &note->sig);
	err |= hash_field(&h, raw, note->sig.b_raw, note->sig.header_canon);
	err |= ukey_port_sha256_finish(&h, note->header);
	return err ? UKEY_REASON_CRYPTO : UKEY_REASON_OK;
}

/* Decodes bh=, and b= into the arena. */
static enum ukey_reason
decode_hashes(struct ukey_verify *v, struct ukey_note *note)
{
	struct ukey_view b = note->sig.tag[UKEY_SIG_B];
	struct ukey_view bh = note->sig.tag[UKEY_SIG_BH];
	struct ukey_out out = ukey_fields_room(&v->fields);
	size_t bh_len;

	if (!ukey_base64_decode(bh, note->body, UKEY_SHA256_LEN, &bh_len))
		bh_len = ukey_base64_size(bh);
	if (!ukey_base64_decode(b, out.data, out.size, &out.len))
		out.len = ukey_base64_size(b);
	if (bh_len == SIZE_MAX || out.len == SIZE_MAX || out.len == 0)
		return UKEY_REASON_BASE64;
	if (bh_len != UKEY_SHA256_LEN)
		return UKEY_REASON_BH_LENGTH;
	if (out.len > SIGNATURE_MAX)
		return UKEY_REASON_SIGNATURE_LENGTH;
	if (out.len > UKEY_RSA_BITS_MAX / 8 ||
	    ukey_fields_alloc(&v->fields, out.len) == NULL)
		return UKEY_REASON_ARENA;
	note->b = (struct ukey_view) { out.data, out.len };
	return UKEY_REASON_OK;
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

/* What a well-formed field, number FIELD, gets before its key is known. */
static enum ukey_reason
prepare(struct ukey_verify *v, struct ukey_signature *slot,
    struct ukey_note *note, unsigned field)
{
	enum ukey_reason reason = decode_hashes(v, note);

	if (reason == UKEY_REASON_OK)
		reason = ukey_sigheader_time(&note->sig, v->time);
	if (reason != UKEY_REASON_OK)
		return reason;
	slot->canon = (uint8_t)body_hash(v,
	    (enum ukey_canon)note->sig.body_canon);
	if (slot->canon == UKEY_BODY_CANONS)
		return UKEY_REASON_ARENA;
	if (note->sig.tag[UKEY_SIG_L].data == NULL)
		note->sig.l = UINT64_MAX; /* larger than any in a field */
	slot->body = UKEY_WAIT_BODY;
	return hash_header(v, note, field);
}

/* Gives SLOT in each way what WANTED says: nothing (UKEY_UNJUDGED), a reason,
 * or where that is _OK one of the places for those that wait for their key, as
 * long as there are any. */
static void
enlist(const struct ukey_verify *v, struct ukey_signature *slot,
    const uint8_t *wanted)
{
	static const uint8_t places[] = { UKEY_ALIGNED_MAX, UKEY_DKIM_SLOTS };
	unsigned way, i, taken;

	for (way = 0; way < 2; way++) {
		for (i = taken = 0; i < v->signatures; i++)
			taken += v->signature[i].judged[way] == UKEY_WAIT_KEY;
		slot->judged[way] = wanted[way];
		if (wanted[way] == UKEY_REASON_OK)
			slot->judged[way] = taken < places[way] ?
			    UKEY_WAIT_KEY : UKEY_UNJUDGED;
	}
}

/* REASON in each way in which SLOT waits for a key: that place is free. */
static void
refuse(struct ukey_signature *slot, enum ukey_reason reason)
{
	unsigned way;

	for (way = 0; way < 2; way++) {
		if (slot->judged[way] == UKEY_WAIT_KEY)
			slot->judged[way] = (uint8_t)reason;
	}
}

/* What the signature is WANTED for as a user key: nothing, unless it is of the
 * sender's mailbox; READ is what its tags say of it. */
static uint8_t
user_wanted(struct ukey_verify *v, struct ukey_note *note,
    enum ukey_reason read, bool *base)
{
	enum ukey_reason reason = read;

	if (v->identity != UKEY_REASON_OK || read == UKEY_REASON_ALGORITHM ||
	    read == UKEY_REASON_QUERY)
		return UKEY_UNJUDGED;
	if (read != UKEY_REASON_ARENA)
		reason = align(v, note, base);
	if (reason == UKEY_REASON_NOT_ALIGNED)
		return UKEY_UNJUDGED;
	if (reason != UKEY_REASON_OK || read != UKEY_REASON_OK)
		return (uint8_t)(read != UKEY_REASON_OK ? read : reason);
	return note->sig.tag[UKEY_SIG_L].data == NULL ? UKEY_REASON_OK :
	    UKEY_REASON_LENGTH_USED;
}

/* Reads field FIELD into NOTE, and what it is WANTED for. */
static void
read_field(struct ukey_verify *v, struct ukey_signature *slot,
    struct ukey_note *note, unsigned field, uint8_t *wanted)
{
	enum ukey_reason reason = ukey_sigheader_read(&note->sig,
	    ukey_fields_body(&v->fields, field));
	bool base = false;

	wanted[UKEY_WAY_USER] = user_wanted(v, note, reason, &base);
	wanted[UKEY_WAY_DKIM] = v->flags & UKEY_VERIFY_DKIM ?
	    (uint8_t)reason : UKEY_UNJUDGED;
	slot->flags = base ? UKEY_SLOT_BASE : 0;
}

void
ukey_signature_add(struct ukey_verify *v, unsigned field)
{
	struct ukey_signature *slot = &v->signature[v->signatures];
	struct ukey_note *note = ukey_fields_alloc(&v->fields, sizeof(*note));
	/* where it cannot even be read */
	uint8_t wanted[2] = { v->identity == UKEY_REASON_OK ?
		UKEY_REASON_ARENA : UKEY_UNJUDGED, UKEY_REASON_ARENA };

	*slot = (struct ukey_signature) { .body = UKEY_UNJUDGED };
	if (note != NULL) {
		slot->note = (uint32_t)((uint8_t *)note - v->fields.arena);
		memset(note, 0, sizeof(*note));
		read_field(v, slot, note, field, wanted);
	}
	enlist(v, slot, wanted);
	if (note != NULL && (slot->judged[UKEY_WAY_USER] == UKEY_WAIT_KEY ||
	    slot->judged[UKEY_WAY_DKIM] == UKEY_WAIT_KEY)) {
		enum ukey_reason reason = prepare(v, slot, note, field);

		if (reason != UKEY_REASON_OK)
			refuse(slot, reason);
	}
	if (slot->judged[UKEY_WAY_DKIM] == UKEY_WAIT_KEY)
		slot->flags |= UKEY_SLOT_DKIM;
	v->signatures++;
}
