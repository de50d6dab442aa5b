/*
 * userkeys firmware: one message from the board to its judgements.
 * SPDX-License-Identifier: MIT
 */
#ifndef FIRMWARE_VERIFY_H
#define FIRMWARE_VERIFY_H

#include "board.h"

/* What a DNS answer may take: as much as our queries offer (RFC 6891 6.2.5);
 * more where long answers come over TCP. */
#ifndef VERIFY_PACKET
#define VERIFY_PACKET 1232
#endif

/* Memory of one verification at a time; all of it static. */
struct verify_memory {
	struct ukey_verify v;
	uint64_t work[UKEY_WORK_SIZE / 8 + 1];
	uint8_t packet[VERIFY_PACKET]; /* pieces of the message, then answers */
};

/* Judges M and reports.  ARENA, SIZE octets aligned to 4, holds its header. */
void verify_message(struct verify_memory *memory,
    const struct board_message *m, void *arena, size_t size);

#endif
