/*
 * load: a milter client for the bench: the MTA's side of the protocol, many
 * connections in one thread.  SPDX-License-Identifier: MIT
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_STEPS 2048

/* What is said: packets, in order, the same for each connection. */
struct step {
	size_t offset, len; /* in the script's octets */
	uint32_t skip;      /* protocol bits: the filter does not want it */
	uint32_t quiet;     /* protocol bits: the filter does not answer it */
	bool reply;         /* it has an answer at all */
};
struct script {
	struct step step[SCRIPT_STEPS];
	unsigned steps, rest, body; /* places to park: behind them */
	uint8_t *octets;
	size_t len, size;
};

/* Whose message it is, as the MTA tells the filter. */
struct envelope {
	const char *daemon, *login, *from; /* LOGIN NULL: none */
};

/* Packets for the message in the file PATH, lines with CRLF or LF; ends the
 * program where it cannot be read. */
void script_build(struct script *s, const char *path,
    const struct envelope *e);

/* Where the filter listens: unix:/path or inet:port@127.0.0.1; a connected,
 * non-blocking socket. */
int load_connect(const char *where);
void load_fail(const char *what);

#endif
