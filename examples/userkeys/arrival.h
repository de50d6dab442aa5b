/*
 * userkeys, the command: what the server that delivered a message wrote on top
 * of it: the sender (Return-Path) and the time (Received).
 * SPDX-License-Identifier: MIT
 */
#ifndef ARRIVAL_H
#define ARRIVAL_H

#include "cli.h"

/*
 * The path in VALUE, a Return-Path's, without brackets, and without the white
 * space and comments that may stand around it and within the brackets (RFC
 * 5322 3.6.7).  VALUE as it is where it is no such path.
 */
struct ukey_view arrival_path(struct ukey_view value);
/*
 * The date at the end of VALUE, a Received's, in seconds since 1970 UTC (RFC
 * 5322 3.3, 3.6.7); false where it is none: no such day, another weekday, a
 * year of two digits, an unknown zone.
 */
bool arrival_time(struct ukey_view value, uint64_t *seconds);

#endif
