/*
 * userkeys-milter: who it is, and what others may see of it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RIGHTS_H
#define RIGHTS_H

#include "conf.h"

/* Whether user and group of C exist; else false with text in ERR. */
bool rights_exist(const struct conf *c, char *err);
/* Becomes the user of C, if this is root; else false with text in ERR. */
bool rights_drop(const struct conf *c, char *err);
/* No core files, no other process that looks in: there are keys in memory. */
void rights_keep_secrets(void);

#endif
