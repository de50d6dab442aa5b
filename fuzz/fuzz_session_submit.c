/*
 * userkeys: fuzz: a submission: calls in any order, any answers; nothing is
 * signed but what the login may use.  SPDX-License-Identifier: MIT
 *
 * Input: settings, then calls, each an octet and its argument up to a NUL.
 */
#include "help_session.h"

static bool permitted, answered; /* a permit was given; a signature */

/* Answers question ID, if it is open: as WHAT says. */
static void
permit(struct ukey_session *s, unsigned id, unsigned what)
{
	struct ukey_permit p = { .status = what & 8 ? UKEY_PERMIT_LATER :
		(enum ukey_permit_status)(what >> 4 & 3),
		.selector = UKEY_VIEW("a.userkeys"), .key = 1,
		.stranger = what & 128 };
	struct ukey_view login, address;

	if (!ukey_session_ask(s, id, &login, &address))
		return;
	MUST(ukey_session_permit(s, id, &p) == 0);
	permitted |= p.status == UKEY_PERMIT_YES;
}

static void
call(struct ukey_session *s, unsigned what, struct ukey_view v)
{
	const uint8_t *digest;
	uint64_t key;

	if ((what & 7) == 6)
		permit(s, what >> 6, what);
	else if ((what & 7) < 6)
		session_octets(s, what & 7, v);
	else if (what & 8 || ukey_session_digest(s, &key, &digest))
		answered |= !ukey_session_signature(s, v) && v.len > 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	struct ukey_session s;
	unsigned i;

	session_start(&s, UKEY_ROLE_SUBMIT, take(&in));
	for (permitted = answered = false; in.len > 0;)
		i = take(&in), call(&s, i, take_to(&in, 0));
	(void)ukey_session_end(&s);
	for (i = 0; i < 16; i++) /* no, whatever is still asked */
		call(&s, i << 6 | 0x26, UKEY_VIEW(""));
	call(&s, 7, UKEY_VIEW(""));
	MUST(!session_finish(&s) || (permitted && answered && !s.failed));
	return 0;
}
