/*
 * clock.so, to be preloaded: time(2) reads the eight octets of the file $CLOCK,
 * which may change meanwhile; INT64_MIN: the system's.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *reading;

static void __attribute__((constructor))
open_clock(void)
{
	const char *path = getenv("CLOCK");
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	void *memory = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*reading),
	    PROT_READ, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		abort();
	reading = memory;
	close(fd);
}

time_t
time(time_t *t)
{
	struct timespec now = { 0, 0 };

	if (*reading == INT64_MIN)
		clock_gettime(CLOCK_REALTIME, &now);
	else
		now.tv_sec = (time_t)*reading;
	if (t != NULL)
		*t = now.tv_sec;
	return now.tv_sec;
}
