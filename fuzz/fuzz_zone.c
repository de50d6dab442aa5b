/*
 * userkeys: fuzz: zone files; a query of what was read is answered.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_zone.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	static const uint8_t name[] = "\1a\1b";
	uint8_t octets[UKEY_DNS_QUERY_MAX];
	char err[256];
	struct ukey_zone *z = ukey_zone_parse("z", (const char *)data, size,
	    err, sizeof(err));
	struct ukey_dns_answer a;
	struct ukey_view packet;
	struct ukey_out query;

	MUST(z != NULL || err[0] != '\0');
	if (z == NULL)
		return 0;
	ukey_out_init(&query, octets, sizeof(octets));
	ukey_dns_query_write(&query, 1, (struct ukey_view) { name,
	    sizeof(name) });
	packet = ukey_zone_answer(z, ukey_out_done(&query));
	in = (struct ukey_view) { name, sizeof(name) };
	if (packet.len > 0)
		MUST(ukey_dns_answer_read(&a, packet, in, 0) !=
		    UKEY_DNS_MALFORMED);
	ukey_zone_free(z);
	return 0;
}
