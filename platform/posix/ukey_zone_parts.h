/*
 * userkeys: the zone file's records; shared by its two files.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_ZONE_PARTS_H
#define UKEY_ZONE_PARTS_H

#include <stdint.h>

#include "ukey_zone.h"

#define UKEY_ZONE_PACKET 65535

enum ukey_zone_type {
	UKEY_ZONE_TXT,
	UKEY_ZONE_CNAME,
	UKEY_ZONE_DNAME,
	UKEY_ZONE_OTHER,
	UKEY_ZONE_SERVFAIL,
	UKEY_ZONE_TIMEOUT,
	UKEY_ZONE_NXDOMAIN
};

struct ukey_zone_record {
	enum ukey_zone_type type;
	uint32_t ttl;
	uint8_t *owner;      /* wire form, in lower case; on the heap */
	uint8_t owner_len;
	uint8_t *data;       /* RDATA; behind OWNER in the same block */
	uint16_t data_len;
};

struct ukey_zone {
	struct ukey_zone_record *records;
	size_t count, room;
	uint8_t packet[UKEY_ZONE_PACKET];
};

#endif
