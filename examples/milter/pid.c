/*
 * userkeys-milter: the file with its number.  SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "pid.h"

static FILE *file; /* until it is written */

bool
pid_open(const struct conf *c, char *err)
{
	if (c->pid_file[0] == '\0')
		return true;
	file = fopen(c->pid_file, "we");
	if (file == NULL)
		snprintf(err, CONF_ERROR_SIZE, "pid-file = %s: cannot be "
		    "written: %s", c->pid_file, strerror(errno));
	return file != NULL;
}

void
pid_write(const struct conf *c)
{
	if (file == NULL)
		return;
	fprintf(file, "%ld\n", (long)getpid());
	if (fclose(file) != 0)
		log_error("%s: %s", c->pid_file, strerror(errno));
	file = NULL;
}
