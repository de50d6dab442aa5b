/*
 * userkeys: fuzz: DNS answers: bounds, chains, joined strings.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	static const uint8_t name[] = "\5alice\7example\3org";
	uint8_t text[512], octets[UKEY_DNS_QUERY_MAX];
	struct ukey_dns_answer a;
	struct ukey_out out, query;
	unsigned n = 0;

	ukey_out_init(&query, octets, sizeof(octets));
	ukey_dns_query_write(&query, 0x1234, (struct ukey_view) { name,
	    sizeof(name) });
	(void)ukey_dns_match(in, ukey_out_done(&query));
	if (ukey_dns_answer_read(&a, in, (struct ukey_view) { name,
	    sizeof(name) }, 0) != UKEY_DNS_RECORDS)
		return 0;
	MUST(a.hops <= UKEY_DNS_HOPS_MAX && a.ttl <= 0x7FFFFFFF);
	ukey_out_init(&out, text, sizeof(text));
	while (ukey_dns_answer_next(&a, &out))
		n++;
	MUST(n == a.records && n > 0);
	return 0;
}
