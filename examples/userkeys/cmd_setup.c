/*
 * userkeys setup postfix: all that makes a Postfix sign and verify.
 * SPDX-License-Identifier: MIT
 *
 * The milter listens below Postfix's queue, where a chrooted smtpd finds it,
 * for Postfix alone: whoever may connect can say which login it speaks for.
 */
#define _DEFAULT_SOURCE /* readlink */

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "setup.h"

#define TEXT_SIZE 1024
#define ETC "/etc/userkeys"
#define LIB "/var/lib/userkeys"

struct setup {
	struct plan plan;
	const char *domain, *user, *etc, *lib, *postfix;
	const char *name; /* of the host, for Authentication-Results */
	bool apply, service; /* systemd has a unit of the milter */
	char queue[TEXT_SIZE]; /* Postfix's queue_directory */
	char group[64];        /* Postfix's */
	char self[TEXT_SIZE];  /* this program */
};

/* A parameter of Postfix; false when postconf does not say. */
static bool
postconf(const struct setup *s, const char *name, char *out, size_t size)
{
	const char *words[] = { "postconf", "-c", s->postfix, "-h", name,
	    NULL };

	return command_read(words, out, size);
}

static bool
exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The service's user, folders, database with key file. */
static void
plan_database(struct setup *s)
{
	struct plan *p = &s->plan;
	const char *db = plan_text(p, "%s/ukd.db", s->lib);
	const char *key = plan_text(p, "%s/ukd.key", s->etc);
	const char *owner = plan_text(p, "%s:", s->user);

	if (getpwnam(s->user) == NULL)
		plan_run(p, "a user for the milter", "useradd", "--system",
		    "--home-dir", "/nonexistent", "--shell",
		    "/usr/sbin/nologin", s->user, PLAN_END);
	plan_run(p, "its folder of settings", "install", "-d", "-m", "755",
	    s->etc, PLAN_END);
	plan_run(p, "its folder of data", "install", "-d", "-m", "700", "-o",
	    s->user, s->lib, PLAN_END);
	if (!exists(db)) {
		plan_run(p, "the User Key Database and its key file",
		    s->self, "ukd", "init", "--db", db, "--key-file", key,
		    PLAN_END);
		plan_run(p, "they are the milter's", "chown", owner, db,
		    plan_text(p, "%s-wal", db), plan_text(p, "%s-shm", db),
		    key, PLAN_END);
	}
}

static void
plan_milter(struct setup *s)
{
	struct plan *p = &s->plan;
	const char *folder = plan_text(p, "%s/userkeys", s->queue);
	const char *conf = plan_text(p, "%s/userkeys.conf", s->etc);

	plan_run(p, "the socket's folder, for Postfix alone", "install", "-d",
	    "-m", "710", "-o", s->user, "-g", s->group, folder, PLAN_END);
	if (!exists(conf))
		plan_write(p, "the milter's settings", conf, 0644,
		    plan_text(p,
		    "# userkeys-milter: see userkeys.conf(5)\n"
		    "listen = unix:%s/milter.sock\n"
		    "socket-group = %s\n"
		    "user = %s\n"
		    "database = %s/ukd.db\n"
		    "key-file = %s/ukd.key\n"
		    "authserv-id = %s\n", folder, s->group, s->user, s->lib,
		    s->etc, s->name));
}

/* Last, since Postfix' settings need no milter that runs.  The unit knows the
 * usual settings alone.  Without it, finish() says what to do. */
static void
plan_service(struct setup *s)
{
	const char *words[] = { "systemctl", "cat", "userkeys-milter", NULL };

	s->service = strcmp(s->etc, ETC) == 0 &&
	    exists("/run/systemd/system") && command_succeeds(words);
	if (s->service)
		plan_run(&s->plan, "start it, now and after every boot",
		    "systemctl", "enable", "--now", "userkeys-milter",
		    PLAN_END);
}

/* Puts our socket behind what stands in the parameter NAME. */
static void
plan_parameter(struct setup *s, const char *name)
{
	static const char ours[] = "unix:userkeys/milter.sock";
	char now[TEXT_SIZE];

	if (!postconf(s, name, now, sizeof(now)))
		now[0] = '\0';
	if (strstr(now, ours) != NULL)
		return;
	plan_run(&s->plan, "Postfix asks the milter", "postconf", "-c",
	    s->postfix, "-e", plan_text(&s->plan, "%s = %s%s%s", name, now,
	    now[0] == '\0' ? "" : ", ", ours), PLAN_END);
}

/* The parameter NAME becomes VALUE, unless it is. */
static void
plan_value(struct setup *s, const char *why, const char *name,
    const char *value)
{
	char now[TEXT_SIZE];

	if (postconf(s, name, now, sizeof(now)) && strcmp(now, value) == 0)
		return;
	plan_run(&s->plan, why, "postconf", "-c", s->postfix, "-e",
	    plan_text(&s->plan, "%s = %s", name, value), PLAN_END);
}

static void
plan_postfix(struct setup *s)
{
	static const char *const services[] = { "submission/inet",
	    "submissions/inet" };
	const char *running[] = { "postfix", "-c", s->postfix, "status",
		NULL };
	struct plan *p = &s->plan;
	char now[TEXT_SIZE];
	size_t i;

	plan_parameter(s, "smtpd_milters");
	plan_parameter(s, "non_smtpd_milters");
	plan_value(s, "no mail passes while the milter is down",
	    "milter_default_action", "tempfail");
	plan_value(s, "nothing is rewritten after it was signed",
	    "disable_mime_output_conversion", "yes");
	for (i = 0; i < 2; i++) {
		const char *words[] = { "postconf", "-c", s->postfix, "-M",
		    services[i], NULL };

		if (command_read(words, now, sizeof(now)) && now[0] != '\0')
			plan_run(p, "submission is known by its name",
			    "postconf", "-c", s->postfix, "-P",
			    plan_text(p, "%s/milter_macro_daemon_name="
			    "ORIGINATING", services[i]), PLAN_END);
	}
	if (command_read(running, now, sizeof(now)))
		plan_run(p, "Postfix reads its settings", "postfix", "-c",
		    s->postfix, "reload", PLAN_END);
}

/* Where things are; false with the error printed. */
static bool
find(struct setup *s)
{
	ssize_t len = readlink("/proc/self/exe", s->self,
	    sizeof(s->self) - 1);

	if (len < 0)
		memcpy(s->self, "userkeys", sizeof("userkeys"));
	if (!ukey_view_is_domain(cli_view(s->domain), false)) {
		cli_error("--domain %s: no domain name in ASCII: give the one "
		    "behind the @ of your addresses", s->domain);
		return false;
	}
	if (!postconf(s, "queue_directory", s->queue, sizeof(s->queue))) {
		cli_error("postconf: does not run: install Postfix, or name "
		    "its settings with --config-dir");
		return false;
	}
	if (!postconf(s, "mail_owner", s->group, sizeof(s->group)))
		memcpy(s->group, "postfix", sizeof("postfix"));
	return true;
}

/* How to start the milter where no unit does: the program beside this one. */
static void
say_start(struct setup *s)
{
	struct plan *p = &s->plan;
	const char *milter = plan_text(p, "%s-milter", s->self);

	fprintf(stderr, "  No systemd unit of userkeys-milter is here: start "
	    "the milter yourself, and at\n  every boot; until it runs, "
	    "Postfix answers that mail may come later:\n  %s%s\n",
	    exists(milter) ? milter : "userkeys-milter",
	    strcmp(s->etc, ETC) == 0 ? "" :
	    plan_text(p, " --config %s/userkeys.conf", s->etc));
}

static int
finish(struct setup *s)
{
	const char *db = strcmp(s->lib, LIB) == 0 ? "" :
	    plan_text(&s->plan, " --db %s/ukd.db", s->lib);
	int exit = CLI_PASS;

	if (s->plan.full) {
		cli_error("setup: a path is too long: use shorter ones");
		return CLI_INPUT;
	}
	if (s->apply)
		exit = plan_apply(&s->plan);
	else
		plan_print(&s->plan);
	if (exit != CLI_PASS)
		return exit;
	fprintf(stderr, "%s\n", s->apply ? "Done." :
	    "To do all that: --apply.");
	if (!s->service)
		say_start(s);
	fprintf(stderr, "  Then, for every mailbox,\n"
	    "  userkeys ukd add you@%s --login you%s\n"
	    "publish the record that it prints, and let it sign with\n"
	    "  userkeys ukd rotate you@%s%s    (twice)\n", s->domain, db,
	    s->domain, db);
	return CLI_PASS;
}

int
cmd_setup(int argc, char **argv)
{
	static const char help[] =
	    "usage: userkeys setup postfix --domain DOMAIN [--apply]\n\n"
	    "Prints, as a shell script, what makes this host's Postfix sign "
	    "and verify;\nwith --apply it is done.  What is done already is "
	    "left out.\n\n"
	    "      --domain D           of your mail addresses\n"
	    "      --apply              do it (as root)\n"
	    "      --config-dir DIR     Postfix's, if not /etc/postfix\n"
	    "      --etc DIR            ours; /etc/userkeys\n"
	    "      --lib DIR            of the database; /var/lib/userkeys\n"
	    "      --user USER          of the milter; userkeys\n"
	    "      --authserv-id NAME   in results; mail.DOMAIN\n";
	struct setup s = { .user = "userkeys", .etc = ETC,
		.lib = LIB, .postfix = "/etc/postfix" };
	const struct cli_option options[] = {
		{ "domain", &s.domain, NULL }, { "apply", NULL, &s.apply },
		{ "config-dir", &s.postfix, NULL }, { "etc", &s.etc, NULL },
		{ "lib", &s.lib, NULL }, { "user", &s.user, NULL },
		{ "authserv-id", &s.name, NULL }, { NULL, NULL, NULL } };
	const struct cli_syntax syntax = { "setup", help, options };
	int status, count;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count != 1 || strcmp(argv[1], "postfix") != 0)
		return cli_usage("setup", "setup: of which server: postfix is "
		    "known");
	if (s.domain == NULL)
		return cli_usage("setup", "setup: --domain is needed: the one "
		    "behind the @ of your addresses");
	if (!find(&s))
		return CLI_INPUT;
	if (s.name == NULL)
		s.name = plan_text(&s.plan, "mail.%s", s.domain);
	plan_database(&s);
	plan_milter(&s);
	plan_postfix(&s);
	plan_service(&s);
	return finish(&s);
}
