/*
 * userkeys ukd: its command line.  SPDX-License-Identifier: MIT
 *
 * Every argument that names mailboxes is read here, once: a command that acts
 * on one never sees a domain, an empty text or a form that is not known.
 */
#include <string.h>

#include "cmd_ukd.h"

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
	{ 'y', "only", TEXT(only) },
	{ 'j', "json", FLAG(json) },
	{ 'E', "all", FLAG(all) },
	{ 'm', "from", TEXT(from) },
	{ 'q', "quiet", FLAG(quiet) },
	{ 'n', "no-fold-logins", FLAG(no_fold) },
	{ 'R', "no-realm", FLAG(no_realm) },
	{ 'L', "lost", FLAG(lost) },
	{ 'M', "merge", FLAG(merge) },
	{ 'P', "replace", FLAG(replace) },
	{ 's', "start", FLAG(start) },
	{ 'T', "older-than", TEXT(older) },
	{ 'F', "force", FLAG(force) },
	{ 't', "testing", FLAG(testing) },
	{ 'c', "fold-logins", FLAG(fold) },
	{ 'A', "adopt-key", FLAG(adopt) },
	{ 'S', "sealed", FLAG(sealed) },
	{ 'C', "clear", FLAG(clear) },
};

/* The options of C, in the form that cli_options() takes. */
static void
options_of(const struct ukd_command *c, struct ukd_options *o,
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

/* One mailbox as people write it: nothing around it, and not a domain. */
static bool
is_mailbox(const char *text, struct ukey_ukd_filter *filter,
    enum ukey_reason *reason)
{
	*reason = ukey_ukd_filter_read(filter, cli_view(text));
	return *reason == UKEY_REASON_OK && text[0] != '<' &&
	    filter->which == UKEY_UKD_MAILBOX;
}

/* Reads o->arg as one mailbox, for a command that acts on one. */
static int
mailbox_take(const struct ukd_command *c, struct ukd_options *o)
{
	enum ukey_reason reason;

	if (is_mailbox(o->arg, &o->filter, &reason)) {
		o->mailbox = o->filter.mailbox;
		return CLI_GO_ON;
	}
	if (o->arg[0] == '@')
		return cli_usage("ukd", "%s %s: this is a domain, and \"ukd "
		    "%s\" acts on one mailbox: write local-part@domain",
		    c->name, o->arg, c->name);
	return cli_usage("ukd", "%s %s: not one mailbox%s%s: write "
	    "local-part@domain, and nothing around it", c->name, o->arg,
	    reason == UKEY_REASON_OK ? "" : ": ",
	    reason == UKEY_REASON_OK ? "" : ukey_reason_meaning(reason));
}

/* Reads o->arg as one mailbox or all of a domain. */
static int
filter_take(const struct ukd_command *c, struct ukd_options *o)
{
	enum ukey_reason reason;

	if (is_mailbox(o->arg, &o->filter, &reason) ||
	    o->filter.which == UKEY_UKD_DOMAIN) {
		o->mailbox = o->filter.mailbox;
		return CLI_GO_ON;
	}
	return cli_usage("ukd", "%s %s: neither a mailbox nor a domain: write "
	    "local-part@domain or @domain", c->name, o->arg);
}

/* No argument at all: right for some. */
static int
argument_absent(const struct ukd_command *c, const struct ukd_options *o)
{
	static const char *const wanted[] = {
		[UKD_ARG_MAILBOX] = "mailbox",
		[UKD_ARG_WHOM] = "mailbox or domain",
		[UKD_ARG_MANY] = "mailbox or domain, or give --all",
		[UKD_ARG_FILE] = "file",
	};

	if (c->argument == UKD_ARG_NONE || c->argument == UKD_ARG_SOME ||
	    o->all || o->from != NULL)
		return CLI_GO_ON;
	return cli_usage("ukd", "%s: its argument is missing: name the %s",
	    c->name, wanted[c->argument]);
}

/* What stands behind the name of C. */
static int
argument_take(const struct ukd_command *c, struct ukd_options *o)
{
	if (o->arg == NULL)
		return argument_absent(c, o);
	if (o->all || o->from != NULL)
		return cli_usage("ukd", "%s %s %s: which of the two?: leave "
		    "one out", c->name, o->arg, o->all ? "--all" : "--from");
	if (o->arg[0] == '\0')
		return cli_usage("ukd", "%s: its argument is empty (a variable "
		    "without a value?): see \"ukd --help\"", c->name);
	if (c->argument == UKD_ARG_MAILBOX)
		return mailbox_take(c, o);
	if (c->argument == UKD_ARG_FILE)
		return CLI_GO_ON;
	return filter_take(c, o);
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
	cli_usage("ukd", "--advice %s: expected none, quarantine or reject",
	    o->advice);
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
			cli_usage("ukd", "--options %s: expected exact, from, "
			    "or exact,from", o->options);
			return false;
		}
	} while (rest.data != NULL);
	return true;
}

static bool
bits_take(struct ukd_options *o)
{
	uint64_t bits = UKEY_KEY_BITS;
	bool good = o->bits == NULL ||
	    (ukey_view_number(cli_view(o->bits), &bits) &&
	    bits >= UKEY_KEY_BITS_MIN && bits <= UKEY_KEY_BITS_MAX &&
	    bits % 8 == 0);

	o->key_bits = (unsigned)bits;
	if (!good)
		cli_usage("ukd", "--bits %s: expected 1024 to 4096 in steps "
		    "of 8, such as 2048", o->bits);
	return good;
}

static bool
only_take(const struct ukd_options *o)
{
	if (o->only == NULL || strcmp(o->only, "txt") == 0 ||
	    strcmp(o->only, "cname") == 0)
		return true;
	cli_usage("ukd", "--only %s: expected txt or cname", o->only);
	return false;
}

static bool
values_take(const struct ukd_command *c, struct ukd_options *o)
{
	const struct record_options format = { .format = o->format };

	o->flags.testing = o->testing;
	return advice_take(o) && words_take(o) && bits_take(o) &&
	    only_take(o) && (o->older == NULL || cli_duration("--older-than",
	    o->older, &o->older_seconds)) &&
	    (c->run == ukd_export || record_options_check("ukd", &format));
}

int
ukd_options_take(const struct ukd_command *c, int argc, char **argv,
    struct ukd_options *o)
{
	struct cli_option list[COUNT(options) + 1];
	const struct cli_syntax syntax = { "ukd", "", list };
	int status, count;

	memset(o, 0, sizeof(*o));
	options_of(c, o, list);
	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count > (c->argument == UKD_ARG_NONE ? 0 : 1))
		return cli_usage("ukd", "%s: one argument too many: see "
		    "\"ukd --help\"", argv[count]);
	o->arg = count > 0 ? argv[1] : NULL;
	status = argument_take(c, o);
	if (status == CLI_GO_ON && !values_take(c, o))
		status = CLI_USAGE;
	return status;
}
