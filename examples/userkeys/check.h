/*
 * userkeys, the command: what the DNS serves, against what was to be
 * published.  SPDX-License-Identifier: MIT
 */
#ifndef CHECK_H
#define CHECK_H

#include "record.h"

/*
 * Asks R for RECORD's name and its alias, and for what answers for every
 * name; prints what is served, what differs and what to do about it.
 * CLI_PASS; CLI_NOT_PASS: something differs; CLI_TEMPORARY: the DNS did not
 * answer.
 */
int check_published(const struct record *record, struct ukey_resolver *r);

#endif
