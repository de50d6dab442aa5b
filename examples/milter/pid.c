/*
 * userkeys-milter: the file with its number.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "log.h"
#include "pid.h"
#include "replace.h"

static struct {
	int fd; /* 0: not open */
	struct file_id id;
} file;

static bool
is_due(const struct conf *c)
{
	return c->pid_file[0] != '\0' && !folder_is_for_user(c, c->pid_file);
}

static bool
trouble(const char *what, char *err)
{
	snprintf(err, CONF_ERROR_SIZE, "pid-file = %.490s", what);
	return false;
}

bool
pid_check(const struct conf *c, bool *done, char *err)
{
	char what[CONF_ERROR_SIZE];

	if (*done || !is_due(c))
		return true;
	*done = true;
	return replace_check(c->pid_file, NULL, what) || trouble(what, err);
}

bool
pid_open(const struct conf *c, char *err)
{
	char what[CONF_ERROR_SIZE];

	if (file.fd > 0 || !is_due(c))
		return true;
	file.fd = replace_file(c->pid_file, NULL, "", &file.id, what);
	return file.fd >= 0 || trouble(what, err);
}

void
pid_write(const struct conf *c)
{
	if (file.fd > 0 && dprintf(file.fd, "%ld\n", (long)getpid()) < 0)
		log_error("pid-file = %s: %s", c->pid_file, strerror(errno));
}

void
pid_forget(void)
{
	if (file.fd > 0)
		close(file.fd);
	file.fd = 0;
}

void
pid_remove(const struct conf *c)
{
	if (file.fd <= 0)
		return;
	if (!folder_remove_path(c->pid_file, &file.id) &&
	    ftruncate(file.fd, 0) != 0)
		log_error("pid-file = %s: %s", c->pid_file, strerror(errno));
	pid_forget();
}
