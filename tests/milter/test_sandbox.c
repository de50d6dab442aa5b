/*
 * userkeys: tests of the sandbox: what it leaves, and what it takes.
 * SPDX-License-Identifier: MIT
 *
 * Each case runs in a child that enters the sandbox; its exit status is the
 * errno of what it tried.  What this kernel does not hold is not tested, and
 * said.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ukey_sandbox.h"

#define NOT_HELD 255

static struct {
	char folder[64], read_only[64], other[64];
	int listener, port, other_port;
} bed;

/* The errno of what is tried; 0: it went well. */
typedef int attempt(void);

static int
result(int status)
{
	return status < 0 ? errno : 0;
}

/* A path below FOLDER; in static memory. */
static const char *
below(const char *folder, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int
close_if(int fd)
{
	int error = result(fd);

	if (fd >= 0)
		close(fd);
	return error;
}

static int
make_file(void)
{
	return close_if(open(below(bed.folder, "new"), O_CREAT | O_RDWR |
	    O_TRUNC, 0600));
}

static int
remove_file(void)
{
	return result(unlink(below(bed.folder, "new")));
}

static int
nameless_file(void)
{
	return close_if(open(bed.folder, O_TMPFILE | O_RDWR, 0600));
}

static int
read_file(void)
{
	return close_if(open(below(bed.read_only, "file"), O_RDONLY));
}

static int
write_read_only(void)
{
	return close_if(open(below(bed.read_only, "file"), O_WRONLY));
}

static int
make_in_read_only(void)
{
	return close_if(open(below(bed.read_only, "x"), O_CREAT | O_WRONLY,
	    0600));
}

static int
read_other(void)
{
	return close_if(open(below(bed.other, "file"), O_RDONLY));
}

static int
make_folder(void)
{
	return result(mkdirat(AT_FDCWD, below(bed.folder, "sub"), 0700));
}

static int
dial(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(
		(uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0), error = result(fd);

	if (fd < 0)
		return error;
	error = result(connect(fd, (struct sockaddr *)&a, sizeof(a)));
	close(fd);
	return error;
}

static int
dial_allowed(void)
{
	return dial(bed.port);
}

static int
dial_other(void)
{
	return dial(bed.other_port);
}

static int
serve(int type)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = {
		htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, type, 0), error = result(fd);

	if (fd < 0)
		return error;
	error = result(bind(fd, (struct sockaddr *)&a, sizeof(a)));
	close(fd);
	return error;
}

static int
bind_udp(void)
{
	return serve(SOCK_DGRAM);
}

static int
bind_tcp(void)
{
	return serve(SOCK_STREAM);
}

static int
take_connection(void)
{
	return close_if(accept4(bed.listener, NULL, NULL, SOCK_CLOEXEC));
}

static int
netlink(void)
{
	return close_if(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int
run_program(void)
{
	char *argv[] = { (char *)(uintptr_t)"true", NULL };

	return result(execv("/bin/true", argv));
}

static int
make_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return result(pid);
}

static int
kill_parent(void)
{
	return result(kill(getppid(), 0));
}

static int
executable_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return errno;
	if (mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0)
		return 0;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
}

static int
more_memory(void)
{
	/* More than a heap has, so that memory is mapped. */
	char *p = malloc(4000000);
	int error = p == NULL ? ENOMEM : 0;

	if (p != NULL)
		memset(p, 1, 4000000);
	free(p);
	return error;
}

static int
become_dumpable(void)
{
	return result(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static const struct trial {
	const char *name;
	attempt *attempt;
	unsigned part; /* which must hold for ERROR */
	int error;     /* 0: allowed */
} trials[] = {
	{ "make a file", make_file, 0, 0 },
	{ "make a file without a name", nameless_file, 0, 0 },
	{ "remove a file", remove_file, 0, 0 },
	{ "read a file", read_file, 0, 0 },
	{ "connect to a port", dial_allowed, 0, 0 },
	{ "take a connection", take_connection, 0, 0 },
	{ "bind a UDP socket", bind_udp, 0, 0 },
	{ "take memory", more_memory, 0, 0 },
	{ "write what is to read", write_read_only, UKEY_SANDBOX_FILES,
	    EACCES },
	{ "make a file there", make_in_read_only, UKEY_SANDBOX_FILES,
	    EACCES },
	{ "read another folder", read_other, UKEY_SANDBOX_FILES, EACCES },
	{ "connect elsewhere", dial_other, UKEY_SANDBOX_TCP, EACCES },
	{ "bind a TCP socket", bind_tcp, UKEY_SANDBOX_TCP, EACCES },
	{ "make a folder", make_folder, UKEY_SANDBOX_CALLS, ENOSYS },
	{ "talk to the kernel", netlink, UKEY_SANDBOX_CALLS, EACCES },
	{ "run a program", run_program, UKEY_SANDBOX_CALLS, ENOSYS },
	{ "make a process", make_process, UKEY_SANDBOX_CALLS, ENOSYS },
	{ "signal the parent", kill_parent, UKEY_SANDBOX_CALLS, ENOSYS },
	{ "executable memory", executable_memory, UKEY_SANDBOX_CALLS,
	    EACCES },
	{ "allow core files", become_dumpable, UKEY_SANDBOX_CALLS, ENOSYS },
};

/* In the child; without the sandbox to see what it is that forbids. */
static void
run_trial(const struct trial *t, bool sandbox)
{
	struct ukey_sandbox s = { .paths = 3, .ports = 1 };
	unsigned held;

	s.path[0] = (struct ukey_sandbox_path) { bed.folder, true };
	s.path[1] = (struct ukey_sandbox_path) { bed.read_only, false };
	s.path[2] = (struct ukey_sandbox_path) { "/nowhere/at/all", true };
	s.port[0] = (uint16_t)bed.port;
	alarm(20);
	held = sandbox ? ukey_sandbox_enter(&s) : t->part;
	if (t->part != 0 && !(held & t->part))
		_exit(NOT_HELD);
	_exit(t->attempt());
}

static int
status_of(const struct trial *t, bool sandbox)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		run_trial(t, sandbox);
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -status;
}

static void
every_trial(void **state)
{
	const struct trial *t;
	int status;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		t = &trials[i];
		status = status_of(t, true);
		if (status == NOT_HELD) {
			print_message("%s: not held here\n", t->name);
			continue;
		}
		if (status != t->error)
			fail_msg("%s: %d", t->name, status);
		status = status_of(t, false);
		if (t->error != 0 && status == t->error)
			fail_msg("%s: it fails without, too", t->name);
	}
}

/* abort(3) ends the process by its signal, sandbox or not. */
static void
abort_aborts(void **state)
{
	struct ukey_sandbox s = { .paths = 0 };
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		(void)ukey_sandbox_enter(&s);
		abort();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static int
listen_somewhere(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = {
		htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 ||
	    listen(fd, 50) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return -1;
	*port = ntohs(a.sin_port);
	return fd;
}

static int
set_up(void **state)
{
	char *const folders[] = { bed.folder, bed.read_only, bed.other };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		snprintf(folders[i], sizeof(bed.folder),
		    "/tmp/sandbox-XXXXXX");
		if (mkdtemp(folders[i]) == NULL || close_if(open(below(
		    folders[i], "file"), O_CREAT | O_RDWR, 0600)) != 0)
			return -1;
	}
	bed.listener = listen_somewhere(&bed.port);
	return bed.listener < 0 || dial(bed.port) != 0 ||
	    listen_somewhere(&bed.other_port) < 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(below(bed.folder, "file"));
	unlink(below(bed.read_only, "file"));
	unlink(below(bed.other, "file"));
	unlink(below(bed.read_only, "x"));
	rmdir(below(bed.folder, "sub"));
	rmdir(bed.folder);
	rmdir(bed.read_only);
	rmdir(bed.other);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_trial),
		cmocka_unit_test(abort_aborts),
	};

	return cmocka_run_group_tests_name("sandbox", tests, set_up,
	    tear_down);
}
