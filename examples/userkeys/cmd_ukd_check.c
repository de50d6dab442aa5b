/*
 * userkeys ukd check: the database against the DNS, mailbox by mailbox.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <time.h>

#include "cmd_ukd.h"

/* So many mailboxes in a row without an answer: the rest is not asked for. */
#define SILENT_MAX 3

enum { GOOD, DIFFERS, UNANSWERED };

struct check {
	struct ukd_report report;
	struct ukey_resolver *resolver;
	struct ukd_differences differences;
};

static void
put_text(const struct ukey_ukd_key_row *row,
    const struct ukd_differences *d)
{
	unsigned i;

	cli_put(stdout, cli_view(row->address));
	printf(": %s\n", d->count == 0 ? "as it should be" :
	    d->unanswered ? "no answer" : "differs");
	for (i = 0; i < d->count; i++) {
		printf("  %s: ", d->list[i].name);
		cli_put(stdout, cli_view(d->list[i].what));
		printf(": %s\n", d->list[i].mend);
	}
}

static void
put_json(const struct ukd_differences *d)
{
	unsigned i;

	printf(", \"differences\": [");
	for (i = 0; i < d->count; i++) {
		printf("%s\n    {\"name\": ", i == 0 ? "" : ",");
		cli_put_json(stdout, cli_view(d->list[i].name));
		ukd_report_text("what", d->list[i].what);
		ukd_report_text("do", d->list[i].mend);
		printf("}");
	}
	printf("]}");
}

/* The mailbox of KEYS; the exit status that it gives. */
static int
check_one(struct check *c, const struct ukd_keys *keys)
{
	static const int exits[] = { CLI_PASS, CLI_NOT_PASS, CLI_TEMPORARY };
	struct ukd_differences *d = &c->differences;
	struct ukd_plan plan;
	unsigned kind;

	ukd_plan_make(&plan, keys, time(NULL));
	ukd_compare(d, c->resolver, &plan, c->report.o);
	kind = d->unanswered ? UNANSWERED : d->count > 0 ? DIFFERS : GOOD;
	c->report.silent = kind == UNANSWERED ? c->report.silent + 1 : 0;
	if (ukd_report_mailbox(&c->report, keys->row[0].address, kind))
		put_text(&keys->row[0], d);
	else if (c->report.o->json)
		put_json(d);
	return exits[kind];
}

static int
check_mailbox(void *state, struct ukey_ukd *u,
    const struct ukey_address *mailbox)
{
	struct check *c = state;
	struct ukd_keys *keys;
	int exit;

	keys = ukd_keys_read(u, mailbox, &exit);
	if (keys == NULL)
		return exit;
	exit = CLI_PASS;
	if (keys->count > 0)
		exit = check_one(c, keys);
	free(keys);
	if (c->report.silent < SILENT_MAX)
		return exit;
	cli_error("%s: no answer for %u mailboxes in a row: the rest is not "
	    "asked for; try again later, or ask another server with --dns",
	    ukey_resolver_source(c->resolver), SILENT_MAX);
	return CLI_GO_ON;
}

int
ukd_check(struct ukey_ukd *u, const struct ukd_options *o)
{
	static struct check c;
	int exit;

	c.report = (struct ukd_report) { .o = o,
		.sum = { "good", "differ", "unanswered" } };
	c.resolver = cli_resolver(o->dns, o->zone);
	if (c.resolver == NULL)
		return CLI_INPUT;
	ukd_report_begin(&c.report);
	exit = ukd_each_mailbox(u, o, "checking", check_mailbox, &c);
	ukd_report_end(&c.report);
	ukey_resolver_free(c.resolver);
	return c.report.silent < SILENT_MAX ? exit : CLI_TEMPORARY;
}
