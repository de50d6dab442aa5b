/*
 * userkeys: the resolver while the system fails it: the n-th call, for every
 * n, gives the right answer or a temporary error, and nothing is left behind.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "faults.h"
#include "support_dns.h"
#include "ukey_random.h"
#include "ukey_resolver.h"

#define MOST 20000 /* faults of one kind, before the run must be through */

static char long_text[1500];
static const struct support_record records[] = {
	{ "a.example.org", "TXT", "short" },
	{ "long.example.org", "TXT", long_text },
	{ "alias.example.org", "CNAME", "a.example.org" },
	{ NULL, NULL, NULL }
};
static char server[64];
static pid_t child;

/* ---- a name server ------------------------------------------------------ */

/* Over UDP what is too long is truncated. */
static void
serve_udp(int fd)
{
	uint8_t query[512], packet[4096];
	struct ukey_view asked = { query, 0 };
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, query, sizeof(query), 0,
	    (struct sockaddr *)&from, &len);
	size_t size;

	if (n < 12)
		return;
	asked.len = (size_t)n;
	size = support_dns_answer(records, asked, packet, sizeof(packet));
	if (size > 512) {
		size = 12 + ukey_dns_query_name(asked).len + 4;
		packet[2] |= 2; /* TC */
		packet[6] = packet[7] = 0;
	}
	sendto(fd, packet, size, 0, (struct sockaddr *)&from, len);
}

static void
serve_tcp(int listener)
{
	uint8_t query[514], packet[4098];
	int fd = accept(listener, NULL, NULL);
	size_t size, have = 0, want = 2;
	ssize_t n;

	while (fd >= 0 && have < want && want <= sizeof(query)) {
		n = recv(fd, query + have, want - have, 0);
		if (n <= 0)
			break;
		have += (size_t)n;
		if (have == 2)
			want = 2 + (size_t)(query[0] << 8 | query[1]);
	}
	if (fd >= 0 && have == want) {
		size = support_dns_answer(records,
		    ukey_view_part((struct ukey_view) { query, have }, 2,
		    have), packet + 2, sizeof(packet) - 2);
		packet[0] = (uint8_t)(size >> 8);
		packet[1] = (uint8_t)size;
		send(fd, packet, size + 2, MSG_NOSIGNAL);
	}
	if (fd >= 0)
		close(fd);
}

static void
serve(int udp, int tcp)
{
	struct pollfd p[2] = { { .fd = udp, .events = POLLIN },
		{ .fd = tcp, .events = POLLIN } };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (poll(p, 2, -1) > 0) {
		if (p[0].revents != 0)
			serve_udp(udp);
		if (p[1].revents != 0)
			serve_tcp(tcp);
	}
	_exit(1);
}

static int
set_up(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int udp, tcp, tries;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (tries = 0; tries < 50; tries++) { /* one port for both */
		udp = socket(AF_INET, SOCK_DGRAM, 0);
		tcp = socket(AF_INET, SOCK_STREAM, 0);
		a.sin_port = 0;
		assert_int_equal(bind(tcp, (struct sockaddr *)&a, len), 0);
		getsockname(tcp, (struct sockaddr *)&a, &len);
		if (bind(udp, (struct sockaddr *)&a, len) == 0)
			break;
		close(udp);
		close(tcp);
	}
	assert_int_equal(listen(tcp, 16), 0);
	snprintf(server, sizeof(server), "127.0.0.1:%u",
	    (unsigned)ntohs(a.sin_port));
	child = fork();
	if (child == 0)
		serve(udp, tcp);
	close(udp);
	close(tcp);
	return child < 0;
}

static int
tear_down(void **state)
{
	(void)state;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return 0;
}

/* ---- one question, with a fault ----------------------------------------- */

struct outcome {
	bool made;   /* the resolver */
	enum ukey_reason reason;
	bool right;  /* the text that was asked for */
};

static struct outcome
ask(const char *name, const char *text)
{
	static struct ukey_fetch f;
	const struct ukey_resolver_settings settings = { .deadline_ms = 3000,
		.tries = 8, .try_ms = 150 };
	char err[UKEY_RESOLVER_ERROR_SIZE] = "";
	struct ukey_resolver *r = ukey_resolver_dns(server, &settings, NULL,
	    err, sizeof(err));
	struct outcome o = { .made = r != NULL };
	struct ukey_view v = { (const uint8_t *)name, strlen(name) };

	if (r == NULL) {
		assert_true(strlen(err) > 10);
		return o;
	}
	assert_int_equal(ukey_resolver_fetch(r, v, &f), UKEY_OK);
	o.reason = f.reason;
	if (f.reason == UKEY_REASON_OK && f.records == 1)
		o.right = f.record[0].text.len == strlen(text) &&
		    memcmp(f.record[0].text.data, text, strlen(text)) == 0;
	ukey_resolver_free(r);
	return o;
}

static bool
is_temporary(enum ukey_reason reason)
{
	return reason == UKEY_REASON_DNS_TIMEOUT ||
	    reason == UKEY_REASON_DNS_TRUNCATED ||
	    reason == UKEY_REASON_DNS_SERVFAIL;
}

/* The n-th call of CLASSES fails with ERR, for every n, until none does.
 * HARMLESS: the answer must be right all the same. */
static void
loop(const char *name, const char *text, unsigned classes, int err,
    bool harmless)
{
	unsigned n, hits = 1, blocks, descriptors;
	struct outcome o;

#ifdef FAULTS_NO_MEMORY
	if (classes == FAULTS_MEMORY)
		return;
#endif
	ask(name, text); /* what is loaded and kept the first time */
	for (n = 1; hits > 0 && n < MOST; n++) {
		blocks = faults_blocks();
		descriptors = faults_descriptors();
		faults_arm(classes, err, n);
		o = ask(name, text);
		hits = faults_disarm();
		if (o.made && !o.right && !is_temporary(o.reason))
			fail_msg("%s: call %u of %x, errno %d: %s", name, n,
			    classes, err, ukey_reason_word(o.reason));
		if (!o.right && (hits == 0 || harmless))
			fail_msg("%s: call %u of %x, errno %d: no answer",
			    name, n, classes, err);
		if (blocks != faults_blocks() ||
		    descriptors != faults_descriptors())
			fail_msg("%s: call %u of %x, errno %d: left behind: "
			    "%d blocks, %d descriptors", name, n, classes,
			    err, (int)(faults_blocks() - blocks),
			    (int)(faults_descriptors() - descriptors));
	}
	assert_int_equal(hits, 0);
	if (getenv("FAULTS_SHOW") != NULL)
		printf("%s: %x, errno %d: %u calls\n", name, classes, err,
		    n - 2);
	assert_true(n > 2 || err == EINTR || err == FAULTS_SHORT);
}

#define NAMES 3
static const char *const names[NAMES][2] = {
	{ "a.example.org", "short" },
	{ "long.example.org", long_text },
	{ "alias.example.org", "short" }
};

/* Calls that are cut short are not failures: nobody may see them. */
static void
test_interrupted(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < NAMES; i++) {
		loop(names[i][0], names[i][1], FAULTS_READ | FAULTS_WRITE |
		    FAULTS_WAIT | FAULTS_RANDOM, EINTR, true);
		loop(names[i][0], names[i][1], FAULTS_READ | FAULTS_WRITE |
		    FAULTS_RANDOM, FAULTS_SHORT, true);
	}
}

static void
test_no_room(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < NAMES; i++) {
		loop(names[i][0], names[i][1], FAULTS_OPEN, EMFILE, false);
		loop(names[i][0], names[i][1], FAULTS_OPEN, ENOMEM, false);
		loop(names[i][0], names[i][1], FAULTS_WATCH, ENOSPC, false);
		loop(names[i][0], names[i][1], FAULTS_MEMORY, ENOMEM, false);
		loop(names[i][0], names[i][1], FAULTS_WRITE, ENOBUFS, false);
	}
}

static void
test_no_network(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < NAMES; i++) {
		loop(names[i][0], names[i][1], FAULTS_NET, ENETUNREACH,
		    false);
		loop(names[i][0], names[i][1], FAULTS_READ, ECONNREFUSED,
		    false);
		loop(names[i][0], names[i][1], FAULTS_WRITE, EPIPE, false);
		loop(names[i][0], names[i][1], FAULTS_RANDOM, EIO, false);
	}
}

/* The same for good: no answer, in time, and no crash. */
static void
test_for_good(void **state)
{
	static const struct {
		unsigned classes;
		int err;
	} faults[] = {
		{ FAULTS_OPEN, EMFILE }, { FAULTS_MEMORY, ENOMEM },
		{ FAULTS_NET, ENETUNREACH }, { FAULTS_READ, EIO },
		{ FAULTS_WRITE, ENOBUFS }, { FAULTS_WATCH, ENOSPC }
	};
	unsigned i, n, hits;
	struct outcome o;

	(void)state;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		for (n = 1, hits = 1; hits > 0 && n < MOST; n++) {
			faults_arm(faults[i].classes | FAULTS_PERSIST,
			    faults[i].err, n);
			o = ask("long.example.org", long_text);
			hits = faults_disarm();
			assert_true(!o.made || o.right ||
			    is_temporary(o.reason));
		}
		assert_int_equal(hits, 0);
		assert_true(o.right);
	}
}

/*
 * Without its list of servers the resolver asks nobody, rather than whoever
 * listens on this host: only a system without the file has that default.
 */
static void
test_no_conf(void **state)
{
	char err[UKEY_RESOLVER_ERROR_SIZE] = "";
	struct ukey_resolver *r;

	(void)state;
	if (access("/etc/resolv.conf", R_OK) != 0)
		skip();
	faults_arm(FAULTS_OPEN, EMFILE, 2); /* 1: epoll */
	r = ukey_resolver_dns(NULL, NULL, NULL, err, sizeof(err));
	assert_int_equal(faults_disarm(), 1);
	assert_null(r);
	assert_non_null(strstr(err, "/etc/resolv.conf"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_no_network),
		cmocka_unit_test(test_for_good),
		cmocka_unit_test(test_no_conf),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
