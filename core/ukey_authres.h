/*
 * userkeys: Authentication-Results, writing ours and recognising forged ones
 * (RFC 8601, PROTOCOL 6).  SPDX-License-Identifier: MIT
 */
#ifndef UKEY_AUTHRES_H
#define UKEY_AUTHRES_H

#include "ukey_config.h"
#include "ukey_out.h"
#include "ukey_policy.h"
#include "ukey_verify.h"

#define UKEY_AUTHSERV_ID_MAX 253

/*
 * Writes one whole field with CRLF HTAB at folds and CRLF at the end.  Values
 * from the message are written only where the grammar of RFC 8601 2.2 lets
 * them stand, quoted where needed, octets outside printable ASCII and UTF-8
 * dropped.  ID is the authserv-id (a domain name).  DISPOSITION adds
 * policy.action=quarantine.  Overflow: see ukey_out.h.
 */
void ukey_authres_userkeys(struct ukey_out *out, struct ukey_view id,
    const struct ukey_judgement *j, enum ukey_disposition disposition);
/* One plain-DKIM result, "; dkim=...", behind what is there. */
void ukey_authres_dkim_result(struct ukey_out *out,
    const struct ukey_judgement *j);
/* The plain-DKIM results of V in one field ("dkim=none" without signature). */
void ukey_authres_dkim(struct ukey_out *out, struct ukey_view id,
    const struct ukey_verify *v);

/*
 * The recogniser: a push machine over the header that finds the fields which
 * claim our authserv-id, in any spelling (case, comments, quotes, folding,
 * trailing dot, version), and those that cannot be parsed but begin with it.
 * Fields of any size and number; independent of every arena.
 */
struct ukey_authres {
	struct ukey_view id;  /* ours; must stay */
	uint16_t ordinal;     /* Authentication-Results fields so far; stops at
	                       * 65535 */
	uint8_t state;        /* within the open field */
	uint8_t depth;        /* comment nesting, saturating */
	uint8_t matched;      /* octets of id (or of the name) that matched */
	uint8_t claims;       /* the last complete field claims our id */
	uint8_t forged[UKEY_AUTHRES_MAX / 8];
};

void ukey_authres_init(struct ukey_authres *a, struct ukey_view id);
/* Octets of the open field, from its name on, in pieces of any size. */
void ukey_authres_push(struct ukey_authres *a, struct ukey_view octets);
/* The open field is complete.  True if it is an Authentication-Results field
 * that claims our id: delete it. */
bool ukey_authres_end(struct ukey_authres *a);
/* Whether Authentication-Results field number ORDINAL (from 1) is to be
 * deleted; beyond UKEY_AUTHRES_MAX always. */
bool ukey_authres_forged(const struct ukey_authres *a, unsigned ordinal);

#endif
