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
		ukey_share_count(r, a->lookup, -1);
	}
	free(a->frame.packet);
	a->frame.packet = NULL;
	a->fd = -1;
}

bool
ukey_attempt_take(struct ukey_resolver *r, struct ukey_attempt *a, int fd,
    unsigned events)
{
	struct epoll_event e = { .events = events, .data.ptr = a };

	if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e) != 0) {
		close(fd);
		return false;
	}
	ukey_attempt_close(r, a);
	a->fd = fd;
	a->since = ukey_resolver_now(r);
	ukey_share_count(r, a->lookup, 1);
	return true;
}

/* The words of R's list of servers for that of A. */
static struct ukey_view
server_name(const struct ukey_resolver *r, const struct ukey_attempt *a)
{
	struct ukey_view rest = { (const uint8_t *)r->conf.source,
		strlen(r->conf.source) }, name = rest;
	unsigned i;

	for (i = 0; i <= a->server; i++)
		name = ukey_view_word(&rest, ',');
	return name;
}

void
ukey_attempt_trouble(struct ukey_resolver *r, const struct ukey_attempt *a)
{
	int error = errno;
	struct ukey_view name = server_name(r, a);

	snprintf(r->trouble, sizeof(r->trouble), "name server %.*s cannot be "
	    "asked: %s", (int)name.len, (const char *)name.data,
	    strerror(error));
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

/* Sends A's query by FD. */
static bool
send_query(const struct ukey_resolver *r, struct ukey_attempt *a, int fd)
{
	uint8_t query[UKEY_DNS_QUERY_MAX];
	size_t len = ukey_attempt_query(r, a, query);

	a->edns |= !a->plain;
	return send(fd, query, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* A fresh socket for A, with a fresh id: the query is on its way. */
static bool
open_udp(struct ukey_resolver *r, struct ukey_attempt *a)
{
	const struct ukey_server *server = &r->conf.server[a->server];
	int fd = socket(server->addr.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);

	if (fd < 0) {
		ukey_attempt_trouble(r, a);
		return false;
	}
	bind_random(r, fd, server);
	if (connect(fd, &server->addr.any, server->len) != 0 ||
	    !send_query(r, a, fd)) {
		ukey_attempt_trouble(r, a);
		close(fd);
		return false;
	}
	return ukey_attempt_take(r, a, fd, EPOLLIN);
}

/* A begins, with OPT or without. */
static bool
begin(struct ukey_resolver *r, struct ukey_attempt *a, bool plain)
{
	a->tcp = a->edns = a->refused = false;
	a->plain = plain;
	if (r->random->fill(r->random->state, (uint8_t *)&a->id,
	    sizeof(a->id)) != 0)
		return false;
	if (r->conf.tcp_only && !r->settings.no_tcp)
		return ukey_attempt_tcp(r, a);
	return open_udp(r, a);
}

bool
ukey_attempt_plain(struct ukey_resolver *r, struct ukey_attempt *a)
{
	return begin(r, a, true);
}

/*
 * A server that was silent is asked again by the same socket, so that an
 * answer to either query counts; and without OPT, which some do not let pass.
 */
static bool
ask_again(struct ukey_resolver *r, struct ukey_attempt *a)
{
	if (a->tcp)
		return true;
	a->plain = true;
	if (send_query(r, a, a->fd))
		return true;
	ukey_attempt_trouble(r, a);
	ukey_attempt_close(r, a);
	return false;
}

bool
ukey_attempt_next(struct ukey_resolver *r, struct ukey_lookup *l)
{
	unsigned most = ukey_lookup_tries(r);
	unsigned step = r->settings.deadline_ms / (most > 0 ? most : 1);
	struct ukey_attempt *a = &l->attempt[l->tries++ % r->conf.servers];

	if (step > r->try_ms)
		step = r->try_ms;
	if (!(a->fd >= 0 ? ask_again(r, a) : begin(r, a,
	    ukey_resolver_now(r) < r->plain_until[a->server])))
		return false;
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
		ukey_attempt_trouble(r, a);
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
	enum ukey_rcode rcode;
	ssize_t n;

	while ((n = receive(r, a)) >= 0) {
		packet.len = (size_t)n < sizeof(r->udp) ? (size_t)n :
		    sizeof(r->udp);
		rcode = ukey_attempt_error(a, packet);
		if (rcode != UKEY_RCODE_NOERROR) {
			ukey_lookup_error(r, a, rcode);
			return;
		}
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
