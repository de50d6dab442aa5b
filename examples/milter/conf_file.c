/*
 * userkeys-milter: the file of its configuration.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"

/* At most SIZE octets of FD; -1 with errno: half a file is none. */
static ssize_t
read_all(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < size && n != 0) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

bool
conf_read(struct conf *c, const char *path, char *err)
{
	static char text[CONF_FILE_MAX];
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	len = fd < 0 ? -1 : read_all(fd, text, sizeof(text));
	if (len < 0)
		snprintf(err, CONF_ERROR_SIZE, "%s: cannot be read: %s: name "
		    "a file with --config", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (len < 0)
		return false;
	if (len == sizeof(text)) {
		snprintf(err, CONF_ERROR_SIZE, "%s: larger than %d octets",
		    path, CONF_FILE_MAX);
		return false;
	}
	return conf_parse(c, path, text, (size_t)len, err);
}
