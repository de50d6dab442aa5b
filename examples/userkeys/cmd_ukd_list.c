/*
 * userkeys ukd list, show.  SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "cmd_ukd.h"

static const char *const advice_words[] = { "none", "quarantine", "reject" };

/* How many rows came before; and how to print. */
struct listing {
	bool json;
	unsigned rows;
};

/* "name": "text" with what stands before and behind. */
static void
json_text(const char *before, const char *name, const char *text)
{
	printf("%s\"%s\": ", before, name);
	cli_put_json(stdout, cli_view(text));
}

static void
json_flags(const struct ukey_ukd_flags *flags)
{
	json_text(", ", "advice", advice_words[flags->advice % 3]);
	printf(", \"exact\": %s, \"from\": %s, \"testing\": %s",
	    flags->exact ? "true" : "false",
	    flags->only_from ? "true" : "false",
	    flags->testing ? "true" : "false");
}

static void
address_json(struct listing *l, const struct ukey_ukd_address_row *row)
{
	printf("%s", l->rows == 0 ? "\n" : ",\n");
	json_text("  {", "address", row->address);
	json_text(", ", "label", row->label);
	json_flags(&row->flags);
	printf(", \"logins\": %lld, \"keys\": %lld, \"created\": %lld, "
	    "\"active\": ", (long long)row->logins, (long long)row->keys,
	    (long long)row->created);
	if (row->has_active)
		cli_put_json(stdout, cli_view(row->active));
	else
		printf("null");
	printf("}");
}

static void
address_text(const struct ukey_ukd_address_row *row)
{
	cli_put(stdout, cli_view(row->address));
	printf("\t%lld login%s\t", (long long)row->logins,
	    row->logins == 1 ? "" : "s");
	if (row->label[0] == '\0')
		printf("whole domain");
	else if (!row->has_active)
		printf("no active key");
	else if (row->active[0] == '\0')
		printf("active");
	else
		printf("active, generation %s", row->active);
	printf("\tadvice %s%s\n", advice_words[row->flags.advice % 3],
	    row->flags.testing ? " (testing)" : "");
}

static bool
each_address(void *state, const struct ukey_ukd_address_row *row)
{
	struct listing *l = state;

	if (l->json)
		address_json(l, row);
	else
		address_text(row);
	l->rows++;
	return true;
}

int
ukd_list(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct listing l = { o->json, 0 };
	enum ukey_ukd_status status;

	if (o->json)
		printf("[");
	status = ukey_ukd_each_address(u, &o->filter, each_address, &l);
	if (o->json)
		printf(l.rows == 0 ? "]\n" : "\n]\n");
	return ukd_exit(u, status);
}

/* ---- show --------------------------------------------------------------- */

static bool
each_login(void *state, const struct ukey_ukd_login_row *row)
{
	struct listing *l = state;

	if (l->json) {
		printf("%s", l->rows == 0 ? "" : ", ");
		cli_put_json(stdout, cli_view(row->login));
	} else {
		printf("  login ");
		cli_put(stdout, cli_view(row->login));
		printf("%s\n", row->address[0] == '@' ?
		    " (all of the domain)" : "");
	}
	l->rows++;
	return true;
}

/* Of all logins in the domain those of "@domain" alone. */
static bool
each_whole(void *state, const struct ukey_ukd_login_row *row)
{
		/* It has an empty label, and so it comes first. */
	return row->address[0] == '@' && each_login(state, row);
}

/* "2026-11-24" or nothing. */
static void
put_day(const char *what, int64_t when)
{
	char day[32];

	if (when == 0)
		return;
	ukd_day(when, day);
	printf(", %s %s", what, day);
}

static void
key_text(const struct ukey_ukd_key_row *row)
{
	printf("  key %s%s%s, %u bits", row->generation,
	    row->generation[0] == '\0' ? "" : " ",
	    ukey_ukd_state_word(row->state), row->bits);
	put_day("created", row->created);
	put_day("published", row->published);
	put_day("active since", row->activated);
	put_day("retired", row->retired);
	printf("\n");
}

static void
key_json(const struct ukey_ukd_key_row *row)
{
	const struct ukd_entry e = { row->state == UKEY_UKD_RETIRED ?
		UKD_ENTRY_GONE : UKD_ENTRY_KEY, row, 0 };
	struct record r = { "", "", "", "" };

	(void)ukd_entry_record(&e, &r);
	json_text("\n    {", "generation", row->generation);
	json_text(", ", "state", ukey_ukd_state_word(row->state));
	printf(", \"bits\": %u, \"created\": %lld, \"published\": %lld, "
	    "\"activated\": %lld, \"retired\": %lld", row->bits,
	    (long long)row->created, (long long)row->published,
	    (long long)row->activated, (long long)row->retired);
	json_text(", ", "name", r.name);
	json_text(", ", "record", r.text);
	printf("}");
}

static bool
each_shown(void *state, const struct ukey_ukd_address_row *row)
{
	*(struct ukey_ukd_address_row *)state = *row;
	return true;
}

/* Own logins, and those of the whole domain if there are any. */
static enum ukey_ukd_status
logins_put(struct ukey_ukd *u, const struct ukd_options *o,
    struct listing *l)
{
	struct ukey_ukd_filter filter = o->filter;
	enum ukey_ukd_status status;

	status = ukey_ukd_each_login(u, &filter, each_login, l);
	if (status != UKEY_UKD_OK)
		return status;
	filter.which = UKEY_UKD_DOMAIN;
	return ukey_ukd_each_login(u, &filter, each_whole, l);
}

static int
show_json(struct ukey_ukd *u, const struct ukey_ukd_address_row *row,
    const struct ukd_keys *keys, const struct ukd_options *o)
{
	struct listing l = { true, 0 };
	enum ukey_ukd_status status;
	unsigned i;

	json_text("{", "address", row->address);
	json_text(", ", "label", row->label);
	json_flags(&row->flags);
	printf(", \"created\": %lld,\n  \"logins\": [",
	    (long long)row->created);
	status = logins_put(u, o, &l);
	printf("],\n  \"keys\": [");
	for (i = 0; i < keys->count; i++) {
		printf("%s", i == 0 ? "" : ",");
		key_json(&keys->row[i]);
	}
	printf("]}\n");
	return ukd_exit(u, status);
}

static int
show_text(struct ukey_ukd *u, const struct ukey_ukd_address_row *row,
    const struct ukd_keys *keys, const struct ukd_options *o)
{
	struct listing l = { false, 0 };
	enum ukey_ukd_status status;
	unsigned i;

	address_text(row);
	status = logins_put(u, o, &l);
	for (i = 0; i < keys->count; i++)
		key_text(&keys->row[i]);
	if (keys->count > 0)
		printf("\n; in the DNS:\n");
	ukd_keys_print(keys, o);
	return ukd_exit(u, status);
}

int
ukd_show(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct ukey_ukd_address_row row;
	struct ukd_keys *keys;
	int exit;

	exit = ukd_exit(u, ukey_ukd_each_address(u, &o->filter, each_shown,
	    &row));
	if (exit != CLI_PASS)
		return exit;
	keys = ukd_keys_read(u, &o->mailbox, &exit);
	if (keys == NULL)
		return exit;
	exit = o->json ? show_json(u, &row, keys, o) :
	    show_text(u, &row, keys, o);
	free(keys);
	return exit;
}
