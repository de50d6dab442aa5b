/*
 * userkeys why: what the milter did with a message, and why, from its log.
 * SPDX-License-Identifier: MIT
 *
 * Lines are read by why_line.c, whatever wrote the log.  What the milter wrote
 * are words of the form key=value without blanks, as examples/milter/log.c has
 * them: of a value at most 200 octets, those beyond printable ASCII as %HH.
 * The message is the one whose message-id= or queue= is the one asked for,
 * with or without < >, or each with this from=: a refusal at MAIL has nothing
 * else.  From the time of the line, all keys are shown, and why= is put into
 * words, by why_explain.c.
 */
#include "why.h"
#include "why_log.h"

static const char help[] =
"usage: userkeys why MESSAGE-ID [FILE...] [--json]\n"
"\n"
"Says from the log of userkeys-milter what was done with a message, and why.\n"
"The queue id of the mail server is as good as the Message-ID; the sender's\n"
"address shows all messages from there, also those refused before they had an\n"
"id.\n"
"\n"
"Each FILE is a log, \"-\" is standard input; without one, /var/log/mail.log\n"
"and the one before it are read.  Lines of syslog (RFC 3164, RFC 5424), of\n"
"journalctl and of containers (JSON) are understood:\n"
"\n"
"  journalctl -u userkeys-milter | userkeys why ID -\n"
"  zcat /var/log/mail.log.2.gz | userkeys why ID -\n"
"\n"
"      --log FILE           a log, too\n"
"      --json               an object a line\n"
"\n"
"Exit status: 0 found, 1 not found, 64 usage, 65 a log that cannot be read.\n";

struct search {
	struct why_id id;
	bool json;
	unsigned found;
	unsigned ours;           /* lines of the milter */
	const char *unread;      /* a log that has the id in a line of no known
	                          * kind; or NULL */
	unsigned unread_line;
};

static void
put_people(struct ukey_view key, struct ukey_view value,
    struct ukey_view action)
{
	const char *meaning = NULL, *remedy = NULL;

	printf("  ");
	cli_put(stdout, key);
	printf(": ");
	cli_put(stdout, value);
	if (ukey_view_equal(key, UKEY_VIEW("why")) ||
	    ukey_view_equal(key, UKEY_VIEW("outside")))
		why_explain(value, action, &meaning, &remedy);
	if (meaning != NULL)
		printf(": %s", meaning);
	printf("\n");
	if (remedy != NULL)
		printf("  what to do: %s\n", remedy);
}

static void
put_json(struct ukey_view key, struct ukey_view value,
    struct ukey_view action)
{
	const char *meaning = NULL, *remedy = NULL;

	printf(", ");
	cli_put_json(stdout, key);
	printf(": ");
	cli_put_json(stdout, value);
	if (ukey_view_equal(key, UKEY_VIEW("why")))
		why_explain(value, action, &meaning, &remedy);
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
	struct ukey_view key, value, action = { NULL, 0 };

	if (s->json) {
		printf("{\"line\": ");
		cli_put_json(stdout, when);
	} else {
		cli_put(stdout, when.len > 0 ? when : UKEY_VIEW("(no time)"));
		printf("\n");
	}
	while (why_pair_next(&rest, &key, &value)) {
		if (ukey_view_equal(key, UKEY_VIEW("action")))
			action = value;
		if (s->json)
			put_json(key, value, action);
		else
			put_people(key, value, action);
	}
	if (s->json)
		printf("}\n");
	s->found++;
}

/* The last line of LOG. */
static void
line_judge(struct search *s, struct ukey_view line, const struct why_log *log)
{
	static struct why_line l;
	struct ukey_view rest, key, value;
	enum why_kind kind = why_line_read(&l, line);

	s->ours += kind == WHY_OURS;
	if (kind == WHY_UNKNOWN && s->unread == NULL &&
	    why_id_in(&s->id, line)) {
		s->unread = log->path;
		s->unread_line = log->number;
	}
	rest = l.text;
	while (kind == WHY_OURS && why_pair_next(&rest, &key, &value))
		if (why_id_is(&s->id, key, value)) {
			line_put(s, l.when, l.text);
			return;
		}
}

/* Nothing was found: why. */
static int
not_found(const struct search *s, const char *id)
{
	if (s->unread != NULL) {
		cli_error("%s:%u: %s stands here, in a line of no known kind: "
		    "expected syslog (RFC 3164, RFC 5424), journalctl or JSON "
		    "of a container: pipe the text that the milter wrote, as "
		    "journalctl -o cat does", s->unread, s->unread_line, id);
		return CLI_INPUT;
	}
	if (s->ours == 0)
		cli_error("%s: no line of userkeys-milter is in this log: "
		    "name the one it writes to, or pipe the journal: "
		    "journalctl -u userkeys-milter | userkeys why ID -", id);
	else
		cli_error("%s: not in the log: it did not pass the milter, or "
		    "stands in an older log: name that, too", id);
	return CLI_NOT_PASS;
}

int
cmd_why(int argc, char **argv)
{
	static struct search s;
	static struct why_log log;
	const char *file = NULL;
	const struct cli_option options[] = {
		{ "log", &file, NULL }, { "json", NULL, &s.json },
		{ NULL, NULL, NULL } };
	const struct cli_syntax syntax = { "why", help, options };
	struct ukey_view line;
	int status, count;

	s = (struct search) { .found = 0 };
	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count < 1 || argv[1][0] == '\0')
		return cli_usage("why", "why: one Message-ID or queue id is "
		    "needed");
	why_id_make(&s.id, argv[1]);
	why_log_init(&log, "userkeys why ID -");
	if ((file != NULL && !why_log_add(&log, file)) ||
	    !why_log_add_all(&log, argv + 2))
		return CLI_USAGE;
	while (why_log_next(&log, &line))
		line_judge(&s, line, &log);
	if (log.bad)
		return CLI_INPUT;
	return s.found > 0 ? CLI_PASS : not_found(&s, argv[1]);
}
