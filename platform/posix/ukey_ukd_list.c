/*
 * userkeys: listing the User Key Database.  SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "ukey_ukd_parts.h"

/* A statement for each enum ukey_ukd_which. */
#define FILTERS 3
#define FILTERED(head, tail) { head " WHERE 1 " tail, \
	head " WHERE a.domain = ?1 " tail, head " WHERE a.id = ?1 " tail }

static const char *const addresses_sql[FILTERS] = FILTERED(
	"SELECT a.address, a.domain, a.label, a.exact, a.only_from,"
	" a.testing, a.advice, a.created,"
	" (SELECT count(*) FROM permissions WHERE address = a.id),"
	" (SELECT count(*) FROM keys WHERE address = a.id),"
	" k.id IS NOT NULL, k.generation FROM addresses AS a"
	" LEFT JOIN keys AS k ON k.address = a.id AND k.state = 'active'",
	"ORDER BY a.domain, a.label");
static const char *const logins_sql[FILTERS] = FILTERED(
	"SELECT l.login, a.address, p.created FROM addresses AS a"
	" JOIN permissions AS p ON p.address = a.id"
	" JOIN logins AS l ON l.id = p.login",
	"ORDER BY a.domain, a.label, l.login");
static const char *const keys_sql[FILTERS] = FILTERED(
	"SELECT a.address, a.domain, a.label, a.exact, a.only_from,"
	" a.testing, a.advice, k.generation, k.bits, k.public, k.created,"
	" k.published, k.activated, k.retired, k.state"
	" FROM addresses AS a JOIN keys AS k ON k.address = a.id",
	"ORDER BY a.domain, a.label, k.id");

/* Makes the query of FILTER ready; NAME is its parameter, to be kept. */
static enum ukey_ukd_status
prepare(struct ukey_ukd *u, struct ukey_ukd_query *q,
    const char *const sql[FILTERS], const struct ukey_ukd_filter *filter,
    struct ukey_ukd_name *name)
{
	enum ukey_ukd_status status = ukey_ukd_refresh(u);
	int64_t id = 0;

	if (status == UKEY_UKD_OK && filter->which == UKEY_UKD_MAILBOX)
		status = ukey_ukd_find(u, &filter->mailbox, &id);
	if (status != UKEY_UKD_OK)
		return status;
	ukey_ukd_query(q, u, sql[filter->which]);
	if (filter->which == UKEY_UKD_MAILBOX)
		ukey_ukd_bind_int(q, id);
	else if (filter->which == UKEY_UKD_DOMAIN) {
		ukey_ukd_domain(filter, name);
		ukey_ukd_bind_text(q, (struct ukey_view) { name->domain,
		    name->domain_len });
	}
	return UKEY_UKD_OK;
}

static void
flags_take(struct ukey_ukd_query *q, struct ukey_ukd_flags *flags)
{
	flags->exact = ukey_ukd_column_int(q) != 0;
	flags->only_from = ukey_ukd_column_int(q) != 0;
	flags->testing = ukey_ukd_column_int(q) != 0;
	flags->advice = (uint8_t)ukey_ukd_column_int(q);
}

enum ukey_ukd_status
ukey_ukd_each_address(struct ukey_ukd *u, const struct ukey_ukd_filter *filter,
    bool (*each)(void *state, const struct ukey_ukd_address_row *row),
    void *state)
{
	struct ukey_ukd_address_row row;
	struct ukey_ukd_name name;
	struct ukey_ukd_query q;
	enum ukey_ukd_status status;
	bool more = true;

	status = prepare(u, &q, addresses_sql, filter, &name);
	if (status != UKEY_UKD_OK)
		return status;
	while (more && ukey_ukd_step(&q)) {
		ukey_ukd_column_text(&q, row.address, sizeof(row.address));
		ukey_ukd_column_text(&q, row.domain, sizeof(row.domain));
		ukey_ukd_column_text(&q, row.label, sizeof(row.label));
		flags_take(&q, &row.flags);
		row.created = ukey_ukd_column_int(&q);
		row.logins = ukey_ukd_column_int(&q);
		row.keys = ukey_ukd_column_int(&q);
		row.has_active = ukey_ukd_column_int(&q) != 0;
		ukey_ukd_column_text(&q, row.active, sizeof(row.active));
		more = q.rc == SQLITE_ROW && each(state, &row);
	}
	return ukey_ukd_query_end(&q);
}

enum ukey_ukd_status
ukey_ukd_each_login(struct ukey_ukd *u, const struct ukey_ukd_filter *filter,
    bool (*each)(void *state, const struct ukey_ukd_login_row *row),
    void *state)
{
	struct ukey_ukd_login_row row;
	struct ukey_ukd_name name;
	struct ukey_ukd_query q;
	enum ukey_ukd_status status;
	bool more = true;

	status = prepare(u, &q, logins_sql, filter, &name);
	if (status != UKEY_UKD_OK)
		return status;
	while (more && ukey_ukd_step(&q)) {
		ukey_ukd_column_text(&q, row.login, sizeof(row.login));
		ukey_ukd_column_text(&q, row.address, sizeof(row.address));
		row.created = ukey_ukd_column_int(&q);
		more = q.rc == SQLITE_ROW && each(state, &row);
	}
	return ukey_ukd_query_end(&q);
}

static void
key_take(struct ukey_ukd_query *q, struct ukey_ukd_key_row *row)
{
	struct ukey_view v;
	int i;

	ukey_ukd_column_text(q, row->address, sizeof(row->address));
	ukey_ukd_column_text(q, row->domain, sizeof(row->domain));
	ukey_ukd_column_text(q, row->label, sizeof(row->label));
	flags_take(q, &row->flags);
	ukey_ukd_column_text(q, row->generation, sizeof(row->generation));
	row->bits = (unsigned)ukey_ukd_column_int(q);
	v = ukey_ukd_column(q);
	row->public_len = v.len;
	if (v.len > sizeof(row->spki))
		q->rc = SQLITE_CORRUPT;
	else if (v.len > 0)
		memcpy(row->spki, v.data, v.len);
	row->created = ukey_ukd_column_int(q);
	row->published = ukey_ukd_column_int(q);
	row->activated = ukey_ukd_column_int(q);
	row->retired = ukey_ukd_column_int(q);
	v = ukey_ukd_column(q);
	row->state = UKEY_UKD_RETIRED;
	for (i = 0; i < UKEY_UKD_STATES; i++)
		if (v.len == strlen(ukey_ukd_state_word(i)) &&
		    memcmp(v.data, ukey_ukd_state_word(i), v.len) == 0)
			row->state = i;
}

enum ukey_ukd_status
ukey_ukd_each_key(struct ukey_ukd *u, const struct ukey_ukd_filter *filter,
    bool (*each)(void *state, const struct ukey_ukd_key_row *row),
    void *state)
{
	struct ukey_ukd_key_row row;
	struct ukey_ukd_name name;
	struct ukey_ukd_query q;
	enum ukey_ukd_status status;
	bool more = true;

	status = prepare(u, &q, keys_sql, filter, &name);
	if (status != UKEY_UKD_OK)
		return status;
	while (more && ukey_ukd_step(&q)) {
		key_take(&q, &row);
		more = q.rc == SQLITE_ROW && each(state, &row);
	}
	return ukey_ukd_query_end(&q);
}

enum ukey_ukd_status
ukey_ukd_each_spent(struct ukey_ukd *u,
    bool (*each)(void *state, const struct ukey_ukd_spent_row *row),
    void *state)
{
	struct ukey_ukd_spent_row row;
	struct ukey_ukd_query q;
	enum ukey_ukd_status status = ukey_ukd_refresh(u);
	bool more = true;

	if (status != UKEY_UKD_OK)
		return status;
	ukey_ukd_query(&q, u, "SELECT s.domain, s.label, s.generation"
	    " FROM spent AS s WHERE NOT EXISTS (SELECT 1 FROM addresses AS a"
	    " JOIN keys AS k ON k.address = a.id WHERE a.domain = s.domain"
	    " AND a.label = s.label AND k.generation = s.generation)"
	    " ORDER BY 1, 2, 3");
	while (more && ukey_ukd_step(&q)) {
		ukey_ukd_column_text(&q, row.domain, sizeof(row.domain));
		ukey_ukd_column_text(&q, row.label, sizeof(row.label));
		ukey_ukd_column_text(&q, row.generation,
		    sizeof(row.generation));
		more = q.rc == SQLITE_ROW && each(state, &row);
	}
	return ukey_ukd_query_end(&q);
}

/* ---- removing what a filter names --------------------------------------- */

static const char *const spent_sql[FILTERS] = FILTERED(
	"DELETE FROM spent WHERE (domain, label, generation) IN"
	" (SELECT a.domain, a.label, k.generation FROM keys AS k"
	" JOIN addresses AS a ON a.id = k.address", ")");
static const char *const gone_sql[FILTERS] = FILTERED(
	"DELETE FROM addresses AS a", "");

static enum ukey_ukd_status
run_filtered(struct ukey_ukd *u, const char *const sql[FILTERS],
    const struct ukey_ukd_filter *filter)
{
	enum ukey_ukd_status status;
	struct ukey_ukd_name name;
	struct ukey_ukd_query q;

	status = prepare(u, &q, sql, filter, &name);
	if (status != UKEY_UKD_OK)
		return status;
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

enum ukey_ukd_status
ukey_ukd_forget(struct ukey_ukd *u, const struct ukey_ukd_filter *filter)
{
	enum ukey_ukd_status status;
	bool whole;

	status = ukey_ukd_scope_begin(u, &whole);
	if (status == UKEY_UKD_OK)
		status = run_filtered(u, spent_sql, filter);
	if (status == UKEY_UKD_OK)
		status = run_filtered(u, gone_sql, filter);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_run(u, "DELETE FROM logins WHERE id NOT IN"
		    " (SELECT login FROM permissions)");
	return ukey_ukd_scope_end(u, status, whole);
}
