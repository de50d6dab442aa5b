/*
 * userkeys check: what the DNS serves, against a key.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "keyfile.h"

static const char help[] =
"usage: userkeys check ADDRESS --key FILE [OPTION...]\n"
"\n"
"Compares what the DNS serves for ADDRESS with the key in FILE: shows the\n"
"record as served, names each difference, what a panel did to it and what to\n"
"do, and looks at the alias for DKIM verifiers.\n"
"\n"
"      --key FILE           the private key\n"
"      --generation G       label of a rotated key\n"
"      --dns HOST:PORT      the DNS server to ask\n"
"      --zone FILE          answer from a zone file\n"
"\n"
"Exit status: 0 as it should be, 1 something differs, 64 usage, 65 unusable\n"
"key or zone, 75 no answer of the DNS: try again.\n";

static int
run(const struct ukey_address *a, const char *path, const char *generation,
    struct ukey_resolver *r)
{
	struct record_options o = { .generation = generation };
	struct record record;
	struct ukey_key *key;
	bool good;
	int status;

	key = keyfile_read(path, &status);
	if (key == NULL)
		return status;
	good = record_make(&record, a, key, &o);
	ukey_key_free(key);
	if (!good)
		return CLI_INPUT;
	return check_published(&record, r);
}

int
cmd_check(int argc, char **argv)
{
	const char *key = NULL, *generation = NULL, *dns = NULL, *zone = NULL;
	const struct cli_option options[] = {
		{ "key", &key, NULL }, { "generation", &generation, NULL },
		{ "dns", &dns, NULL }, { "zone", &zone, NULL },
		{ NULL, NULL, NULL }
	};
	const struct cli_syntax syntax = { "check", help, options };
	struct ukey_resolver *r;
	struct ukey_address a;
	int count, status;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count != 1 || key == NULL)
		return cli_usage("check", "check: one ADDRESS and --key FILE "
		    "are needed");
	if (!cli_address(argv[1], &a))
		return CLI_INPUT;
	r = cli_resolver(dns, zone);
	if (r == NULL)
		return zone != NULL && dns == NULL ? CLI_INPUT : CLI_USAGE;
	status = run(&a, key, generation, r);
	cli_resolver_end(r, status);
	return status;
}
