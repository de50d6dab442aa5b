/*
 * userkeys, the command: a message that is read more than once.
 * SPDX-License-Identifier: MIT
 *
 * A file is read where it is; a pipe is copied to a temporary file without a
 * name, readable by nobody else.  Nothing is held in memory but a piece.
 *
 * A message whose first line ends with LF alone is taken to be a message in
 * the form of Unix files: each LF is read as CRLF, and written as LF again.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include "cli.h"

#define SPOOL_PIECE 32768 /* octets of the file that are read at once */

struct spool {
	const char *name; /* for messages: the path, or "standard input" */
	int fd;
	bool own;         /* FD is to be closed */
	bool unix_lines;
	uint8_t piece[SPOOL_PIECE];
	uint8_t crlf[2 * SPOOL_PIECE];
};

/* PATH NULL or "-": standard input.  CLI_PASS, or an exit status with an error
 * printed. */
int spool_open(struct spool *s, const char *path);
void spool_close(struct spool *s);
/* From the start again. */
int spool_rewind(struct spool *s);
/* The next piece, line ends as CRLF; empty at the end.  CLI_PASS or an exit
 * status with an error printed. */
int spool_read(struct spool *s, struct ukey_view *piece);
/* Writes octets with CRLF in the message's own form. */
void spool_write(const struct spool *s, FILE *f, struct ukey_view octets);
/* Copies the message to F, from the start, as it is. */
int spool_copy(struct spool *s, FILE *f);

#endif
