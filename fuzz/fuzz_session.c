/*
 * userkeys: fuzz: a transaction: calls in any order, any answers.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

static void
call(struct ukey_session *s, uint8_t what, struct ukey_view v)
{
	struct ukey_permit p = { (enum ukey_permit_status)(v.len % 4),
		UKEY_VIEW("a.userkeys"), 1 };
	uint8_t octets[4096];
	struct ukey_out out;
	struct ukey_action a;
	unsigned n = 0;

	ukey_out_init(&out, octets, sizeof(octets));
	switch (what % 10) {
	case 0: (void)ukey_session_login(s, v); break;
	case 1: (void)ukey_session_mail_from(s, v); break;
	case 2: case 3: (void)ukey_session_field(s, v); break;
	case 4: (void)ukey_session_header_end(s); break;
	case 5: (void)ukey_session_body(s, v.data, v.len); break;
	case 6: while (n < UKEY_SESSION_ASKS)
			(void)ukey_session_permit(s, n++, &p);
		break;
	case 7: (void)ukey_session_signature(s, UKEY_VIEW("sig")); break;
	case 8: while (ukey_session_action(s, &a, &out))
			MUST(++n < 600);
		break;
	default: (void)ukey_session_refused(s, &a, &out);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	static uint32_t arena[UKEY_SUBMIT_ARENA / 4];
	static const struct ukey_session_settings settings = {
		.authserv_id = { (const uint8_t *)"mx.e", 4 },
		.header_canon = 1, .body_canon = 1, .expire = 60 };
	struct ukey_session s;
	uint8_t c;

	ukey_session_init(&s, &settings, UKEY_ROLE_SUBMIT, arena,
	    sizeof(arena));
	while (in.len > 0) {
		c = take(&in);
		call(&s, c, c < 6 ? take_to(&in, 0) : in);
	}
	ukey_session_end(&s);
	for (c = 0; c < 16; c++)
		call(&s, 6, UKEY_VIEW(""));
	call(&s, 7, UKEY_VIEW(""));
	MUST(ukey_session_done(&s) || s.phase == 0);
	call(&s, 8, UKEY_VIEW(""));
	return 0;
}
