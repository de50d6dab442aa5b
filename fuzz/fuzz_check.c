/*
 * userkeys: fuzz: the command's own "check" on a record as a panel may leave
 * it.  SPDX-License-Identifier: MIT
 *
 * The input: an octet for the length of the first string, then texts of TXT
 * records, a NUL between two.  What must hold beside memory: a known exit
 * status; that all is well is said of nothing but this key's record, by whole
 * octets; and what is shown leaves a terminal as it is.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "help_command.h"
#include "rsa_keys.h"

#define NAME "alice.userkeys.example.org."

static void
zone_fill(struct file *f, struct ukey_view in, size_t first)
{
	static char zone[ZONE_ROOM];
	size_t at = (size_t)snprintf(zone, ZONE_ROOM, "alice.userkeys."
	    "_domainkey.example.org. 60 IN CNAME " NAME "\n");

	do {
		at = zone_txt(zone, at, NAME, ukey_view_cut(&in, 0), first);
	} while (in.data != NULL && at + 8192 < ZONE_ROOM);
	file_fill(f, (struct ukey_view) { (uint8_t *)zone, at });
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct file zone, key;
	const char *argv[8] = { "check", "alice@example.org", "--key", "",
		"--zone", "" };
	static const struct ukey_view pem = { (const uint8_t *)pem1_1024,
		sizeof(pem1_1024) - 1 };
	struct ukey_view in = { data, size };
	size_t first = take(&in), len;
	char *text;
	int status;

	if (key.path[0] == '\0') {
		file_fill(&key, pem);
		MUST(fchmod(key.fd, 0600) == 0);
	}
	zone_fill(&zone, in, first);
	argv[3] = key.path;
	argv[5] = zone.path;
	text = command_run(cmd_check, 6, argv, &status, &len);
	MUST(status == CLI_PASS || status == CLI_NOT_PASS ||
	    status == CLI_INPUT);
	MUST(!is_refused(&zone, text));
	MUST(is_calm((struct ukey_view) { (const uint8_t *)text, len }));
	MUST((strstr(text, "\n  ok       the record holds this key\n") !=
	    NULL) >= (status == CLI_PASS));
	free(text);
	return 0;
}
