/*
 * userkeys: one attempt of the resolver over UDP (RFC 1035 4.2.1, RFC 5452).
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "ukey_resolver_parts.h"

#define PORT_MIN 1024
#define PORT_TRIES 8

void
ukey_attempt_close(struct ukey_resolver *r, struct ukey_attempt *a)
{
	if (a->fd >= 0) {
		close(a->fd);
		r->sockets--;
	}
	free(a->frame.packet);
	a->frame.packet = NULL;
	a->fd = -1;
}

bool
ukey_attempt_watch(struct ukey_resolver *r, struct ukey_attempt *a, int fd,
    unsigned events)
{
	struct epoll_event e = { .events = events, .data.ptr = a };

	return epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

/* A random port; the kernel's choice where none of a few is free. */
static void
bind_random(const struct ukey_resolver *r, int fd,
    const struct ukey_server *server)
{
	struct ukey_server own = { .len = server->len };
	uint16_t port;
	unsigned i;

	own.addr.any.sa_family = server->addr.any.sa_family;
	for (i = 0; i < PORT_TRIES; i++) {
		if (r->random->fill(r->random->state, (uint8_t *)&port,
		    sizeof(port)) != 0)
			return;
		if (port < PORT_MIN)
			continue;
		if (server->addr.any.sa_family == AF_INET)
			own.addr.v4.sin_port = htons(port);
		else
			own.addr.v6.sin6_port = htons(port);
		if (bind(fd, &own.addr.any, own.len) == 0)
			return;
	}
}

/* A socket connected to the server of A, with the query sent. */
static int
open_and_send(struct ukey_resolver *r, struct ukey_attempt *a)
{
	const struct ukey_server *server = &r->server[a->server];
	uint8_t query[UKEY_DNS_QUERY_MAX];
	ssize_t n;
	int fd;

	fd = socket(server->addr.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	bind_random(r, fd, server);
	ukey_attempt_query(r, a, query);
	if (connect(fd, &server->addr.any, server->len) != 0 ||
	    (n = send(fd, query, a->lookup->query_len, MSG_NOSIGNAL)) < 0 ||
	    (size_t)n != a->lookup->query_len ||
	    !ukey_attempt_watch(r, a, fd, EPOLLIN)) {
		close(fd);
		return -1;
	}
	return fd;
}

bool
ukey_attempt_next(struct ukey_resolver *r, struct ukey_lookup *l)
{
	unsigned most = r->settings.tries * r->servers;
	unsigned step = r->settings.deadline_ms / (most > 0 ? most : 1);
	struct ukey_attempt *a = &l->attempt[l->tries];

	if (step > r->settings.try_ms)
		step = r->settings.try_ms;
	a->server = l->tries++ % r->servers;
	a->tcp = false;
	if (r->random->fill(r->random->state, (uint8_t *)&a->id,
	    sizeof(a->id)) != 0)
		return false;
	a->fd = open_and_send(r, a);
	if (a->fd < 0)
		return false;
	r->sockets++;
	l->next_try += step;
	return true;
}

/* The next datagram to R's buffer; its true length, or -1: none is left, or
 * the socket is of no use and A is over. */
static ssize_t
receive(struct ukey_resolver *r, struct ukey_attempt *a)
{
	ssize_t n;

	do {
		n = recv(a->fd, r->udp, sizeof(r->udp), MSG_TRUNC);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
		/* Refused by the host, for example: the next one, now. */
		ukey_attempt_close(r, a);
		a->lookup->next_try = ukey_resolver_now(r);
	}
	return n;
}

/* Datagrams from the server, until one matches or none is left. */
static void
udp_ready(struct ukey_resolver *r, struct ukey_attempt *a)
{
	struct ukey_view packet = { r->udp, 0 };
	ssize_t n;

	while ((n = receive(r, a)) >= 0) {
		packet.len = (size_t)n < sizeof(r->udp) ? (size_t)n :
		    sizeof(r->udp);
		if (!ukey_attempt_matches(r, a, packet))
			continue;
		if ((size_t)n > sizeof(r->udp))
			r->udp[2] |= 2; /* TC */
		ukey_lookup_packet(r, a, packet);
		return;
	}
}

void
ukey_attempt_ready(struct ukey_resolver *r, struct ukey_attempt *a)
{
	if (a->fd < 0)
		return;
	if (a->tcp)
		ukey_attempt_tcp_ready(r, a);
	else
		udp_ready(r, a);
}
