/*
 * userkeys-milter: what is sent to the MTA.  SPDX-License-Identifier: MIT
 *
 * All of a message's changes and its reply go out in one write; what the
 * socket does not take waits, and so does the reading.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "worker.h"

/* What epoll is to say of C. */
static void
watch(struct connection *c)
{
	bool reading = c->output_len == 0;
	struct epoll_event e = { .events = reading ? EPOLLIN : EPOLLOUT,
		.data.ptr = c };

	if (reading == c->reading)
		return;
	c->reading = reading;
	if (epoll_ctl(c->worker->epoll, EPOLL_CTL_MOD, c->fd, &e) != 0)
		c->bad = true;
}

/* Sends from DATA; how much the socket took. */
static size_t
send_some(struct connection *c, const uint8_t *data, size_t len)
{
	size_t sent = 0;
	ssize_t n;

	while (sent < len) {
		n = send(c->fd, data + sent, len - sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n <= 0) {
			c->bad = true;
			break;
		}
		sent += (size_t)n;
	}
	return sent;
}

void
output_flush(struct connection *c)
{
	c->output_sent += send_some(c, c->output + c->output_sent,
	    c->output_len - c->output_sent);
	if (c->output_sent == c->output_len) {
		free(c->output);
		c->output = NULL;
		c->output_len = c->output_sent = 0;
	}
	watch(c);
}

void
output_send(struct connection *c, const struct ukey_out *out)
{
	struct ukey_view rest = ukey_out_done(out);
	uint8_t *more;
	size_t sent = 0;

	if (out->overflow)
		c->bad = true;
	if (c->bad || rest.len == 0)
		return;
	if (c->output_len == 0)
		sent = send_some(c, rest.data, rest.len);
	rest = ukey_view_part(rest, sent, rest.len);
	if (rest.len == 0 || c->bad)
		return;
	more = c->output_len + rest.len > OUTPUT_MAX ? NULL :
	    realloc(c->output, c->output_len + rest.len);
	if (more == NULL) {
		c->bad = true;
		return;
	}
	c->output = more;
	memcpy(more + c->output_len, rest.data, rest.len);
	c->output_len += rest.len;
	watch(c);
}

void
output_reply(struct connection *c, uint8_t reply)
{
	uint8_t octets[8];
	struct ukey_out out;

	ukey_out_init(&out, octets, sizeof(octets));
	(void)ukey_milter_write_reply(&out, reply);
	output_send(c, &out);
}
