/*
 * userkeys: the DNS message, for TXT questions (RFC 1035, RFC 6891).
 * SPDX-License-Identifier: MIT
 *
 * Names are in wire form (length-prefixed labels, root octet at the end,
 * uncompressed, at most UKEY_DNS_NAME_MAX octets), so any octet may stand in a
 * label.  They are compared without ASCII case.
 */
#ifndef UKEY_DNS_H
#define UKEY_DNS_H

#include "ukey_out.h"
#include "ukey_text.h"

#define UKEY_DNS_NAME_MAX 255   /* RFC 1035 2.3.4 */
#define UKEY_DNS_UDP_SIZE 1232  /* EDNS payload size that we offer */
#define UKEY_DNS_QUERY_MAX (12 + UKEY_DNS_NAME_MAX + 4 + 11)
#define UKEY_DNS_HOPS_MAX 8     /* CNAME and DNAME steps, PROTOCOL 8 */
#define UKEY_DNS_PORT 53

/* Dotted text (no escapes, no trailing dot needed) to wire form in OUT;
 * false: empty label, label over 63, name over 255 octets. */
bool ukey_dns_name_from_text(struct ukey_out *out, struct ukey_view text);
/* Wire form to dotted text for people: octets outside LDH and "_" as \DDD. */
void ukey_dns_name_to_text(struct ukey_out *out, struct ukey_view name);
bool ukey_dns_name_equal(struct ukey_view a, struct ukey_view b);

/*
 * A TXT query for NAME with recursion desired and EDNS 0 into OUT (at most
 * UKEY_DNS_QUERY_MAX octets); ID is its first two octets.
 */
void ukey_dns_query_write(struct ukey_out *out, uint16_t id,
    struct ukey_view name);
/* The name in a query made by ukey_dns_query_write(). */
struct ukey_view ukey_dns_query_name(struct ukey_view query);

/* Whether PACKET is a response to QUERY: id, QR, opcode, one question that
 * echoes name, type and class.  For resolvers, before anything else. */
bool ukey_dns_match(struct ukey_view packet, struct ukey_view query);

enum ukey_dns_status {
	UKEY_DNS_RECORDS,   /* TXT records: ukey_dns_answer_next() */
	UKEY_DNS_ABSENT,    /* NXDOMAIN or NODATA */
	UKEY_DNS_ASK,       /* the chain leads out of the answer: ask NAME */
	UKEY_DNS_CHAIN,     /* a loop, or over UKEY_DNS_HOPS_MAX steps */
	UKEY_DNS_TRUNCATED, /* TC: ask over TCP */
	UKEY_DNS_SERVFAIL,
	UKEY_DNS_REFUSED,   /* REFUSED, FORMERR, NOTIMP and all other codes */
	UKEY_DNS_MALFORMED
};

/* A response that was read; views point into the packet. */
struct ukey_dns_answer {
	struct ukey_view packet;
	size_t pos;         /* of the next record, for ukey_dns_answer_next() */
	uint16_t left;      /* records of the answer section from there on */
	uint16_t records;   /* TXT records at the chain's end */
	uint8_t hops;       /* chain steps in this answer */
	bool authentic;     /* AD; counts only from a trusted resolver */
	bool nxdomain;      /* RCODE 3 rather than NODATA */
	uint32_t ttl;       /* seconds to keep it: the least of chain and
	                     * records; for ABSENT by SOA (RFC 2308 5), else 0;
	                     * values over 2^31-1 count as 0 (RFC 2181 8) */
	uint16_t text_len;  /* of the last record, also where it did not fit */
	uint8_t name_len;   /* ASK: the name to ask; RECORDS: their owner */
	uint8_t name[UKEY_DNS_NAME_MAX];
};

/*
 * Reads PACKET as the response to a TXT question for NAME (wire form), having
 * followed HOPS steps before.  Follows CNAME and DNAME within the answer,
 * whatever the order of its records; work is bounded by
 * UKEY_DNS_HOPS_MAX passes.  Checks counts, compression (pointers only
 * backwards), RDLENGTH; never reads past PACKET.
 */
enum ukey_dns_status ukey_dns_answer_read(struct ukey_dns_answer *a,
    struct ukey_view packet, struct ukey_view name, unsigned hops);
/*
 * After UKEY_DNS_RECORDS: the next TXT record, its strings joined with
 * nothing between (RFC 6376 3.6.2.2), into OUT.  False when there is no more.
 * A record over SIZE octets sets OVERFLOW in OUT (which is reset each time).
 */
bool ukey_dns_answer_next(struct ukey_dns_answer *a, struct ukey_out *out);

#endif
