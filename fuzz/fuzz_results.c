/*
 * userkeys: fuzz: our results at the MX, whatever the message, its sender and
 * the records are: both fields, read strictly, that say what was judged; never
 * want of memory, for the arena is whole.  SPDX-License-Identifier: MIT
 *
 * Input: settings, a record and MAIL FROM that end with NUL, the message.
 */
#include "help_session.h"
#include "support_dns.h"
#include "support_results.h"

/* Whether A inserts the field of METHOD; what it says must be so. */
static bool
is_field(const struct ukey_action *a, const char *method)
{
	static struct support_results r;
	unsigned i;

	if (a->kind != UKEY_ACTION_INSERT)
		return false;
	MUST(support_results_read(&r, a->text, "mx.e") == NULL);
	for (i = 0; i < r.results; i++) {
		MUST(strcmp(r.result[i].reason, "arena") != 0);
		MUST(strcmp(r.result[i].method, r.result[0].method) == 0);
	}
	return strcmp(r.result[0].method, method) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	uint8_t bits = take(&in) & (uint8_t)~32, octets[UKEY_AUTHRES_FIELD_MAX];
	char *text = text_take(&in), *sender = text_take(&in);
	const struct support_record records[] = {
		{ "a.userkeys.e.org", "TXT", text },
		{ "s._domainkey.e.org", "TXT", trial_record },
		{ NULL, NULL, NULL } };
	struct ukey_session s;
	struct ukey_action a;
	struct ukey_out out;

	port_fuzz_bits = 2;
	session_start(&s, UKEY_ROLE_MX, bits);
	session_octets(&s, 1, (struct ukey_view) { (uint8_t *)sender,
	    strlen(sender) });
	session_message(&s, in);
	support_dns_run(ukey_session_verify(&s), records, bits & 128);
	ukey_out_init(&out, octets, sizeof(octets));
	do { /* what stands in front: a refusal, or deletions */
		MUST(ukey_session_action(&s, &a, &out));
	} while (a.kind == UKEY_ACTION_DELETE);
	MUST(a.kind == UKEY_ACTION_REPLY || is_field(&a, "userkeys"));
	if (a.kind != UKEY_ACTION_REPLY && !(bits & 8)) {
		MUST(ukey_session_action(&s, &a, &out));
		MUST(is_field(&a, "dkim"));
	}
	return free(text), free(sender), 0;
}
