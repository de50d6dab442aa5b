/*
 * userkeys keygen: a new key and its record.  SPDX-License-Identifier: MIT
 */
#include "cli.h"
#include "keyfile.h"
#include "record.h"
#include "ukey_random.h"

static const char help[] =
"usage: userkeys keygen ADDRESS --out FILE [OPTION...]\n"
"\n"
"Makes a private key for ADDRESS, writes it to FILE (mode 0600, never over a\n"
"file that exists) and prints the records to publish.\n"
"\n"
"      --out FILE           where the key goes\n"
"      --bits N             1024 to 4096; 2048 if not given\n"
RECORD_HELP;

static bool
read_bits(const char *text, unsigned *bits)
{
	uint64_t n = UKEY_KEY_BITS;

	if (text != NULL && (!ukey_view_number(cli_view(text), &n) ||
	    n < UKEY_KEY_BITS_MIN || n > UKEY_KEY_BITS_MAX || n % 8 != 0)) {
		cli_usage("keygen", "--bits %s: not a size: 1024 to 4096, a "
		    "multiple of 8; 2048 is good", text);
		return false;
	}
	*bits = (unsigned)n;
	return true;
}

static int
write_key(struct ukey_key *key, const char *path)
{
	uint8_t pem[UKEY_KEY_PEM_MAX];
	struct ukey_out out;
	int err, status;

	ukey_out_init(&out, pem, sizeof(pem));
	err = ukey_key_write_pem(key, &out);
	if (err == UKEY_KEY_OK) {
		status = keyfile_write(path, ukey_out_done(&out));
	} else {
		cli_error("%s: %s", path, ukey_key_strerror(err));
		status = CLI_TEMPORARY;
	}
	ukey_wipe(pem, sizeof(pem));
	return status;
}

static int
make(const struct ukey_address *a, unsigned bits, const char *path,
    const struct record_options *o)
{
	struct ukey_key *key;
	struct record r;
	int err, status;

	if (!record_names(&r, a, o->generation))
		return CLI_INPUT;
	err = ukey_key_generate(&key, bits, ukey_random());
	if (err != UKEY_KEY_OK) {
		cli_error("keygen: %s", ukey_key_strerror(err));
		return CLI_TEMPORARY;
	}
	status = record_make(&r, a, key, o) ? write_key(key, path) :
	    CLI_INPUT;
	ukey_key_free(key);
	if (status == CLI_PASS)
		record_print(&r, o);
	return status;
}

int
cmd_keygen(int argc, char **argv)
{
	struct record_options o = { NULL, NULL, NULL, NULL, false };
	const char *path = NULL, *size = NULL;
	const struct cli_option options[] = {
		{ "out", &path, NULL }, { "bits", &size, NULL },
		RECORD_OPTIONS(o), { NULL, NULL, NULL }
	};
	const struct cli_syntax syntax = { "keygen", help, options };
	struct ukey_address a;
	unsigned bits;
	int count, status;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count != 1 || path == NULL)
		return cli_usage("keygen", "keygen: one ADDRESS and --out "
		    "FILE are needed");
	if (!record_options_check("keygen", &o) || !read_bits(size, &bits))
		return CLI_USAGE;
	if (!cli_address(argv[1], &a))
		return CLI_INPUT;
	return make(&a, bits, path, &o);
}
