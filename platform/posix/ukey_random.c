/*
 * userkeys: random octets from the system.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/types.h>
#include <unistd.h>

#include "ukey_random.h"

/* All of OUT from /dev/urandom: kernels before 3.17 and strict sandboxes. */
static int
from_device(uint8_t *out, size_t size)
{
	ssize_t n;
	int fd;

	fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (size > 0) {
		n = read(fd, out, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		out += n;
		size -= (size_t)n;
	}
	close(fd);
	return size == 0 ? 0 : -1;
}

static int
from_system(void *state, uint8_t *out, size_t size)
{
	ssize_t n;

	(void)state;
	while (size > 0) {
		n = getrandom(out, size, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return from_device(out, size);
		out += n;
		size -= (size_t)n;
	}
	return 0;
}

const struct ukey_random *
ukey_random(void)
{
	static const struct ukey_random source = { from_system, NULL };

	return &source;
}
