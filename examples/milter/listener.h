/*
 * userkeys-milter: the sockets it listens on.  SPDX-License-Identifier: MIT
 *
 * A unix socket is bound with its mode and group: nothing is done to it by its
 * name afterwards.  In a folder that others than root can change the user of
 * "user" does it, once rights are dropped; so listeners_change() is called
 * twice at the start, as root and as that user.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include "folder.h"

struct listener {
	char where[CONF_TEXT];
	int fd;
	struct file_id file; /* of a unix socket */
};
struct listeners {
	struct listener at[CONF_LISTENERS];
	unsigned count;
};

/*
 * From what is open in L to what C wants.  What both name stays open; what C
 * does not name is closed, and a unix socket removed.  A dead unix socket is
 * replaced; one that answers is not, nor anything else.  False, with text in
 * ERR and L as it was.
 */
bool listeners_change(struct listeners *l, const struct conf *c, char *err);
/* Whether that would do, as far as the folders of unix sockets can tell; bits
 * in DONE: those that the same call as root has seen. */
bool listeners_check(const struct listeners *l, const struct conf *c,
    unsigned *done, char *err);
/* Closes all, and removes the unix sockets that are still ours. */
void listeners_close(struct listeners *l);
/* The descriptors to FDS, CONF_LISTENERS + 1 of them, which -1 ends. */
void listeners_fds(const struct listeners *l, int *fds);
/* ", listening at unix:/path, ...": valid until the next call. */
const char *listeners_text(const struct listeners *l);
/* Writes to the log what is dangerous about where C listens. */
void listeners_warn(const struct conf *c);

#endif
