/*
 * userkeys-milter: its command line.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "options.h"
#include "ukey.h"

#define CONFIG "/etc/userkeys/userkeys.conf"

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

int
options_take(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, 'k' },
		{ "foreground", no_argument, NULL, 'f' },
		{ "syslog", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' }, { 0 }
	};
	int c;

	o->path = CONFIG;
	while ((c = getopt_long(argc, argv, "c:fhk", options, NULL)) != -1) {
		if (c == 'c')
			o->path = optarg;
		else if (c == 'k')
			o->check = true;
		else if (c == 'f')
			o->foreground = true;
		else if (c == 's')
			o->syslog = true;
		else if (c == 'v')
			return puts("userkeys-milter " UKEY_VERSION) < 0;
		else if (c == 'h')
			return fputs(help, stdout) < 0;
		else
			return 64;
	}
	if (optind == argc)
		return -1;
	fputs("userkeys-milter: no arguments are taken: see --help\n",
	    stderr);
	return 64;
}

bool
options_whole_path(struct options *o)
{
	static char whole[8192];
	char here[4096];

	if (o->path[0] == '/')
		return true;
	if (getcwd(here, sizeof(here)) == NULL)
		return false;
	errno = ENAMETOOLONG;
	if ((size_t)snprintf(whole, sizeof(whole), "%s/%s", here, o->path) >=
	    sizeof(whole))
		return false;
	o->path = whole;
	return true;
}
