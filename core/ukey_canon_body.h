/*
 * userkeys: body canonicalization (RFC 6376 3.4.3, 3.4.4).
 * SPDX-License-Identifier: MIT
 *
 * What must not change is handed on as long spans of the input itself.  In
 * relaxed only white space and the run of CRLFs at a piece's end stop the
 * scan; in simple only that run does.
 */
#ifndef UKEY_CANON_BODY_H
#define UKEY_CANON_BODY_H

#include "ukey_canon_header.h"

struct ukey_canon_body {
	uint32_t crlfs; /* line ends seen and not yet handed on */
	uint8_t canon;  /* enum ukey_canon */
	uint8_t held;   /* white space (1), a CR (2): to be handed on or not */
	uint8_t any;    /* a span was handed on: the body is not empty */
};

void ukey_canon_body_init(struct ukey_canon_body *c, enum ukey_canon canon);
/*
 * The next span for IN, which shrinks; empty when IN is used up.  A span
 * points into IN or to static text.  Feed every piece to the end before the
 * next.
 */
struct ukey_view ukey_canon_body_next(struct ukey_canon_body *c,
    struct ukey_view *in);
/* After the last piece: call until it gives an empty span. */
struct ukey_view ukey_canon_body_end(struct ukey_canon_body *c);

#endif
