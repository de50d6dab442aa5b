/*
 * userkeys-milter: the sockets it listens on.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listener.h"
#include "log.h"
#include "socket_file.h"

#define BACKLOG 511

static bool
is_unix(const char *where)
{
	return strncmp(where, "unix:", 5) == 0;
}

static int
open_unix(const struct conf *c, struct listener *l, char *err)
{
	int fd = socket_file_make(c, l->where, &l->file, err);

	if (fd < 0 || listen(fd, BACKLOG) == 0)
		return fd;
	snprintf(err, CONF_ERROR_SIZE, "%s: cannot listen: %s", l->where,
	    strerror(errno));
	(void)folder_remove_path(l->where + 5, &l->file);
	close(fd);
	return -1;
}

/* The address of "inet:port@address", to be freed; NULL: it is none. */
static struct addrinfo *
read_inet(const char *where)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *a = NULL;
	char text[CONF_TEXT], *host;
	size_t len;

	snprintf(text, sizeof(text), "%s", where + 5);
	host = strchr(text, '@');
	if (host == NULL)
		return NULL;
	*host++ = '\0';
	len = strlen(host);
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		host++;
	}
	return getaddrinfo(host, text, &hints, &a) == 0 ? a : NULL;
}

/* Connections inherit what is set here.  An MTA that lost power sends no end:
 * the system asks after it. */
static bool
set_options(int fd)
{
	static const int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ==
	    0 && setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) ==
	    0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ==
	    0;
}

static int
open_inet(const char *where, char *err)
{
	struct addrinfo *a = read_inet(where);
	int fd;

	if (a == NULL) {
		snprintf(err, CONF_ERROR_SIZE, "%s: expected a port and an IP "
		    "address", where);
		return -1;
	}
	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (fd >= 0 && set_options(fd) &&
	    bind(fd, a->ai_addr, a->ai_addrlen) == 0 &&
	    listen(fd, BACKLOG) == 0) {
		freeaddrinfo(a);
		return fd;
	}
	snprintf(err, CONF_ERROR_SIZE, "%s: cannot listen: %s", where,
	    strerror(errno));
	freeaddrinfo(a);
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool
listener_open(const struct conf *c, const char *where, struct listener *l,
    char *err)
{
	memset(l, 0, sizeof(*l));
	snprintf(l->where, sizeof(l->where), "%s", where);
	l->fd = is_unix(where) ? open_unix(c, l, err) : open_inet(where, err);
	return l->fd >= 0;
}

static const struct listener *
find(const struct listeners *l, const char *where)
{
	unsigned i;

	for (i = 0; i < l->count; i++)
		if (strcmp(l->at[i].where, where) == 0)
			return &l->at[i];
	return NULL;
}

/* Closes what is in L and not in KEEP. */
static void
close_others(const struct listeners *l, const struct listeners *keep)
{
	unsigned i;

	for (i = 0; i < l->count; i++) {
		if (find(keep, l->at[i].where) != NULL)
			continue;
		/* While it is open no other file has its number. */
		if (is_unix(l->at[i].where))
			(void)folder_remove_path(l->at[i].where + 5,
			    &l->at[i].file);
		close(l->at[i].fd);
	}
}

static bool
is_for_user(const struct conf *c, const char *where)
{
	return is_unix(where) && folder_is_for_user(c, where + 5);
}

bool
listeners_change(struct listeners *l, const struct conf *c, char *err)
{
	struct listeners next = { .count = 0 };
	const struct listener *old;
	unsigned i;

	for (i = 0; i < c->listeners; i++) {
		old = find(l, c->listen[i]);
		if (old != NULL) {
			next.at[next.count++] = *old;
		} else if (!is_for_user(c, c->listen[i])) {
			if (!listener_open(c, c->listen[i],
			    &next.at[next.count], err)) {
				close_others(&next, l);
				return false;
			}
			next.count++;
		}
	}
	close_others(l, &next);
	*l = next;
	return true;
}

bool
listeners_check(const struct listeners *l, const struct conf *c,
    unsigned *done, char *err)
{
	unsigned i;

	for (i = 0; i < c->listeners; i++) {
		if ((*done >> i & 1) != 0 || !is_unix(c->listen[i]) ||
		    find(l, c->listen[i]) != NULL ||
		    is_for_user(c, c->listen[i]))
			continue;
		if (!socket_file_check(c, c->listen[i], err))
			return false;
		*done |= 1u << i;
	}
	return true;
}

void
listeners_close(struct listeners *l)
{
	static const struct listeners none;

	close_others(l, &none);
	l->count = 0;
}

void
listeners_fds(const struct listeners *l, int *fds)
{
	unsigned i;

	for (i = 0; i < l->count; i++)
		fds[i] = l->at[i].fd;
	fds[i] = -1;
}

const char *
listeners_text(const struct listeners *l)
{
	static char text[CONF_LISTENERS * (CONF_TEXT + 2) + 32];
	size_t n = 0;
	unsigned i;

	text[0] = '\0';
	for (i = 0; i < l->count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
		    i == 0 ? ", listening at " : ", ", l->at[i].where);
	return text;
}

/* Whether WHERE is every address of this host. */
static bool
is_every(const char *where)
{
	struct addrinfo *a = is_unix(where) ? NULL : read_inet(where);
	const struct sockaddr_in6 *six;
	const struct sockaddr_in *four;
	bool every = false;

	if (a == NULL)
		return false;
	six = (const void *)a->ai_addr;
	four = (const void *)a->ai_addr;
	if (a->ai_family == AF_INET)
		every = four->sin_addr.s_addr == htonl(INADDR_ANY);
	else if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		every = memcmp(six->sin6_addr.s6_addr + 12, "\0\0\0\0", 4) ==
		    0;
	else
		every = IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr);
	freeaddrinfo(a);
	return every;
}

void
listeners_warn(const struct conf *c)
{
	unsigned i;

	for (i = 0; i < c->listeners; i++) {
		if (is_every(c->listen[i]))
			log_error("warning: listen = %s: any host that "
			    "reaches this port can claim any login: name one "
			    "address, and let the MTA alone reach it",
			    c->listen[i]);
		if (geteuid() == 0 && c->user[0] == '\0' &&
		    is_unix(c->listen[i]) &&
		    !folder_is_roots(c->listen[i] + 5))
			log_error("warning: listen = %s: another user than "
			    "root can change its folder: set user",
			    c->listen[i]);
	}
}
