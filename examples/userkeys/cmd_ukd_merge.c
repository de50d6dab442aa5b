/*
 * userkeys ukd import --merge, --replace: what makes room for a backup, and
 * whether a private key would be lost by that.  SPDX-License-Identifier: MIT
 */
#define _DEFAULT_SOURCE /* strdup */

#include <stdlib.h>
#include <string.h>

#include "cmd_ukd.h"

/* A key that was here. */
struct ukd_held {
	char *address;
	char generation[UKEY_LABEL_MAX + 1];
	bool live;  /* its private half is not wiped */
	bool found; /* in the backup, too */
	size_t public_len;
	uint8_t spki[UKEY_KEY_PUBLIC_MAX];
};

/* Room for one more; false with the error printed. */
static bool
held_grow(struct ukd_merge *m)
{
	struct ukd_held *more;

	if (m->count < m->room)
		return true;
	more = realloc(m->held, (2 * m->room + 64) * sizeof(*more));
	if (more == NULL) {
		cli_error("out of memory: import less");
		return false;
	}
	m->held = more;
	m->room = 2 * m->room + 64;
	return true;
}

static bool
each_key(void *state, const struct ukey_ukd_key_row *row)
{
	struct ukd_merge *m = state;
	struct ukd_held *held;

	m->broken = !held_grow(m);
	if (m->broken)
		return false;
	held = &m->held[m->count];
	memset(held, 0, sizeof(*held));
	held->address = strdup(row->address);
	m->broken = held->address == NULL;
	if (m->broken)
		return false;
	m->count++;
	memcpy(held->generation, row->generation, sizeof(held->generation));
	held->live = row->state != UKEY_UKD_RETIRED;
	held->public_len = row->public_len;
	memcpy(held->spki, row->spki, row->public_len);
	return true;
}

/* Remembers the keys of what FILTER names, and removes it without a trace. */
static enum ukey_ukd_status
make_room(struct ukd_merge *m, const struct ukey_ukd_filter *filter)
{
	enum ukey_ukd_status status;

	status = ukey_ukd_each_key(m->u, filter, each_key, m);
	if (status == UKEY_UKD_ABSENT)
		return UKEY_UKD_OK;
	if (status == UKEY_UKD_OK && m->broken)
		return UKEY_UKD_INVALID;
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_forget(m->u, filter);
	return status;
}

enum ukey_ukd_status
ukd_merge_begin(struct ukd_merge *m)
{
	static const struct ukey_ukd_filter all = { .which = UKEY_UKD_ALL };
	enum ukey_ukd_status status = ukey_ukd_begin(m->u);

	if (status == UKEY_UKD_OK && m->replace)
		status = make_room(m, &all);
	return status;
}

enum ukey_ukd_status
ukd_merge_mailbox(struct ukd_merge *m, const struct ukey_address *mailbox)
{
	const struct ukey_ukd_filter one = { UKEY_UKD_MAILBOX, *mailbox };

	return m->merge ? make_room(m, &one) : UKEY_UKD_OK;
}

static bool
is_row(const struct ukd_held *held, const struct ukey_ukd_key_row *row)
{
	return strcmp(held->generation, row->generation) == 0 &&
	    held->public_len == row->public_len &&
	    memcmp(held->spki, row->spki, row->public_len) == 0 &&
	    strcmp(held->address, row->address) == 0;
}

/* Backups and what is held have the same order: the search goes on where the
 * last one ended. */
void
ukd_merge_key(struct ukd_merge *m, const struct ukey_ukd_key_row *row)
{
	size_t i;

	for (i = 0; i < m->count; i++, m->next++) {
		if (m->next >= m->count)
			m->next = 0;
		if (!is_row(&m->held[m->next], row))
			continue;
		m->held[m->next++].found = true;
		return;
	}
}

/* Whether HELD's private half would be lost; printed. */
static bool
is_lost(const struct ukd_held *held)
{
	if (!held->live || held->found)
		return false;
	cli_error("%s: key%s%s: is here, and not in the backup: its private "
	    "half would be lost: give --force if it may be", held->address,
	    held->generation[0] == '\0' ? "" : " ", held->generation);
	return true;
}

enum ukey_ukd_status
ukd_merge_end(struct ukd_merge *m)
{
	bool lost = false;
	size_t i;

	for (i = 0; i < m->count && !m->force; i++)
		lost |= is_lost(&m->held[i]);
	return lost ? UKEY_UKD_INVALID : UKEY_UKD_OK;
}

void
ukd_merge_free(struct ukd_merge *m)
{
	for (; m->count > 0; m->count--)
		free(m->held[m->count - 1].address);
	free(m->held);
	m->held = NULL;
}
