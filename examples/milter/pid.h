/*
 * userkeys-milter: the file with its number.  SPDX-License-Identifier: MIT
 */
#ifndef PID_H
#define PID_H

#include "conf.h"

/* Whether the pid-file of C, if it has one, can be made now; DONE: that was
 * seen already.  It waits for the user as sockets do.  False with text in ERR.
 */
bool pid_check(const struct conf *c, bool *done, char *err);
/* Makes it, empty, unless it is there or for the user: before somebody cannot
 * read any more what is wrong.  False with text in ERR. */
bool pid_open(const struct conf *c, char *err);
/* Writes the number of this process to it. */
void pid_write(const struct conf *c);
/* In a worker: no more of it. */
void pid_forget(void);
/* Removes it if it is still ours; empties it in a folder that keeps it. */
void pid_remove(const struct conf *c);

#endif
