/*
 * userkeys, the command.  SPDX-License-Identifier: MIT
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "cli.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "name", cmd_name, "the DNS name of a mailbox's key" },
	{ "keygen", cmd_keygen, "make a key, print its record" },
	{ "record", cmd_record, "print the record of a key" },
	{ "sign", cmd_sign, "sign a message" },
	{ "verify", cmd_verify, "check the signatures of messages" },
	{ "check", cmd_check, "compare a key with what the DNS serves" },
	{ "ukd", cmd_ukd, "the User Key Database of a mail server" },
	{ "setup", cmd_setup, "make Postfix sign and verify" },
	{ "why", cmd_why, "what the milter did with a message, and why" },
	{ "report", cmd_report, "what a higher ceiling would do to mail" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
help(void)
{
	size_t i;

	puts("userkeys: mail signatures per mailbox\n");
	for (i = 0; i < COMMANDS; i++)
		printf("  userkeys %-8s %s\n", commands[i].name,
		    commands[i].summary);
	puts("\nEach explains itself: userkeys COMMAND --help.  Begin with:\n"
	    "\n"
	    "  userkeys keygen alice@example.org --out alice.pem\n"
	    "  userkeys sign --from alice@example.org --key alice.pem letter");
}

int
main(int argc, char **argv)
{
	static const struct rlimit none = { 0, 0 };
	size_t i;

	(void)setrlimit(RLIMIT_CORE, &none); /* it may hold a key */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		help();
		return cli_finish(CLI_USAGE);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		help();
		return cli_finish(CLI_PASS);
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("userkeys " UKEY_VERSION);
		return cli_finish(CLI_PASS);
	}
	for (i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return cli_finish(commands[i].run(argc - 1,
			    argv + 1));
	cli_error("%s: no such command: see userkeys --help", argv[1]);
	return CLI_USAGE;
}
