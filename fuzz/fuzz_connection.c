/*
 * userkeys: fuzz: the milter, what an MTA may say on one connection; all it
 * answers is well-formed.  SPDX-License-Identifier: MIT
 */
#include "help_connection.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	unsigned flags = take(&in), n;
	uint8_t cuts = take(&in);
	struct said said;

	said = connection_talk(in, flags, cuts);
	n = connection_sound((struct ukey_view) { said.data, said.len });
	free(said.data);
	MUST(n <= in.len / 5 + 8); /* a packet has five octets at least */
	return 0;
}
