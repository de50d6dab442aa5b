/*
 * userkeys: a milter's connection for its harness: the milter as it is, but
 * for its loop, on a socket pair.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "help_connection.h"
#include "help_real.h"
#include "log.h"
#include "ukey_ukd.h"
#include "worker.h"

#define SETTINGS "listen = unix:/s\nauthserv-id = mx.example.net\n" \
	"advice = reject\nlocal-mail = sign\nbody-notice = yes\n"
#define ZONE "alice.userkeys.example.org. 60 IN TXT \"v=DKIM1; uk=reject\"\n"

#define DATABASE "userkeys-ukd-1\tsealed\n" \
	"address\talice@example.org\t0\t0\t0\t0\n" \
	"login\talice\talice@example.org\nend\t2\n"

static struct worker worker;
static struct ukey_ukd *database;

/* In place of the loop's: no clock. */
uint64_t
worker_now(void)
{
	return 0;
}

static struct ukey_resolver *
open_zone(void)
{
	char path[] = "/tmp/connection-fuzz-XXXXXX";
	char err[UKEY_RESOLVER_ERROR_SIZE];
	struct ukey_resolver *dns;
	int fd = mkstemp(path);

	MUST(fd >= 0 && write(fd, ZONE, strlen(ZONE)) == (ssize_t)strlen(ZONE));
	dns = ukey_resolver_zone(path, NULL, err, sizeof(err));
	MUST(dns != NULL && close(fd) == 0 && unlink(path) == 0);
	return dns;
}

static void
start(void)
{
	static struct conf conf;
	char err[CONF_ERROR_SIZE];

	MUST(log_open(false));
	setlogmask(LOG_MASK(LOG_EMERG));
	conf_init(&conf);
	MUST(conf_parse(&conf, "fuzz", SETTINGS, strlen(SETTINGS), err));
	database = real_ukd();
	MUST(real_restore(database, UKEY_VIEW(DATABASE)) &&
	    ukey_ukd_end(database, UKEY_UKD_OK) == UKEY_UKD_OK);
	worker.conf = &conf;
	worker.epoll = epoll_create1(EPOLL_CLOEXEC);
	worker.dns = open_zone();
	MUST(worker.epoll >= 0);
}

/* Adds what is to be read from FD to SAID. */
static void
hear(int fd, struct said *said)
{
	static uint8_t octets[65536];
	ssize_t n;

	while ((n = recv(fd, octets, sizeof(octets), MSG_DONTWAIT)) > 0) {
		said->data = realloc(said->data, said->len + (size_t)n);
		MUST(said->data != NULL);
		memcpy(said->data + said->len, octets, (size_t)n);
		said->len += (size_t)n;
	}
}

/* What the loop does after an event. */
static void
turn(int fd, struct said *said)
{
	struct ukey_resolver_result r;
	struct connection *c;

	ukey_resolver_step(worker.dns);
	while (ukey_resolver_next(worker.dns, &r)) {
		c = r.cookie;
		connection_answer(c, &r);
		if (c->bad)
			connection_free(c);
	}
	hear(fd, said);
	if (worker.count > 0 && worker.connections->output != NULL)
		connection_ready(worker.connections, false, true);
	hear(fd, said);
}

struct said
connection_talk(struct ukey_view in, unsigned flags, uint8_t cuts)
{
	struct said said = { NULL, 0 };
	struct connection *c;
	struct ukey_view part;
	int fd[2];

	if (worker.conf == NULL)
		start();
	worker.ukd = flags & WITH_DATABASE ? database : NULL;
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == 0);
	c = connection_new(&worker, fd[1], flags & BY_UNIX_SOCKET);
	MUST(c != NULL);
	while (in.len > 0 && worker.count > 0) {
		part = ukey_view_take(&in, cuts != 0 ? piece_len(in, &cuts) :
		    in.len < 32768 ? in.len : 32768);
		MUST(send(fd[0], part.data, part.len, 0) ==
		    (ssize_t)part.len);
		connection_ready(c, true, false);
		turn(fd[0], &said);
	}
	if (worker.count > 0)
		connection_free(c);
	close(fd[0]);
	return said;
}

/* A line end in TEXT is part of a fold. */
static bool
is_value(struct ukey_view text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.data[i] == '\r' || (text.data[i] == '\n' &&
		    (i + 1 == text.len || !ukey_is_wsp(text.data[i + 1]))))
			return false;
	return true;
}

/* INDEX, NAME and VALUE; an empty value deletes. */
static bool
is_change(struct ukey_view text)
{
	struct ukey_view name;

	ukey_view_skip(&text, text.len < 4 ? text.len : 4);
	name = ukey_view_cut(&text, 0);
	return (ukey_view_equal(name, UKEY_VIEW("DKIM-Signature")) ||
	    ukey_view_equal(name, UKEY_VIEW("Authentication-Results"))) &&
	    text.len > 0 && is_value(ukey_view_cut(&text, 0)) &&
	    text.len == 0;
}

/* Three words, then at the most a step and the macros that it wants. */
static bool
is_options(struct ukey_view text)
{
	struct ukey_view macros = ukey_view_part(text, 16, text.len);

	return text.len == 12 || (macros.len > 1 && ukey_view_find(macros,
	    0) == macros.len - 1);
}

unsigned
connection_sound(struct ukey_view packets)
{
	struct ukey_view text;
	unsigned n = 0;
	size_t len;

	for (; packets.len > 0; n++) {
		MUST(packets.len > 4);
		len = (size_t)packets.data[0] << 24 |
		    (size_t)packets.data[1] << 16 |
		    (size_t)packets.data[2] << 8 | packets.data[3];
		MUST(len > 0 && len <= packets.len - 4);
		ukey_view_skip(&packets, 4);
		text = ukey_view_take(&packets, len);
		switch (take(&text)) {
		case 'i':
		case 'm':
			MUST(is_change(text));
			break;
		case 'y':
			MUST(text.len > 4 && is_value(ukey_view_part(text, 0,
			    text.len - 1)) && text.data[text.len - 1] == 0);
			break;
		case 'O':
			MUST(is_options(text));
			break;
		case 'b':
			break;
		default:
			MUST(text.len == 0);
		}
	}
	return n;
}
