/*
 * userkeys: for tests of the resolver: a name server in the same process.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_server.h"

uint64_t support_now = 1;

static uint64_t
tell(void *state)
{
	(void)state;
	return support_now;
}

int
support_server_open(char *name, size_t size)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	getsockname(fd, (struct sockaddr *)&a, &len);
	snprintf(name, size, "127.0.0.1:%u", (unsigned)ntohs(a.sin_port));
	return fd;
}

bool
support_server_take(int fd, struct support_query *q)
{
	socklen_t len = sizeof(q->from);
	ssize_t n = recvfrom(fd, q->octets, sizeof(q->octets), 0,
	    (struct sockaddr *)&q->from, &len);

	if (n < 17)
		return false;
	q->len = (size_t)n;
	snprintf(q->label, sizeof(q->label), "%.*s", q->octets[12],
	    (const char *)q->octets + 13);
	return true;
}

bool
support_query_has_opt(const struct support_query *q)
{
	return q->octets[11] != 0;
}

size_t
support_query_end(const struct support_query *q)
{
	return 12 + ukey_dns_query_name((struct ukey_view) { q->octets,
	    q->len }).len + 4;
}

void
support_server_put(int fd, const struct support_query *q,
    const uint8_t *packet, size_t len)
{
	assert_int_equal(sendto(fd, packet, len, 0,
	    (const struct sockaddr *)&q->from, sizeof(q->from)),
	    (ssize_t)len);
}

void
support_server_answer(int fd, const struct support_query *q,
    uint8_t type, struct ukey_view rdata)
{
	uint8_t packet[600] = { 0 }, *p;
	size_t end = support_query_end(q);

	memcpy(packet, q->octets, end);
	memcpy(packet + 2, "\x81\x80\0\1\0\1\0\0\0\0", 10);
	p = packet + end;
	memcpy(p, "\xC0\x0C\0\0\0\1\0\0\0\74\0\0", 12);
	p[3] = type;
	p[11] = (uint8_t)rdata.len;
	memcpy(p + 12, rdata.data, rdata.len);
	support_server_put(fd, q, packet, end + 12 + rdata.len);
}

void
support_server_text(int fd, const struct support_query *q)
{
	support_server_answer(fd, q, 16, UKEY_VIEW("\4text"));
}

unsigned
support_server_drop(int fd)
{
	struct support_query q;
	unsigned n = 0;

	while (support_server_take(fd, &q))
		n++;
	return n;
}

struct ukey_resolver *
support_resolver(const char *servers, unsigned sockets, unsigned share)
{
	const struct ukey_resolver_settings settings = { .clock = tell,
		.deadline_ms = SUPPORT_DEADLINE, .sockets = sockets,
		.share = share, .no_cache = true };
	char err[UKEY_RESOLVER_ERROR_SIZE];
	struct ukey_resolver *r = ukey_resolver_dns(servers, &settings, NULL,
	    err, sizeof(err));

	assert_non_null(r);
	return r;
}

void
support_ask(struct ukey_resolver *r, const char *label, void *cookie,
    unsigned id)
{
	uint8_t octets[UKEY_DNS_QUERY_MAX], wire[UKEY_DNS_NAME_MAX];
	struct ukey_out query, name;
	char text[128];
	struct ukey_view dotted = { (const uint8_t *)text, 0 };

	dotted.len = (size_t)snprintf(text, sizeof(text), "%s.example.org",
	    label);
	ukey_out_init(&name, wire, sizeof(wire));
	assert_true(ukey_dns_name_from_text(&name, dotted));
	ukey_out_init(&query, octets, sizeof(octets));
	ukey_dns_query_write(&query, 7, ukey_out_done(&name));
	assert_int_equal(ukey_resolver_ask(r, ukey_out_done(&query), cookie,
	    id, 10 * SUPPORT_DEADLINE), UKEY_OK);
}

void
support_turn(struct ukey_resolver *r)
{
	unsigned i = 0;

	do { /* a result that waits is not taken here */
		ukey_resolver_step(r);
	} while (ukey_resolver_wait(r) == 0 && ++i < 50);
}

struct support_tally
support_tally(struct ukey_resolver *r, const void *cookie)
{
	struct ukey_resolver_result result;
	struct support_tally t = { 0, 0, 0 };

	while (ukey_resolver_next(r, &result)) {
		if (result.cookie != cookie)
			t.others++;
		else
			t.own++;
		if (result.cookie == cookie && result.packet.len > 0)
			t.own_good++;
	}
	return t;
}

unsigned
support_server_only(int fd, const char *prefix)
{
	struct support_query q;
	unsigned n = 0;

	while (support_server_take(fd, &q))
		if (strncmp(q.label, prefix, strlen(prefix)) == 0) {
			support_server_text(fd, &q);
			n++;
		}
	return n;
}
