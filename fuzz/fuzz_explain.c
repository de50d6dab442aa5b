/*
 * userkeys: fuzz: the command's own "verify": with --explain, --dump-canon,
 * --add-header, --json, --plain and for people, on a message as it may come.
 * SPDX-License-Identifier: MIT
 *
 * The input: an octet that chooses the form, the time and whether the sender is
 * named, a TXT record up to a NUL, the message.  What must hold beside memory:
 * the exit status is a known one; no octet of the message reaches a terminal
 * that would move, recolour or reorder anything there; and --explain finds
 * equal hashes where the verdict is pass: it shows what core did.
 */
#include <stdio.h>

#include "help_command.h"

#define NAME "alice.userkeys.example.org."

/* --add-header writes the message itself. */
enum form { EXPLAIN, DUMP, ADD_HEADER, JSON, PLAIN, PEOPLE, PARTIAL,
	SPARE };

static const char *const times[] = { "--time=1750000010", "--time=received",
	"--time=none", "--time=1850000000" };

static const char *const forms[][2] = {
	[EXPLAIN] = { "--explain", NULL },
	[DUMP] = { "--explain", "--dump-canon" },
	[ADD_HEADER] = { "--add-header", "--authserv-id=mx.example.net" },
	[JSON] = { "--json", NULL },
	[PLAIN] = { "--plain", NULL },
	[PEOPLE] = { NULL, NULL },
	[PARTIAL] = { "--allow-partial-body", NULL },
	[SPARE] = { NULL, NULL }
};

/* The key RECORD for a mailbox and for a domain. */
static void
zone_fill(struct file *f, struct ukey_view record)
{
	static char zone[ZONE_ROOM];
	size_t at = (size_t)snprintf(zone, ZONE_ROOM, "alice.userkeys."
	    "_domainkey.example.org. 60 IN CNAME " NAME "\n");

	at = zone_txt(zone, at, NAME, record, 255);
	at = zone_txt(zone, at, "sel._domainkey.example.org.", record, 255);
	file_fill(f, (struct ukey_view) { (uint8_t *)zone, at });
}

static void
check(enum form form, const char *text, size_t len, int status)
{
	struct ukey_view v = { (const uint8_t *)text, len };

	MUST(status == CLI_PASS || status == CLI_NOT_PASS ||
	    status == CLI_INPUT || status == CLI_TEMPORARY);
	MUST(form == ADD_HEADER || is_calm(v));
	if (form <= DUMP && strstr(text, "\n  dkim      pass") != NULL)
		MUST(strstr(text, "they are equal") != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct file message, zone;
	const char *argv[16] = { "verify", "--zone" };
	struct ukey_view in = { data, size };
	uint8_t choice = take(&in);
	struct ukey_view record = take_to(&in, 0);
	char *text;
	int i, argc = 2, status;
	size_t len;

	file_fill(&message, in);
	zone_fill(&zone, record);
	argv[argc++] = zone.path;
	argv[argc++] = times[choice >> 4 & 3];
	for (i = 0; i < 2 && forms[choice % 8][i] != NULL; i++)
		argv[argc++] = forms[choice % 8][i];
	if (choice & 8)
		argv[argc++] = "--from=alice@example.org";
	argv[argc++] = message.path;
	text = command_run(cmd_verify, argc, argv, &status, &len);
	MUST(!is_refused(&zone, text));
	check((enum form)(choice % 8), text, len, status);
	free(text);
	return 0;
}
