/*
 * userkeys: the DKIM-Signature field (RFC 6376 3.5).
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_SIGHEADER_H
#define UKEY_SIGHEADER_H

#include "ukey_canon_header.h"
#include "ukey_clock.h"
#include "ukey_reason.h"
#include "ukey_text.h"

enum ukey_algorithm {
	UKEY_ALGORITHM_UNKNOWN,
	UKEY_ALGORITHM_RSA_SHA256,
	UKEY_ALGORITHM_RSA_SHA1, /* never passes (RFC 8301 3.1) */
	UKEY_ALGORITHM_ED25519_SHA256 /* RFC 8463; reported as neutral */
};

/* The tags that count; others are passed over. */
enum ukey_sig_tag {
	UKEY_SIG_V, UKEY_SIG_A, UKEY_SIG_B, UKEY_SIG_BH, UKEY_SIG_C,
	UKEY_SIG_D, UKEY_SIG_H, UKEY_SIG_I, UKEY_SIG_L, UKEY_SIG_Q,
	UKEY_SIG_S, UKEY_SIG_T, UKEY_SIG_X, UKEY_SIG_TAGS
};

/* All views point into the field body that was parsed. */
struct ukey_sigheader {
	/* Values as written, less the white space around them: i= is still
	 * encoded, b= and bh= are base64 with FWS.  DATA is NULL, LEN 0 where
	 * the tag is absent. */
	struct ukey_view tag[UKEY_SIG_TAGS];
	struct ukey_view b_raw;   /* what B2 empties: "=" to ";" exclusive */
	uint64_t l, t, x;         /* where the tag is there */
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
/* The same without a look at the base64 of b= and bh=, for whoever decodes
 * them next. */
enum ukey_reason ukey_sigheader_read(struct ukey_sigheader *sig,
    struct ukey_view body);
/* What stands behind the last "@" of i=; empty without i=. */
struct ukey_view ukey_sigheader_i_domain(const struct ukey_sigheader *sig);

/*
 * x= against the earliest time that it can be, t= against the time that it is,
 * with UKEY_TIME_DRIFT; 0 judges nothing.  _OK, _EXPIRED or _FUTURE.
 */
#define UKEY_TIME_DRIFT 300 /* seconds; PROTOCOL 8 */
enum ukey_reason ukey_sigheader_time(const struct ukey_sigheader *sig,
    struct ukey_time time);

#endif
