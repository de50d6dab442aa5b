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
/* Octets in which each of our fields fits, whatever the message says (shown at
 * compile time in ukey_authres.c). */
#define UKEY_AUTHRES_FIELD_MAX 5120

/*
 * Each writes one whole field with CRLF HTAB at folds and CRLF at the end.  A
 * value from the message is there whole, as a pvalue of RFC 8601 2.2, or not
 * at all: where it is no UTF-8 text, or longer than 254 octets (256 with its
 * DQUOTEs).  ID is the
 * authserv-id, a domain name of at most UKEY_AUTHSERV_ID_MAX octets.
 * Overflow: see ukey_out.h; cannot be with UKEY_AUTHRES_FIELD_MAX octets.
 */

/* header.from is there only where it is the mailbox of the result.
 * DISPOSITION adds policy.action=quarantine. */
void ukey_authres_userkeys(struct ukey_out *out, struct ukey_view id,
    const struct ukey_judgement *j, enum ukey_disposition disposition);
/* One plain-DKIM result, "; dkim=...", behind what is there. */
void ukey_authres_dkim_result(struct ukey_out *out,
    const struct ukey_judgement *j);
/* At most UKEY_DKIM_MAX plain-DKIM results of V, first those that were judged
 * ("dkim=none" without signature). */
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
