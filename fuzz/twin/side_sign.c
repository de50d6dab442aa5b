/*
 * userkeys: twin: one core signs.
 * SPDX-License-Identifier: MIT
 */
#include "side.h"

static void
finish(struct ukey_sign *s)
{
	uint8_t field[8192], octets[128] = { 0xFE };
	struct ukey_view signature = { octets, sizeof(octets) };
	struct ukey_out out;
	int err;

	ukey_out_init(&out, field, sizeof(field));
	err = ukey_sign_digest(s, &out, octets + 1);
	side_check(SIGNATURE, err);
	if (err == UKEY_OK) {
		side_check(FINISH, ukey_sign_finish(s, signature, &out));
		twin_note(TWIN_FIELD, 0, 0, side_octets(ukey_out_done(&out)),
		    (struct twin_octets) { octets + 1, UKEY_SHA256_LEN });
	}
}

void
side_sign(const struct twin_case *c)
{
	struct ukey_sign_request q = { .domain = UKEY_VIEW("e.org"),
		.selector = UKEY_VIEW("a.userkeys"),
		.identity = side_view(c->sender), .time = side_now(c),
		.expire = side_now(c) > 0 ? side_now(c) + 999 : 0,
		.header_canon = c->settings & 1,
		.body_canon = c->settings >> 1 & 1 };
	struct twin_octets rest = c->message, piece;
	uint8_t cuts = c->cuts, *copy;
	struct ukey_sign s;

	side_check(INIT, ukey_sign_init(&s, &q, side_arena, TWIN_SCRATCH));
	while (rest.len > 0) {
		piece = twin_piece(&rest, &cuts);
		copy = side_lend(piece);
		side_check(PUSH, ukey_sign_push(&s, copy, piece.len));
		side_take_back(copy);
	}
	side_check(END, ukey_sign_end(&s));
	twin_note(TWIN_FIELD, 1, 0, side_octets(ukey_sign_from(&s)),
	    side_octets(ukey_sign_sender(&s)));
	finish(&s);
	twin_now->sign_reason = ukey_reason_word(ukey_sign_reason(&s));
	twin_now->line = ukey_sign_line(&s);
}
