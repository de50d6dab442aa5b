/*
 * userkeys, the command: what its subcommands share.
 * SPDX-License-Identifier: MIT
 *
 * One subcommand is one function in cmd_NAME.c and one line of the table in
 * main.c.  It gets argv[0] = its name and returns an exit status.  Errors are
 * one line each, "userkeys: what: why: what to do".
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ukey.h"
#include "ukey_key.h"
#include "ukey_resolver.h"

/* Exit statuses; of several files the worst: 75, 65, 1, 0. */
enum cli_exit {
	CLI_PASS = 0,
	CLI_NOT_PASS = 1,   /* judged, and not a pass (none too) */
	CLI_USAGE = 64,     /* sysexits.h */
	CLI_INPUT = 65,     /* a message, key or database that cannot be used */
	CLI_TEMPORARY = 75  /* try again later */
};

int cmd_name(int argc, char **argv);
int cmd_keygen(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_ukd(int argc, char **argv);
int cmd_setup(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_report(int argc, char **argv);

/* One option of a command: NAME without dashes. */
struct cli_option {
	const char *name;
	const char **value; /* gets the argument; NULL: a flag */
	bool *flag;         /* gets true */
};

#define CLI_OPTIONS_MAX 24
#define CLI_GO_ON (-1)

struct cli_syntax {
	const char *command, *help;
	const struct cli_option *options; /* ends with a NULL name */
};

/*
 * Reads the options of a command into their places and moves what is left to
 * the front of ARGV: *COUNT words from ARGV[1] on.  --help prints the help.
 * CLI_GO_ON, or the exit status.
 */
int cli_options(const struct cli_syntax *syntax, int argc, char **argv,
    int *count);

/* Prints "userkeys: " and the formatted text and a newline on standard error;
 * octets of strings outside printable ASCII and UTF-8 come out as \xHH. */
void cli_error(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* cli_error(), and a pointer to --help of COMMAND; gives CLI_USAGE. */
int cli_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads "SECONDS" or "none" (0), or, NULL, gives the clock's time, 0 with a
 * warning printed where that is not set; false with an error printed. */
bool cli_time(const char *text, uint64_t *seconds);
/* "90", "12h", "14d" ... of OPTION as seconds, "none" as 0; false with an
 * error printed. */
bool cli_duration(const char *option, const char *text, uint64_t *seconds);
/* A mailbox for which keys exist; false with an error printed.  The views
 * point into TEXT. */
bool cli_address(const char *text, struct ukey_address *a);
/* The resolver of --dns or --zone, at most one of them; NULL with an error
 * printed. */
struct ukey_resolver *cli_resolver(const char *dns, const char *zone);
/* Frees R.  If STATUS is CLI_TEMPORARY, and a name server could not be asked,
 * an error is printed that says why. */
void cli_resolver_end(struct ukey_resolver *r, int status);
/* Flushes standard output: CLI_TEMPORARY, with an error, when that fails. */
int cli_finish(int status);
/* A NUL-terminated string as a view. */
struct ukey_view cli_view(const char *text);

enum cli_colour { CLI_PLAIN, CLI_GREEN, CLI_YELLOW, CLI_RED };
/* What turns standard output to COLOUR; empty where it is no terminal, and
 * where NO_COLOR is set. */
const char *cli_paint(enum cli_colour colour);

/* Writes V to F for people: controls, also those that turn the direction of
 * text or take no room, and what is no UTF-8 as \xHH. */
void cli_put(FILE *f, struct ukey_view v);
/* Writes V to F as a JSON string with its quotes; the same controls as \uHHHH,
 * what is no UTF-8 as U+FFFD. */
void cli_put_json(FILE *f, struct ukey_view v);

#endif
