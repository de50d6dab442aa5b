/*
 * userkeys: one signature against one key (RFC 6376 6.1.3, RFC 8017 8.2.2).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_judge.h"

#include "ukey_base64.h"
#include "ukey_mem.h"

#define ALIGN 8u /* of the work block */

bool
ukey_is_final(uint8_t judgement)
{
	return judgement < UKEY_WAIT_KEY;
}

enum ukey_reason
ukey_judge_load(struct ukey_port_rsa_key *key, struct ukey_view p,
    struct ukey_work *work)
{
	uint8_t *text = work->data + (p.data - work->data);
	struct ukey_view der = { work->data, 0 };
	size_t used;

	if (!ukey_base64_decode(p, text, p.len, &der.len))
		return UKEY_REASON_KEY_SYNTAX;
	memmove(work->data, text, der.len);
	used = (der.len + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (used > work->size)
		used = work->size;
	work->data += used;
	work->size -= used;
	return ukey_keyrecord_rsa(key, der);
}

/* An id of KEY, so that one signature is not tried twice with one key. */
static int
key_id(const struct ukey_port_rsa_key *key, uint8_t *id)
{
	struct ukey_port_sha256 h;
	int err;

	if (ukey_port_sha256_start(&h) != 0)
		return -1;
	err = ukey_port_sha256_update(&h, key->modulus.data,
	    key->modulus.len);
	err |= ukey_port_sha256_update(&h, key->exponent.data,
	    key->exponent.len);
	return err | ukey_port_sha256_finish(&h, id);
}

/* One RSA operation. */
static enum ukey_reason
verify(const struct ukey_note *note, const struct ukey_port_rsa_key *key,
    struct ukey_work work)
{
	enum ukey_port_match match = ukey_port_rsa_verify(key, note->header,
	    note->b, work.data, work.size);

	if (match == UKEY_PORT_MATCH)
		return UKEY_REASON_OK;
	return match == UKEY_PORT_NO_MATCH ? UKEY_REASON_SIGNATURE :
	    UKEY_REASON_CRYPTO;
}

/* What is known of SLOT with the key of this ID; _OK or _SIGNATURE, or
 * _INCOMPLETE: nothing. */
static enum ukey_reason
recall(const struct ukey_signature *slot, const struct ukey_note *note,
    const uint8_t *id)
{
	if ((slot->flags & UKEY_SLOT_RSA) == 0 ||
	    memcmp(id, note->key, sizeof(note->key)) != 0)
		return UKEY_REASON_INCOMPLETE;
	return slot->flags & UKEY_SLOT_RSA_MATCH ? UKEY_REASON_OK :
	    UKEY_REASON_SIGNATURE;
}

/* The outcome is kept where the same signature is judged in two ways. */
static void
remember(struct ukey_signature *slot, struct ukey_note *note,
    const uint8_t *id, enum ukey_reason outcome)
{
	slot->flags &= (uint8_t)~UKEY_SLOT_RSA;
	if (outcome == UKEY_REASON_OK)
		slot->flags |= UKEY_SLOT_RSA_MATCH;
	if (outcome == UKEY_REASON_SIGNATURE)
		slot->flags |= UKEY_SLOT_RSA_NO_MATCH;
	memcpy(note->key, id, sizeof(note->key));
}

enum ukey_reason
ukey_judge_key(struct ukey_verify *v, unsigned slot,
    const struct ukey_port_rsa_key *key, enum ukey_way way,
    struct ukey_work work)
{
	struct ukey_signature *s = &v->signature[slot];
	struct ukey_note *note = ukey_signature_note(v, slot);
	uint8_t id[UKEY_SHA256_LEN];
	enum ukey_reason reason;

	if (note->b.len != key->modulus.len)
		return UKEY_REASON_SIGNATURE_LENGTH;
	if (key_id(key, id) != 0)
		return UKEY_REASON_CRYPTO;
	reason = recall(s, note, id);
	if (reason != UKEY_REASON_INCOMPLETE)
		return reason;
	if (v->rsa[way] == 0)
		return UKEY_REASON_RSA_LIMIT;
	v->rsa[way]--;
	reason = verify(note, key, work);
	remember(s, note, id, reason);
	return reason;
}

/* By verdict, best first; what still waits for the body counts as a pass, what
 * was not judged is worst. */
static unsigned
rank(uint8_t judgement)
{
	static const uint8_t ranks[] = { 4, 0, 2, 2, 4, 1, 3 };

	if (judgement == UKEY_WAIT_BODY)
		return 0;
	if (!ukey_is_final(judgement))
		return 5;
	return ranks[ukey_reason_verdict((enum ukey_reason)judgement)];
}

uint8_t
ukey_judge_better(uint8_t a, uint8_t b)
{
	return rank(b) < rank(a) ? b : a;
}
