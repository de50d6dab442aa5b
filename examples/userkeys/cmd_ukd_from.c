/*
 * userkeys ukd add --from: the mailboxes of a list, all of them or none.
 * SPDX-License-Identifier: MIT
 *
 * What can be wrong is found first, by a trial that is taken back; then the
 * keys are made, which takes its time and needs no lock; then all goes in.
 */
#define _DEFAULT_SOURCE /* strdup */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd_ukd.h"
#include "progress.h"

#define LOGIN_BLANKS " \t;"

/* One line; texts are its own. */
struct entry {
	unsigned long line;
	unsigned address_at, logins_at;
	char *address, *logins;
	struct ukey_ukd_filter whom; /* of the address */
	struct ukey_ukd_flags flags;
	struct ukey_key *key;
};

struct list {
	struct ukey_ukd *u;
	const struct ukd_options *o;
	struct ukd_csv csv;
	size_t count, room;
	struct entry *entry;
};

/* One more, or NULL with an error printed. */
static struct entry *
entry_new(struct list *l)
{
	struct entry *more;

	if (l->count == l->room) {
		more = realloc(l->entry, (2 * l->room + 64) * sizeof(*more));
		if (more != NULL) {
			l->entry = more;
			l->room = 2 * l->room + 64;
		}
	}
	if (l->count == l->room) {
		ukd_csv_error(&l->csv, 1, "out of memory: cut the list");
		return NULL;
	}
	more = &l->entry[l->count];
	memset(more, 0, sizeof(*more));
	return more;
}

static bool
advice_take(struct list *l, struct entry *e)
{
	static const char *const words[] = { "none", "quarantine",
	    "reject" };
	const char *text = l->csv.field[2];
	uint8_t i;

	e->flags = l->o->flags;
	if (text[0] == '\0')
		return true;
	for (i = 0; i < 3; i++)
		if (strcmp(text, words[i]) == 0) {
			e->flags.advice = i;
			return true;
		}
	ukd_csv_error(&l->csv, l->csv.column[2], "expected none, quarantine "
	    "or reject");
	return false;
}

/* The line that was read as one more entry. */
static bool
entry_take(struct list *l)
{
	struct entry *e = entry_new(l);
	const char *text = l->csv.field[0];

	if (e == NULL)
		return false;
	e->address = strdup(text);
	e->logins = strdup(l->csv.field[1]);
	e->line = l->csv.line;
	e->address_at = l->csv.column[0];
	e->logins_at = l->csv.column[1];
	l->count++;
	if (e->address == NULL || e->logins == NULL) {
		ukd_csv_error(&l->csv, 1, "out of memory: cut the list");
		return false;
	}
	if (ukey_ukd_filter_read(&e->whom, cli_view(e->address)) !=
	    UKEY_REASON_OK || e->whom.which != UKEY_UKD_MAILBOX ||
	    text[0] == '<')
		ukd_csv_error(&l->csv, e->address_at, "expected one mailbox, "
		    "local-part@domain");
	return advice_take(l, e);
}

static bool
list_read(struct list *l)
{
	bool input = strcmp(l->o->from, "-") == 0;
	FILE *f = input ? stdin : fopen(l->o->from, "r");

	if (f == NULL) {
		cli_error("%s: %s: name a list of mailboxes", l->o->from,
		    strerror(errno));
		return false;
	}
	while (ukd_csv_next(&l->csv, f))
		(void)entry_take(l);
	if (!input)
		fclose(f);
	if (l->count == 0 && !l->csv.bad)
		ukd_csv_error(&l->csv, 1, "expected a line for each mailbox: "
		    "address, logins, advice");
	return !l->csv.bad;
}

/* The database's error, at COLUMN of E's line. */
static enum ukey_ukd_status
told(struct list *l, const struct entry *e, unsigned column,
    enum ukey_ukd_status status)
{
	if (status == UKEY_UKD_OK)
		return status;
	l->csv.line = e->line;
	ukd_csv_error(&l->csv, column, ukey_ukd_error(l->u));
	return status;
}

/* Each login of E, separated by blanks or semicolons. */
static enum ukey_ukd_status
logins_put(struct list *l, const struct entry *e)
{
	enum ukey_ukd_status status = UKEY_UKD_OK;
	const char *p = e->logins;
	struct ukey_view login;

	while (status == UKEY_UKD_OK) {
		p += strspn(p, LOGIN_BLANKS);
		login.data = (const uint8_t *)p;
		login.len = strcspn(p, LOGIN_BLANKS);
		if (login.len == 0)
			break;
		status = told(l, e, e->logins_at + (unsigned)(p - e->logins),
		    ukey_ukd_allow(l->u, login, &e->whom));
		p += login.len;
	}
	return status;
}

static enum ukey_ukd_status
entry_put(struct list *l, const struct entry *e)
{
	static const struct ukey_view next = { NULL, 0 };
	char made[UKEY_LABEL_MAX + 1];
	enum ukey_ukd_status status;

	status = told(l, e, e->address_at, ukey_ukd_add(l->u,
	    &e->whom.mailbox, &e->flags));
	if (status == UKEY_UKD_OK)
		status = logins_put(l, e);
	if (status == UKEY_UKD_OK && e->key != NULL)
		status = told(l, e, e->address_at, ukey_ukd_key_add(l->u,
		    &e->whom.mailbox, next, e->key, made));
	return status;
}

/* All entries in one transaction, which is kept if KEEP; else every line that
 * cannot go in is named. */
static enum ukey_ukd_status
list_put(struct list *l, bool keep)
{
	enum ukey_ukd_status status = ukey_ukd_begin(l->u), one;
	size_t i;

	if (status != UKEY_UKD_OK) {
		cli_error("%s", ukey_ukd_error(l->u));
		return status;
	}
	for (i = 0; i < l->count && status != UKEY_UKD_BUSY; i++) {
		one = entry_put(l, &l->entry[i]);
		if (one != UKEY_UKD_OK)
			status = one;
	}
	if (!keep) {
		(void)ukey_ukd_end(l->u, UKEY_UKD_INVALID);
		return status;
	}
	one = ukey_ukd_end(l->u, status);
	if (one != status)
		cli_error("%s", ukey_ukd_error(l->u));
	return one;
}

static bool
keys_make(struct list *l)
{
	size_t i;

	progress_begin("making keys:", l->count);
	for (i = 0; i < l->count; i++) {
		progress_step(i);
		l->entry[i].key = ukd_generate(l->o);
		if (l->entry[i].key == NULL)
			break;
	}
	progress_end();
	return i == l->count;
}

/* Mailboxes that nobody may send as, unless by a right to their domain. */
static void
tell_without_login(const struct list *l)
{
	size_t i, without = 0;

	for (i = 0; i < l->count; i++) {
		const char *logins = l->entry[i].logins;

		without += logins[strspn(logins, LOGIN_BLANKS)] == '\0';
	}
	if (without > 0)
		fprintf(stderr, "%zu without a login: nobody may send as "
		    "these until \"userkeys ukd allow\" (see \"userkeys ukd "
		    "list\").\n", without);
}

static int
records_put(const struct list *l)
{
	struct record_writer w = ukd_writer(l->o);
	struct ukd_plan plan;
	struct ukd_keys *keys;
	int exit = CLI_PASS;
	size_t i;

	fprintf(stderr, "%zu mailbox%s added.  Publish these, then: userkeys "
	    "ukd rotate --all\n", l->count, l->count == 1 ? "" : "es");
	tell_without_login(l);
	record_begin(&w);
	for (i = 0; i < l->count && exit == CLI_PASS; i++) {
		keys = ukd_keys_read(l->u, &l->entry[i].whom.mailbox, &exit);
		if (keys == NULL)
			break;
		ukd_plan_make(&plan, keys, time(NULL));
		ukd_plan_put(&plan, &w, true);
		free(keys);
	}
	record_end(&w);
	return exit;
}

static void
list_free(struct list *l)
{
	for (; l->count > 0; l->count--) {
		free(l->entry[l->count - 1].address);
		free(l->entry[l->count - 1].logins);
		ukey_key_free(l->entry[l->count - 1].key);
	}
	free(l->entry);
	free(l->csv.text);
}

static int
list_add(struct list *l)
{
	enum ukey_ukd_status status;

	if (!list_read(l))
		return CLI_INPUT;
	status = list_put(l, false);
	if (status == UKEY_UKD_OK && !keys_make(l))
		return CLI_TEMPORARY;
	if (status == UKEY_UKD_OK)
		status = list_put(l, true);
	if (status != UKEY_UKD_OK)
		return status == UKEY_UKD_BUSY ? CLI_TEMPORARY : CLI_INPUT;
	return records_put(l);
}

int
ukd_add_many(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct list l = { .u = u, .o = o, .csv = { .name = o->from } };
	int exit;

	if (o->login != NULL || o->generation != NULL)
		return cli_usage("ukd", "add --from: the list names the "
		    "logins, and generations are made: leave out --login and "
		    "--generation");
	exit = list_add(&l);
	list_free(&l);
	return exit;
}
