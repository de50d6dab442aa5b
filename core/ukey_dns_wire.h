/*
 * userkeys: what the DNS files of core share.  SPDX-License-Identifier: MIT
 */
#ifndef UKEY_DNS_WIRE_H
#define UKEY_DNS_WIRE_H

#include "ukey_dns.h"

#define UKEY_DNS_HEADER_LEN 12 /* RFC 1035 4.1.1 */
#define UKEY_DNS_LABEL_MAX 63  /* RFC 1035 2.3.4 */

/* RFC 1035 3.2.2, 3.2.4; RFC 6672 3; RFC 6891 6.1.1 */
enum {
	UKEY_DNS_NS = 2,
	UKEY_DNS_CNAME = 5,
	UKEY_DNS_SOA = 6,
	UKEY_DNS_TXT = 16,
	UKEY_DNS_DNAME = 39,
	UKEY_DNS_OPT = 41,
	UKEY_DNS_IN = 1
};

/*
 * A walk along the labels of a name in a packet (RFC 1035 4.1.4).  A pointer
 * must lead in front of the run of labels that it ends, and behind the header:
 * so a walk ends whatever the packet holds.
 */
struct ukey_dns_walk {
	struct ukey_view packet;
	size_t pos;   /* of the next length octet or pointer */
	size_t start; /* of the present run of labels */
	size_t end;   /* of the name where it began; 0 while not known */
	uint8_t len;  /* wire form so far, without the root's octet */
	uint8_t jumps;
	bool bad;     /* sticky: this is no name */
};

struct ukey_dns_walk ukey_dns_walk_from(struct ukey_view packet, size_t pos);
/* The next label; of length 0 at the root, and from then on, or if BAD. */
struct ukey_view ukey_dns_walk_label(struct ukey_dns_walk *w);
/* Goes to the root: then END and LEN are final, unless BAD. */
void ukey_dns_walk_to_root(struct ukey_dns_walk *w);

/* The labels of dotted TEXT (none where it is empty), well-formed, in wire
 * form; without the root's octet. */
void ukey_dns_labels(struct ukey_out *out, struct ukey_view text);

/* Whether the name at POS is NAME (wire form), without case. */
bool ukey_dns_is_name(struct ukey_view packet, size_t pos,
    struct ukey_view name);
/* The octets of NAME (well-formed) in front of the name at POS, of which it
 * is a sub-domain (0: it is the same); NAME's length if it is neither. */
size_t ukey_dns_prefix(struct ukey_view packet, size_t pos,
    struct ukey_view name);

#endif
