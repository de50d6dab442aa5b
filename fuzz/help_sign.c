/*
 * userkeys: a message signed, for the harnesses.  SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

size_t
trial_sign(struct ukey_view message, unsigned canons, uint8_t cuts,
    uint8_t *field)
{
	struct ukey_sign_request q = { .domain = UKEY_VIEW("e.org"),
		.selector = UKEY_VIEW("a.userkeys"),
		.identity = UKEY_VIEW("a@e.org"), .time = 1749999990,
		.expire = 1750000999, .header_canon = canons & 1,
		.body_canon = canons >> 1 & 1 };
	uint8_t scratch[1024], signature[128] = { 0xFE }, *copy;
	struct ukey_sign s;
	struct ukey_out out;
	size_t len;

	MUST(ukey_sign_init(&s, &q, scratch, sizeof(scratch)) == UKEY_OK);
	while (message.len > 0) {
		len = piece_len(message, &cuts);
		copy = piece(&message, len);
		MUST(ukey_sign_push(&s, copy, len) == UKEY_OK);
		free(copy);
	}
	MUST(ukey_sign_end(&s) == UKEY_OK);
	ukey_out_init(&out, field, TRIAL_FIELD_MAX);
	if (ukey_sign_digest(&s, &out, signature + 1) != UKEY_OK) {
		MUST(ukey_sign_reason(&s) != UKEY_REASON_OK);
		return 0;
	}
	MUST(ukey_sign_reason(&s) == UKEY_REASON_OK);
	MUST(ukey_sign_finish(&s, (struct ukey_view) { signature,
	    sizeof(signature) }, &out) == UKEY_OK);
	return out.len;
}
