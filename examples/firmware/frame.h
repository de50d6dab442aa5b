/*
 * userkeys firmware: frames on a serial line.  SPDX-License-Identifier: MIT
 *
 * A letter, the length of the content in two octets, the content, and two
 * octets of CRC-16 (CCITT, 0x1021, from 0xffff) over all of that; numbers are
 * big-endian.
 */
#ifndef FIRMWARE_FRAME_H
#define FIRMWARE_FRAME_H

#include "ukey_text.h"

#define FRAME_MAX 8192 /* octets of content */

/* What the board's serial line gives: one octet out, and the next one in. */
void line_put(uint8_t octet);
uint8_t line_get(void);

/*
 * Waits for a frame and reads its content to OUT, FRAME_MAX octets, and its
 * length to LEN.  Returns its letter; 0: it was damaged or too long, and was
 * passed over.
 */
uint8_t frame_get(uint8_t *out, size_t *len);
/* Sends LETTER with HEAD and BODY as its content. */
void frame_put(uint8_t letter, struct ukey_view head, struct ukey_view body);

#endif
