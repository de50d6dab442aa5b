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
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener.h"
#include "log.h"
#include "pid.h"
#include "rights.h"
#include "servers.h"
#include "worker.h"

#define CONFIG "/etc/userkeys/userkeys.conf"
#define WORKERS 64
#define RESTART_MS 1000 /* from a worker's end to the start of another */
#define REPORT_MS 60000

static const char help[] =
"usage: userkeys-milter [--config FILE] [--check-config] [--foreground]\n"
"                       [--syslog]\n"
"\n"
"Signs mail on submission and verifies it at the MX, for Postfix and\n"
"Sendmail.\n"
"\n"
"      --config FILE    " CONFIG " if not given\n"
"      --check-config   say whether workers can run with it, and end\n"
"      --foreground     stay, and log to standard error\n"
"      --syslog         log to syslog, in the foreground too\n"
"      --version\n"
"\n"
"SIGHUP: read the file again; SIGUSR1: log the counters; SIGTERM: end.\n";

static struct {
	struct conf conf;
	const char *path;
	bool check, foreground, syslog;
	int listeners[CONF_LISTENERS + 1];
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

/* The whole path of PATH: in the background the folder is "/".  Links stay as
 * they are: they may lead elsewhere at the next reload.  NULL with errno. */
static const char *
whole_path(const char *path)
{
	static char whole[8192];
	char here[4096];

	if (path[0] == '/')
		return path;
	if (getcwd(here, sizeof(here)) == NULL)
		return NULL;
	errno = ENAMETOOLONG;
	return (size_t)snprintf(whole, sizeof(whole), "%s/%s", here, path) <
	    sizeof(whole) ? whole : NULL;
}

/* The options; -1 to go on, else an exit status. */
static int
take_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, 'k' },
		{ "foreground", no_argument, NULL, 'f' },
		{ "syslog", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' }, { 0 }
	};
	int o;

	self.path = CONFIG;
	while ((o = getopt_long(argc, argv, "c:fhk", options, NULL)) != -1) {
		if (o == 'c')
			self.path = optarg;
		else if (o == 'k')
			self.check = true;
		else if (o == 'f')
			self.foreground = true;
		else if (o == 's')
			self.syslog = true;
		else if (o == 'v')
			return puts("userkeys-milter " UKEY_VERSION) < 0;
		else if (o == 'h')
			return fputs(help, stdout) < 0;
		else
			return 64;
	}
	return optind == argc ? -1 : (fail("no arguments are taken: see "
	    "--help"), 64);
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
		exit(worker_run(&self.conf, self.listeners));
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

/* Whether workers can run with C, whose database may be out of reach: seen by
 * a child, as the user that workers are. */
static bool
is_usable(const struct conf *c, char *err)
{
	pid_t pid = start_child();
	int status = 1;

	if (pid == 0 && !rights_drop(c, err)) {
		log_error("%s", err);
		exit(1);
	}
	if (pid == 0)
		exit(worker_try(c));
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

	if (!conf_read(&new, self.path, err) || !rights_exist(&new, err) ||
	    !is_usable(&new, err) ||
	    !listeners_change(self.listeners, &self.conf, &new, err)) {
		log_error("the old configuration stays: %s", err);
		return;
	}
	keep_settings(&new);
	self.conf = new;
	self.conf.session.authserv_id.data =
	    (const uint8_t *)self.conf.authserv_id;
	tell_workers(SIGUSR2);
	memset(self.workers, 0, sizeof(self.workers));
	self.lacking = true;
	self.start_at = 0;
	log_line("configuration read again: %s", self.path);
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
	log_line("version " UKEY_VERSION " started, %u workers",
	    self.conf.workers);
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
	tell_workers(SIGTERM);
}

static bool
prepare(char *err)
{
	static const struct conf none;

	if (!listeners_change(self.listeners, &none, &self.conf, err) ||
	    !pid_open(&self.conf, err) || !rights_drop(&self.conf, err))
		return false;
	rights_keep_secrets(); /* a change of user may undo it */
	if (!self.foreground && daemon(0, 0) != 0) {
		snprintf(err, CONF_ERROR_SIZE, "cannot become a daemon: %s",
		    strerror(errno));
		return false;
	}
	if (!log_open(!self.syslog && (self.foreground ||
	    self.conf.log_stderr))) {
		snprintf(err, CONF_ERROR_SIZE, "out of memory");
		return false;
	}
	pid_write(&self.conf);
	return true;
}

/* The configuration, if workers can run with it; else false with text in
 * ERR. */
static bool
load(char *err)
{
	self.path = whole_path(self.path);
	snprintf(err, CONF_ERROR_SIZE, "--config: %s", strerror(errno));
	if (self.path == NULL || !conf_read(&self.conf, self.path, err) ||
	    !rights_exist(&self.conf, err))
		return false;
	snprintf(err, CONF_ERROR_SIZE, "out of memory");
	return log_open(true) && is_usable(&self.conf, err);
}

int
main(int argc, char **argv)
{
	char err[CONF_ERROR_SIZE];
	int status = take_options(argc, argv);
	unsigned i;

	if (status >= 0)
		return status;
	if (!load(err))
		return fail(err);
	if (self.check) {
		printf("%s: good\n", self.path);
		return 0;
	}
	rights_keep_secrets();
	signal(SIGPIPE, SIG_IGN);
	if (!prepare(err))
		return fail(err);
	supervise();
	for (i = 0; i < self.conf.listeners; i++)
		listener_unlink(self.conf.listen[i]);
	if (self.conf.pid_file[0] != '\0')
		unlink(self.conf.pid_file);
	return 0;
}
