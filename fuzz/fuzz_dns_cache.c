/*
 * userkeys: fuzz: answers kept: what is found is what was kept last, to the
 * octet, and not past its time.  SPDX-License-Identifier: MIT
 *
 * Input: packets, each behind two octets of length and one of seconds.
 */
#include "fuzz.h"
#include "ukey_resolver_parts.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t wire[] = "\5alice\7example\3org";
	struct ukey_view in = { data, size }, name = { wire, sizeof(wire) };
	struct ukey_view packet, query, found;
	uint8_t octets[UKEY_DNS_QUERY_MAX];
	struct ukey_cache *c = ukey_cache_new(2, 2);
	struct ukey_dns_answer a;
	struct ukey_out out;
	uint32_t age = 0;
	uint64_t now = 1;
	size_t len;

	ukey_out_init(&out, octets, sizeof(octets));
	ukey_dns_query_write(&out, 0, name), query = ukey_out_done(&out);
	while (in.len > 0) {
		now += (uint64_t)take(&in) * 1000;
		len = (size_t)take(&in) << 8;
		len += take(&in);
		packet = ukey_view_part(in, 0, len);
		in = ukey_view_part(in, len, in.len);
		ukey_cache_keep(c, query, packet, now);
		found = ukey_cache_find(c, query, now, &age);
		ukey_dns_answer_read(&a, packet, name, 0);
		if (found.len > 0 && ukey_view_equal(found, packet))
			MUST(a.ttl > 0 && ukey_cache_find(c, query, now +
			    a.ttl * 1000ull, &age).len == 0);
	}
	return ukey_cache_free(c), 0;
}
