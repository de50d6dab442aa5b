/*
 * userkeys-milter: the loop of one worker process.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "servers.h"
#include "ukey_ukd.h"
#include "worker.h"

#define EVENTS 64
#define TICK_MS 1000
#define TROUBLE_MS 60000 /* between two lines about name servers */

/* What epoll's data points to for descriptors that are no connection. */
static char is_listener, is_dns, is_servers, is_signal;

uint64_t
worker_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool
watch(struct worker *w, int fd, unsigned events, void *what)
{
	struct epoll_event e = { .events = events, .data.ptr = what };

	return epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

/* Descriptor of the signals that end a worker.  Those of the first process,
 * sent to all by their common name or from a terminal, pass it by. */
static int
open_signals(void)
{
	sigset_t set, others;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR2);
	others = set;
	sigaddset(&others, SIGHUP);
	sigaddset(&others, SIGINT);
	sigaddset(&others, SIGUSR1);
	sigprocmask(SIG_SETMASK, &others, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool
open_database(struct worker *w)
{
	struct ukey_ukd_settings s = { .path = w->conf->database,
		.key_file = w->conf->key_file[0] == '\0' ? NULL :
		w->conf->key_file, .flags = UKEY_UKD_READ_ONLY,
		.busy_ms = w->conf->busy_ms };
	char err[UKEY_UKD_ERROR_SIZE];

	if (w->conf->database[0] == '\0')
		return true;
	if (ukey_ukd_open(&w->ukd, &s, err, sizeof(err)) == UKEY_UKD_OK)
		return true;
	log_error("%s", err);
	return false;
}

static bool
open_all(struct worker *w, int signals)
{
	struct ukey_resolver_settings s = {
		.deadline_ms = w->conf->dns_timeout * 1000,
		.keep_servers = true };
	char err[UKEY_RESOLVER_ERROR_SIZE];
	const int *fd;

	w->dns = ukey_resolver_dns(w->conf->dns[0] == '\0' ? NULL :
	    w->conf->dns, &s, NULL, err, sizeof(err));
	if (w->dns == NULL) {
		log_error("%s", err);
		return false;
	}
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0 || signals < 0 ||
	    !watch(w, signals, EPOLLIN, &is_signal) ||
	    !watch(w, ukey_resolver_fd(w->dns), EPOLLIN, &is_dns)) {
		log_error("epoll: %s", strerror(errno));
		return false;
	}
	for (fd = w->listeners; *fd >= 0; fd++)
		if (!watch(w, *fd, EPOLLIN | EPOLLEXCLUSIVE, &is_listener)) {
			log_error("epoll: a listener cannot be watched: %s",
			    strerror(errno));
			return false;
		}
	return open_database(w);
}

/* Without descriptors or memory the next try waits for the next tick: a
 * listener that stays readable would keep the loop turning. */
static void
pause_listening(struct worker *w)
{
	const int *fd;

	log_error("no more connections for now: %s: raise LimitNOFILE or the "
	    "number of workers", strerror(errno));
	for (fd = w->listeners; *fd >= 0; fd++)
		(void)epoll_ctl(w->epoll, EPOLL_CTL_DEL, *fd, NULL);
	w->paused = true;
}

static void
resume_listening(struct worker *w)
{
	const int *fd;

	for (fd = w->listeners; !w->draining && *fd >= 0; fd++)
		if (!watch(w, *fd, EPOLLIN | EPOLLEXCLUSIVE, &is_listener) &&
		    errno != EEXIST)
			return; /* at the next tick */
	w->paused = false;
}

/* Takes one connection of each listener: the others are for the other
 * workers. */
static void
take_connections(struct worker *w)
{
	struct sockaddr_storage a;
	const int *listener;
	socklen_t len;
	int fd;

	for (listener = w->listeners; *listener >= 0; listener++) {
		len = sizeof(a);
		a.ss_family = AF_UNSPEC;
		fd = accept4(*listener, (struct sockaddr *)&a, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE ||
		    errno == ENOBUFS || errno == ENOMEM)) {
			pause_listening(w);
			return;
		}
		if (fd >= 0 && connection_new(w, fd,
		    a.ss_family == AF_UNIX) == NULL)
			close(fd);
	}
}

/* Hands out results; true if there were any. */
static bool
hand_out(struct worker *w)
{
	struct ukey_resolver_result result;
	struct connection *c;
	bool any = false;

	while (ukey_resolver_next(w->dns, &result)) {
		c = result.cookie;
		connection_answer(c, &result);
		if (c->bad)
			connection_free(c);
		any = true;
	}
	return any;
}

/* What the cache knows is there at once, without a look at the sockets. */
static void
take_answers(struct worker *w, bool sockets)
{
	if (!sockets && (ukey_resolver_wait(w->dns) != 0 || hand_out(w)))
		return;
	ukey_resolver_step(w->dns);
	(void)hand_out(w);
}

/* What is wrong with the file of servers, the first process said. */
static void
follow_servers(struct worker *w)
{
	char text[UKEY_RESOLVER_ERROR_SIZE];

	(void)ukey_resolver_trouble(w->dns, text, sizeof(text));
	if (w->servers >= 0 && w->conf->dns[0] == '\0')
		(void)watch(w, w->servers, EPOLLIN, &is_servers);
}

/* Other servers than before are asked from now on. */
static void
take_servers(struct worker *w)
{
	struct ukey_resolver_conf c;
	char text[UKEY_RESOLVER_ERROR_SIZE];
	bool over;

	while (servers_read(w->servers, &c, &over)) {
		ukey_resolver_use(w->dns, &c);
		/* What is wrong, the first process said. */
		(void)ukey_resolver_trouble(w->dns, text, sizeof(text));
	}
	if (over)
		(void)epoll_ctl(w->epoll, EPOLL_CTL_DEL, w->servers, NULL);
}

/* Says, now and then, which server cannot be asked. */
static void
say_trouble(struct worker *w, uint64_t now)
{
	char text[UKEY_RESOLVER_ERROR_SIZE];

	if (now < w->trouble_at ||
	    ukey_resolver_trouble(w->dns, text, sizeof(text)) == NULL)
		return;
	log_error("%s", text);
	w->trouble_at = now + TROUBLE_MS;
}

/* No new connections from now on. */
static void
drain(struct worker *w)
{
	const int *fd;

	for (fd = w->listeners; !w->draining && *fd >= 0; fd++)
		(void)epoll_ctl(w->epoll, EPOLL_CTL_DEL, *fd, NULL);
	w->draining = true;
}

/* False when the worker is to end. */
static bool
take_signals(struct worker *w, int fd)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGTERM)
			return false;
		drain(w);
	}
	return true;
}

static void
tick(struct worker *w)
{
	struct connection *c, *next;
	uint64_t now = worker_now();

	for (c = w->connections; c != NULL; c = next) {
		next = c->next;
		connection_tick(c, now);
		if (c->bad)
			connection_free(c);
	}
	if (w->paused)
		resume_listening(w);
	keys_tick(w, now);
	say_trouble(w, now);
}

/* One round of events; false when the worker is to end. */
static bool
turn(struct worker *w, int signals, int wait)
{
	struct epoll_event events[EVENTS];
	bool go_on = true, dns = wait == 0;
	int i, n = epoll_wait(w->epoll, events, EVENTS, wait);

	for (i = 0; i < n; i++) {
		if (events[i].data.ptr == &is_signal)
			go_on = take_signals(w, signals);
		else if (events[i].data.ptr == &is_listener)
			take_connections(w);
		else if (events[i].data.ptr == &is_dns)
			dns = true;
		else if (events[i].data.ptr == &is_servers)
			take_servers(w);
		else
			connection_ready(events[i].data.ptr,
			    events[i].events & (EPOLLIN | EPOLLHUP |
			    EPOLLERR), events[i].events & EPOLLOUT);
	}
	take_answers(w, dns);
	return go_on;
}

static void
run(struct worker *w, int signals)
{
	uint64_t next = worker_now() + TICK_MS;
	int wait;

	do {
		if (worker_now() >= next) {
			tick(w);
			next = worker_now() + TICK_MS;
		}
		wait = ukey_resolver_wait(w->dns);
		if (wait < 0 || wait > TICK_MS)
			wait = w->count > 0 || w->paused || keys_held(w) ?
			    TICK_MS : -1;
	} while (turn(w, signals, wait) && !(w->draining && w->count == 0));
}

int
worker_try(const struct conf *c)
{
	static struct worker worker;
	static const int no_listeners[] = { -1 };
	int signals = open_signals();

	worker.conf = c;
	worker.listeners = no_listeners;
	worker.servers = -1;
	return open_all(&worker, signals) ? 0 : 1;
}

int
worker_run(const struct conf *c, const int *listeners)
{
	static struct worker worker; /* one a process, and a large one */
	struct worker *w = &worker;
	int signals = open_signals();

	w->conf = c;
	w->listeners = listeners;
	w->servers = servers_take();
	if (!open_all(w, signals))
		return 1;
	follow_servers(w);
	if (!c->no_sandbox)
		worker_confine(w);
	run(w, signals);
	while (w->connections != NULL)
		connection_free(w->connections);
	message_spares_free(w);
	keys_forget(w);
	ukey_ukd_close(w->ukd);
	ukey_resolver_free(w->dns);
	close(w->epoll);
	close(signals);
	return 0;
}
