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
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "listener.h"
#include "log.h"
#include "worker.h"

#define CONFIG "/etc/userkeys/userkeys.conf"
#define WORKERS 64
#define RESTART_S 1 /* between the starts of workers that die at once */
#define REPORT_S 60

static const char help[] =
"usage: userkeys-milter [--config FILE] [--check-config] [--foreground]\n"
"                       [--syslog]\n"
"\n"
"Signs mail on submission and verifies it at the MX, for Postfix and\n"
"Sendmail.\n"
"\n"
"      --config FILE    " CONFIG " if not given\n"
"      --check-config   say whether the file is good, and end\n"
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
	FILE *pid; /* its file, until it is written */
} self;

static int
fail(const char *text)
{
	fprintf(stderr, "userkeys-milter: %s\n", text);
	return 1;
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

/* No core files, no other process that looks in: there are keys in memory. */
static void
keep_secrets(void)
{
	static const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}

static bool
drop_rights(char *err)
{
	struct passwd *p;

	if (self.conf.user[0] == '\0' || geteuid() != 0)
		return true;
	p = getpwnam(self.conf.user);
	if (p != NULL && initgroups(p->pw_name, p->pw_gid) == 0 &&
	    setgid(p->pw_gid) == 0 && setuid(p->pw_uid) == 0)
		return true;
	snprintf(err, CONF_ERROR_SIZE, "user = %s: cannot become that user: "
	    "make it with useradd --system", self.conf.user);
	return false;
}

/* While rights are still there, and somebody reads what is wrong. */
static bool
open_pid(char *err)
{
	if (self.conf.pid_file[0] == '\0')
		return true;
	self.pid = fopen(self.conf.pid_file, "we");
	if (self.pid == NULL)
		snprintf(err, CONF_ERROR_SIZE, "pid-file = %s: cannot be "
		    "written: %s", self.conf.pid_file, strerror(errno));
	return self.pid != NULL;
}

static void
write_pid(void)
{
	if (self.pid == NULL)
		return;
	fprintf(self.pid, "%ld\n", (long)getpid());
	if (fclose(self.pid) != 0)
		log_error("%s: %s", self.conf.pid_file, strerror(errno));
	self.pid = NULL;
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
	keep_secrets();
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1); /* it ended before that */
	return 0;
}

static pid_t
start_worker(void)
{
	pid_t pid = start_child();

	if (pid == 0)
		exit(worker_run(&self.conf, self.listeners));
	return pid < 0 ? 0 : pid;
}

/* False when some could not be started. */
static bool
start_workers(void)
{
	bool all = true;
	unsigned i;

	for (i = 0; i < self.conf.workers; i++) {
		if (self.workers[i] == 0)
			self.workers[i] = start_worker();
		all = all && self.workers[i] != 0;
	}
	return all;
}

/* Whether workers can run with NEW, whose database may be out of reach: seen
 * by a child before any old worker goes. */
static bool
is_usable(const struct conf *new, char *err)
{
	pid_t pid = start_child();
	int status = 1;

	if (pid == 0)
		exit(worker_try(new));
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		snprintf(err, CONF_ERROR_SIZE, "no worker can run with the "
		    "new one: see the line before");
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

	if (!conf_read(&new, self.path, err) || !is_usable(&new, err) ||
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
	log_line("configuration read again: %s", self.path);
}

/* Takes note of workers that ended. */
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
			sleep(RESTART_S);
		}
}

/* Whether no signal for SECONDS, for reason ERR, means a file of counters. */
static bool
is_report_due(int err, time_t seconds)
{
	return err == EAGAIN && seconds == REPORT_S &&
	    self.conf.metrics_file[0] != '\0';
}

/* Waits for signals until SIGTERM. */
static void
supervise(void)
{
	struct timespec period = { REPORT_S, 0 };
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
	do {
		period.tv_sec = start_workers() ? REPORT_S : RESTART_S;
		signal = sigtimedwait(&set, NULL, &period);
		if (signal == SIGHUP)
			reload();
		else if (signal == SIGCHLD)
			reap();
		else if (signal == SIGUSR1 || (signal < 0 &&
		    is_report_due(errno, period.tv_sec)))
			count_report(self.conf.metrics_file);
	} while (signal != SIGTERM && signal != SIGINT);
	tell_workers(SIGTERM);
}

static bool
prepare(char *err)
{
	static const struct conf none;

	if (!listeners_change(self.listeners, &none, &self.conf, err) ||
	    !open_pid(err) || !drop_rights(err))
		return false;
	keep_secrets(); /* a change of user may undo it */
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
	write_pid();
	return true;
}

int
main(int argc, char **argv)
{
	char err[CONF_ERROR_SIZE];
	int status = take_options(argc, argv);
	unsigned i;

	if (status >= 0)
		return status;
	if (!conf_read(&self.conf, self.path, err))
		return fail(err);
	if (self.check) {
		printf("%s: good\n", self.path);
		return 0;
	}
	keep_secrets();
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
