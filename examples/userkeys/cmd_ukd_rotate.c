/*
 * userkeys ukd rotate, publish, activate, retire: a key's life.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd_ukd.h"

/* CLI_PASS when the DNS shows ROW's key. */
static int
dns_check(const struct ukd_options *o, const struct ukey_ukd_key_row *row)
{
	struct ukey_resolver *r = cli_resolver(o->dns, o->zone);
	struct ukd_look look;
	int exit;

	if (r == NULL)
		return CLI_INPUT;
	ukd_look(&look, r, row);
	exit = ukd_look_say(&look, r);
	cli_resolver_end(r, exit);
	return exit;
}

/* The key that --generation names, or the oldest in STATE; NULL: none. */
static const struct ukey_ukd_key_row *
pick(const struct ukd_keys *keys, const struct ukd_options *o,
    enum ukey_ukd_state state)
{
	unsigned i;

	for (i = 0; i < keys->count; i++)
		if (o->generation != NULL ?
		    strcmp(o->generation, keys->row[i].generation) == 0 :
		    keys->row[i].state == state)
			return &keys->row[i];
	return NULL;
}

/* A key that was retired just now stays in the DNS for a while. */
static void
say_kept(const struct ukey_ukd_key_row *row)
{
	char day[32];

	ukd_day(ukd_keep_until(time(NULL)), day);
	fprintf(stderr, "Its record stays until %s, for mail on its way; "
	    "then: userkeys ukd records %s\n", day, row->address);
}

static int
move(struct ukey_ukd *u, const struct ukd_options *o,
    const struct ukey_ukd_key_row *row, enum ukey_ukd_state to)
{
	int exit = ukd_exit(u, ukey_ukd_key_move(u, &o->mailbox,
	    cli_view(row->generation), to, o->force));

	if (exit != CLI_PASS)
		return exit;
	cli_put(stdout, cli_view(row->address));
	printf(": key%s%s is %s\n", row->generation[0] == '\0' ? "" : " ",
	    row->generation, ukey_ukd_state_word(to));
	if (to == UKEY_UKD_RETIRED && row->activated != 0)
		say_kept(row);
	return CLI_PASS;
}

/* One step of the key that is ready for it. */
static int
step(struct ukey_ukd *u, const struct ukd_options *o, enum ukey_ukd_state to)
{
	const struct ukey_ukd_key_row *row;
	struct ukd_keys *keys;
	int exit;

	keys = ukd_keys_read(u, &o->mailbox, &exit);
	if (keys == NULL)
		return exit;
	row = pick(keys, o, to - 1);
	if (row == NULL && o->force && to == UKEY_UKD_ACTIVE)
		row = pick(keys, o, UKEY_UKD_NEW);
	if (row == NULL) {
		cli_error("%s: no key of it is %s: see \"userkeys ukd "
		    "show\", or name one with --generation", o->arg,
		    ukey_ukd_state_word(to - 1));
		exit = CLI_INPUT;
	} else {
		if (to == UKEY_UKD_PUBLISHED && !o->force)
			exit = dns_check(o, row);
		if (exit == CLI_PASS)
			exit = move(u, o, row, to);
	}
	free(keys);
	return exit;
}

int
ukd_publish(struct ukey_ukd *u, const struct ukd_options *o)
{
	return step(u, o, UKEY_UKD_PUBLISHED);
}

int
ukd_activate(struct ukey_ukd *u, const struct ukd_options *o)
{
	return step(u, o, UKEY_UKD_ACTIVE);
}

int
ukd_retire(struct ukey_ukd *u, const struct ukd_options *o)
{
	return step(u, o, UKEY_UKD_RETIRED);
}

/* A further key for the mailbox, and what to publish. */
static int
rotate_start(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct ukey_view generation = { NULL, 0 };
	char made[UKEY_LABEL_MAX + 1];
	struct ukd_keys *keys;
	struct ukey_key *key;
	int exit;

	if (o->generation != NULL)
		generation = cli_view(o->generation);
	key = ukd_generate(o);
	if (key == NULL)
		return CLI_TEMPORARY;
	exit = ukd_exit(u, ukey_ukd_key_add(u, &o->mailbox, generation,
	    key, made));
	ukey_key_free(key);
	if (exit != CLI_PASS)
		return exit;
	keys = ukd_keys_read(u, &o->mailbox, &exit);
	if (keys == NULL)
		return exit;
	fprintf(stderr, "New key%s%s: publish these, then rotate again\n",
	    made[0] == '\0' ? "" : ", generation ", made);
	ukd_keys_print(keys, o);
	free(keys);
	return CLI_PASS;
}

/* The next step for one mailbox. */
static int
rotate_one(struct ukey_ukd *u, const struct ukd_options *o)
{
	const struct ukey_ukd_key_row *fresh, *seen;
	struct ukd_options all = *o;
	struct ukd_keys *keys;
	int exit;

	keys = ukd_keys_read(u, &o->mailbox, &exit);
	if (keys == NULL)
		return exit;
	all.generation = NULL;
	seen = pick(keys, &all, UKEY_UKD_PUBLISHED);
	fresh = pick(keys, &all, UKEY_UKD_NEW);
	if (seen != NULL)
		exit = move(u, o, seen, UKEY_UKD_ACTIVE);
	else if (fresh == NULL)
		exit = rotate_start(u, o);
	else if (o->force)
		exit = move(u, o, fresh, UKEY_UKD_ACTIVE);
	else {
		exit = dns_check(o, fresh);
		if (exit == CLI_PASS)
			exit = move(u, o, fresh, UKEY_UKD_PUBLISHED);
	}
	free(keys);
	return exit;
}

int
ukd_rotate(struct ukey_ukd *u, const struct ukd_options *o)
{
	if (o->filter.which != UKEY_UKD_MAILBOX)
		return ukd_rotate_many(u, o);
	if (o->json || o->quiet || o->start || o->older != NULL)
		return cli_usage("ukd", "rotate: --json, --quiet, --start and "
		    "--older-than are for many: @DOMAIN or --all");
	return rotate_one(u, o);
}
