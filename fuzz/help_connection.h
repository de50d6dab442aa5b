/*
 * userkeys: a connection of the milter, for its harness.
 * SPDX-License-Identifier: MIT
 */
#ifndef HELP_CONNECTION_H
#define HELP_CONNECTION_H

#include "fuzz.h"

#define BY_UNIX_SOCKET 1
#define WITH_DATABASE 2

struct said {
	uint8_t *data; /* on the heap */
	size_t len;
};

/*
 * What an MTA says, IN, in pieces as CUTS has it (0: whole), to a connection
 * of a worker; FLAGS are bits of the above.  DNS answers come behind each
 * piece.  All that the milter says, to be freed.
 */
struct said connection_talk(struct ukey_view in, unsigned flags, uint8_t cuts);
/* Whether PACKETS are replies of the milter protocol, whole, with texts that no
 * octet of a message ends before their time.  How many. */
unsigned connection_sound(struct ukey_view packets);

#endif
