/*
 * userkeys, the command: a TXT record as the DNS serves it, for people.
 * SPDX-License-Identifier: MIT
 */
#ifndef SERVED_H
#define SERVED_H

#include "cli.h"

/* V within quotes; quotes and backslashes in it as dig prints them, all else
 * as of cli_put(). */
void served_put_quoted(struct ukey_view v);
/* R, a string a line, at most UKEY_FETCH_STRINGS. */
void served_put(const struct ukey_fetch_record *r);
/* The first octet of SERVED that is another in RIGHT, a record's text, which
 * gets the advice and the t=y that SERVED has: these are the owner's choice. */
void served_put_difference(struct ukey_view served, const char *right);

#endif
