/*
 * userkeys ukd settings, rekey, upgrade: what concerns the database as a
 * whole.  SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "cmd_ukd.h"

static int
settings_print(struct ukey_ukd *u, bool json)
{
	struct ukey_ukd_login_form form;

	ukey_ukd_login_form(u, &form);
	if (json) {
		printf("{\"schema\": %d, \"fold-logins\": %s, "
		    "\"drop-realm\": %s, \"realm\": ", UKEY_UKD_SCHEMA,
		    form.fold ? "true" : "false",
		    form.strip ? "true" : "false");
		cli_put_json(stdout, cli_view(form.realm));
		printf("}\n");
		return CLI_PASS;
	}
	printf("schema %d\nlogins: ", UKEY_UKD_SCHEMA);
	if (form.strip)
		printf("every realm is dropped");
	else if (form.realm[0] == '\0')
		printf("with the realm that they come with, or none");
	else {
		cli_put(stdout, cli_view(form.realm));
		printf(" is the realm of those without one");
	}
	printf("; ASCII letters %s case\n", form.fold ? "without" : "with");
	return CLI_PASS;
}

/* REALM as of init: NULL, none is added or dropped; empty, all are dropped. */
static void
form_realm(struct ukey_ukd_login_form *form, const char *realm)
{
	memset(form->realm, 0, sizeof(form->realm));
	form->strip = realm != NULL && realm[0] == '\0';
	if (realm != NULL)
		memcpy(form->realm, realm, strlen(realm));
}

/* The changes that O asks for; false with an error printed. */
static bool
form_take(const struct ukd_options *o, struct ukey_ukd_login_form *form)
{
	if (o->fold || o->no_fold)
		form->fold = o->fold;
	if (o->no_realm)
		form_realm(form, NULL);
	if (o->realm != NULL && strlen(o->realm) >= sizeof(form->realm)) {
		cli_usage("ukd", "--realm: over %zu octets", sizeof(
		    form->realm) - 1);
		return false;
	}
	if (o->realm != NULL)
		form_realm(form, o->realm);
	return true;
}

int
ukd_settings(struct ukey_ukd *u, const struct ukd_options *o)
{
	unsigned fold = (unsigned)o->fold + o->no_fold;
	unsigned realm = (unsigned)(o->realm != NULL) + o->no_realm;
	struct ukey_ukd_login_form form;
	unsigned changed;
	int exit;

	if (fold + realm == 0)
		return settings_print(u, o->json);
	if (fold > 1 || realm > 1)
		return cli_usage("ukd", "settings: two options that say the "
		    "opposite: leave one out");
	ukey_ukd_login_form(u, &form);
	if (!form_take(o, &form))
		return CLI_USAGE;
	exit = ukd_exit(u, ukey_ukd_login_form_set(u, &form, &changed));
	if (exit != CLI_PASS)
		return exit;
	fprintf(stderr, "%u login%s rewritten\n", changed,
	    changed == 1 ? "" : "s");
	return settings_print(u, o->json);
}

int
ukd_rekey(struct ukey_ukd *u, const struct ukd_options *o)
{
	enum ukey_ukd_status status;
	unsigned keys;

	status = ukey_ukd_rekey(u, o->lost, &keys);
	if (status != UKEY_UKD_OK)
		return ukd_exit(u, status);
	if (o->lost)
		printf("%s is new; %u key%s retired, since nobody can open "
		    "%s private half any more\nNext: userkeys ukd rotate "
		    "--all --start\n", ukey_ukd_key_file(u), keys,
		    keys == 1 ? " is" : "s are", keys == 1 ? "its" : "their");
	else
		printf("%u private key%s sealed anew with %s\nThe old key file "
		    "is %s.old: sealed backups of before need it.  Keep it "
		    "with them, or destroy it.\n", keys, keys == 1 ? "" : "s",
		    ukey_ukd_key_file(u), ukey_ukd_key_file(u));
	return CLI_PASS;
}

/* To open it is to upgrade it. */
int
ukd_upgrade(struct ukey_ukd *u, const struct ukd_options *o)
{
	(void)u;
	printf("%s: schema %d, as this program wants it\n",
	    o->db != NULL ? o->db : UKD_DB, UKEY_UKD_SCHEMA);
	return CLI_PASS;
}
