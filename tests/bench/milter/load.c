/*
 * load: drives a milter with many connections at once, one message each, and
 * says how fast it was.  SPDX-License-Identifier: MIT
 *
 * It prints "messages bad seconds p50-us p99-us".  With -p all connections
 * are held: after CONNECT, in the middle of the body, at the end; at each
 * place a line is printed, and one is read before it goes on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define CLIENTS 1024
#define INPUT 32768
#define BATCH 256    /* packets of one write */
#define EVENTS 64
#define LEADSPC 0x100000u
#define SILENCE_MS 20000

struct client {
	int fd;
	unsigned step;      /* the next one */
	bool negotiated, waiting, found;
	uint32_t protocol;
	uint64_t start;     /* ns */
	size_t have;
	uint8_t input[INPUT];
};

static struct {
	struct script script;
	const char *where, *want;
	unsigned connections, limit; /* LIMIT: the step to park at */
	unsigned long messages;      /* still to be begun */
	uint64_t until;              /* ns; none is begun later */
	bool park;
	int epoll;
	unsigned open, parked;
	unsigned long done, bad;
	uint32_t *sample;            /* us */
	struct client client[CLIENTS];
} load;

void
load_fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int
load_connect(const char *where)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	bool local = strncmp(where, "unix:", 5) == 0;
	int on = 1, fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM |
	    SOCK_CLOEXEC, 0);
	int status;

	if (local) {
		snprintf(a.sun_path, sizeof(a.sun_path), "%s", where + 5);
		status = connect(fd, (struct sockaddr *)&a, sizeof(a));
	} else {
		in.sin_port = htons((uint16_t)strtoul(where + 5, NULL, 10));
		status = connect(fd, (struct sockaddr *)&in, sizeof(in));
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
		    sizeof(on));
	}
	if (status != 0)
		load_fail(where);
	return fd;
}

/* All of IOV, waiting where the socket is full. */
static void
write_all(struct client *c, struct iovec *iov, int count)
{
	struct pollfd p = { .fd = c->fd, .events = POLLOUT };
	ssize_t n;

	while (count > 0) {
		n = writev(c->fd, iov, count);
		if (n < 0 && errno == EAGAIN && poll(&p, 1, SILENCE_MS) == 1)
			continue;
		if (n < 0)
			load_fail("write");
		for (; count > 0 && (size_t)n >= iov->iov_len; iov++, count--)
			n -= (ssize_t)iov->iov_len;
		if (count > 0) {
			iov->iov_base = (uint8_t *)iov->iov_base + n;
			iov->iov_len -= (size_t)n;
		}
	}
}

/* Sends all up to the next packet that is answered, or to the limit. */
static void
go_on(struct client *c)
{
	struct iovec iov[BATCH];
	const struct step *s;
	int n = 0;

	while (!c->waiting && c->step < load.limit) {
		s = &load.script.step[c->step++];
		if (s->skip & c->protocol)
			continue;
		iov[n].iov_base = load.script.octets + s->offset;
		iov[n++].iov_len = s->len;
		c->waiting = s->reply && !(s->quiet & c->protocol);
		if (n == BATCH || c->waiting || c->step == load.limit) {
			write_all(c, iov, n);
			n = 0;
		}
	}
	if (n > 0)
		write_all(c, iov, n);
	if (!c->waiting)
		load.parked++;
}

static void
begin(struct client *c)
{
	static uint8_t offer[17] = { 0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 1,
		0xff, 0, 0x1f, 0xff, 0xff };
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
	struct iovec iov = { offer, sizeof(offer) };

	c->start = now();
	c->fd = load_connect(load.where);
	c->step = 0;
	c->have = 0;
	c->negotiated = c->found = false;
	c->waiting = true;
	if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &e) != 0)
		load_fail("epoll");
	load.messages--;
	load.open++;
	write_all(c, &iov, 1);
}

static void
finish(struct client *c, bool good)
{
	static uint8_t quit[5] = { 0, 0, 0, 1, 'Q' };
	struct iovec iov = { quit, sizeof(quit) };

	load.sample[load.done++] = (uint32_t)((now() - c->start) / 1000);
	if (!good || !c->found)
		load.bad++;
	write_all(c, &iov, 1);
	close(c->fd);
	c->fd = -1;
	load.open--;
	if (load.messages > 0 && now() < load.until)
		begin(c);
}

/* One packet of the filter; false when the message is over. */
static bool
take(struct client *c, const uint8_t *p, size_t len)
{
	if (p[0] == 'O' && len >= 13) {
		c->protocol = (uint32_t)p[9] << 24 | (uint32_t)p[10] << 16 |
		    (uint32_t)p[11] << 8 | p[12];
		if (!(c->protocol & LEADSPC))
			load_fail("the filter does not take HDR_LEADSPC");
		c->negotiated = true;
		c->waiting = false;
		return true;
	}
	if (strchr("him", p[0]) != NULL) {
		c->found |= memmem(p, len, load.want, strlen(load.want)) !=
		    NULL;
		return true;
	}
	if (strchr("pq+-b", p[0]) != NULL)
		return true;
	c->waiting = false;
	if (p[0] == 'c' && c->step < load.script.steps)
		return true;
	finish(c, p[0] == 'c' || p[0] == 'a');
	return false;
}

static void
receive(struct client *c)
{
	ssize_t n = recv(c->fd, c->input + c->have, INPUT - c->have,
	    MSG_DONTWAIT);
	size_t at = 0, len;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		finish(c, false);
		return;
	}
	c->have += (size_t)n;
	while (c->have - at > 4) {
		len = (size_t)c->input[at + 2] << 8 | c->input[at + 3];
		if (c->have - at - 4 < len)
			break;
		if (!take(c, c->input + at + 4, len))
			return;
		at += 4 + len;
	}
	c->have -= at;
	memmove(c->input, c->input + at, c->have);
	if (!c->waiting)
		go_on(c);
}

/* Runs until all messages are done, or all are parked at LIMIT. */
static void
run_to(unsigned limit)
{
	struct epoll_event events[EVENTS];
	unsigned i;
	int k, n;

	load.limit = limit;
	load.parked = 0;
	for (i = 0; i < load.connections; i++)
		if (load.client[i].fd < 0 && load.messages > 0)
			begin(&load.client[i]);
		else if (load.client[i].fd >= 0)
			go_on(&load.client[i]);
	while (load.open > load.parked) {
		n = epoll_wait(load.epoll, events, EVENTS, SILENCE_MS);
		if (n <= 0)
			load_fail("the filter is silent");
		for (k = 0; k < n; k++)
			receive(events[k].data.ptr);
	}
}

static void
park(const char *place, unsigned limit)
{
	char line[16];

	run_to(limit);
	puts(place);
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(1);
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
take_options(int argc, char **argv)
{
	struct envelope e = { "mx.example.net", NULL, "alice@example.org" };
	unsigned long seconds = 3600;
	int o;

	load.connections = 1;
	load.messages = 1;
	load.want = "";
	while ((o = getopt(argc, argv, "c:n:s:w:d:l:f:p")) != -1) {
		if (o == 'c')
			load.connections = (unsigned)strtoul(optarg, NULL, 10);
		else if (o == 'n')
			load.messages = strtoul(optarg, NULL, 10);
		else if (o == 's')
			seconds = strtoul(optarg, NULL, 10);
		else if (o == 'w')
			load.want = optarg;
		else if (o == 'd')
			e.daemon = optarg;
		else if (o == 'l')
			e.login = optarg;
		else if (o == 'f')
			e.from = optarg;
		else
			load.park = true;
	}
	if (argc != optind + 2 || load.connections > CLIENTS) {
		fputs("usage: load [-c connections] [-n messages] [-s "
		    "seconds] [-w text in the changes]\n    [-d daemon] [-l "
		    "login] [-f from] [-p] WHERE MESSAGE\n", stderr);
		exit(64);
	}
	load.where = argv[optind];
	script_build(&load.script, argv[optind + 1], &e);
	load.until = now() + seconds * 1000000000;
}

int
main(int argc, char **argv)
{
	uint64_t start;
	unsigned i;

	take_options(argc, argv);
	for (i = 0; i < CLIENTS; i++)
		load.client[i].fd = -1;
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	load.sample = calloc(load.messages, sizeof(load.sample[0]));
	if (load.sample == NULL)
		load_fail("out of memory");
	start = now();
	if (load.park) {
		park("rest", load.script.rest);
		park("body", load.script.body);
	}
	run_to(load.script.steps);
	start = now() - start;
	qsort(load.sample, load.done, sizeof(load.sample[0]), compare);
	printf("%lu %lu %.3f %u %u\n", load.done, load.bad,
	    (double)start / 1e9, load.sample[load.done / 2],
	    load.sample[load.done * 99 / 100]);
	return 0;
}
