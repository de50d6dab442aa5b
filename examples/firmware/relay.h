/*
 * userkeys firmware: one mail transaction at a time for a machine that owns
 * the SMTP side, over a serial line.  SPDX-License-Identifier: MIT
 *
 * The host sends, the firmware answers each frame with those it causes, and
 * then with K:
 *
 *   I  begins: role (0 submission, 1 MX), time in 8 octets
 *   L  login, as whom the client authenticated
 *   F  MAIL FROM's argument
 *   H  a field, raw           h  the header is over
 *   B  octets of the body     e  the message is over
 *   A  the answer to a question: its id, the DNS packet (none: no answer)
 *
 *   Q  a question: its id, the DNS query
 *   D  delete Authentication-Results field number n (2 octets)
 *   T  insert this field on top
 *   W  the message is to be held, and why; more follows
 *   O  accept; the last action
 *   R  reply: code (2 octets) and text; the last action
 *   K  0, or an enum ukey_err as one signed octet
 *   E  a damaged frame: the transaction is gone
 *
 * Keys and permissions are the firmware's: a login may use its own mailbox
 * (ukey_flash.h).
 */
#ifndef FIRMWARE_RELAY_H
#define FIRMWARE_RELAY_H

#include "frame.h"
#include "ukey.h"

/* Frames until the power goes. */
void relay_run(void);
/* What both ends agree on, beside the wire. */
extern const struct ukey_session_settings relay_settings;

#endif
