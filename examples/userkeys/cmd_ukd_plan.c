/*
 * userkeys ukd: what the DNS must say of the keys of a mailbox (PROTOCOL 3).
 * SPDX-License-Identifier: MIT
 *
 * A key's record is there from before it signs until mail that it signed has
 * arrived.  The base name always has one, since it carries the owner's advice:
 * when its key is gone it is replaced, by an empty p=, and never removed.
 */
#define _DEFAULT_SOURCE /* gmtime_r */

#include <stdlib.h>
#include <time.h>

#include "cmd_ukd.h"

/* x= is a week after signing, and mail may travel for a day. */
#define KEEP_SECONDS (8 * 86400)

int64_t
ukd_keep_until(int64_t when)
{
	return when + KEEP_SECONDS;
}

void
ukd_day(int64_t when, char day[32])
{
	time_t t = (time_t)when;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(day, 32, "%Y-%m-%d", &tm) == 0)
		snprintf(day, 32, "?");
}

static void
text_write(const struct ukey_ukd_key_row *row, bool empty,
    struct ukey_out *out)
{
	static const char *const advice[] = { "none", "quarantine",
	    "reject" };
	struct ukey_view key = { row->spki, row->public_len };

	ukey_out_text(out, "v=DKIM1; k=rsa; uk=");
	ukey_out_text(out, advice[row->flags.advice % 3]);
	if (row->flags.exact)
		ukey_out_text(out, ":exact");
	if (row->flags.only_from)
		ukey_out_text(out, ":from");
	if (row->flags.testing)
		ukey_out_text(out, "; t=y");
	ukey_out_text(out, "; p=");
	if (!empty)
		record_put_base64(out, key);
}

bool
ukd_entry_record(const struct ukd_entry *e, struct record *r)
{
	struct ukey_address a;
	struct ukey_out out;

	if (!cli_address(e->row->address, &a) || !record_names(r, &a,
	    e->kind == UKD_ENTRY_EMPTY ? "" : e->row->generation))
		return false;
	ukey_out_init(&out, r->text, sizeof(r->text) - 1);
	text_write(e->row, e->kind != UKD_ENTRY_KEY, &out);
	r->text[ukey_out_done(&out).len] = '\0';
	return true;
}

static void
plan_add(struct ukd_plan *plan, enum ukd_entry_kind kind,
    const struct ukey_ukd_key_row *row)
{
	struct ukd_entry *e = &plan->entry[plan->count++];

	e->kind = kind;
	e->row = row;
	e->until = 0;
	if (kind == UKD_ENTRY_KEY && row->state == UKEY_UKD_RETIRED)
		e->until = ukd_keep_until(row->retired);
}

/* Mail that was signed before the end is still to be verified. */
static bool
is_needed(const struct ukey_ukd_key_row *row, int64_t now)
{
	return row->state != UKEY_UKD_RETIRED || (row->activated != 0 &&
	    now < ukd_keep_until(row->retired));
}

void
ukd_plan_make(struct ukd_plan *plan, const struct ukd_keys *keys, int64_t now)
{
	bool base = false;
	unsigned i;

	plan->count = 0;
	for (i = 0; i < keys->count; i++) {
		const struct ukey_ukd_key_row *row = &keys->row[i];

		if (is_needed(row, now)) {
			plan_add(plan, UKD_ENTRY_KEY, row);
			base |= row->generation[0] == '\0';
		} else if (row->generation[0] != '\0')
			plan_add(plan, UKD_ENTRY_GONE, row);
	}
	if (!base && keys->count > 0)
		plan_add(plan, UKD_ENTRY_EMPTY, &keys->row[0]);
}

void
ukd_plan_end(struct ukd_plan *plan, const struct ukd_keys *keys)
{
	bool advice = keys->count > 0 && keys->row[0].flags.advice != 0;
	unsigned i;

	plan->count = 0;
	for (i = 0; i < keys->count; i++)
		if (!advice || keys->row[i].generation[0] != '\0')
			plan_add(plan, UKD_ENTRY_GONE, &keys->row[i]);
	if (advice)
		plan_add(plan, UKD_ENTRY_EMPTY, &keys->row[0]);
}

static void
put_comment(const struct ukd_entry *e)
{
	char day[32];

	if (e->until == 0)
		return;
	ukd_day(e->until, day);
	printf("; retired; on %s it is to be %s, not before:\n", day,
	    e->row->generation[0] == '\0' ? "replaced by an empty p=" :
	    "removed");
}

static enum record_part
part_of(const struct ukd_options *o)
{
	if (o->only == NULL)
		return RECORD_BOTH;
	return o->only[0] == 't' ? RECORD_TXT : RECORD_CNAME;
}

void
ukd_plan_put(const struct ukd_plan *plan, struct record_writer *w,
    bool comments)
{
	struct record r;
	unsigned i;

	for (i = 0; i < plan->count; i++) {
		const struct ukd_entry *e = &plan->entry[i];

		if (!ukd_entry_record(e, &r))
			continue;
		if (comments && (w->format == NULL || w->format[0] == 'z'))
			put_comment(e);
		if (e->kind == UKD_ENTRY_GONE)
			record_remove(w, &r);
		else
			record_put(w, &r);
	}
	record_send(w);
}

struct record_writer
ukd_writer(const struct ukd_options *o)
{
	struct record_writer w = { .format = o->json ? "json" : o->format,
		.part = part_of(o), .list = true };

	return w;
}

void
ukd_plan_print(const struct ukd_plan *plan, const struct ukd_options *o,
    bool comments)
{
	struct record_writer w = ukd_writer(o);

	record_begin(&w);
	ukd_plan_put(plan, &w, comments);
	record_end(&w);
}

void
ukd_keys_print(const struct ukd_keys *keys, const struct ukd_options *o)
{
	struct ukd_plan plan;

	ukd_plan_make(&plan, keys, time(NULL));
	ukd_plan_print(&plan, o, true);
}

/* ---- records ------------------------------------------------------------ */

static int
records_of(void *state, struct ukey_ukd *u,
    const struct ukey_address *mailbox)
{
	struct ukd_plan plan;
	struct ukd_keys *keys;
	int exit;

	keys = ukd_keys_read(u, mailbox, &exit);
	if (keys == NULL)
		return exit;
	ukd_plan_make(&plan, keys, time(NULL));
	ukd_plan_put(&plan, state, false);
	free(keys);
	return CLI_PASS;
}

int
ukd_records(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct record_writer w = ukd_writer(o);
	int exit;

	record_begin(&w);
	exit = ukd_each_mailbox(u, o, NULL, records_of, &w);
	record_end(&w);
	return exit;
}
