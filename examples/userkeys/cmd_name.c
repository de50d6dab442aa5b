/*
 * userkeys name: from mailbox to key name and back (PROTOCOL 1, 2).
 * SPDX-License-Identifier: MIT
 */
#include "cli.h"
#include "record.h"

static const char help[] =
"usage: userkeys name ADDRESS [--generation G]\n"
"       userkeys name --reverse NAME\n"
"\n"
"Prints the DNS name at which the key of ADDRESS is published; or the address\n"
"to which the key name NAME belongs.\n";

static int
reverse(const char *name)
{
	uint8_t text[UKEY_LOCAL_MAX * 2 + UKEY_NAME_MAX + 4];
	struct ukey_view generation;
	struct ukey_out out;
	enum ukey_reason reason;

	ukey_out_init(&out, text, sizeof(text));
	reason = ukey_name_reverse(&out, cli_view(name), &generation);
	if (reason != UKEY_REASON_OK) {
		cli_error("%s: no address can be told: %s", name,
		    ukey_reason_meaning(reason));
		return CLI_INPUT;
	}
	cli_put(stdout, ukey_out_done(&out));
	putchar('\n');
	return CLI_PASS;
}

int
cmd_name(int argc, char **argv)
{
	const char *generation = NULL;
	bool back = false;
	const struct cli_option options[] = {
		{ "generation", &generation, NULL },
		{ "reverse", NULL, &back }, { NULL, NULL, NULL }
	};
	const struct cli_syntax syntax = { "name", help, options };
	struct ukey_address a;
	struct record r;
	int count, status;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count != 1)
		return cli_usage("name", "name: one ADDRESS or NAME is "
		    "needed, not %d", count);
	if (back)
		return reverse(argv[1]);
	if (!cli_address(argv[1], &a) || !record_names(&r, &a, generation))
		return CLI_INPUT;
	puts(r.name);
	return CLI_PASS;
}
