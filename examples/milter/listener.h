/*
 * userkeys-milter: the sockets it listens on.  SPDX-License-Identifier: MIT
 */
#ifndef LISTENER_H
#define LISTENER_H

#include "conf.h"

/*
 * From the sockets FDS of OLD (no listeners: none are open) to those of NEW,
 * each unix:/path or inet:port@address; -1 ends FDS.  What both name stays
 * open; what NEW does not name is closed, and a unix socket removed.  A stale
 * unix socket is replaced, a live one is not.  False, with text in ERR and
 * FDS as it was.
 */
bool listeners_change(int *fds, const struct conf *old,
    const struct conf *new, char *err);
/* Removes the file of a unix socket. */
void listener_unlink(const char *where);

#endif
