/*
 * userkeys firmware: signs one message of the board's with a key in flash.
 * SPDX-License-Identifier: MIT
 */
#ifndef FIRMWARE_SIGN_H
#define FIRMWARE_SIGN_H

#include "board.h"
#include "key_slot.h"

#define SIGN_SCRATCH 2048 /* the values of From and Sender */
#define SIGN_FIELD 2048   /* the DKIM-Signature field, with 4096 bits */

/* Memory of one signature at a time; all of it static.  The key stays loaded
 * from one message to the next, in Mbed TLS's arena. */
struct sign_memory {
	struct ukey_sign s;
	uint8_t scratch[SIGN_SCRATCH];
	uint8_t field[SIGN_FIELD];
	uint8_t piece[512];
	uint8_t identity[UKEY_LOCAL_MAX + 1 + UKEY_NAME_MAX];
	uint8_t digest[UKEY_SHA256_LEN];
	struct key_slot slot;
};

/* Signs M as m->signer and reports the field, or why there is none. */
void sign_message(struct sign_memory *memory, const struct board_message *m);

#endif
