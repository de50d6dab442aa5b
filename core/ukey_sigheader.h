/*
 * userkeys: the DKIM-Signature field (RFC 6376 3.5).
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_SIGHEADER_H
#define UKEY_SIGHEADER_H

#include "ukey_canon_header.h"
#include "ukey_reason.h"
#include "ukey_text.h"

enum ukey_algorithm {
	UKEY_ALGORITHM_UNKNOWN,
	UKEY_ALGORITHM_RSA_SHA256,
	UKEY_ALGORITHM_RSA_SHA1, /* never passes (RFC 8301 3.1) */
	UKEY_ALGORITHM_ED25519_SHA256 /* RFC 8463; reported as neutral */
};

/* Bits of ukey_sigheader.has: tags that are present. */
#define UKEY_SIG_L 1
#define UKEY_SIG_T 2
#define UKEY_SIG_X 4
#define UKEY_SIG_I 8

/* All views point into the field body that was parsed. */
struct ukey_sigheader {
	struct ukey_view d, s, i; /* i: still encoded; empty without i= */
	struct ukey_view h;       /* the colon-separated list */
	struct ukey_view a, c;    /* as written; c empty when absent */
	struct ukey_view b, bh;   /* base64 with FWS */
	struct ukey_view b_raw;   /* what B2 empties: "=" to ";" exclusive */
	uint64_t l, t, x;         /* where has says so */
	uint8_t has;              /* UKEY_SIG_ bits */
	uint8_t algorithm;        /* enum ukey_algorithm */
	uint8_t header_canon, body_canon; /* enum ukey_canon */
};

/*
 * Reads BODY, what follows the colon of a DKIM-Signature field, and checks it
 * in the order of FIELD-NOTES/RFC 6376 6.1.1.  Returns the first trouble, or
 * UKEY_REASON_OK.  After a trouble the views that were read stay valid (empty
 * where not), for reports.  No DNS, no time, no key.
 */
enum ukey_reason ukey_sigheader_parse(struct ukey_sigheader *sig,
    struct ukey_view body);

/*
 * x= and t= against NOW, seconds since 1970 UTC, with UKEY_TIME_DRIFT; NOW 0
 * means no clock and judges nothing.  _OK, _EXPIRED or _FUTURE.
 */
#define UKEY_TIME_DRIFT 300 /* seconds; PROTOCOL 8 */
enum ukey_reason ukey_sigheader_time(const struct ukey_sigheader *sig,
    uint64_t now);

#endif
