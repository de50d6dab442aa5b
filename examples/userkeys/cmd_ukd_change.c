/*
 * userkeys ukd add, set, allow, deny, remove.  SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "cmd_ukd.h"

/* Mailbox, key and permission in one transaction. */
static enum ukey_ukd_status
add_all(struct ukey_ukd *u, const struct ukd_options *o, struct ukey_key *key)
{
	struct ukey_view generation = { NULL, 0 };
	char made[UKEY_LABEL_MAX + 1];
	enum ukey_ukd_status status;

	if (o->generation != NULL)
		generation = cli_view(o->generation);
	status = ukey_ukd_begin(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_add(u, &o->mailbox, &o->flags);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_key_add(u, &o->mailbox, generation, key,
		    made);
	if (status == UKEY_UKD_OK && o->login != NULL)
		status = ukey_ukd_allow(u, cli_view(o->login),
		    &o->filter);
	return ukey_ukd_end(u, status);
}

int
ukd_add(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct ukey_key *key;
	struct ukd_keys *keys;
	int exit;

	if (o->from != NULL)
		return ukd_add_many(u, o);
	key = ukd_generate(o);
	if (key == NULL)
		return CLI_TEMPORARY;
	exit = ukd_exit(u, add_all(u, o, key));
	ukey_key_free(key);
	if (exit != CLI_PASS)
		return exit;
	keys = ukd_keys_read(u, &o->mailbox, &exit);
	if (keys == NULL)
		return exit;
	if (o->login == NULL)
		fprintf(stderr, "No login is given: nobody may send as %s "
		    "until\nuserkeys ukd allow %s --login LOGIN\n"
		    "(or a login may use the whole domain).\n", o->arg,
		    o->arg);
	fprintf(stderr, "Publish this, then: userkeys ukd rotate %s\n",
	    o->arg);
	ukd_keys_print(keys, o);
	free(keys);
	return CLI_PASS;
}

static bool
each_flags(void *state, const struct ukey_ukd_address_row *row)
{
	*(struct ukey_ukd_flags *)state = row->flags;
	return true;
}

int
ukd_set(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct ukey_ukd_flags flags = o->flags, was;
	struct ukd_keys *keys;
	int exit;

	memset(&was, 0, sizeof(was));
	exit = ukd_exit(u, ukey_ukd_each_address(u, &o->filter,
	    each_flags, &was));
	if (exit != CLI_PASS)
		return exit;
	if (o->options == NULL) {
		flags.exact = was.exact;
		flags.only_from = was.only_from;
	}
	if (o->advice == NULL)
		flags.advice = was.advice;
	exit = ukd_exit(u, ukey_ukd_set(u, &o->mailbox, &flags));
	if (exit != CLI_PASS)
		return exit;
	keys = ukd_keys_read(u, &o->mailbox, &exit);
	if (keys == NULL)
		return exit;
	fprintf(stderr, "Publish these instead of the old ones:\n");
	ukd_keys_print(keys, o);
	free(keys);
	return CLI_PASS;
}

static int
no_login(const char *command)
{
	return cli_usage("ukd", "%s: which login?: add --login LOGIN",
	    command);
}

int
ukd_allow(struct ukey_ukd *u, const struct ukd_options *o)
{
	if (o->login == NULL)
		return no_login("allow");
	return ukd_exit(u, ukey_ukd_allow(u, cli_view(o->login),
	    &o->filter));
}

int
ukd_deny(struct ukey_ukd *u, const struct ukd_options *o)
{
	if (o->login == NULL)
		return no_login("deny");
	return ukd_exit(u, ukey_ukd_deny(u, cli_view(o->login),
	    &o->filter));
}

/* What the DNS has of a mailbox that is no more, for people. */
static void
say_end(const struct ukd_plan *plan)
{
	struct record r;
	unsigned i;

	fprintf(stderr, "Mail on its way needs its keys for a week and a day."
	    "  Then, in the DNS:\n");
	for (i = 0; i < plan->count; i++)
		if (ukd_entry_record(&plan->entry[i], &r))
			fprintf(stderr, "  %s %s TXT\n", plan->entry[i].kind ==
			    UKD_ENTRY_GONE ? "remove " : "replace", r.name);
	fprintf(stderr, "and the aliases of what is removed.\n");
}

int
ukd_remove(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct ukd_plan plan;
	struct ukd_keys *keys;
	int exit;

	keys = ukd_keys_read(u, &o->mailbox, &exit);
	if (keys == NULL)
		return exit;
	exit = ukd_exit(u, ukey_ukd_remove(u, &o->mailbox));
	if (exit == CLI_PASS && keys->count > 0) {
		ukd_plan_end(&plan, keys);
		say_end(&plan);
		ukd_plan_print(&plan, o, false);
	}
	free(keys);
	return exit;
}
