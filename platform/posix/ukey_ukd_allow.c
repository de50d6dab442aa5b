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

/* The address' row; "@b" is added where it is missing. */
static enum ukey_ukd_status
find_or_add(struct ukey_ukd *u, struct ukey_view address, int64_t *id)
{
	static const struct ukey_ukd_flags none;
	enum ukey_ukd_status status;

	status = ukey_ukd_find(u, address, id);
	if (status != UKEY_UKD_ABSENT || address.data[0] != '@')
		return status;
	status = ukey_ukd_add(u, address, &none);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_find(u, address, id);
	return status;
}

enum ukey_ukd_status
ukey_ukd_allow(struct ukey_ukd *u, struct ukey_view login,
    struct ukey_view address)
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
		status = find_or_add(u, address, &id);
	if (status == UKEY_UKD_OK)
		status = insert_login(u, v);
	if (status == UKEY_UKD_OK)
		status = run_pair(u, "INSERT INTO permissions SELECT id, ?2,"
		    " CAST(strftime('%s', 'now') AS INTEGER)"
		    " FROM logins WHERE login = ?1", v, id);
	if (status == UKEY_UKD_EXISTS)
		ukey_ukd_fail(u, status, "%.*s: may use %.*s already: nothing "
		    "to do", (int)login.len, (const char *)login.data,
		    (int)address.len, (const char *)address.data);
	return ukey_ukd_scope_end(u, status, whole);
}

enum ukey_ukd_status
ukey_ukd_deny(struct ukey_ukd *u, struct ukey_view login,
    struct ukey_view address)
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
		status = ukey_ukd_find(u, address, &id);
	if (status == UKEY_UKD_OK)
		status = run_pair(u, "DELETE FROM permissions WHERE address ="
		    " ?2 AND login = (SELECT id FROM logins WHERE login ="
		    " ?1)", v, id);
	if (status == UKEY_UKD_OK && sqlite3_changes(u->db) == 0)
		status = ukey_ukd_fail(u, UKEY_UKD_ABSENT, "%.*s: has no "
		    "permission for %.*s of its own: see \"userkeys ukd "
		    "show\"", (int)login.len, (const char *)login.data,
		    (int)address.len, (const char *)address.data);
	if (status == UKEY_UKD_OK)
		status = run_pair(u, "DELETE FROM logins WHERE login = ?1 AND"
		    " NOT EXISTS (SELECT ?2 FROM permissions WHERE login ="
		    " logins.id)", v, id);
	return ukey_ukd_scope_end(u, status, whole);
}
