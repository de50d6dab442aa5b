/*
 * userkeys: the work of the bench by libopendkim.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include <opendkim/dkim.h>

static DKIM_LIB *lib;

static DKIM_CBSTAT
key_lookup(DKIM *dkim, DKIM_SIGINFO *sig, u_char *buf, size_t size)
{
	(void)dkim;
	(void)sig;
	snprintf((char *)buf, size, "%s", ours_record());
	return DKIM_CBSTAT_CONTINUE;
}

void
opendkim_init(void)
{
	u_int flags = DKIM_LIBFLAGS_FIXCRLF;

	lib = dkim_init(NULL, NULL);
	if (lib == NULL)
		die("libopendkim does not start");
	flags = 0;
	(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags,
	    sizeof(flags));
	(void)dkim_set_key_lookup(lib, key_lookup);
}

static DKIM_STAT
run(DKIM *dkim, const struct message *m)
{
	DKIM_STAT status;
	bool testkey;

	status = dkim_chunk(dkim, m->data, m->len);
	if (status == DKIM_STAT_OK)
		status = dkim_chunk(dkim, NULL, 0);
	if (status == DKIM_STAT_OK)
		status = dkim_eom(dkim, &testkey);
	return status;
}

void
opendkim_verify(const struct message *m, bool pass)
{
	DKIM_STAT status;
	DKIM *dkim;

	dkim = dkim_verify(lib, (const u_char *)"bench", NULL, &status);
	if (dkim == NULL)
		die("dkim_verify() fails");
	status = run(dkim, m);
	if (pass && status != DKIM_STAT_OK)
		die("libopendkim does not verify what we signed");
	dkim_free(dkim);
}

void
opendkim_sign(const struct message *m, const char *canon)
{
	DKIM_STAT status;
	DKIM *dkim;
	u_char *field;
	size_t len;

	dkim = dkim_sign(lib, (const u_char *)"bench", NULL,
	    (dkim_sigkey_t)(uintptr_t)ours_pem(), (const u_char *)SELECTOR,
	    (const u_char *)DOMAIN,
	    canon[0] == 'r' ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE,
	    canon[2] == 'r' ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE,
	    DKIM_SIGN_RSASHA256, -1, &status);
	if (dkim == NULL || run(dkim, m) != DKIM_STAT_OK ||
	    dkim_getsighdr_d(dkim, 16, &field, &len) != DKIM_STAT_OK)
		die("libopendkim does not sign");
	dkim_free(dkim);
}
