/*
 * userkeys: header canonicalization (RFC 6376 3.4.1, 3.4.2).
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_CANON_HEADER_H
#define UKEY_CANON_HEADER_H

#include "ukey_text.h"

enum ukey_canon { UKEY_CANON_SIMPLE, UKEY_CANON_RELAXED };

/*
 * A push machine over one field: feed its raw octets in pieces, get the
 * canonical ones as spans.  A span points into the input, into the machine or
 * to static text: use it before the next call.
 */
struct ukey_canon_header {
	uint8_t canon;     /* enum ukey_canon */
	uint8_t state;     /* of ukey_canon_header.c */
	uint8_t lower[30]; /* a piece of the name in lower case */
};

void ukey_canon_header_init(struct ukey_canon_header *c,
    enum ukey_canon canon);
/* The next span for IN, which shrinks; empty when IN is used up. */
struct ukey_view ukey_canon_header_next(struct ukey_canon_header *c,
    struct ukey_view *in);
/*
 * After the field's last octet: relaxed gives its CRLF here when CLOSE, and
 * nothing otherwise (the signature field itself, RFC 6376 3.7).  Simple gives
 * nothing: the CRLF came with the octets.
 */
struct ukey_view ukey_canon_header_end(struct ukey_canon_header *c,
    bool close);

#endif
