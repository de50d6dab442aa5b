/*
 * userkeys-milter: the file with its number.  SPDX-License-Identifier: MIT
 */
#ifndef PID_H
#define PID_H

#include "conf.h"

/* Opens the pid-file of C, if it has one: while rights are still there, and
 * somebody reads what is wrong.  False with text in ERR. */
bool pid_open(const struct conf *c, char *err);
/* Writes the number of this process, and closes the file. */
void pid_write(const struct conf *c);

#endif
