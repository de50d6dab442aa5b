/*
 * userkeys, the command: a message that is read more than once.
 * SPDX-License-Identifier: MIT
 *
 * A file is read where it is; a pipe is copied to a temporary file without a
 * name, readable by nobody else.  Nothing is held in memory but a piece.
 *
 * A message whose first line ends with LF alone is taken to be a message in
 * the form of Unix files: each LF is read as CRLF, and written as LF again.
 *
 * A "From " line in front of the first field is an mbox's (RFC 4155), not the
 * message's: it is passed over.  An mbox of several messages is refused.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <sys/types.h>

#include "cli.h"

#define SPOOL_PIECE 32768 /* octets of the file that are read at once */

struct spool {
	const char *name; /* for messages: the path, or "standard input" */
	int fd;
	bool own;         /* FD is to be closed */
	bool unix_lines;
	off_t start;      /* octets in front of the message: an mbox's line */
	uint8_t piece[SPOOL_PIECE];
	uint8_t crlf[2 * SPOOL_PIECE];
};

/* PATH NULL or "-": standard input.  CLI_PASS, or an exit status with an error
 * printed. */
int spool_open(struct spool *s, const char *path);
void spool_close(struct spool *s);
/* To the start of the message again. */
int spool_rewind(struct spool *s);
/* The next piece, line ends as CRLF; empty at the end.  CLI_PASS or an exit
 * status with an error printed. */
int spool_read(struct spool *s, struct ukey_view *piece);
/* Writes octets with CRLF in the message's own form. */
void spool_write(const struct spool *s, FILE *f, struct ukey_view octets);
/* Copies the message to F, from the start, as it is. */
int spool_copy(struct spool *s, FILE *f);

/* A walk over the message's events, each until the next call. */
struct spool_walk {
	struct spool *spool;
	struct ukey_message splitter;
	struct ukey_view piece;
	bool ended;  /* no more octets */
	int status;  /* CLI_PASS, or an exit status with an error printed */
};

/* From the start of the message. */
void spool_walk(struct spool_walk *w, struct spool *s);
/* The next event; UKEY_EVENT_NONE at the end, and where STATUS is no pass. */
struct ukey_event spool_next(struct spool_walk *w);

#endif
