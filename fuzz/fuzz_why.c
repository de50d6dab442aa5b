/*
 * userkeys: fuzz: the command's own "why" on a log as it may be: lines of all
 * kinds, whoever wrote them.  SPDX-License-Identifier: MIT
 *
 * The input: an octet that chooses the form, the log.  What must hold beside
 * memory: a known exit status, and that no octet of the log moves, recolours
 * or reorders anything on a terminal.
 */
#include "help_command.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct file log;
	const char *argv[8] = { "why", "1@example.org" };
	struct ukey_view in = { data, size };
	uint8_t choice = take(&in);
	int argc = 2, status;
	size_t len;
	char *text;

	file_fill(&log, in);
	argv[argc++] = log.path;
	if (choice & 1)
		argv[argc++] = "--json";
	text = command_run(cmd_why, argc, argv, &status, &len);
	MUST(status == CLI_PASS || status == CLI_NOT_PASS ||
	    status == CLI_INPUT);
	MUST(is_calm((struct ukey_view) { (const uint8_t *)text, len }));
	free(text);
	return 0;
}
