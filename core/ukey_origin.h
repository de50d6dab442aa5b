/*
 * userkeys: whether mail without a login is this host's own, or came to it
 * from outside (PROTOCOL 4.3).  SPDX-License-Identifier: MIT
 *
 * A content filter gives mail from outside back by loopback; behind a NAT all
 * clients have one address.  So mail that comes without a login from a place
 * that is trusted is a submission only if nothing in its header shows another
 * way: results that this host wrote, or another server's Received.
 */
#ifndef UKEY_ORIGIN_H
#define UKEY_ORIGIN_H

#include "ukey_authres.h"

#define ukey_origin_init UKEY_LINK_NAME(ukey_origin_init)
struct ukey_origin {
	struct ukey_authres results; /* fields that claim our id */
	struct ukey_view host;       /* must stay */
	bool judged, received;
};

enum ukey_origin_sign {
	UKEY_ORIGIN_HERE,
	UKEY_ORIGIN_RESULTS, /* this host's own Authentication-Results */
	UKEY_ORIGIN_RECEIVED /* another host's Received */
};

/* Our authserv-id, and the name that this host puts into its own Received
 * fields; an empty one: none of them is known as its own. */
void ukey_origin_init(struct ukey_origin *o, struct ukey_view id,
    struct ukey_view host);
/* RAW as for ukey_verify_field(). */
void ukey_origin_field(struct ukey_origin *o, struct ukey_view raw);
/* After the header.  HUB: the client hands on mail of others as ours, so
 * Received is no matter. */
enum ukey_origin_sign ukey_origin_sign(const struct ukey_origin *o, bool hub);

/* Whether a Received field with BODY behind its colon was written by HOST for
 * a program of its own: "by HOST", with no "from" (RFC 5321 4.4). */
bool ukey_received_is_local(struct ukey_view body, struct ukey_view host);

#endif
