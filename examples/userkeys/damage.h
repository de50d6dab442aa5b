/*
 * userkeys, the command: what was done to the text of a key record on its way
 * through a panel into the DNS.  SPDX-License-Identifier: MIT
 */
#ifndef DAMAGE_H
#define DAMAGE_H

#include "cli.h"

#define DAMAGE_MAX 8
#define DAMAGE_TEXT 320

struct damage {
	char what[DAMAGE_TEXT]; /* may hold octets of the DNS: to be escaped */
	const char *mend;
};

struct damages {
	unsigned count;
	struct damage list[DAMAGE_MAX];
};

/*
 * All that can be told of SERVED, the joined strings of a TXT record that
 * cannot serve as RIGHT, the text of the record as it was to be published.
 * TARGET is the record's name, to which the alias leads.
 */
void damage_find(struct damages *d, struct ukey_view served,
    struct ukey_view right, struct ukey_view target);
/* Whether SERVED was to be a key record at all, or a part of RIGHT, or
 * TARGET. */
bool damage_is_key(struct ukey_view served, struct ukey_view right,
    struct ukey_view target);
/* Whether both texts parse and hold the same key: for DKIM, and for users. */
bool damage_same_dkim(struct ukey_view served, struct ukey_view right);
bool damage_same_key(struct ukey_view served, struct ukey_view right);

#endif
