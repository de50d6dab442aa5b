/*
 * userkeys: what the User Key Database says of itself: how logins are
 * compared, and which key file opens its keys.  SPDX-License-Identifier: MIT
 *
 * All of it can change while a server has the file open, and is read again
 * after each change by somebody else.
 */
#define _DEFAULT_SOURCE /* realpath */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ukey_ukd_parts.h"

static struct ukey_view
text_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* One row of the settings. */
static void
setting_take(struct ukey_ukd *u, struct ukey_ukd_query *q)
{
	struct ukey_view name = ukey_ukd_column(q);

	if (ukey_view_equal(name, UKEY_VIEW("login-fold")))
		u->logins.fold = ukey_ukd_column_int(q) != 0;
	else if (ukey_view_equal(name, UKEY_VIEW("realm-strip")))
		u->logins.strip = ukey_ukd_column_int(q) != 0;
	else if (ukey_view_equal(name, UKEY_VIEW("realm")))
		ukey_ukd_column_text(q, u->logins.realm,
		    sizeof(u->logins.realm));
	else if (ukey_view_equal(name, UKEY_VIEW("key-file")) &&
	    !u->key_file_given)
		ukey_ukd_column_text(q, u->key_file, sizeof(u->key_file));
}

/* What changes with every commit of another connection. */
static enum ukey_ukd_status
commits(struct ukey_ukd *u, sqlite3_int64 *n)
{
	struct ukey_ukd_query q;

	*n = -1;
	ukey_ukd_query(&q, u, "PRAGMA data_version");
	if (ukey_ukd_step(&q))
		*n = ukey_ukd_column_int(&q);
	return ukey_ukd_query_end(&q);
}

static enum ukey_ukd_status
rows_read(struct ukey_ukd *u)
{
	struct ukey_ukd_query q;

	memset(&u->logins, 0, sizeof(u->logins));
	ukey_ukd_query(&q, u, "SELECT name, value FROM settings");
	while (ukey_ukd_step(&q))
		setting_take(u, &q);
	return ukey_ukd_query_end(&q);
}

enum ukey_ukd_status
ukey_ukd_settings_read(struct ukey_ukd *u)
{
	enum ukey_ukd_status status;

	/* A change between the two is seen at the next call. */
	status = commits(u, &u->settled);
	if (status == UKEY_UKD_OK)
		status = rows_read(u);
	if (status == UKEY_UKD_OK && (u->flags & UKEY_UKD_NO_SEAL) == 0)
		status = ukey_ukd_seal_find(u);
	if (status != UKEY_UKD_OK)
		u->settled = -1;
	return status;
}

enum ukey_ukd_status
ukey_ukd_settings_renew(struct ukey_ukd *u)
{
	enum ukey_ukd_status status;
	sqlite3_int64 now;

	status = commits(u, &now);
	if (status != UKEY_UKD_OK || (now == u->settled && now != -1))
		return status;
	return ukey_ukd_settings_read(u);
}

enum ukey_ukd_status
ukey_ukd_setting_write(struct ukey_ukd *u, const char *name,
    const char *value)
{
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, u, "INSERT OR REPLACE INTO settings VALUES(?, ?)");
	ukey_ukd_bind_text(&q, text_view(name));
	ukey_ukd_bind_text(&q, text_view(value));
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

static enum ukey_ukd_status
form_write(struct ukey_ukd *u)
{
	enum ukey_ukd_status status;

	status = ukey_ukd_setting_write(u, "login-fold",
	    u->logins.fold ? "1" : "0");
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_setting_write(u, "realm-strip",
		    u->logins.strip ? "1" : "0");
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_setting_write(u, "realm", u->logins.realm);
	return status;
}

enum ukey_ukd_status
ukey_ukd_settings_write(struct ukey_ukd *u)
{
	char full[PATH_MAX];
	enum ukey_ukd_status status;

	if (realpath(u->key_file, full) == NULL ||
	    strlen(full) >= sizeof(u->key_file))
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: its full path "
		    "cannot be found: choose another", u->key_file);
	status = ukey_ukd_setting_write(u, "key-file", full);
	if (status == UKEY_UKD_OK)
		status = form_write(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_token_write(u);
	return status;
}

/* ---- the form of logins ------------------------------------------------- */

void
ukey_ukd_login_form(const struct ukey_ukd *u,
    struct ukey_ukd_login_form *form)
{
	*form = u->logins;
}

/* A login as it is stored. */
struct login {
	int64_t id;
	char text[UKEY_UKD_LOGIN_MAX + 1];
};

/* The next login after LOGIN, or one whose id is 0. */
static enum ukey_ukd_status
login_next(struct ukey_ukd *u, struct login *login)
{
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, u, "SELECT id, login FROM logins WHERE id > ?"
	    " ORDER BY id LIMIT 1");
	ukey_ukd_bind_int(&q, login->id);
	login->id = 0;
	if (ukey_ukd_step(&q)) {
		login->id = ukey_ukd_column_int(&q);
		ukey_ukd_column_text(&q, login->text, sizeof(login->text));
	}
	return ukey_ukd_query_end(&q);
}

/* LOGIN in today's form. */
static enum ukey_ukd_status
login_renew(struct ukey_ukd *u, const struct login *login, unsigned *changed)
{
	struct ukey_view was = text_view(login->text), now;
	uint8_t normal[UKEY_UKD_LOGIN_MAX];
	enum ukey_ukd_status status;
	struct ukey_ukd_query q;

	now.data = normal;
	now.len = ukey_ukd_login(u, was, normal);
	if (now.len == 0)
		return ukey_ukd_invalid(u, was, "is no login in the new "
		    "form: deny it first");
	if (ukey_view_equal(was, now))
		return UKEY_UKD_OK;
	++*changed;
	ukey_ukd_query(&q, u, "UPDATE logins SET login = ? WHERE id = ?");
	ukey_ukd_bind_text(&q, now);
	ukey_ukd_bind_int(&q, login->id);
	ukey_ukd_step(&q);
	status = ukey_ukd_query_end(&q);
	if (status == UKEY_UKD_EXISTS)
		ukey_ukd_fail(u, status, "%s: would be the same login as "
		    "%.*s, and each could use the other's mailboxes: deny "
		    "one of them first (see \"userkeys ukd list\")",
		    login->text, (int)now.len, (const char *)now.data);
	return status;
}

/* All logins in today's form; two never become one. */
static enum ukey_ukd_status
logins_renew(struct ukey_ukd *u, unsigned *changed)
{
	struct login login = { 0, "" };
	enum ukey_ukd_status status;

	do {
		status = login_next(u, &login);
		if (status == UKEY_UKD_OK && login.id != 0)
			status = login_renew(u, &login, changed);
	} while (status == UKEY_UKD_OK && login.id != 0);
	return status;
}

enum ukey_ukd_status
ukey_ukd_login_form_set(struct ukey_ukd *u,
    const struct ukey_ukd_login_form *form, unsigned *changed)
{
	struct ukey_ukd_login_form was;
	enum ukey_ukd_status status;
	bool whole;

	*changed = 0;
	status = ukey_ukd_scope_begin(u, &whole);
	was = u->logins;
	u->logins = *form;
	if (status == UKEY_UKD_OK)
		status = form_write(u);
	if (status == UKEY_UKD_OK)
		status = logins_renew(u, changed);
	status = ukey_ukd_scope_end(u, status, whole);
	if (status != UKEY_UKD_OK)
		u->logins = was;
	return status;
}
