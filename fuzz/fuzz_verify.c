/*
 * userkeys: fuzz: a message with records; in pieces, with answers in any
 * order and early, the same judgements.  SPDX-License-Identifier: MIT
 *
 * Input: how to cut, bits, two records that end with NUL, the message.
 */
#include "fuzz.h"
#include "support_dns.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	uint8_t cuts = take(&in), bits = take(&in);
	char *one = text_take(&in), *two = text_take(&in);
	const struct support_record records[] = {
		{ "a.userkeys.e.org", bits & 1 ? "CNAME" : "TXT", two },
		{ "a.userkeys.e.org", bits & 2 ? "SERVFAIL" : "TXT", one },
		{ "a.userkeys._domainkey.e.org", "CNAME", "a.userkeys.e.org" },
		{ "s._domainkey.e.org", bits & 4 ? "TIMEOUT" : "TXT", one },
		{ "2.a.userkeys.e.org", "TXT", one }, { NULL, NULL, NULL } };
	struct trial t = { in, records, bits >> 4 & 3, 0, false, false };
	struct ukey_verify v;
	uint32_t whole;

	port_fuzz_bits = 2; /* a bh= out of four holds */
	whole = trial_judge(&t, &v);
	t.cuts = cuts, t.last_first = bits & 64, t.early = bits & 128;
	MUST(trial_judge(&t, &v) == whole);
	return free(one), free(two), 0;
}
