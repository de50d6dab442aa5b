/*
 * userkeys, the command: what the files of damage.h share.
 * SPDX-License-Identifier: MIT
 *
 *   damage.c       what is wrong with what is left
 *   damage_added.c what panels add to a text, taken away again
 */
#ifndef DAMAGE_PARTS_H
#define DAMAGE_PARTS_H

#include "damage.h"

#define COPY_MAX 4096 /* octets of a text that are looked at */

/* The text from which what was added is taken away. */
struct copy {
	uint8_t data[COPY_MAX];
	size_t len;
};

struct ukey_view copy_view(const struct copy *c);
/* Where WHAT begins in V, or V's length. */
size_t damage_where(struct ukey_view v, struct ukey_view what);
/* One more; what is over DAMAGE_MAX is passed over. */
void damage_add(struct damages *d, const char *mend, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Takes away from C quotes, backslashes and the like, and says so. */
void damage_added(struct damages *d, struct copy *c);
/* The same of what a zone file has around the text. */
void damage_added_line(struct damages *d, struct copy *c);

#endif
