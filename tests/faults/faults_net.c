/*
 * userkeys: the n-th call of the system fails: sockets, waiting, processes.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS /* both spellings of a call are defined here */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "faults.h"

/* Half a datagram is no short write: only streams come in pieces. */
static bool
stream(int fd)
{
	socklen_t len = sizeof(int);
	int type = 0;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    type == SOCK_STREAM;
}

ssize_t
recv(int fd, void *data, size_t size, int flags)
{
	static ssize_t (*next)(int, void *, size_t, int);

	if (next == NULL)
		faults_next(&next, "recv");
	if (faults_strike(FAULTS_READ, stream(fd) ? &size : NULL))
		return -1;
	return next(fd, data, size, flags);
}

ssize_t
send(int fd, const void *data, size_t size, int flags)
{
	static ssize_t (*next)(int, const void *, size_t, int);

	if (next == NULL)
		faults_next(&next, "send");
	if (faults_strike(FAULTS_WRITE, stream(fd) ? &size : NULL))
		return -1;
	return next(fd, data, size, flags);
}

int
socket(int domain, int type, int protocol)
{
	static int (*next)(int, int, int);

	if (next == NULL)
		faults_next(&next, "socket");
	if (faults_strike(FAULTS_OPEN, NULL))
		return -1;
	return next(domain, type, protocol);
}

int
accept4(int fd, struct sockaddr *from, socklen_t *len, int flags)
{
	static int (*next)(int, struct sockaddr *, socklen_t *, int);

	if (next == NULL)
		faults_next(&next, "accept4");
	if (faults_strike(FAULTS_OPEN, NULL))
		return -1;
	return next(fd, from, len, flags);
}

int
epoll_create1(int flags)
{
	static int (*next)(int);

	if (next == NULL)
		faults_next(&next, "epoll_create1");
	if (faults_strike(FAULTS_OPEN, NULL))
		return -1;
	return next(flags);
}

int
signalfd(int fd, const sigset_t *set, int flags)
{
	static int (*next)(int, const sigset_t *, int);

	if (next == NULL)
		faults_next(&next, "signalfd");
	if (faults_strike(FAULTS_OPEN, NULL))
		return -1;
	return next(fd, set, flags);
}

int
connect(int fd, const struct sockaddr *to, socklen_t len)
{
	static int (*next)(int, const struct sockaddr *, socklen_t);

	if (next == NULL)
		faults_next(&next, "connect");
	if (faults_strike(FAULTS_NET, NULL))
		return -1;
	return next(fd, to, len);
}

int
bind(int fd, const struct sockaddr *to, socklen_t len)
{
	static int (*next)(int, const struct sockaddr *, socklen_t);

	if (next == NULL)
		faults_next(&next, "bind");
	if (faults_strike(FAULTS_NET, NULL))
		return -1;
	return next(fd, to, len);
}

int
listen(int fd, int backlog)
{
	static int (*next)(int, int);

	if (next == NULL)
		faults_next(&next, "listen");
	if (faults_strike(FAULTS_NET, NULL))
		return -1;
	return next(fd, backlog);
}

int
epoll_wait(int fd, struct epoll_event *events, int most, int ms)
{
	static int (*next)(int, struct epoll_event *, int, int);

	if (next == NULL)
		faults_next(&next, "epoll_wait");
	if (faults_strike(FAULTS_WAIT, NULL))
		return -1;
	return next(fd, events, most, ms);
}

int
poll(struct pollfd *fds, nfds_t n, int ms)
{
	static int (*next)(struct pollfd *, nfds_t, int);

	if (next == NULL)
		faults_next(&next, "poll");
	if (faults_strike(FAULTS_WAIT, NULL))
		return -1;
	return next(fds, n, ms);
}

int
epoll_ctl(int epoll, int what, int fd, struct epoll_event *event)
{
	static int (*next)(int, int, int, struct epoll_event *);

	if (next == NULL)
		faults_next(&next, "epoll_ctl");
	if (faults_strike(FAULTS_WATCH, NULL))
		return -1;
	return next(epoll, what, fd, event);
}

ssize_t
getrandom(void *data, size_t size, unsigned flags)
{
	static ssize_t (*next)(void *, size_t, unsigned);

	if (next == NULL)
		faults_next(&next, "getrandom");
	if (faults_strike(FAULTS_RANDOM, &size))
		return -1;
	return next(data, size, flags);
}

pid_t
fork(void)
{
	static pid_t (*next)(void);

	if (next == NULL)
		faults_next(&next, "fork");
	if (faults_strike(FAULTS_FORK, NULL))
		return -1;
	return next();
}
