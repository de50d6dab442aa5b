/*
 * userkeys: in place of tests/bench/rspamd.c where rspamd is not installed.
 * SPDX-License-Identifier: MIT
 */
#include "../bench.h"

bool
peer_init(void)
{
	return false;
}

void
peer_prepare(const struct message *m, unsigned count)
{
	(void)m;
	(void)count;
}

bool
peer_verify(unsigned job, bool pass)
{
	(void)job;
	return pass;
}

void
peer_sign(unsigned job, const char *canon)
{
	(void)job;
	(void)canon;
}

void
peer_finish(void)
{
}
