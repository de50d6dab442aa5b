/*
 * userkeys-milter: the sockets it listens on.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "listener.h"

#define BACKLOG 511

static int
trouble(int fd, const char *where, const char *what, char *err)
{
	snprintf(err, CONF_ERROR_SIZE, "%s: %s: %s", where, what,
	    strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Whether somebody answers at the socket A; a dead one is removed. */
static bool
is_alive(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive;

	alive = fd >= 0 && connect(fd, (const struct sockaddr *)a,
	    sizeof(*a)) == 0;
	if (!alive && errno == ECONNREFUSED)
		unlink(a->sun_path);
	if (fd >= 0)
		close(fd);
	return alive;
}

static bool
set_rights(const struct conf *c, const char *path)
{
	struct group *g = NULL;

	if (c->socket_group[0] != '\0') {
		errno = EINVAL;
		g = getgrnam(c->socket_group);
		if (g == NULL || chown(path, (uid_t)-1, g->gr_gid) != 0)
			return false;
	}
	return chmod(path, (mode_t)c->socket_mode) == 0;
}

static int
open_unix(const struct conf *c, const char *where, char *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *path = where + 5;
	mode_t mask;
	int fd, bound;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return trouble(-1, where, "cannot listen", err);
	}
	memcpy(a.sun_path, path, strlen(path));
	if (is_alive(&a)) {
		errno = EADDRINUSE;
		return trouble(-1, where, "another milter listens there",
		    err);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0177); /* nobody connects before the rights are set */
	bound = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&a,
	    sizeof(a));
	umask(mask);
	if (bound != 0)
		return trouble(fd, where, "cannot listen", err);
	if (set_rights(c, path) && listen(fd, BACKLOG) == 0)
		return fd;
	(void)trouble(fd, where, "socket-group or socket-mode cannot be set",
	    err);
	unlink(path);
	return -1;
}

static int
open_inet(const char *where, char *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *a = NULL;
	char text[CONF_TEXT], *host;
	int fd, on = 1;

	snprintf(text, sizeof(text), "%s", where + 5);
	host = strchr(text, '@');
	if (host != NULL)
		*host++ = '\0';
	if (host == NULL || getaddrinfo(host, text, &hints, &a) != 0) {
		errno = EINVAL;
		return trouble(-1, where, "not a port and an IP address",
		    err);
	}
	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
		    sizeof(on));
	/* Connections inherit it. */
	if (fd >= 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
		    sizeof(on));
	if (fd < 0 || bind(fd, a->ai_addr, a->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		freeaddrinfo(a);
		return trouble(fd, where, "cannot listen", err);
	}
	freeaddrinfo(a);
	return fd;
}

static int
listener_open(const struct conf *c, const char *where, char *err)
{
	if (strncmp(where, "unix:", 5) == 0)
		return open_unix(c, where, err);
	return open_inet(where, err);
}

/* The socket of WHERE among FDS of C; -1: it is not open. */
static int
find(const int *fds, const struct conf *c, const char *where)
{
	unsigned i;

	for (i = 0; i < c->listeners; i++)
		if (strcmp(c->listen[i], where) == 0)
			return fds[i];
	return -1;
}

/* Closes what stands in FDS of C and not in OTHERS of KEEP. */
static void
close_others(const int *fds, const struct conf *c, const int *others,
    const struct conf *keep)
{
	unsigned i;

	for (i = 0; i < c->listeners && fds[i] >= 0; i++) {
		if (find(others, keep, c->listen[i]) >= 0)
			continue;
		close(fds[i]);
		listener_unlink(c->listen[i]);
	}
}

bool
listeners_change(int *fds, const struct conf *old, const struct conf *new,
    char *err)
{
	int next[CONF_LISTENERS + 1];
	unsigned i;

	for (i = 0; i < new->listeners; i++) {
		next[i] = find(fds, old, new->listen[i]);
		if (next[i] < 0)
			next[i] = listener_open(new, new->listen[i], err);
		if (next[i] < 0) {
			close_others(next, new, fds, old);
			return false;
		}
	}
	next[i] = -1;
	close_others(fds, old, next, new);
	memcpy(fds, next, sizeof(next));
	return true;
}

void
listener_unlink(const char *where)
{
	if (strncmp(where, "unix:", 5) == 0)
		unlink(where + 5);
}
