/*
 * userkeys firmware: where messages come from and reports go.
 * SPDX-License-Identifier: MIT
 *
 * Beside the hooks of ukey_board.h: what an appliance has in its SMTP and DNS
 * code.  board_semihost.c reads both from a file of the host's through the
 * debugger; on the host, tests/firmware/board_host.c stands in its place.
 */
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#include "ukey.h"
#include "ukey_board.h"

/* One message; the views stay until the next one. */
struct board_message {
	struct ukey_view name;      /* for reports */
	struct ukey_view mail_from; /* data NULL: not given */
	struct ukey_view signer;    /* a mailbox: sign as it; empty: verify */
	unsigned flags;             /* UKEY_VERIFY_ bits */
	uint8_t canon;              /* enum ukey_canon of both, to sign */
};

/* The next message; false: there is none. */
bool board_next(struct board_message *m);
/* Up to SIZE of its next octets to OUT; 0 at its end. */
size_t board_read(uint8_t *out, size_t size);
/* Sends QUERY, and waits; the answer's length, 0: none came.  PACKET holds it
 * unless that is over SIZE. */
size_t board_dns(struct ukey_view query, uint8_t *packet, size_t size);
void board_say(struct ukey_view text);

#endif
