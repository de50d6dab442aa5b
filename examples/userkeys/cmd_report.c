/*
 * userkeys report: what a higher ceiling would have done to the mail that came
 * (PROTOCOL 6), from the log of userkeys-milter.
 * SPDX-License-Identifier: MIT
 *
 * A line counts with role=mx and userkeys=.  What each ceiling makes of its
 * verdict, reason and advice is core's answer, the one that the milter gives.
 * Messages are grouped by the sender's domain, why= and the client's network:
 * the three by which a receiver makes an exception.
 */
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "why.h"
#include "why_log.h"

static const char help[] =
"usage: userkeys report [FILE...] [--all] [--json]\n"
"\n"
"Says from the log of userkeys-milter what advice = quarantine and advice =\n"
"reject would have done to the mail that came, before you set one of them:\n"
"how many messages would have been marked, refused or deferred, by the\n"
"sender's domain, the reason and the client's network.\n"
"\n"
"Each FILE is a log, \"-\" is standard input; without one, /var/log/mail.log\n"
"and the one before it are read.\n"
"\n"
"      --all                groups that nothing would happen to, too\n"
"      --json               one object\n"
"\n"
"Exit status: 0 read, 1 no message in the log, 64 usage, 65 a log that cannot\n"
"be read.\n";

/* The words of a line that count. */
struct words {
	struct ukey_view role, from, client, userkeys, advice, why;
};

static void
words_read(struct words *w, struct ukey_view text)
{
	const struct {
		const char *name;
		struct ukey_view *value;
	} known[] = { { "role", &w->role }, { "from", &w->from },
		{ "client", &w->client }, { "userkeys", &w->userkeys },
		{ "advice", &w->advice }, { "why", &w->why } };
	struct ukey_view key, value;
	size_t i;

	*w = (struct words) { .role = { NULL, 0 } };
	while (why_pair_next(&text, &key, &value))
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (ukey_view_equal(key, cli_view(known[i].name)))
				*known[i].value = value;
}

/* A reason by its WORD; _COUNT where there is none of it. */
static unsigned
reason_of(struct ukey_view word)
{
	unsigned r = 0;

	while (r < UKEY_REASON_COUNT && !ukey_view_equal(word,
	    cli_view(ukey_reason_word((enum ukey_reason)r))))
		r++;
	return r;
}

static unsigned
advice_of(struct ukey_view word)
{
	unsigned a = UKEY_ADVICE_NONE;

	while (a <= UKEY_ADVICE_REJECT && !ukey_view_equal(word,
	    cli_view(ukey_advice_word((enum ukey_advice)a))))
		a++;
	return a;
}

/* What the milter would do with such a message under CEILING. */
static enum ukey_disposition
under(enum ukey_advice ceiling, enum ukey_reason reason,
    enum ukey_advice advice)
{
	struct ukey_policy policy = { .ceiling = ceiling };

	return ukey_policy_apply(&policy, reason, advice);
}

/* Counts the message of one line; false when memory runs out. */
static bool
line_count(struct report *r, const struct why_line *l)
{
	struct report_group *g;
	struct words w;
	unsigned reason, advice;

	words_read(&w, l->text);
	reason = reason_of(w.why);
	advice = advice_of(w.advice);
	if (!ukey_view_equal(w.role, UKEY_VIEW("mx")) ||
	    w.userkeys.len == 0 || reason == UKEY_REASON_COUNT ||
	    advice > UKEY_ADVICE_REJECT)
		return true;
	g = report_group(r, w.from, w.why, w.client);
	if (g == NULL)
		return false;
	report_count(r, g, under(UKEY_ADVICE_QUARANTINE,
	    (enum ukey_reason)reason, (enum ukey_advice)advice),
	    under(UKEY_ADVICE_REJECT, (enum ukey_reason)reason,
	    (enum ukey_advice)advice));
	report_time(r, l->when);
	return true;
}

static int
logs_read(struct report *r, struct why_log *log)
{
	static struct why_line l;
	struct ukey_view line;

	while (why_log_next(log, &line)) {
		if (why_line_read(&l, line) != WHY_OURS)
			continue;
		if (!line_count(r, &l)) {
			cli_error("report: no memory for more groups: read "
			    "fewer logs at a time");
			return CLI_TEMPORARY;
		}
	}
	return log->bad ? CLI_INPUT : CLI_PASS;
}

int
cmd_report(int argc, char **argv)
{
	static struct report r;
	static struct why_log log;
	bool json = false, all = false;
	const struct cli_option options[] = { { "all", NULL, &all },
		{ "json", NULL, &json }, { NULL, NULL, NULL } };
	const struct cli_syntax syntax = { "report", help, options };
	int status, count;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	why_log_init(&log, "userkeys report -");
	if (!why_log_add_all(&log, argv + 1))
		return CLI_USAGE;
	status = logs_read(&r, &log);
	if (status == CLI_PASS && r.messages == 0 && !json) {
		cli_error("report: no message from elsewhere is in the log: "
		    "name the one that userkeys-milter writes to, or pipe the "
		    "journal: journalctl -u userkeys-milter | userkeys "
		    "report -");
		status = CLI_NOT_PASS;
	} else if (status == CLI_PASS) {
		report_put(&r, all, json);
		status = r.messages == 0 ? CLI_NOT_PASS : CLI_PASS;
	}
	report_free(&r);
	return status;
}
