/*
 * userkeys ukd rotate @DOMAIN, --all: rotations of many mailboxes, as cron
 * runs them.  SPDX-License-Identifier: MIT
 *
 * Each mailbox goes as far as it can: a new key that the DNS shows is
 * published and signs, in one run, so that the next one changes nothing.  No
 * rotation begins by itself: --start asks for it, and --older-than, which
 * passes over keys that are younger.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd_ukd.h"

#define SILENT_MAX 3

enum { UNCHANGED, ACTIVATED, STARTED, WAITING, FAILED };

struct rotation {
	struct ukd_report report;
	struct ukey_resolver *resolver;
};

/* The oldest key of STATE; NULL: there is none. */
static const struct ukey_ukd_key_row *
key_in(const struct ukd_keys *keys, enum ukey_ukd_state state)
{
	unsigned i;

	for (i = 0; i < keys->count; i++)
		if (keys->row[i].state == state)
			return &keys->row[i];
	return NULL;
}

/* "alice@example.org: key 2 is active", or its like in JSON. */
static void
report(struct rotation *r, const struct ukey_ukd_key_row *row, unsigned kind,
    const char *text)
{
	if (ukd_report_mailbox(&r->report, row->address, kind)) {
		if (kind == UNCHANGED)
			return;
		cli_put(stdout, cli_view(row->address));
		printf(": key%s%s %s\n", row->generation[0] == '\0' ? "" :
		    " ", row->generation, text);
	} else if (r->report.o->json) {
		ukd_report_text("generation", row->generation);
		ukd_report_text("text", text);
		printf("}");
	}
}

/* From new, or published, to active, in one transaction. */
static int
activate(struct rotation *r, struct ukey_ukd *u,
    const struct ukey_address *mailbox, const struct ukey_ukd_key_row *row)
{
	struct ukey_view generation = cli_view(row->generation);
	enum ukey_ukd_status status = ukey_ukd_begin(u);

	if (status == UKEY_UKD_OK && row->state == UKEY_UKD_NEW)
		status = ukey_ukd_key_move(u, mailbox, generation,
		    UKEY_UKD_PUBLISHED, false);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_key_move(u, mailbox, generation,
		    UKEY_UKD_ACTIVE, false);
	status = ukey_ukd_end(u, status);
	report(r, row, status == UKEY_UKD_OK ? ACTIVATED : FAILED,
	    status == UKEY_UKD_OK ? "is active" : ukey_ukd_error(u));
	return ukd_exit(u, status);
}

static int
start(struct rotation *r, struct ukey_ukd *u,
    const struct ukey_address *mailbox, const struct ukey_ukd_key_row *last)
{
	static const struct ukey_view next = { NULL, 0 };
	struct ukey_ukd_key_row row = *last;
	enum ukey_ukd_status status;
	struct ukey_key *key = ukd_generate(r->report.o);

	if (key == NULL) {
		report(r, last, FAILED, "has no successor: out of memory");
		return CLI_TEMPORARY;
	}
	status = ukey_ukd_key_add(u, mailbox, next, key, row.generation);
	ukey_key_free(key);
	report(r, &row, status == UKEY_UKD_OK ? STARTED : FAILED,
	    status == UKEY_UKD_OK ? "is new: publish it" : ukey_ukd_error(u));
	return ukd_exit(u, status);
}

/*
 * Whether the key that signs is old enough.  Where none does, somebody has
 * retired it: with an age nothing begins there, so that cron revives nobody.
 */
static bool
is_due(const struct rotation *r, const struct ukey_ukd_key_row *active)
{
	const struct ukd_options *o = r->report.o;

	if (!o->start && o->older == NULL)
		return false;
	if (o->older == NULL)
		return true;
	return active != NULL && active->activated +
	    (int64_t)o->older_seconds <= (int64_t)time(NULL);
}

/* A new key, which signs once the DNS shows it. */
static int
look(struct rotation *r, struct ukey_ukd *u,
    const struct ukey_address *mailbox, const struct ukey_ukd_key_row *row)
{
	static const char *const words[] = {
		[UKD_SEEN_CROWD] = "waits: other TXT records stand beside it",
		[UKD_SEEN_OTHER] = "waits: the DNS has another record",
		[UKD_SEEN_ABSENT] = "waits: it is not in the DNS",
		[UKD_SEEN_NOTHING] = "waits: no answer of the DNS",
	};
	struct ukd_look look;

	if (r->report.o->force)
		return activate(r, u, mailbox, row);
	ukd_look(&look, r->resolver, row);
	r->report.silent = look.seen == UKD_SEEN_NOTHING ?
	    r->report.silent + 1 : 0;
	if (look.seen == UKD_SEEN_KEY)
		return activate(r, u, mailbox, row);
	report(r, row, WAITING, words[look.seen]);
	return look.seen == UKD_SEEN_NOTHING ? CLI_TEMPORARY : CLI_NOT_PASS;
}

/* One mailbox as far as it goes. */
static int
advance(struct rotation *r, struct ukey_ukd *u,
    const struct ukey_address *mailbox, const struct ukd_keys *keys)
{
	const struct ukey_ukd_key_row *active = key_in(keys, UKEY_UKD_ACTIVE);
	const struct ukey_ukd_key_row *seen = key_in(keys,
	    UKEY_UKD_PUBLISHED);
	const struct ukey_ukd_key_row *fresh = key_in(keys, UKEY_UKD_NEW);
	const struct ukey_ukd_key_row *last = &keys->row[keys->count - 1];

	if (seen != NULL)
		return activate(r, u, mailbox, seen);
	if (fresh != NULL)
		return look(r, u, mailbox, fresh);
	if (is_due(r, active))
		return start(r, u, mailbox, last);
	report(r, active != NULL ? active : last, UNCHANGED, active != NULL ?
	    "signs" : "signs no more");
	return CLI_PASS;
}

static int
rotate_mailbox(void *state, struct ukey_ukd *u,
    const struct ukey_address *mailbox)
{
	struct rotation *r = state;
	struct ukd_keys *keys;
	int exit;

	keys = ukd_keys_read(u, mailbox, &exit);
	if (keys == NULL)
		return exit;
	exit = CLI_PASS;
	if (keys->count > 0)
		exit = advance(r, u, mailbox, keys);
	free(keys);
	return r->report.silent < SILENT_MAX ? exit : CLI_GO_ON;
}

int
ukd_rotate_many(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct rotation r = { .report = { .o = o, .sum = { "unchanged",
		"activated", "started", "waiting", "failed" } } };
	int exit;

	if (o->generation != NULL || o->format != NULL || o->only != NULL)
		return cli_usage("ukd", "rotate: --generation, --format and "
		    "--only are for one mailbox: \"ukd records\" prints what "
		    "many need");
	r.resolver = cli_resolver(o->dns, o->zone);
	if (r.resolver == NULL)
		return CLI_INPUT;
	ukd_report_begin(&r.report);
	exit = ukd_each_mailbox(u, o, "rotating", rotate_mailbox, &r);
	ukd_report_end(&r.report);
	if (r.report.sums[STARTED] > 0 && !o->json)
		fprintf(stderr, "Publish what \"userkeys ukd records\" "
		    "prints, and rotate again.\n");
	if (r.report.silent >= SILENT_MAX) {
		cli_error("%s: no answer for %u mailboxes in a row: the rest "
		    "is left as it is", ukey_resolver_source(r.resolver),
		    SILENT_MAX);
		exit = CLI_TEMPORARY;
	}
	ukey_resolver_free(r.resolver);
	return exit;
}
