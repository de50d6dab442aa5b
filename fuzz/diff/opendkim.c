/*
 * userkeys: what libopendkim says of a case.  SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <strings.h>
#include <sys/types.h>
#include <time.h>

#include <opendkim/dkim.h>

#include "diff.h"

static const struct diff_case *now;

/* libopendkim verifies by the clock: here it stands still. */
time_t
time(time_t *t)
{
	if (t != NULL)
		*t = DIFF_TIME;
	return DIFF_TIME;
}

static DKIM_CBSTAT
key_lookup(DKIM *dkim, DKIM_SIGINFO *sig, u_char *buf, size_t size)
{
	const char *domain = (const char *)dkim_sig_getdomain(sig);
	const char *selector = (const char *)dkim_sig_getselector(sig);
	char name[DIFF_NAME];

	(void)dkim;
	if (domain == NULL || selector == NULL)
		return DKIM_CBSTAT_NOTFOUND;
	snprintf(name, sizeof(name), "%s._domainkey.%s", selector, domain);
	if (strcasecmp(name, now->name) != 0)
		return DKIM_CBSTAT_NOTFOUND;
	snprintf((char *)buf, size, "%s", now->record);
	return DKIM_CBSTAT_CONTINUE;
}

static DKIM_LIB *
library(void)
{
	static DKIM_LIB *lib;
	u_int bits = 1024;

	if (lib != NULL)
		return lib;
	lib = dkim_init(NULL, NULL);
	MUST(lib != NULL);
	(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &bits,
	    sizeof(bits));
	(void)dkim_set_key_lookup(lib, key_lookup);
	return lib;
}

/* The first signature, after the end. */
static int
judged(DKIM *dkim, DKIM_STAT status)
{
	DKIM_SIGINFO **sigs;
	int count = 0;

	if (dkim_getsiglist(dkim, &sigs, &count) != DKIM_STAT_OK || count == 0)
		return DIFF_REFUSED + (int)status;
	if ((dkim_sig_getflags(sigs[0]) & DKIM_SIGFLAG_PASSED) &&
	    dkim_sig_getbh(sigs[0]) == DKIM_SIGBH_MATCH)
		return DIFF_PASS;
	if (dkim_sig_geterror(sigs[0]) > 0)
		return dkim_sig_geterror(sigs[0]);
	return dkim_sig_getbh(sigs[0]) == DKIM_SIGBH_MISMATCH ?
	    DKIM_SIGERROR_BADSIG : DIFF_REFUSED + (int)status;
}

int
diff_opendkim(const struct diff_case *c)
{
	uint8_t *copy = malloc(c->len);
	DKIM_STAT status;
	DKIM *dkim;
	bool testkey;
	int result;

	now = c;
	memcpy(copy, c->message, c->len);
	dkim = dkim_verify(library(), (const u_char *)"t", NULL, &status);
	MUST(dkim != NULL);
	status = dkim_chunk(dkim, copy, c->len);
	if (status == DKIM_STAT_OK)
		status = dkim_chunk(dkim, NULL, 0);
	if (status == DKIM_STAT_OK)
		result = judged(dkim, dkim_eom(dkim, &testkey));
	else
		result = DIFF_REFUSED + (int)status;
	dkim_free(dkim);
	free(copy);
	return result;
}

const char *
diff_opendkim_word(int theirs)
{
	static char text[80];

	if (theirs >= DIFF_REFUSED)
		snprintf(text, sizeof(text), "refused: %s",
		    dkim_getresultstr(theirs - DIFF_REFUSED));
	else
		snprintf(text, sizeof(text), "%s", theirs == DIFF_PASS ?
		    "pass" : dkim_sig_geterrorstr(theirs));
	return text;
}
