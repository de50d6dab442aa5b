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
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "why.h"
#include "why_line.h"

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
	if (ukey_view_equal(key, UKEY_VIEW("why")))
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

/* Line NUMBER of the log NAME. */
static void
line_judge(struct search *s, struct ukey_view line, const char *name,
    unsigned number)
{
	static struct why_line l;
	struct ukey_view rest, key, value;
	enum why_kind kind = why_line_read(&l, line);

	s->ours += kind == WHY_OURS;
	if (kind == WHY_UNKNOWN && s->unread == NULL &&
	    why_id_in(&s->id, line)) {
		s->unread = name;
		s->unread_line = number;
	}
	rest = l.text;
	while (kind == WHY_OURS && why_pair_next(&rest, &key, &value))
		if (why_id_is(&s->id, key, value)) {
			line_put(s, l.when, l.text);
			return;
		}
}

/* The next line without its end; what does not fit is passed over. */
static bool
line_next(FILE *f, char line[WHY_LINE_SIZE])
{
	size_t len;
	int c = 0;

	if (fgets(line, WHY_LINE_SIZE, f) == NULL)
		return false;
	len = strcspn(line, "\r\n");
	if (line[len] == '\0' && len == WHY_LINE_SIZE - 1)
		while (c != '\n' && c != EOF)
			c = getc(f);
	line[len] = '\0';
	return true;
}

/* The program that unpacks a file which begins with LINE, or NULL. */
static const char *
unpacker(const char *line)
{
	static const struct {
		const char *magic, *program;
	} forms[] = { { "\x1F\x8B", "zcat" }, { "BZh", "bzcat" },
		{ "\xFD" "7zXZ", "xzcat" },
		{ "\x28\xB5\x2F\xFD", "zstdcat" } };
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strncmp(line, forms[i].magic, strlen(forms[i].magic)) ==
		    0)
			return forms[i].program;
	return NULL;
}

/* All lines of F, the log PATH; false with the error printed. */
static bool
lines_read(struct search *s, FILE *f, const char *path)
{
	char line[WHY_LINE_SIZE];
	unsigned number = 0;

	while (line_next(f, line)) {
		if (number++ == 0 && unpacker(line) != NULL) {
			cli_error("%s: it is compressed: %s %s | userkeys why "
			    "ID -", path, unpacker(line), path);
			return false;
		}
		line_judge(s, cli_view(line), path, number);
	}
	if (ferror(f) == 0)
		return true;
	cli_error("%s: %s: read it as a user who may", path, strerror(errno));
	return false;
}

/* False with the error printed. */
static bool
log_read(struct search *s, const char *path)
{
	bool input = strcmp(path, "-") == 0, good;
	FILE *f = input ? stdin : fopen(path, "r");

	if (f == NULL) {
		cli_error("%s: %s: expected a log: name the mail log, or pipe "
		    "the journal: journalctl -u userkeys-milter | userkeys "
		    "why ID -", path, strerror(errno));
		return false;
	}
	good = lines_read(s, f, path);
	if (!input)
		fclose(f);
	return good;
}

/* The first of the usual places that can be read; else where Debian has it. */
static const char *
usual_log(void)
{
	static const char *const paths[] = { "/var/log/mail.log",
	    "/var/log/maillog", "/var/log/mail" };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], R_OK) == 0)
			return paths[i];
	return paths[0];
}

/* The log of the usual place, and before it the one that was rotated last. */
static bool
usual_read(struct search *s)
{
	const char *path = usual_log();
	char before[64];

	snprintf(before, sizeof(before), "%s.1", path);
	if (access(before, R_OK) == 0 && !log_read(s, before))
		return false;
	return log_read(s, path);
}

static bool
logs_read(struct search *s, const char *log, char **files)
{
	bool good = true;

	if (log == NULL && files[0] == NULL)
		return usual_read(s);
	if (log != NULL)
		good = log_read(s, log);
	for (; good && *files != NULL; files++)
		good = log_read(s, *files);
	return good;
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
	const char *log = NULL;
	const struct cli_option options[] = {
		{ "log", &log, NULL }, { "json", NULL, &s.json },
		{ NULL, NULL, NULL } };
	const struct cli_syntax syntax = { "why", help, options };
	int status, count;

	s = (struct search) { .found = 0 };
	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count < 1 || argv[1][0] == '\0')
		return cli_usage("why", "why: one Message-ID or queue id is "
		    "needed");
	why_id_make(&s.id, argv[1]);
	if (!logs_read(&s, log, argv + 2))
		return CLI_INPUT;
	return s.found > 0 ? CLI_PASS : not_found(&s, argv[1]);
}
