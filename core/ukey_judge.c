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

static void
shrink(struct ukey_work *work, size_t len)
{
	len += (ALIGN - len % ALIGN) % ALIGN;
	if (len > work->size)
		len = work->size;
	work->data += len;
	work->size -= len;
}

enum ukey_reason
ukey_judge_load(struct ukey_port_rsa_key *key, struct ukey_view p,
    struct ukey_work *work)
{
	uint8_t *text = work->data + (p.data - work->data);
	struct ukey_view der = { work->data, 0 };

	if (!ukey_base64_decode(p, text, p.len, &der.len))
		return UKEY_REASON_KEY_SYNTAX;
	memmove(work->data, text, der.len);
	shrink(work, der.len);
	return ukey_keyrecord_rsa(key, der);
}

/* An id of KEY, so that one signature is not tried twice with one key. */
static enum ukey_reason
key_id(const struct ukey_port_rsa_key *key, uint8_t *id, size_t size)
{
	uint8_t digest[UKEY_SHA256_LEN];
	struct ukey_port_sha256 h;
	int err;

	err = ukey_port_sha256_start(&h);
	err |= ukey_port_sha256_update(&h, key->modulus.data,
	    key->modulus.len);
	err |= ukey_port_sha256_update(&h, key->exponent.data,
	    key->exponent.len);
	err |= ukey_port_sha256_finish(&h, digest);
	memcpy(id, digest, size);
	return err ? UKEY_REASON_CRYPTO : UKEY_REASON_OK;
}

static enum ukey_reason
verify(struct ukey_verify *v, struct ukey_signature *slot,
    const struct ukey_port_rsa_key *key, struct ukey_work work)
{
	struct ukey_view b = { work.data, 0 };
	struct ukey_sigheader sig;

	ukey_signature_tags(v, slot, &sig);
	if (work.size < key->modulus.len)
		return UKEY_REASON_ARENA;
	if (!ukey_base64_decode(sig.b, work.data, work.size, &b.len) ||
	    b.len != key->modulus.len)
		return UKEY_REASON_SIGNATURE_LENGTH;
	shrink(&work, b.len);
	switch (ukey_port_rsa_verify(key,
	    ukey_signature_digests(v, slot)->header, b, work.data,
	    work.size)) {
	case UKEY_PORT_MATCH:
		return UKEY_REASON_OK;
	case UKEY_PORT_NO_MATCH:
		return UKEY_REASON_SIGNATURE;
	default:
		return UKEY_REASON_CRYPTO;
	}
}

/* The outcome is kept where the same signature is judged in two ways. */
static void
remember(struct ukey_verify *v, struct ukey_signature *slot, const uint8_t *id,
    enum ukey_reason outcome)
{
	struct ukey_digests *d = ukey_signature_digests(v, slot);

	slot->flags &= (uint8_t)~(UKEY_SLOT_RSA_MATCH | UKEY_SLOT_RSA_NO_MATCH);
	if (outcome == UKEY_REASON_OK)
		slot->flags |= UKEY_SLOT_RSA_MATCH;
	if (outcome == UKEY_REASON_SIGNATURE)
		slot->flags |= UKEY_SLOT_RSA_NO_MATCH;
	memcpy(d->key, id, sizeof(d->key));
}

enum ukey_reason
ukey_judge_key(struct ukey_verify *v, struct ukey_signature *slot,
    const struct ukey_port_rsa_key *key, uint8_t *rsa, struct ukey_work work)
{
	const struct ukey_digests *d = ukey_signature_digests(v, slot);
	bool twice = slot->user != UKEY_UNJUDGED && slot->dkim != UKEY_UNJUDGED;
	uint8_t id[sizeof(d->key)];
	enum ukey_reason reason;

	if (twice) {
		if (key_id(key, id, sizeof(id)) != UKEY_REASON_OK)
			return UKEY_REASON_CRYPTO;
		if ((slot->flags & (UKEY_SLOT_RSA_MATCH |
		    UKEY_SLOT_RSA_NO_MATCH)) != 0 &&
		    memcmp(id, d->key, sizeof(id)) == 0)
			return slot->flags & UKEY_SLOT_RSA_MATCH ?
			    UKEY_REASON_OK : UKEY_REASON_SIGNATURE;
	}
	if (*rsa == 0)
		return UKEY_REASON_RSA_LIMIT;
	reason = verify(v, slot, key, work);
	if (reason != UKEY_REASON_SIGNATURE_LENGTH)
		(*rsa)--;
	if (twice)
		remember(v, slot, id, reason);
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
