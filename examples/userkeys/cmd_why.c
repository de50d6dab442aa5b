/*
 * userkeys why: what the milter did with a message, and why, from its log.
 * SPDX-License-Identifier: MIT
 *
 * A line of the log counts when the program in front of its first ": " is
 * userkeys-milter: what stands behind may come from a sender.  There are
 * words of the form key=value without blanks, as examples/milter/log.c writes
 * them: of a value at most 200 octets, those beyond printable ASCII as %HH.
 * The message is the one whose message-id= or queue= is the one asked for,
 * with or without < >, or each with this from=: a refusal at MAIL has nothing
 * else.  From the time of the line, all keys are shown, and why= is put into
 * words, by why_explain.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "why.h"

#define LINE_SIZE 16384 /* of longer lines the rest is passed over */
#define PROGRAM "userkeys-milter"
#define WORD 200        /* octets of a value that are logged */
#define IDS 3           /* forms in which the one asked for is logged */

struct search {
	struct ukey_view id[IDS];
	uint8_t room[IDS - 1][3 * WORD];
	bool json;
	unsigned found;
};

/* V without < > around it. */
static struct ukey_view
bare(struct ukey_view v)
{
	if (v.len >= 2 && v.data[0] == '<' && v.data[v.len - 1] == '>')
		return ukey_view_part(v, 1, v.len - 1);
	return v;
}

/* Takes the next "key=value" from REST; false at the end.  Words without "="
 * are passed over. */
static bool
pair_next(struct ukey_view *rest, struct ukey_view *key,
    struct ukey_view *value)
{
	size_t from;

	while (rest->data != NULL) {
		*value = ukey_view_cut(rest, ' ');
		from = ukey_view_find(*value, '=');
		if (from == value->len)
			continue;
		*key = ukey_view_part(*value, 0, from);
		*value = bare(ukey_view_part(*value, from + 1, value->len));
		return true;
	}
	return false;
}

/* V as the milter logs it, into SIZE octets at ROOM. */
static struct ukey_view
as_logged(struct ukey_view v, uint8_t *room, size_t size)
{
	struct ukey_out out;
	uint8_t c;
	size_t i;

	ukey_out_init(&out, room, size);
	for (i = 0; i < v.len && i < WORD; i++) {
		c = v.data[i];
		if (c > ' ' && c <= '~' && c != '%' && c != '"') {
			ukey_out_octet(&out, c);
			continue;
		}
		ukey_out_octet(&out, '%');
		ukey_out_octet(&out, (uint8_t)"0123456789ABCDEF"[c >> 4]);
		ukey_out_octet(&out, (uint8_t)"0123456789ABCDEF"[c & 15]);
	}
	return bare(ukey_out_done(&out));
}

/* TEXT in all forms: without < >; with them, which count towards what is cut;
 * and as given, for who copied it from the log. */
static void
ids_make(struct search *s, const char *text)
{
	struct ukey_view plain = bare(cli_view(text)), v;
	uint8_t in_angles[WORD + 1];
	struct ukey_out out;

	ukey_out_init(&out, in_angles, sizeof(in_angles));
	ukey_out_octet(&out, '<');
	v = ukey_view_part(plain, 0, plain.len < WORD - 1 ? plain.len :
	    WORD - 1);
	ukey_out_view(&out, v);
	if (v.len == plain.len)
		ukey_out_octet(&out, '>');
	s->id[0] = as_logged(plain, s->room[0], sizeof(s->room[0]));
	s->id[1] = as_logged(ukey_out_done(&out), s->room[1],
	    sizeof(s->room[1]));
	s->id[2] = plain;
}

static bool
is_wanted(const struct search *s, struct ukey_view value)
{
	unsigned i;

	for (i = 0; i < IDS; i++)
		if (ukey_view_equal(value, s->id[i]))
			return true;
	return false;
}

static bool
is_id(struct ukey_view key)
{
	return ukey_view_equal(key, UKEY_VIEW("message-id")) ||
	    ukey_view_equal(key, UKEY_VIEW("queue")) ||
	    ukey_view_equal(key, UKEY_VIEW("from"));
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
		why_explain(value, &meaning, &remedy);
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
		why_explain(value, &meaning, &remedy);
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

/* Whether LINE is the milter's; *BEFORE: the octets before its name. */
static bool
is_ours(const char *line, size_t *before)
{
	const char *end = strstr(line, ": "), *at = end;
	size_t digits;

	if (end == NULL)
		return false;
	while (at > line && at[-1] != ' ')
		at--;
	*before = (size_t)(at - line);
	if (strncmp(at, PROGRAM, sizeof(PROGRAM) - 1) != 0)
		return false;
	at += sizeof(PROGRAM) - 1;
	digits = *at != '[' ? 0 : strspn(at + 1, "0123456789");
	if (digits > 0 && at[digits + 1] == ']')
		at += digits + 2;
	return at == end;
}

static void
line_judge(struct search *s, const char *line)
{
	struct ukey_view when, rest, all, key, value;
	size_t before;

	if (!is_ours(line, &before))
		return;
	when = ukey_view_part(cli_view(line), 0, before);
	rest = all = cli_view(strstr(line, ": ") + 2);
	while (pair_next(&rest, &key, &value))
		if (is_id(key) && is_wanted(s, value)) {
			line_put(s, when, all);
			return;
		}
}

/* The next line without its end; what does not fit is passed over. */
static bool
line_next(FILE *f, char line[LINE_SIZE])
{
	size_t len;
	int c = 0;

	if (fgets(line, LINE_SIZE, f) == NULL)
		return false;
	len = strcspn(line, "\r\n");
	if (line[len] == '\0' && len == LINE_SIZE - 1)
		while (c != '\n' && c != EOF)
			c = getc(f);
	line[len] = '\0';
	return true;
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
	while (line_next(f, line))
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
	ids_make(&s, argv[1]);
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
