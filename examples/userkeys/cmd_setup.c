/*
 * userkeys setup: runs the script that knows the mail server.
 * SPDX-License-Identifier: MIT
 *
 * setup-postfix.sh asks postconf(1) and writes a shell script of its own; that
 * is the shell's work, and there it can be read.  It is installed in
 * share/userkeys, and stands beside the program where that was built.
 */
#define _DEFAULT_SOURCE /* readlink */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define PATH_SIZE 1024
#define WORDS_MAX 32

/* Where this program is, into PATH of PATH_SIZE octets; false if unknown. */
static bool
find_program(char *path)
{
	ssize_t len = readlink("/proc/self/exe", path, PATH_SIZE - 1);

	if (len <= 0 || len == PATH_SIZE - 1)
		return false;
	path[len] = '\0';
	return strrchr(path, '/') != NULL;
}

/* The script that belongs to PROGRAM, into SCRIPT of 2 * PATH_SIZE octets. */
static bool
find_script(const char *program, char *script)
{
	static const char *const places[] = { "../share/userkeys/", "" };
	size_t folder = (size_t)(strrchr(program, '/') - program) + 1;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(script, 2 * PATH_SIZE, "%.*s%ssetup-postfix.sh",
		    (int)folder, program, places[i]);
		if (access(script, R_OK) == 0)
			return true;
	}
	return false;
}

int
cmd_setup(int argc, char **argv)
{
	char shell[] = "sh", program[PATH_SIZE], script[2 * PATH_SIZE];
	char *words[WORDS_MAX + 4] = { shell, script, program };
	int i;

	if (argc > WORDS_MAX)
		return cli_usage("setup", "setup: expected at most %d words",
		    WORDS_MAX - 1);
	if (!find_program(program) || !find_script(program, script)) {
		cli_error("setup: setup-postfix.sh is neither in "
		    "../share/userkeys nor beside this program: run make "
		    "install again");
		return CLI_INPUT;
	}
	for (i = 1; i < argc; i++)
		words[i + 2] = argv[i];
	execv("/bin/sh", words);
	cli_error("setup: /bin/sh: %s", strerror(errno));
	return CLI_TEMPORARY;
}
