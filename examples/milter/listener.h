/*
 * userkeys-milter: the sockets it listens on.  SPDX-License-Identifier: MIT
 */
#ifndef LISTENER_H
#define LISTENER_H

#include "conf.h"

/* A listening socket for WHERE, "unix:/path" or "inet:port@address"; a stale
 * unix socket is replaced, a live one is not.  -1 with text in ERR. */
int listener_open(const struct conf *c, const char *where, char *err);
/* Removes the file of a unix socket. */
void listener_unlink(const char *where);

#endif
