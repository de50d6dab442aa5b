/*
 * userkeys-milter: which name servers are asked, said in the log, and followed.
 * SPDX-License-Identifier: MIT
 *
 * Workers in their sandbox cannot read resolv.conf, which may be replaced, or
 * appear, at any time: the first process looks at it for them, and tells them
 * by a pipe each.
 */
#ifndef SERVERS_H
#define SERVERS_H

#include "conf.h"
#include "ukey_resolver_conf.h"

#define SERVERS_LOOK_MS 1000 /* between two looks */

/* In the first process: looks which servers C means now; if others than at the
 * last look, says so in the log, and tells the workers. */
void servers_look(const struct conf *c);
/* In the first process, around fork(2): what the next worker is told by. */
void servers_open(void);
void servers_started(void);
/* In that worker: the end to read from, and no more of the others; -1: there
 * is none. */
int servers_take(void);
/* In a worker: true if C is what is to be asked from now on.  False: FD has
 * nothing more to say; OVER: for good. */
bool servers_read(int fd, struct ukey_resolver_conf *c, bool *over);

#endif
