/*
 * userkeys ukd: the keys of a mailbox, and one mailbox after the other.
 * SPDX-License-Identifier: MIT
 */
#define _DEFAULT_SOURCE /* strdup */

#include <stdlib.h>
#include <string.h>

#include "cmd_ukd.h"
#include "progress.h"

/* The newest UKD_KEYS_MAX stay. */
static bool
each_key(void *state, const struct ukey_ukd_key_row *row)
{
	struct ukd_keys *keys = state;

	if (keys->count == UKD_KEYS_MAX) {
		memmove(&keys->row[0], &keys->row[1],
		    (UKD_KEYS_MAX - 1) * sizeof(*row));
		keys->count--;
	}
	keys->row[keys->count++] = *row;
	return true;
}

struct ukd_keys *
ukd_keys_read(struct ukey_ukd *u, const struct ukey_address *mailbox,
    int *exit)
{
	const struct ukey_ukd_filter one = { UKEY_UKD_MAILBOX, *mailbox };
	struct ukd_keys *keys = calloc(1, sizeof(*keys));
	enum ukey_ukd_status status;

	if (keys == NULL) {
		cli_error("out of memory: try again");
		*exit = CLI_TEMPORARY;
		return NULL;
	}
	status = ukey_ukd_each_key(u, &one, each_key, keys);
	*exit = ukd_exit(u, status);
	if (status == UKEY_UKD_OK)
		return keys;
	free(keys);
	return NULL;
}

/* ---- one after the other ------------------------------------------------ */

struct names {
	size_t count, room;
	char **name;
	bool full; /* out of memory */
};

static bool
each_name(void *state, const struct ukey_ukd_address_row *row)
{
	struct names *n = state;
	char **more;

	if (row->label[0] == '\0')
		return true; /* a whole domain has no keys */
	if (n->count == n->room) {
		n->room = n->room * 2 + 64;
		more = realloc(n->name, n->room * sizeof(*more));
		if (more == NULL) {
			n->full = true;
			return false;
		}
		n->name = more;
	}
	n->name[n->count] = strdup(row->address);
	n->full = n->name[n->count] == NULL;
	if (!n->full)
		n->count++;
	return !n->full;
}

static void
names_free(struct names *n)
{
	while (n->count > 0)
		free(n->name[--n->count]);
	free(n->name);
}

/* The worse of two exit statuses: 75, 65, 1, 0. */
static int
worse(int a, int b)
{
	return a > b ? a : b;
}

int
ukd_each_mailbox(struct ukey_ukd *u, const struct ukd_options *o,
    const char *doing, int (*each)(void *state, struct ukey_ukd *u,
    const struct ukey_address *mailbox), void *state)
{
	struct names n = { 0, 0, NULL, false };
	struct ukey_address mailbox;
	int exit, one = CLI_PASS;
	size_t i;

	exit = ukd_exit(u, ukey_ukd_each_address(u, &o->filter, each_name,
	    &n));
	if (n.full) {
		cli_error("out of memory: name fewer mailboxes");
		exit = CLI_TEMPORARY;
	}
	if (exit == CLI_PASS && n.count == 0 &&
	    o->filter.which == UKEY_UKD_DOMAIN) {
		cli_error("%s: no mailbox of this domain is in the database: "
		    "see \"userkeys ukd list\"", o->arg);
		exit = CLI_INPUT;
	}
	progress_begin(doing, n.count);
	for (i = 0; i < n.count && !n.full && one != CLI_GO_ON; i++) {
		progress_step(i);
		if (!cli_address(n.name[i], &mailbox))
			continue;
		one = each(state, u, &mailbox);
		exit = worse(exit, one);
	}
	progress_end();
	names_free(&n);
	return exit;
}
