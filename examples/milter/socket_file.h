/*
 * userkeys-milter: a unix socket in its folder.  SPDX-License-Identifier: MIT
 */
#ifndef SOCKET_FILE_H
#define SOCKET_FILE_H

#include "folder.h"

/* Whether the unix socket WHERE, "unix:/path", can be made, but for one that
 * answers there now; else false with text in ERR. */
bool socket_file_check(const struct conf *c, const char *where, char *err);
/* Makes it, and gives its descriptor, not listening yet, and its file to ID;
 * -1 with text in ERR. */
int socket_file_make(const struct conf *c, const char *where,
    struct file_id *id, char *err);

#endif
