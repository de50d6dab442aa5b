/*
 * The peer of the firmware's relay: the serial line, a socket of the
 * simulator's.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "relay_peer.h"

static int line;
static uint8_t ahead[65536]; /* octets that came, not read yet */
static size_t ahead_at, ahead_len;
static uint8_t behind[65536]; /* octets to be sent */
static size_t behind_len;

void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
flush(void)
{
	size_t i = 0;
	ssize_t n;

	for (; i < behind_len; i += (size_t)n) {
		n = write(line, behind + i, behind_len - i);
		if (n <= 0)
			die("the serial line");
	}
	behind_len = 0;
}

void
line_put(uint8_t octet)
{
	if (behind_len == sizeof(behind))
		flush();
	behind[behind_len++] = octet;
}

uint8_t
line_get(void)
{
	ssize_t n;

	flush();
	if (ahead_at == ahead_len) {
		n = read(line, ahead, sizeof(ahead));
		if (n <= 0)
			die("the serial line");
		ahead_len = (size_t)n;
		ahead_at = 0;
	}
	return ahead[ahead_at++];
}

int
line_listen(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 1) != 0)
		die(path);
	return fd;
}

void
line_accept(int server)
{
	line = accept(server, NULL, NULL);
	if (line < 0)
		die("accept");
}
