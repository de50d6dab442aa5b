/*
 * userkeys: one attempt of the resolver over TCP (RFC 1035 4.2.2, RFC 7766).
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "ukey_resolver_parts.h"

bool
ukey_attempt_tcp(struct ukey_resolver *r, struct ukey_attempt *a)
{
	const struct ukey_server *server = &r->server[a->server];
	int fd;

	fd = socket(server->addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	if ((connect(fd, &server->addr.any, server->len) != 0 &&
	    errno != EINPROGRESS) ||
	    !ukey_attempt_watch(r, a, fd, EPOLLIN | EPOLLOUT)) {
		close(fd);
		return false;
	}
	close(a->fd);
	a->fd = fd;
	a->tcp = true;
	a->sent = a->have = a->size = 0;
	return true;
}

/* Gives A up: the next attempt begins now. */
static void
give_up(struct ukey_resolver *r, struct ukey_attempt *a)
{
	ukey_attempt_close(r, a);
	a->lookup->next_try = ukey_resolver_now(r);
}

/* Whether the call that gave N is to be tried later; ends A if it failed. */
static bool
later(struct ukey_resolver *r, struct ukey_attempt *a, ssize_t n)
{
	if (n > 0)
		return false;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK ||
	    errno == EINTR))
		return true;
	give_up(r, a);
	return true;
}

/* Sends what is left of length and query; false while that is not done. */
static bool
send_query(struct ukey_resolver *r, struct ukey_attempt *a)
{
	uint8_t octets[2 + UKEY_DNS_QUERY_MAX];
	size_t len = a->lookup->query_len;
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = a };
	ssize_t n;

	octets[0] = (uint8_t)(len >> 8);
	octets[1] = (uint8_t)len;
	ukey_attempt_query(r, a, octets + 2);
	while (a->sent < len + 2) {
		n = send(a->fd, octets + a->sent, len + 2 - a->sent,
		    MSG_NOSIGNAL);
		if (later(r, a, n))
			return false;
		a->sent += (size_t)n;
		if (a->sent == len + 2)
			(void)epoll_ctl(r->epoll, EPOLL_CTL_MOD, a->fd, &e);
	}
	return true;
}

/* Reads the length, then the packet; true when it is whole. */
static bool
read_packet(struct ukey_resolver *r, struct ukey_attempt *a)
{
	ssize_t n;

	while (a->have < 2) {
		n = recv(a->fd, a->head + a->have, 2 - a->have, 0);
		if (later(r, a, n))
			return false;
		a->have += (size_t)n;
	}
	if (a->packet == NULL) {
		a->size = (size_t)(a->head[0] << 8 | a->head[1]);
		a->packet = malloc(a->size + 1);
		if (a->packet == NULL) {
			give_up(r, a);
			return false;
		}
	}
	while (a->have - 2 < a->size) {
		n = recv(a->fd, a->packet + (a->have - 2),
		    a->size - (a->have - 2), 0);
		if (later(r, a, n))
			return false;
		a->have += (size_t)n;
	}
	return true;
}

void
ukey_attempt_tcp_ready(struct ukey_resolver *r, struct ukey_attempt *a)
{
	uint8_t query[UKEY_DNS_QUERY_MAX], *octets;
	struct ukey_view packet;

	if (!send_query(r, a) || !read_packet(r, a))
		return;
	ukey_attempt_query(r, a, query);
	packet = (struct ukey_view) { a->packet, a->size };
	if (!ukey_dns_match(packet, (struct ukey_view) { query,
	    a->lookup->query_len })) {
		give_up(r, a);
		return;
	}
	octets = a->packet;
	a->packet = NULL; /* it outlives the attempt */
	ukey_lookup_packet(r, a, packet);
	free(octets);
}
