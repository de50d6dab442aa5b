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
 * claim our authserv-id.  It does not ask how RFC 8601 reads a field but
 * whether any reader, however lenient, could take it for ours: it follows
 * several readings at once (comments nested or not, with quoted-pairs in them,
 * outside of them or nowhere, or no comments at all), and in each passes over
 * every octet that is no token's before and within the id.  In doubt a field
 * is claimed: one that ends within a comment or quoted-string, that has an
 * encoded-word or an octet above 127 where the id should be, or that has no
 * id.  A longer id is another one.  Fields of any size and number; independent
 * of every arena.
 */
#define UKEY_AUTHRES_IDS 16     /* in a list of more ids */
#define UKEY_AUTHRES_READINGS 9

/* The receiver's wish beside our own id; must stay. */
struct ukey_authres_lists {
	const struct ukey_view *remove; /* more ids whose fields go */
	/* Ids whose fields stay, where they are written plainly: no comment,
	 * no quotes, no other octet than white space before the id. */
	const struct ukey_view *keep;
	uint8_t removes, keeps;         /* at most UKEY_AUTHRES_IDS each */
	bool all;                       /* every other field goes */
};

/* One way to read the id.  Private. */
struct ukey_authres_reading {
	uint32_t ids;  /* bit per id that its octets so far are the begin of */
	uint8_t len;   /* octets of a token so far, saturating */
	uint8_t depth; /* comment nesting, saturating */
	bool pair;     /* behind a backslash that counts */
};

#define ukey_authres_init UKEY_LINK_NAME(ukey_authres_init)
struct ukey_authres {
	struct ukey_view id;  /* ours; must stay */
	const struct ukey_authres_lists *lists;
	struct ukey_authres_reading reading[UKEY_AUTHRES_READINGS];
	struct ukey_authres_reading keep;  /* of an id that is to stay */
	struct ukey_authres_reading whole; /* of the whole field, strictly */
	uint16_t ordinal;     /* Authentication-Results fields so far; stops at
	                       * 65535 */
	uint8_t matched;      /* octets of the name */
	uint8_t state;        /* within the open field */
	uint8_t word;         /* how far the strict reading came with the id */
	uint8_t last;         /* the octet before */
	bool quoted;          /* the strict reading is in a quoted-string */
	bool odd;             /* no MTA calls the field by that name */
	bool claims;          /* the open field claims an id of ours */
	uint8_t forged[UKEY_AUTHRES_MAX / 8];
};

/* ID is a domain name, at most UKEY_AUTHSERV_ID_MAX octets. */
void ukey_authres_init(struct ukey_authres *a, struct ukey_view id);
/* Before the first octet: what else goes or stays.  NULL: nothing. */
void ukey_authres_also(struct ukey_authres *a,
    const struct ukey_authres_lists *lists);
/* Octets of the open field, from its name on, in pieces of any size. */
void ukey_authres_push(struct ukey_authres *a, struct ukey_view octets);
/* The open field is complete.  True if it is to be deleted. */
bool ukey_authres_end(struct ukey_authres *a);
/* Whether Authentication-Results field number ORDINAL (from 1) is to be
 * deleted; beyond UKEY_AUTHRES_MAX always. */
bool ukey_authres_forged(const struct ukey_authres *a, unsigned ordinal);

#endif
