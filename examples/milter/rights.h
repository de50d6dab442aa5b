/*
 * userkeys-milter: who it is, and what others may see of it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <sys/types.h>

#include "conf.h"

/* Whether user and group of C exist; else false with text in ERR. */
bool rights_exist(const struct conf *c, char *err);
/* Becomes the user of C, if this is root; else false with text in ERR.  What is
 * left is that the process may lend itself the socket-group. */
bool rights_drop(const struct conf *c, char *err);
/* Gives that up, too. */
bool rights_drop_group(void);
/* No core files, no other process that looks in: there are keys in memory. */
void rights_keep_secrets(void);

/* The number of socket-group, or -1. */
gid_t rights_socket_group(const struct conf *c);
/* Makes it the group of what this process creates, until it is returned; true
 * if it is now, and was not. */
bool rights_lend_group(const struct conf *c);
void rights_return_group(bool lent);

#endif
