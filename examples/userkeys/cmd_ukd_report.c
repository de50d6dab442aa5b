/*
 * userkeys ukd: reports on many mailboxes, for people and as JSON.
 * SPDX-License-Identifier: MIT
 *
 *   {"mailboxes": [{"address": "...", "result": "...", ...}],
 *    "summary": {"mailboxes": 3, ...}}
 */
#include "cmd_ukd.h"
#include "progress.h"

void
ukd_report_begin(const struct ukd_report *report)
{
	if (report->o->json)
		printf("{\"mailboxes\": [");
}

void
ukd_report_text(const char *name, const char *text)
{
	printf(", \"%s\": ", name);
	cli_put_json(stdout, cli_view(text));
}

bool
ukd_report_mailbox(struct ukd_report *report, const char *address,
    unsigned kind)
{
	report->sums[kind]++;
	report->mailboxes++;
	if (report->o->json) {
		printf("%s\n  {\"address\": ", report->mailboxes == 1 ? "" :
		    ",");
		cli_put_json(stdout, cli_view(address));
		ukd_report_text("result", report->sum[kind]);
		return false;
	}
	if (report->o->quiet && kind == 0)
		return false;
	progress_hide();
	return true;
}

static void
end_json(const struct ukd_report *report)
{
	unsigned i;

	printf("%s],\n  \"summary\": {\"mailboxes\": %u",
	    report->mailboxes == 0 ? "" : "\n", report->mailboxes);
	for (i = 0; i < UKD_SUMS && report->sum[i] != NULL; i++)
		printf(", \"%s\": %u", report->sum[i], report->sums[i]);
	printf("}}\n");
}

void
ukd_report_end(const struct ukd_report *report)
{
	const char *between = ":";
	unsigned i;

	if (report->o->json) {
		end_json(report);
		return;
	}
	if (report->o->quiet)
		return;
	printf("%u mailbox%s", report->mailboxes,
	    report->mailboxes == 1 ? "" : "es");
	for (i = 0; i < UKD_SUMS; i++) {
		if (report->sums[i] == 0)
			continue;
		printf("%s %u %s", between, report->sums[i], report->sum[i]);
		between = ",";
	}
	printf("\n");
}
