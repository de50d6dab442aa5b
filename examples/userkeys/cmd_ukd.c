/*
 * userkeys ukd: the User Key Database, from the command line.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "cmd_ukd.h"
#include "record.h"
#include "ukey_random.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define NONE ((size_t)-1)

/* An option: its letter is its name in the table of commands. */
static const struct {
	char letter;
	const char *name;
	size_t text; /* where its argument goes; NONE: it has none */
	size_t flag;
} options[] = {
#define TEXT(member) offsetof(struct ukd_options, member), NONE
#define FLAG(member) NONE, offsetof(struct ukd_options, member)
	{ 'D', "db", TEXT(db) },
	{ 'K', "key-file", TEXT(key_file) },
	{ 'l', "login", TEXT(login) },
	{ 'g', "generation", TEXT(generation) },
	{ 'a', "advice", TEXT(advice) },
	{ 'o', "options", TEXT(options) },
	{ 'd', "dns", TEXT(dns) },
	{ 'z', "zone", TEXT(zone) },
	{ 'f', "format", TEXT(format) },
	{ 'r', "realm", TEXT(realm) },
	{ 'b', "bits", TEXT(bits) },
	{ 'O', "out", TEXT(out) },
	{ 'j', "json", FLAG(json) },
	{ 'F', "force", FLAG(force) },
	{ 't', "testing", FLAG(testing) },
	{ 'c', "fold-logins", FLAG(fold) },
	{ 'A', "adopt-key", FLAG(adopt) },
	{ 'S', "sealed", FLAG(sealed) },
	{ 'C', "clear", FLAG(clear) },
};

static const struct command {
	const char *name;
	int (*run)(struct ukey_ukd *u, const struct ukd_options *o);
	char argument;       /* '-' none, '?' may be, '!' must be */
	unsigned open;       /* flags of ukey_ukd_open() */
	const char *options; /* beside D and K */
	const char *help;
} commands[] = {
	{ "init", NULL, '-', UKEY_UKD_CREATE, "rcA",
	    "make a database and its key file\n"
	    "    [--realm REALM | --realm ''] [--fold-logins] [--adopt-key]" },
	{ "add", ukd_add, '!', UKEY_UKD_CHECK, "lgabotf",
	    "ADDRESS: add a mailbox with a new key, print the record\n"
	    "    [--login LOGIN] [--advice none|quarantine|reject]\n"
	    "    [--options exact,from] [--testing] [--bits N]\n"
	    "    [--format zone|oneline|nsupdate|json]" },
	{ "set", ukd_set, '!', UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL, "aotf",
	    "ADDRESS: change advice, options, testing; print the records" },
	{ "allow", ukd_allow, '!', UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL, "l",
	    "ADDRESS|@DOMAIN --login LOGIN: let a login use it" },
	{ "deny", ukd_deny, '!', UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL, "l",
	    "ADDRESS|@DOMAIN --login LOGIN: take that back" },
	{ "list", ukd_list, '?', UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL, "j",
	    "[ADDRESS|@DOMAIN]: what is in the database [--json]" },
	{ "show", ukd_show, '!', UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL, "jf",
	    "ADDRESS: logins, keys and the records to publish [--json]" },
	{ "rotate", ukd_rotate, '!', UKEY_UKD_CHECK, "gbdzFf",
	    "ADDRESS: the next step to a new key\n"
	    "    [--force] [--dns HOST:PORT | --zone FILE] [--bits N]" },
	{ "publish", ukd_publish, '!', UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL,
	    "gdzF", "ADDRESS: the new key's record is in the DNS\n"
	    "    [--generation G] [--force] [--dns | --zone]" },
	{ "activate", ukd_activate, '!', UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL,
	    "gF", "ADDRESS: sign with the published key from now on" },
	{ "retire", ukd_retire, '!', UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL, "gF",
	    "ADDRESS: no signing with the active key; its private part "
	    "is wiped" },
	{ "remove", ukd_remove, '!', UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL, "",
	    "ADDRESS|@DOMAIN: with its keys and permissions" },
	{ "export", ukd_export, '?', UKEY_UKD_CHECK, "SCfO",
	    "[ADDRESS|@DOMAIN] --out FILE: a backup, or firmware's table\n"
	    "    --sealed | --clear | --format c" },
	{ "import", ukd_import, '!', UKEY_UKD_CHECK, "",
	    "FILE: all of a backup, or nothing" },
};

static int
help(void)
{
	size_t i;

	printf("usage: userkeys ukd COMMAND [ARGUMENT] [--db FILE] "
	    "[--key-file FILE] [OPTIONS]\n\n"
	    "The User Key Database: which login may use which mailbox, and "
	    "the private keys.\n--db is %s if not given; its key file is "
	    "where init put it\n(%s if not given).\n\n", UKD_DB,
	    UKD_KEY_FILE);
	for (i = 0; i < COUNT(commands); i++)
		printf("  %-9s %s\n", commands[i].name, commands[i].help);
	return CLI_PASS;
}

int
ukd_exit_text(enum ukey_ukd_status status, const char *text)
{
	if (status == UKEY_UKD_OK)
		return CLI_PASS;
	cli_error("%s", text);
	return status == UKEY_UKD_BUSY ? CLI_TEMPORARY : CLI_INPUT;
}

int
ukd_exit(const struct ukey_ukd *u, enum ukey_ukd_status status)
{
	return ukd_exit_text(status, ukey_ukd_error(u));
}

static char file_buffer[BUFSIZ];

void
ukd_buffer(FILE *f)
{
	(void)setvbuf(f, file_buffer, _IOFBF, sizeof(file_buffer));
}

void
ukd_buffer_wipe(void)
{
	ukey_wipe(file_buffer, sizeof(file_buffer));
}

struct ukey_key *
ukd_generate(const struct ukd_options *o)
{
	struct ukey_key *key;
	int err = ukey_key_generate(&key, o->key_bits, ukey_random());

	if (err != UKEY_KEY_OK)
		cli_error("new key: %s", ukey_key_strerror(err));
	return key;
}

/* The options of C, in the form that cli_options() takes. */
static void
options_of(const struct command *c, struct ukd_options *o,
    struct cli_option *list)
{
	char *base = (char *)o;
	size_t i, n = 0;

	for (i = 0; i < COUNT(options); i++) {
		if (strchr("DK", options[i].letter) == NULL &&
		    strchr(c->options, options[i].letter) == NULL)
			continue;
		list[n].name = options[i].name;
		list[n].value = NULL;
		list[n].flag = NULL;
		if (options[i].text != NONE)
			list[n].value = (const char **)(void *)(base +
			    options[i].text);
		else
			list[n].flag = (bool *)(void *)(base +
			    options[i].flag);
		n++;
	}
	list[n].name = NULL;
}

/* The command line of C, from its name on; CLI_GO_ON, or the exit status. */
static int
arguments_take(const struct command *c, int argc, char **argv,
    struct ukd_options *o)
{
	struct cli_option list[COUNT(options) + 1];
	const struct cli_syntax syntax = { "ukd", "", list };
	int status, count;

	options_of(c, o, list);
	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count > (c->argument == '-' ? 0 : 1))
		return cli_usage("ukd", "%s: one argument too many: see "
		    "\"ukd %s\"", argv[count], c->name);
	if (count == 0 && c->argument == '!')
		return cli_usage("ukd", "%s: its argument is missing: name "
		    "the address or file", c->name);
	if (count > 0)
		o->arg = argv[1];
	return CLI_GO_ON;
}

static bool
advice_take(struct ukd_options *o)
{
	static const char *const words[] = { "none", "quarantine",
	    "reject" };
	unsigned i;

	if (o->advice == NULL)
		return true;
	for (i = 0; i < COUNT(words); i++)
		if (strcmp(o->advice, words[i]) == 0) {
			o->flags.advice = (uint8_t)i;
			return true;
		}
	cli_usage("ukd", "--advice: no word of it: none, quarantine or "
	    "reject");
	return false;
}

/* "exact,from" in any order. */
static bool
words_take(struct ukd_options *o)
{
	struct ukey_view rest, word;

	if (o->options == NULL)
		return true;
	rest = cli_view(o->options);
	do {
		word = ukey_view_cut(&rest, ',');
		if (ukey_view_equal(word, UKEY_VIEW("exact")))
			o->flags.exact = true;
		else if (ukey_view_equal(word, UKEY_VIEW("from")))
			o->flags.only_from = true;
		else {
			cli_usage("ukd", "--options: no list of them: exact, "
			    "from, or exact,from");
			return false;
		}
	} while (rest.data != NULL);
	return true;
}

static bool
values_take(const struct command *c, struct ukd_options *o)
{
	const struct record_options format = { .format = o->format };
	uint64_t bits;

	o->flags.testing = o->testing;
	o->key_bits = UKEY_KEY_BITS;
	if (!advice_take(o) || !words_take(o) || (c->run != ukd_export &&
	    !record_options_check("ukd", &format)))
		return false;
	if (o->bits == NULL)
		return true;
	if (ukey_view_number(cli_view(o->bits), &bits) &&
	    bits >= UKEY_KEY_BITS_MIN && bits <= UKEY_KEY_BITS_MAX &&
	    bits % 8 == 0) {
		o->key_bits = (unsigned)bits;
		return true;
	}
	cli_usage("ukd", "--bits: 1024 to 4096, in steps of 8: 2048 is good");
	return false;
}

static int
command_run(const struct command *c, const struct ukd_options *o)
{
	char err[UKEY_UKD_ERROR_SIZE];
	struct ukey_ukd_settings settings;
	enum ukey_ukd_status status;
	struct ukey_ukd *u;
	int result = CLI_PASS;

	memset(&settings, 0, sizeof(settings));
	settings.path = o->db != NULL ? o->db : UKD_DB;
	settings.key_file = o->key_file;
	settings.flags = c->open;
	settings.busy_ms = UKD_BUSY_MS;
	settings.login_fold = o->fold;
	settings.realm = o->realm;
	if (c->run == NULL && o->key_file == NULL)
		settings.key_file = UKD_KEY_FILE;
	if (o->adopt)
		settings.flags |= UKEY_UKD_ADOPT;
	status = ukey_ukd_open(&u, &settings, err, sizeof(err));
	if (status != UKEY_UKD_OK)
		return ukd_exit_text(status, err);
	if (c->run != NULL)
		result = c->run(u, o);
	else
		printf("made %s, sealed with %s\n"
		    "Keep a copy of the key file, apart from those of the "
		    "database.\nNext: userkeys ukd add ADDRESS --login "
		    "LOGIN\n", settings.path, settings.key_file);
	ukey_ukd_close(u);
	return result;
}

static bool
wants_help(char **argv)
{
	for (; *argv != NULL; argv++)
		if (strcmp(*argv, "--help") == 0)
			return true;
	return false;
}

int
cmd_ukd(int argc, char **argv)
{
	struct ukd_options o;
	int status;
	size_t i;

	if (argc < 2)
		return cli_usage("ukd", "ukd: no command: init, add, list, "
		    "...");
	if (wants_help(argv))
		return help();
	for (i = 0; i < COUNT(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			break;
	if (i == COUNT(commands))
		return cli_usage("ukd", "ukd %s: no such command: init, add, "
		    "list, ...", argv[1]);
	memset(&o, 0, sizeof(o));
	status = arguments_take(&commands[i], argc - 1, argv + 1, &o);
	if (status != CLI_GO_ON)
		return status;
	if (!values_take(&commands[i], &o))
		return CLI_USAGE;
	return command_run(&commands[i], &o);
}
