/*
 * userkeys record: the record of a key.  SPDX-License-Identifier: MIT
 */
#include "cli.h"
#include "keyfile.h"
#include "record.h"

static const char help[] =
"usage: userkeys record ADDRESS --key FILE [OPTION...]\n"
"\n"
"Prints the TXT record of the key in FILE for ADDRESS, in strings of at most\n"
"255 octets, and the CNAME by which DKIM verifiers find it.\n"
"\n"
"      --key FILE           the private key\n"
RECORD_HELP;

int
cmd_record(int argc, char **argv)
{
	struct record_options o = { NULL, NULL, NULL, NULL, false };
	const char *path = NULL;
	const struct cli_option options[] = {
		{ "key", &path, NULL }, RECORD_OPTIONS(o),
		{ NULL, NULL, NULL }
	};
	const struct cli_syntax syntax = { "record", help, options };
	struct ukey_address a;
	struct ukey_key *key;
	struct record r;
	int count, status;
	bool good;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count != 1 || path == NULL)
		return cli_usage("record", "record: one ADDRESS and --key "
		    "FILE are needed");
	if (!record_options_check("record", &o))
		return CLI_USAGE;
	if (!cli_address(argv[1], &a))
		return CLI_INPUT;
	key = keyfile_read(path, &status);
	if (key == NULL)
		return status;
	good = record_make(&r, &a, key, &o);
	ukey_key_free(key);
	if (!good)
		return CLI_INPUT;
	record_print(&r, &o);
	return CLI_PASS;
}
