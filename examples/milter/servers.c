/*
 * userkeys-milter: the name servers, for all workers.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "servers.h"
#include "ukey_resolver.h"

#define PIPES 256 /* workers, and old ones that finish what they have */

static struct {
	struct ukey_resolver_conf conf;
	bool known;           /* CONF is what was said last */
	int next[2];          /* of the worker to come; -1: none */
	int pipes[PIPES];     /* to write to */
	unsigned count;
} servers = { .next = { -1, -1 } };

static void
close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
drop(unsigned i)
{
	close_one(&servers.pipes[i]);
	servers.pipes[i] = servers.pipes[--servers.count];
}

/* Whole or not at all, since it is shorter than PIPE_BUF: a worker that does
 * not read, or is gone, misses it. */
static void
tell(void)
{
	unsigned i;

	for (i = 0; i < servers.count; i++)
		(void)!write(servers.pipes[i], &servers.conf,
		    sizeof(servers.conf));
}

static void
say(void)
{
	const struct ukey_resolver_conf *c = &servers.conf;

	if (c->servers > 0)
		log_line("name servers: %s%s", c->source, c->is_default ?
		    " (" UKEY_RESOLVER_CONF " names none)" : "");
	if (c->trouble[0] != '\0')
		log_error("%s", c->trouble);
	if (c->servers == 0)
		log_error("there is no name server to ask: all that needs "
		    "the DNS is a temporary error");
}

/* The servers that C names itself, or, the first time, those of the file. */
static bool
read_all(const struct conf *c, struct ukey_resolver_conf *new)
{
	char err[UKEY_RESOLVER_ERROR_SIZE];

	if (c->dns[0] == '\0' ?
	    ukey_resolver_conf_read(new, UKEY_RESOLVER_CONF, err,
	    sizeof(err)) :
	    ukey_resolver_conf_list(new, c->dns, err, sizeof(err)))
		return true;
	log_error("%s", err);
	return false;
}

void
servers_look(const struct conf *c)
{
	struct ukey_resolver_conf new;

	if (servers.known && c->dns[0] == '\0') {
		if (!ukey_resolver_conf_look(&servers.conf,
		    UKEY_RESOLVER_CONF))
			return;
	} else {
		if (!read_all(c, &new) || (servers.known &&
		    strcmp(new.source, servers.conf.source) == 0))
			return;
		servers.conf = new;
	}
	servers.known = true;
	say();
	if (c->dns[0] == '\0')
		tell();
}

void
servers_open(void)
{
	struct pollfd p = { .events = 0 };
	unsigned i;

	for (i = servers.count; i-- > 0;) {
		p.fd = servers.pipes[i];
		if (poll(&p, 1, 0) > 0) /* its reader is gone */
			drop(i);
	}
	if (servers.count == PIPES)
		drop(0);
	if (pipe2(servers.next, O_CLOEXEC | O_NONBLOCK) != 0)
		servers.next[0] = servers.next[1] = -1;
}

void
servers_started(void)
{
	close_one(&servers.next[0]);
	if (servers.next[1] >= 0)
		servers.pipes[servers.count++] = servers.next[1];
	servers.next[1] = -1;
}

int
servers_take(void)
{
	while (servers.count > 0)
		drop(0);
	close_one(&servers.next[1]);
	return servers.next[0];
}

bool
servers_read(int fd, struct ukey_resolver_conf *c, bool *over)
{
	ssize_t n;

	do {
		n = read(fd, c, sizeof(*c));
	} while (n < 0 && errno == EINTR);
	*over = n == 0 || (n < 0 && errno != EAGAIN);
	return n == (ssize_t)sizeof(*c);
}
