/*
 * userkeys why: what the milter did with a message, and why, from its log.
 * SPDX-License-Identifier: MIT
 *
 * A line of the log counts when "userkeys-milter" stands in it; behind that,
 * words of the form key=value, a value with blanks in double quotes.  The
 * message is the one whose message-id= or queue= is the one asked for, with
 * or without < >, or each with this from=: a refusal at MAIL has nothing
 * else.  From the time of the line, all keys are shown, and why= is put into
 * words.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ukey_reason.h"

#define LINE_SIZE 16384 /* longer lines are read in pieces */
#define PROGRAM "userkeys-milter"

/* Words of the milter and its database; what each means, what to do. */
static const struct {
	const char *word, *meaning, *remedy;
} own[] = {
	{ "ukd-no-key", "the login may use the address, but it has no active "
	    "key", "userkeys ukd show ADDRESS; userkeys ukd rotate ADDRESS" },
	{ "ukd-denied", "the login may not use this address",
	    "if it should: userkeys ukd allow ADDRESS --login LOGIN" },
	{ "ukd-busy", "another process held the User Key Database for too "
	    "long", "the client tries again; look for a command that hangs" },
	{ "ukd-damaged", "the User Key Database could not be read",
	    "userkeys ukd list says what is wrong" },
	{ "no-login", "the client did not log in, so it is not ours to sign",
	    "submit on the submission port, with a login" },
	{ "ukd-absent", "no User Key Database is configured, so nothing can be "
	    "signed", "see database in userkeys.conf" },
	{ "out-of-memory", "the system gave no memory", "the client tries "
	    "again" },
	{ "testing", "the owner's record says that it is being tested (t=y)",
	    "nothing; the result is only noted" },
	{ "local", "it came without a login and is passed, by local-mail",
	    "see local-mail in userkeys.conf" },
};

/* What to do about reasons that have to do with us or with the sender. */
static const struct {
	enum ukey_reason reason;
	const char *remedy;
} remedies[] = {
	{ UKEY_REASON_BODY_HASH, "something on the way changed the body: a "
	    "list, a scanner, a footer; verify before it does" },
	{ UKEY_REASON_SIGNATURE, "the header was changed, or the DNS has "
	    "another key: userkeys check ADDRESS" },
	{ UKEY_REASON_EXPIRED, "it was too long on the way, or a clock is "
	    "wrong" },
	{ UKEY_REASON_FUTURE, "a clock is wrong: the sender's or ours" },
	{ UKEY_REASON_NO_KEY, "its owner has not published the record: "
	    "userkeys ukd show ADDRESS, at the sender" },
	{ UKEY_REASON_KEY_REVOKED, "the owner withdrew the key; the signer "
	    "must use the new one" },
	{ UKEY_REASON_LONG_LINE, "the sending program must fold lines; mail "
	    "servers would break this one" },
	{ UKEY_REASON_FROM_MISSING, "the sending program must write From" },
	{ UKEY_REASON_DNS_SERVFAIL, "try again; look at the domain's DNS "
	    "servers, and DNSSEC" },
	{ UKEY_REASON_DNS_TIMEOUT, "try again; look at the resolver in "
	    "resolv.conf" },
};

struct search {
	struct ukey_view id; /* without < > */
	bool json;
	unsigned found;
};

/* V without < > or quotes around it. */
static struct ukey_view
bare(struct ukey_view v)
{
	if (v.len >= 2 && v.data[0] == '"' && v.data[v.len - 1] == '"')
		v = ukey_view_part(v, 1, v.len - 1);
	if (v.len >= 2 && v.data[0] == '<' && v.data[v.len - 1] == '>')
		v = ukey_view_part(v, 1, v.len - 1);
	return v;
}

/* Takes the next "key=value" from REST; false at the end.  Words without "="
 * are passed over. */
static bool
pair_next(struct ukey_view *rest, struct ukey_view *key,
    struct ukey_view *value)
{
	size_t i, from;
	bool quoted;

	for (;;) {
		for (i = 0; i < rest->len && ukey_is_fws(rest->data[i]); i++)
			continue;
		*rest = ukey_view_part(*rest, i, rest->len);
		if (rest->len == 0)
			return false;
		quoted = false;
		for (i = 0; i < rest->len && (quoted ||
		    !ukey_is_fws(rest->data[i])); i++)
			if (rest->data[i] == '"')
				quoted = !quoted;
		*value = ukey_view_part(*rest, 0, i);
		*rest = ukey_view_part(*rest, i, rest->len);
		from = ukey_view_find(*value, '=');
		if (from == value->len)
			continue;
		*key = ukey_view_part(*value, 0, from);
		*value = bare(ukey_view_part(*value, from + 1, value->len));
		return true;
	}
}

static bool
is_id(struct ukey_view key)
{
	return ukey_view_equal(key, UKEY_VIEW("message-id")) ||
	    ukey_view_equal(key, UKEY_VIEW("queue")) ||
	    ukey_view_equal(key, UKEY_VIEW("from"));
}

/* Meaning and remedy of a word of why=; NULL where there is none. */
static void
explain(struct ukey_view word, const char **meaning, const char **remedy)
{
	size_t i, k;

	*meaning = *remedy = NULL;
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (ukey_view_equal(word, cli_view(own[i].word))) {
			*meaning = own[i].meaning;
			*remedy = own[i].remedy;
			return;
		}
	for (i = 0; i < UKEY_REASON_COUNT; i++)
		if (ukey_view_equal(word, cli_view(ukey_reason_word(i))))
			break;
	if (i == UKEY_REASON_COUNT)
		return;
	*meaning = ukey_reason_meaning(i);
	for (k = 0; k < sizeof(remedies) / sizeof(remedies[0]); k++)
		if (remedies[k].reason == i)
			*remedy = remedies[k].remedy;
}

static void
put_people(struct ukey_view key, struct ukey_view value)
{
	const char *meaning = NULL, *remedy = NULL;

	printf("  ");
	cli_put(stdout, key);
	printf(": ");
	cli_put(stdout, value);
	if (ukey_view_equal(key, UKEY_VIEW("why")))
		explain(value, &meaning, &remedy);
	if (meaning != NULL)
		printf(": %s", meaning);
	printf("\n");
	if (remedy != NULL)
		printf("  what to do: %s\n", remedy);
}

static void
put_json(struct ukey_view key, struct ukey_view value)
{
	const char *meaning = NULL, *remedy = NULL;

	printf(", ");
	cli_put_json(stdout, key);
	printf(": ");
	cli_put_json(stdout, value);
	if (ukey_view_equal(key, UKEY_VIEW("why")))
		explain(value, &meaning, &remedy);
	if (meaning != NULL) {
		printf(", \"meaning\": ");
		cli_put_json(stdout, cli_view(meaning));
	}
	if (remedy != NULL) {
		printf(", \"remedy\": ");
		cli_put_json(stdout, cli_view(remedy));
	}
}

/* One line of the message: when, and all that it says. */
static void
line_put(struct search *s, struct ukey_view when, struct ukey_view rest)
{
	struct ukey_view key, value;

	if (s->json) {
		printf("{\"line\": ");
		cli_put_json(stdout, ukey_view_trim(when));
	} else {
		cli_put(stdout, ukey_view_trim(when));
		printf("\n");
	}
	while (pair_next(&rest, &key, &value))
		if (s->json)
			put_json(key, value);
		else
			put_people(key, value);
	if (s->json)
		printf("}\n");
	s->found++;
}

static void
line_judge(struct search *s, const char *line)
{
	const char *program = strstr(line, PROGRAM), *behind;
	struct ukey_view when, rest, all, key, value;

	if (program == NULL)
		return;
	behind = strchr(program, ' ');
	if (behind == NULL)
		return;
	when.data = (const uint8_t *)line;
	when.len = (size_t)(program - line);
	rest = all = cli_view(behind);
	while (pair_next(&rest, &key, &value))
		if (is_id(key) && ukey_view_equal(value, s->id)) {
			line_put(s, when, all);
			return;
		}
}

/* False with the error printed. */
static bool
log_read(struct search *s, const char *path)
{
	bool input = strcmp(path, "-") == 0;
	FILE *f = input ? stdin : fopen(path, "r");
	char line[LINE_SIZE];
	bool bad;

	if (f == NULL) {
		cli_error("%s: %s: name the mail log with --log", path,
		    strerror(errno));
		return false;
	}
	while (fgets(line, sizeof(line), f) != NULL)
		line_judge(s, line);
	bad = ferror(f) != 0;
	if (bad)
		cli_error("%s: %s: read it as a user who may", path,
		    strerror(errno));
	if (!input)
		fclose(f);
	return !bad;
}

/* The first of the usual places that exists; else where Debian has it. */
static const char *
usual_log(void)
{
	static const char *const paths[] = { "/var/log/mail.log",
	    "/var/log/maillog", "/var/log/mail" };
	size_t i;
	FILE *f;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		f = fopen(paths[i], "r");
		if (f != NULL) {
			fclose(f);
			return paths[i];
		}
	}
	return paths[0];
}

int
cmd_why(int argc, char **argv)
{
	static const char help[] =
	    "usage: userkeys why MESSAGE-ID [--log FILE] [--json]\n\n"
	    "Says from the log of userkeys-milter what was done with a "
	    "message, and why.\nThe queue id of the mail server is as good "
	    "as the Message-ID; the sender's address\nshows all messages "
	    "from there, also those refused before they had an id.\n\n"
	    "      --log FILE           instead of /var/log/mail.log; - is "
	    "standard input:\n"
	    "                           journalctl -u userkeys-milter | "
	    "userkeys why ID --log -\n"
	    "      --json               an object a line\n";
	struct search s = { .found = 0 };
	const char *log = NULL;
	const struct cli_option options[] = {
		{ "log", &log, NULL }, { "json", NULL, &s.json },
		{ NULL, NULL, NULL } };
	const struct cli_syntax syntax = { "why", help, options };
	int status, count;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count != 1)
		return cli_usage("why", "why: one Message-ID or queue id is "
		    "needed");
	s.id = bare(cli_view(argv[1]));
	if (log == NULL)
		log = usual_log();
	if (!log_read(&s, log))
		return CLI_INPUT;
	if (s.found > 0)
		return CLI_PASS;
	cli_error("%s: not in %s: it did not pass the milter, or its log is "
	    "another one: see --log", argv[1], log);
	return CLI_NOT_PASS;
}
