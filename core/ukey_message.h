/*
 * userkeys: raw octets, in any pieces, to header fields and body, with the
 * transit guard (RFC 5322 2.1 to 2.3).  SPDX-License-Identifier: MIT
 *
 * Only CRLF ends a line.  A header field is what stands up to a CRLF that no
 * SP or HTAB follows; an empty line, or the end of the message, ends the
 * header.  Bare CR, bare LF and NUL are octets like others, and are noted.
 */
#ifndef UKEY_MESSAGE_H
#define UKEY_MESSAGE_H

#include "ukey_text.h"

#define UKEY_LINE_MAX 998 /* RFC 5322 2.1.1, without CRLF */

/* What the transit guard saw; bits of ukey_message.guard. */
#define UKEY_GUARD_BARE_CR 1
#define UKEY_GUARD_BARE_LF 2
#define UKEY_GUARD_NUL 4
#define UKEY_GUARD_LONG_LINE 8

/* The guard alone: for octets that come already split (a milter). */
struct ukey_guard {
	uint32_t line;      /* lines ended so far */
	uint32_t first;     /* line (from 1) where the first trouble is, or 0 */
	uint16_t column;    /* octets of this line, at most UKEY_LINE_MAX + 1 */
	uint8_t seen;       /* UKEY_GUARD_ bits */
	uint8_t after_cr;   /* the last octet was CR */
};

void ukey_guard_push(struct ukey_guard *g, struct ukey_view octets);
/* At the end of the message: a CR at the very end is bare. */
void ukey_guard_end(struct ukey_guard *g);

/* Octets that no line of a message may hold. */
#define UKEY_GUARD_LINE_ENDS (UKEY_GUARD_BARE_CR | UKEY_GUARD_BARE_LF | \
	UKEY_GUARD_NUL)
/*
 * RAW, which was pushed, came as one whole field, split from the message: its
 * only line ends are its folds and the one at its end.  Whatever else there is
 * counts as a bare LF: on its way it would begin another field.
 */
void ukey_guard_field(struct ukey_guard *g, struct ukey_view raw);

enum ukey_event_kind {
	UKEY_EVENT_NONE,       /* all input used */
	UKEY_EVENT_FIELD,      /* octets of a field, its CRLF and folds too */
	UKEY_EVENT_FIELD_END,  /* the field is complete */
	UKEY_EVENT_HEADER_END, /* the empty line, or the message's end */
	UKEY_EVENT_BODY        /* octets of the body */
};

struct ukey_event {
	enum ukey_event_kind kind;
	struct ukey_view octets; /* into the input, or static: use at once */
};

struct ukey_message {
	uint8_t state; /* of ukey_message.c's table */
};

void ukey_message_init(struct ukey_message *m);
/*
 * Takes octets from IN and gives the next event; call until
 * UKEY_EVENT_NONE, then push more.  A CR that ends a piece is held back and
 * comes with the next one.
 */
struct ukey_event ukey_message_next(struct ukey_message *m,
    struct ukey_view *in);
/*
 * After the last piece: call until UKEY_EVENT_NONE.  A held-back CR, and the
 * ends that were still due, come out.
 */
struct ukey_event ukey_message_end(struct ukey_message *m);

#endif
