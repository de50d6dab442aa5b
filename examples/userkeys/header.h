/*
 * userkeys, the command: the header of a message, read once more for what is
 * to be said about it.  SPDX-License-Identifier: MIT
 */
#ifndef HEADER_H
#define HEADER_H

#include "cli.h"
#include "spool.h"

#define HEADER_LINE_SHOWN 60 /* octets of a line that are shown */

struct header {
	struct ukey_fields fields; /* up to the first trouble; indexed */
	uint32_t bad_line; /* of the file, from 1: is no field; 0: none */
	struct ukey_view bad;      /* how it begins */
	/* Private. */
	uint32_t arena[UKEY_ARENA_SIZE / 4];
	uint32_t line;             /* where the open field begins */
	uint32_t ended;            /* lines of the file so far */
	uint8_t begin[HEADER_LINE_SHOWN];
	size_t len;
};

/* The header of the message in S.  CLI_PASS, or an exit status with an error
 * printed; what is wrong with the header is in H. */
int header_read(struct header *h, struct spool *s);
/* The topmost field called NAME, or UKEY_FIELD_NONE. */
unsigned header_top(const struct header *h, struct ukey_view name);
/* " (line 3: "how it begins")" for the line that is no field, if any. */
void header_put_trouble(const struct header *h, FILE *f);

#endif
