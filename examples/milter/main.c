/*
 * userkeys-milter: signs on submission, verifies at the MX.
 * SPDX-License-Identifier: MIT
 *
 * The first process opens the sockets, drops its rights, and keeps the
 * workers going: one that dies is replaced; on SIGHUP new ones take over with
 * the new configuration while the old ones finish what they have.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "listener.h"
#include "log.h"
#include "options.h"
#include "pid.h"
#include "rights.h"
#include "servers.h"
#include "worker.h"

#define WORKERS 64
#define RESTART_MS 1000 /* from a worker's end to the start of another */
#define REPORT_MS 60000

static struct {
	struct conf conf;
	struct options options;
	bool running; /* the start is over: this is the user of "user" */
	struct listeners sockets;
	int listeners[CONF_LISTENERS + 1]; /* the same, for workers */
	pid_t workers[WORKERS];
	bool lacking; /* workers are to be started at START_AT */
	uint64_t start_at, report_at, look_at; /* ms */
} self;

static int
fail(const char *text)
{
	fprintf(stderr, "userkeys-milter: %s\n", text);
	return 1;
}

/* A child that keeps secrets and ends with its parent; as fork(2). */
static pid_t
start_child(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		log_error("fork: %s", strerror(errno));
	if (pid != 0)
		return pid;
	pid_forget();
	rights_keep_secrets();
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1); /* it ended before that */
	return 0;
}

static pid_t
start_worker(void)
{
	pid_t pid;

	servers_open();
	pid = start_child();
	if (pid == 0)
		exit(rights_drop_group() ? worker_run(&self.conf,
		    self.listeners) : 1);
	servers_started();
	return pid < 0 ? 0 : pid;
}

/* Starts those that are not there; what cannot be is tried again. */
static void
start_workers(void)
{
	unsigned i;

	self.lacking = false;
	for (i = 0; i < self.conf.workers; i++) {
		if (self.workers[i] == 0)
			self.workers[i] = start_worker();
		if (self.workers[i] == 0)
			self.lacking = true;
	}
	self.start_at = worker_now() + RESTART_MS;
}

/* In a process that ends then: whether all that C names can be had, first as
 * who this is, then as its user; an exit status, after a line in the log. */
static int
try_all(const struct conf *c)
{
	char err[CONF_ERROR_SIZE];
	bool pid_seen = self.running; /* it takes a restart */
	unsigned seen = 0;

	if (!listeners_check(&self.sockets, c, &seen, err) ||
	    !pid_check(c, &pid_seen, err) || !rights_drop(c, err) ||
	    !listeners_check(&self.sockets, c, &seen, err) ||
	    !pid_check(c, &pid_seen, err)) {
		log_error("%s", err);
		return 1;
	}
	if (!count_check(c->metrics_file, err))
		log_error("warning: %s", err);
	listeners_warn(c);
	return worker_try(c);
}

/* Whether the milter can run with C: seen by a child. */
static bool
is_usable(const struct conf *c, char *err)
{
	pid_t pid = start_child();
	int status = 1;

	if (pid == 0)
		exit(try_all(c));
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		snprintf(err, CONF_ERROR_SIZE, "no worker can run with it: "
		    "see the line before");
	return status == 0;
}

static void
tell_workers(int signal)
{
	unsigned i;

	for (i = 0; i < WORKERS; i++)
		if (self.workers[i] > 0)
			kill(self.workers[i], signal);
}

/* Settings that nothing but a start carries out: they stay in NEW as they
 * are. */
static void
keep_settings(struct conf *new)
{
	const struct conf *old = &self.conf;

	if (strcmp(new->user, old->user) != 0 ||
	    strcmp(new->pid_file, old->pid_file) != 0 ||
	    new->log_stderr != old->log_stderr)
		log_error("user, pid-file and log change with a restart "
		    "only");
	memcpy(new->user, old->user, sizeof(new->user));
	memcpy(new->pid_file, old->pid_file, sizeof(new->pid_file));
	new->log_stderr = old->log_stderr;
}

static void
reload(void)
{
	static struct conf new;
	char err[CONF_ERROR_SIZE];

	if (!conf_read(&new, self.options.path, err) ||
	    !rights_exist(&new, err) || !is_usable(&new, err) ||
	    !listeners_change(&self.sockets, &new, err)) {
		log_error("the old configuration stays: %s", err);
		return;
	}
	keep_settings(&new);
	listeners_fds(&self.sockets, self.listeners);
	self.conf = new;
	self.conf.session.authserv_id.data =
	    (const uint8_t *)self.conf.authserv_id;
	tell_workers(SIGUSR2);
	memset(self.workers, 0, sizeof(self.workers));
	self.lacking = true;
	self.start_at = 0;
	log_line("configuration read again: %s", self.options.path);
}

/* Takes note of workers that ended.  Others start a little later: those that
 * die at once do not keep the machine busy. */
static void
reap(void)
{
	unsigned i;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < WORKERS; i++) {
			if (self.workers[i] != pid)
				continue;
			log_error("a worker ended (status %d): another "
			    "takes its place", status);
			self.workers[i] = 0;
			if (!self.lacking)
				self.start_at = worker_now() + RESTART_MS;
			self.lacking = true;
		}
}

/* What no signal brings about, but time. */
static void
do_due(void)
{
	uint64_t now = worker_now();

	if (now >= self.look_at) {
		clock_look(&self.conf);
		servers_look(&self.conf);
		self.look_at = now + SERVERS_LOOK_MS;
	}
	if (self.lacking && now >= self.start_at)
		start_workers();
	if (now < self.report_at)
		return;
	self.report_at = now + REPORT_MS;
	if (self.conf.metrics_file[0] != '\0')
		count_report(self.conf.metrics_file);
}

/* A signal of SET, or -1 when something is due. */
static int
wait_signal(const sigset_t *set)
{
	uint64_t now = worker_now(), until = self.report_at, ms;
	struct timespec t;

	if (self.lacking && self.start_at < until)
		until = self.start_at;
	if (self.look_at < until)
		until = self.look_at;
	ms = until > now ? until - now : 0;
	t.tv_sec = (time_t)(ms / 1000);
	t.tv_nsec = (long)(ms % 1000) * 1000000;
	return sigtimedwait(set, NULL, &t);
}

/* Ends them, and waits a moment, so that no port is in use any more when the
 * next instance starts. */
static void
end_workers(void)
{
	static const struct timespec pause = { 0, 10000000 };
	unsigned tries;

	tell_workers(SIGTERM);
	for (tries = 0; tries < 30 && waitpid(-1, NULL, WNOHANG) >= 0; tries++)
		nanosleep(&pause, NULL);
}

/* Waits for signals until SIGTERM. */
static void
supervise(void)
{
	sigset_t set, mask;
	int signal;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	mask = set;
	sigaddset(&mask, SIGUSR2); /* a new worker may not look yet */
	sigprocmask(SIG_BLOCK, &mask, NULL);
	log_line("version " UKEY_VERSION " started, %u workers%s",
	    self.conf.workers, listeners_text(&self.sockets));
	self.lacking = true;
	self.report_at = worker_now() + REPORT_MS;
	do {
		do_due();
		signal = wait_signal(&set);
		if (signal == SIGHUP)
			reload();
		else if (signal == SIGCHLD)
			reap();
		else if (signal == SIGUSR1)
			count_report(self.conf.metrics_file);
	} while (signal != SIGTERM && signal != SIGINT);
	end_workers();
}

/* What root alone can do; then as the user of "user" what is left. */
static bool
open_all(char *err)
{
	return listeners_change(&self.sockets, &self.conf, err) &&
	    pid_open(&self.conf, err) && rights_drop(&self.conf, err) &&
	    listeners_change(&self.sockets, &self.conf, err) &&
	    pid_open(&self.conf, err);
}

static bool
prepare(char *err)
{
	if (!open_all(err))
		return false;
	self.running = true;
	listeners_fds(&self.sockets, self.listeners);
	rights_keep_secrets(); /* a change of user may undo it */
	if (!self.options.foreground && daemon(0, 0) != 0) {
		snprintf(err, CONF_ERROR_SIZE, "cannot become a daemon: %s",
		    strerror(errno));
		return false;
	}
	if (!log_open(!self.options.syslog && (self.options.foreground ||
	    self.conf.log_stderr))) {
		snprintf(err, CONF_ERROR_SIZE, "out of memory");
		return false;
	}
	pid_write(&self.conf);
	return true;
}

/* Standard input, output and error are there, if as nothing: no socket takes
 * their numbers. */
static bool
fill_descriptors(char *err)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		snprintf(err, CONF_ERROR_SIZE, "/dev/null: %s",
		    strerror(errno));
	return fd >= 0 && close(fd) == 0;
}

/* The configuration, if workers can run with it; else false with text in
 * ERR. */
static bool
load(char *err)
{
	if (!options_whole_path(&self.options)) {
		snprintf(err, CONF_ERROR_SIZE, "--config: %s",
		    strerror(errno));
		return false;
	}
	if (!conf_read(&self.conf, self.options.path, err) ||
	    !rights_exist(&self.conf, err))
		return false;
	snprintf(err, CONF_ERROR_SIZE, "out of memory");
	return log_open(true) && is_usable(&self.conf, err);
}

int
main(int argc, char **argv)
{
	char err[CONF_ERROR_SIZE];
	int status = options_take(&self.options, argc, argv);

	if (status >= 0)
		return status;
	if (!fill_descriptors(err) || !load(err))
		return fail(err);
	if (self.options.check) {
		printf("%s: good\n", self.options.path);
		return 0;
	}
	rights_keep_secrets();
	signal(SIGPIPE, SIG_IGN);
	status = prepare(err) ? 0 : fail(err);
	if (status == 0)
		supervise();
	listeners_close(&self.sockets);
	pid_remove(&self.conf);
	return status;
}
