/*
 * userkeys: who may use which address, in the User Key Database.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <time.h>

#include "ukey_ukd_parts.h"

/* LOGIN in its normal form into NORMAL, as a view. */
static enum ukey_ukd_status
login_parse(struct ukey_ukd *u, struct ukey_view login, uint8_t *normal,
    struct ukey_view *v)
{
	v->data = normal;
	v->len = ukey_ukd_login(u, login, normal);
	if (v->len > 0)
		return UKEY_UKD_OK;
	return ukey_ukd_invalid(u, login, "no login: 1 to 255 octets without "
	    "control characters");
}

static enum ukey_ukd_status
insert_login(struct ukey_ukd *u, struct ukey_view login)
{
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, u, "INSERT INTO logins(login, created)"
	    " VALUES(?, ?) ON CONFLICT DO NOTHING");
	ukey_ukd_bind_text(&q, login);
	ukey_ukd_bind_int(&q, time(NULL));
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

/* SQL has the login as ?1 and the address as ?2. */
static enum ukey_ukd_status
run_pair(struct ukey_ukd *u, const char *sql, struct ukey_view login,
    int64_t id)
{
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, u, sql);
	ukey_ukd_bind_text(&q, login);
	ukey_ukd_bind_int(&q, id);
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

/* The row of WHOM; 0: a domain that has none. */
static enum ukey_ukd_status
find_whom(struct ukey_ukd *u, const struct ukey_ukd_filter *whom, int64_t *id)
{
	switch (whom->which) {
	case UKEY_UKD_MAILBOX:
		return ukey_ukd_find(u, &whom->mailbox, id);
	case UKEY_UKD_DOMAIN:
		return ukey_ukd_find_domain(u, whom, id);
	case UKEY_UKD_ALL:
		break;
	}
	return ukey_ukd_fail(u, UKEY_UKD_INVALID, "a permission is for one "
	    "mailbox or one domain: name it");
}

/* The same; a domain's row is added where it is missing. */
static enum ukey_ukd_status
find_or_add(struct ukey_ukd *u, const struct ukey_ukd_filter *whom,
    int64_t *id)
{
	enum ukey_ukd_status status = find_whom(u, whom, id);

	if (status == UKEY_UKD_OK && *id == 0)
		status = ukey_ukd_add_domain(u, whom);
	if (status == UKEY_UKD_OK && *id == 0)
		status = find_whom(u, whom, id);
	return status;
}

/* "login for whom: TEXT" */
static enum ukey_ukd_status
fail_pair(struct ukey_ukd *u, enum ukey_ukd_status status,
    struct ukey_view login, const struct ukey_ukd_filter *whom,
    const char *text)
{
	return ukey_ukd_fail(u, status, "%.*s for %.*s@%.*s: %s",
	    (int)login.len, (const char *)login.data,
	    (int)whom->mailbox.local.len,
	    (const char *)whom->mailbox.local.data,
	    (int)whom->mailbox.domain.len,
	    (const char *)whom->mailbox.domain.data, text);
}

enum ukey_ukd_status
ukey_ukd_allow(struct ukey_ukd *u, struct ukey_view login,
    const struct ukey_ukd_filter *whom)
{
	bool whole;
	uint8_t normal[UKEY_UKD_LOGIN_MAX];
	enum ukey_ukd_status status;
	struct ukey_view v;
	int64_t id = 0;

	status = ukey_ukd_scope_begin(u, &whole);
	if (status == UKEY_UKD_OK)
		status = login_parse(u, login, normal, &v);
	if (status == UKEY_UKD_OK)
		status = find_or_add(u, whom, &id);
	if (status == UKEY_UKD_OK)
		status = insert_login(u, v);
	if (status == UKEY_UKD_OK)
		status = run_pair(u, "INSERT INTO permissions SELECT id, ?2,"
		    " CAST(strftime('%s', 'now') AS INTEGER)"
		    " FROM logins WHERE login = ?1", v, id);
	if (status == UKEY_UKD_EXISTS)
		fail_pair(u, status, login, whom, "may use it already: nothing "
		    "to do");
	return ukey_ukd_scope_end(u, status, whole);
}

enum ukey_ukd_status
ukey_ukd_deny(struct ukey_ukd *u, struct ukey_view login,
    const struct ukey_ukd_filter *whom)
{
	bool whole;
	uint8_t normal[UKEY_UKD_LOGIN_MAX];
	enum ukey_ukd_status status;
	struct ukey_view v;
	int64_t id = 0;

	status = ukey_ukd_scope_begin(u, &whole);
	if (status == UKEY_UKD_OK)
		status = login_parse(u, login, normal, &v);
	if (status == UKEY_UKD_OK)
		status = find_whom(u, whom, &id);
	if (status == UKEY_UKD_OK)
		status = run_pair(u, "DELETE FROM permissions WHERE address ="
		    " ?2 AND login = (SELECT id FROM logins WHERE login ="
		    " ?1)", v, id);
	if (status == UKEY_UKD_OK && sqlite3_changes(u->db) == 0)
		status = fail_pair(u, UKEY_UKD_ABSENT, login, whom, "has no "
		    "permission of its own: see \"userkeys ukd list\"");
	if (status == UKEY_UKD_OK)
		status = run_pair(u, "DELETE FROM logins WHERE login = ?1 AND"
		    " NOT EXISTS (SELECT ?2 FROM permissions WHERE login ="
		    " logins.id)", v, id);
	if (status == UKEY_UKD_OK && whom->which == UKEY_UKD_DOMAIN)
		status = run_pair(u, "DELETE FROM addresses WHERE id = ?2 AND"
		    " label = '' AND ?1 <> '' AND NOT EXISTS (SELECT 1 FROM"
		    " permissions WHERE address = ?2)", v, id);
	return ukey_ukd_scope_end(u, status, whole);
}
