/*
 * userkeys: the milter protocol, versions 2 to 6, from octets to events.
 * SPDX-License-Identifier: MIT
 *
 * No I/O and no memory of its own: push what the MTA sent, in any pieces, and
 * take events.  A packet is never held: header fields and body come through
 * as pieces that point into the input; only short strings (host names,
 * addresses, macros) are copied, into a bounded buffer.
 *
 * Packet: length (32 bits, big-endian, of what follows), command, data.
 */
#ifndef UKEY_MILTER_CODEC_H
#define UKEY_MILTER_CODEC_H

#include "ukey_text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Longest packet taken, octets: the largest that peers negotiate (1 MB). */
#define UKEY_MILTER_PACKET_MAX 1048576

/* Both strings of an event together.  MAIL FROM needs a quoted local-part
 * (2 * 255 + 2), "@", a domain (253) and brackets. */
#define UKEY_MILTER_TEXT_MAX 1024

enum ukey_milter_event_kind {
	UKEY_MILTER_NONE,      /* all input used */
	UKEY_MILTER_BAD,       /* no such protocol: close the connection */
	UKEY_MILTER_OPTIONS,   /* 'O': version, actions, protocol offered */
	UKEY_MILTER_MACRO,     /* 'D': one macro: stage, first, second */
	UKEY_MILTER_CONNECT,   /* 'C': first = host, second = address */
	UKEY_MILTER_HELO,      /* 'H': first */
	UKEY_MILTER_MAIL,      /* 'M': first = the reverse-path as it came */
	UKEY_MILTER_RCPT,      /* 'R': first = the forward-path */
	UKEY_MILTER_DATA,      /* 'T' */
	UKEY_MILTER_NAME,      /* 'L': first = piece of a field's name */
	UKEY_MILTER_VALUE,     /* 'L': first = piece of its value */
	UKEY_MILTER_FIELD_END, /* 'L': the field is complete */
	UKEY_MILTER_HEADER_END, /* 'N' */
	UKEY_MILTER_BODY,      /* 'B' or 'E': first = piece of the body */
	UKEY_MILTER_BODY_END,  /* 'B': the chunk is complete */
	UKEY_MILTER_MESSAGE_END, /* 'E' */
	UKEY_MILTER_ABORT,     /* 'A': forget the message; no reply */
	UKEY_MILTER_UNKNOWN,   /* 'U': an SMTP command the MTA does not know */
	UKEY_MILTER_QUIT,      /* 'Q': close; no reply */
	UKEY_MILTER_QUIT_NEW   /* 'K': a new connection follows; no reply */
};

/* Views are valid until the next call with the same decoder or input. */
struct ukey_milter_event {
	enum ukey_milter_event_kind kind;
	struct ukey_view first, second;
	uint32_t word[3];  /* OPTIONS: version, actions, protocol */
	uint16_t port;     /* CONNECT */
	uint8_t family;    /* CONNECT: '4', '6', 'L' (local), 'U' (unknown) */
	uint8_t stage;     /* MACRO: the command it belongs to */
	bool cut;          /* a string was longer than the buffer */
};

/* What was wrong, after UKEY_MILTER_BAD. */
enum ukey_milter_bad {
	UKEY_MILTER_GOOD,
	UKEY_MILTER_BAD_LENGTH,  /* 0, or over UKEY_MILTER_PACKET_MAX */
	UKEY_MILTER_BAD_COMMAND, /* unknown */
	UKEY_MILTER_BAD_SHORT,   /* the packet ends inside of an item */
	UKEY_MILTER_BAD_LONG     /* octets are left after the last item */
};

/* One direction of one connection; visible for its size only. */
struct ukey_milter {
	uint32_t left;       /* octets of the packet that are still to come */
	uint32_t word[3];
	uint16_t first_len, second_len;
	uint16_t port;
	uint8_t count;       /* octets or words of the open item */
	uint8_t words;
	uint8_t row;         /* of the command table */
	uint8_t item;        /* of the row */
	uint8_t phase;
	uint8_t bad;         /* enum ukey_milter_bad, sticky */
	uint8_t family, stage, cut;
	uint8_t text[UKEY_MILTER_TEXT_MAX];
};

void ukey_milter_init(struct ukey_milter *m);
/*
 * Takes octets from IN and gives the next event; call until UKEY_MILTER_NONE,
 * then read more.  UKEY_MILTER_BAD stays.
 */
struct ukey_milter_event ukey_milter_next(struct ukey_milter *m,
    struct ukey_view *in);

#ifdef __cplusplus
}
#endif

#endif
