/*
 * userkeys-milter: its command line.  SPDX-License-Identifier: MIT
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

struct options {
	const char *path; /* of the configuration */
	bool check, foreground, syslog;
};

/* Reads them; -1 to go on, else an exit status. */
int options_take(struct options *o, int argc, char **argv);
/* Makes the path a whole one: in the background the folder is "/".  Links stay
 * as they are: they may lead elsewhere at the next reload.  False with errno.
 */
bool options_whole_path(struct options *o);

#endif
