/*
 * userkeys ukd: the User Key Database, from the command line.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "cmd_ukd.h"
#include "ukey_random.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* All of it is read first: slow, and finds damage. */
#define SEAL UKEY_UKD_CHECK
#define NO_SEAL (UKEY_UKD_CHECK | UKEY_UKD_NO_SEAL)
#define READS (NO_SEAL | UKEY_UKD_READS)

static const struct ukd_command commands[] = {
	{ "init", NULL, UKD_ARG_NONE, UKEY_UKD_CREATE,
	    "rcA",
	    "make a database and its key file\n"
	    "    [--realm REALM | --realm ''] [--fold-logins] [--adopt-key]" },
	{ "add", ukd_add, UKD_ARG_MAILBOX, SEAL,
	    "lgabotfym",
	    "ADDRESS: add a mailbox with a new key, print the record\n"
	    "    [--login LOGIN] [--advice none|quarantine|reject]\n"
	    "    [--options exact,from] [--testing] [--bits N]\n"
	    "    [--format zone|oneline|nsupdate|json] [--only txt|cname]\n"
	    "    --from LIST: all of a list, or nothing, a line each:\n"
	    "    ADDRESS,LOGIN LOGIN ...,ADVICE" },
	{ "set", ukd_set, UKD_ARG_MAILBOX, NO_SEAL,
	    "aotfy",
	    "ADDRESS: change advice, options, testing; print the records" },
	{ "allow", ukd_allow, UKD_ARG_WHOM, NO_SEAL,
	    "l",
	    "ADDRESS|@DOMAIN --login LOGIN: let a login use it" },
	{ "deny", ukd_deny, UKD_ARG_WHOM, NO_SEAL,
	    "l",
	    "ADDRESS|@DOMAIN --login LOGIN: take that back" },
	{ "list", ukd_list, UKD_ARG_SOME, READS,
	    "j",
	    "[ADDRESS|@DOMAIN]: what is in the database [--json]" },
	{ "show", ukd_show, UKD_ARG_MAILBOX, READS,
	    "jfy",
	    "ADDRESS: logins, keys and the records to publish [--json]" },
	{ "records", ukd_records, UKD_ARG_SOME, READS,
	    "Efjy",
	    "[ADDRESS|@DOMAIN|--all]: what the DNS must hold now, alone\n"
	    "    [--format zone|oneline|nsupdate|json] [--only txt|cname]" },
	{ "check", ukd_check, UKD_ARG_SOME, READS,
	    "Edzjqy",
	    "[ADDRESS|@DOMAIN|--all]: the database against the DNS\n"
	    "    [--dns HOST:PORT | --zone FILE] [--json] [--quiet]\n"
	    "    [--only txt]; exits 0 if all is there, 1 if something "
	    "differs,\n"
	    "    75 if the DNS does not answer" },
	{ "rotate", ukd_rotate, UKD_ARG_MANY, SEAL,
	    "EgbdzFfyjqsT",
	    "ADDRESS: the next step to a new key\n"
	    "    [--force] [--dns HOST:PORT | --zone FILE] [--bits N]\n"
	    "    @DOMAIN|--all: go on with each rotation that was begun;\n"
	    "    [--start] [--older-than 180d] begin them; [--json] "
	    "[--quiet]" },
	{ "publish", ukd_publish, UKD_ARG_MAILBOX, NO_SEAL,
	    "gdzF",
	    "ADDRESS: the new key's record is in the DNS\n"
	    "    [--generation G] [--force] [--dns | --zone]" },
	{ "activate", ukd_activate, UKD_ARG_MAILBOX, NO_SEAL,
	    "gF",
	    "ADDRESS: sign with the published key from now on" },
	{ "retire", ukd_retire, UKD_ARG_MAILBOX, NO_SEAL,
	    "gF",
	    "ADDRESS: no signing with the active key; its private part "
	    "is wiped" },
	{ "remove", ukd_remove, UKD_ARG_MAILBOX, NO_SEAL,
	    "fy",
	    "ADDRESS: with its keys and permissions" },
	{ "export", ukd_export, UKD_ARG_SOME, SEAL | UKEY_UKD_READS,
	    "SCfO",
	    "[ADDRESS|@DOMAIN] --out FILE: a backup, or firmware's table\n"
	    "    --sealed | --clear | --format c" },
	{ "import", ukd_import, UKD_ARG_FILE, SEAL,
	    "MPF",
	    "FILE: all of a backup, or nothing; new mailboxes alone\n"
	    "    --merge: its mailboxes replace those here\n"
	    "    --replace: and those here that it has not are removed\n"
	    "    [--force] also where a private key is lost by that" },
	{ "settings", ukd_settings, UKD_ARG_NONE, NO_SEAL,
	    "rRcnj",
	    "how logins are compared [--json]; change it by\n"
	    "    [--realm REALM | --realm '' | --no-realm]\n"
	    "    [--fold-logins | --no-fold-logins]" },
	{ "rekey", ukd_rekey, UKD_ARG_NONE, SEAL,
	    "L",
	    "make a new key file, seal all private keys with it\n"
	    "    [--lost] the old one is gone: retire all keys" },
	{ "upgrade", ukd_upgrade, UKD_ARG_NONE, NO_SEAL,
	    "",
	    "bring an older database up to date, keep a copy" },
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

static int
command_run(const struct ukd_command *c, const struct ukd_options *o)
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
	if (o->lost)
		settings.flags |= UKEY_UKD_NO_SEAL;
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
	status = ukd_options_take(&commands[i], argc - 1, argv + 1, &o);
	if (status != CLI_GO_ON)
		return status;
	return command_run(&commands[i], &o);
}
