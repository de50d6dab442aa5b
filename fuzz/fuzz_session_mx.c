/*
 * userkeys: fuzz: a transaction at the MX: calls in any order, answers early,
 * late or none; the actions are what a milter can carry out.
 * SPDX-License-Identifier: MIT
 *
 * Input: settings, a record up to a NUL, then calls as in fuzz_session_submit.
 */
#include "help_session.h"
#include "support_dns.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	uint8_t bits = take(&in), what;
	char *text = text_take(&in);
	struct support_record records[] = {
		{ "a.userkeys.e.org", "TXT", text },
		{ "s._domainkey.e.org", "TXT", trial_record },
		{ NULL, NULL, NULL } };
	struct ukey_session s;
	struct ukey_judgement j;

	port_fuzz_bits = 2;
	session_start(&s, UKEY_ROLE_MX, bits);
	while (in.len > 0) {
		what = take(&in);
		if ((what & 7) == 7)
			support_dns_run(ukey_session_verify(&s), records,
			    what & 16);
		else
			session_octets(&s, what & 7, take_to(&in, 0));
	}
	(void)ukey_session_end(&s);
	support_dns_run(ukey_session_verify(&s), records, bits & 128);
	ukey_verify_userkeys(ukey_session_verify(&s), &j);
	/* a full arena holds whatever a sender may send */
	MUST((bits & 32) || j.reason != UKEY_REASON_ARENA);
	MUST(!session_finish(&s)); /* nothing is signed here */
	return free(text), 0;
}
