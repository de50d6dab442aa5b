/*
 * userkeys: one resource record in a packet (RFC 1035 4.1.3).
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_DNS_RECORD_H
#define UKEY_DNS_RECORD_H

#include "ukey_dns_wire.h"

/* Offsets in the packet. */
struct ukey_dns_record {
	size_t owner;
	size_t rdata;
	size_t end; /* of the record and its RDATA */
	uint32_t ttl; /* as it stands there */
	uint16_t type, rclass;
};

/* Reads the record at POS; false if it does not fit into PACKET. */
bool ukey_dns_record_read(struct ukey_dns_record *r, struct ukey_view packet,
    size_t pos);
/* Whether owner and, for the types that count here, RDATA are well-formed and
 * fill RDLENGTH exactly. */
bool ukey_dns_record_sound(const struct ukey_dns_record *r,
    struct ukey_view packet);
/* The least of both; OTHER over 2^31-1 counts as 0 (RFC 2181 8). */
uint32_t ukey_dns_ttl_least(uint32_t ttl, uint32_t other);
/* How long a sound SOA record lets its zone's "no" be kept (RFC 2308 5):
 * as the least of TTL and MINIMUM. */
uint32_t ukey_dns_soa_minimum(const struct ukey_dns_record *soa,
    struct ukey_view packet);

#endif
