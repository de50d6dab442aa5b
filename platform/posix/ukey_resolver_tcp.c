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
	const struct ukey_server *server = &r->conf.server[a->server];
	int fd;

	fd = socket(server->addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (fd < 0) {
		ukey_attempt_trouble(r, a);
		return false;
	}
	if (connect(fd, &server->addr.any, server->len) != 0 &&
	    errno != EINPROGRESS) {
		ukey_attempt_trouble(r, a);
		close(fd);
		return false;
	}
	if (!ukey_attempt_take(r, a, fd, EPOLLIN | EPOLLOUT))
		return false;
	a->tcp = true;
	a->edns |= !a->plain;
	a->sent = a->frame.have = 0;
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
	if (n < 0)
		ukey_attempt_trouble(r, a);
	give_up(r, a);
	return true;
}

/* Sends what is left of length and query; false while that is not done. */
static bool
send_query(struct ukey_resolver *r, struct ukey_attempt *a)
{
	uint8_t octets[2 + UKEY_DNS_QUERY_MAX];
	size_t len = ukey_attempt_query(r, a, octets + 2);
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = a };
	ssize_t n;

	octets[0] = (uint8_t)(len >> 8);
	octets[1] = (uint8_t)len;
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
	uint8_t *room;
	size_t len;
	ssize_t n;

	while ((room = ukey_frame_room(&a->frame, &len)) != NULL && len > 0) {
		n = recv(a->fd, room, len, 0);
		if (later(r, a, n))
			return false;
		a->frame.have += (size_t)n;
	}
	if (room == NULL)
		give_up(r, a);
	return room != NULL;
}

void
ukey_attempt_tcp_ready(struct ukey_resolver *r, struct ukey_attempt *a)
{
	struct ukey_view packet;
	enum ukey_rcode rcode;
	uint8_t *octets;

	if (!send_query(r, a) || !read_packet(r, a))
		return;
	octets = a->frame.packet;
	a->frame.packet = NULL; /* it outlives the attempt */
	packet = (struct ukey_view) { octets, a->frame.size };
	rcode = ukey_attempt_error(a, packet);
	if (rcode != UKEY_RCODE_NOERROR)
		ukey_lookup_error(r, a, rcode);
	else if (ukey_attempt_matches(r, a, packet))
		ukey_lookup_packet(r, a, packet);
	else
		give_up(r, a);
	free(octets);
}
