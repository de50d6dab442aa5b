/*
 * userkeys: statements of the User Key Database.
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ukey_ukd_parts.h"

enum ukey_ukd_status
ukey_ukd_fail(struct ukey_ukd *u, enum ukey_ukd_status status,
    const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(u->error, sizeof(u->error), format, ap);
	va_end(ap);
	return status;
}

/* What to do about a result of SQLite. */
static const char *
remedy(const struct ukey_ukd *u, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return "the disk is full: make room";
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY:
		return ukey_ukd_files_remedy(u);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return "the file is damaged: restore a backup with "
		    "\"userkeys ukd import\"";
	case SQLITE_NOMEM:
		return "out of memory: try again";
	}
	return "see \"userkeys ukd list\", and restore a backup if it fails";
}

enum ukey_ukd_status
ukey_ukd_failed(struct ukey_ukd *u, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return UKEY_UKD_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return ukey_ukd_fail(u, UKEY_UKD_BUSY, "%s: another process "
		    "holds it: try again in a moment", u->path);
	case SQLITE_CONSTRAINT:
		return ukey_ukd_fail(u, UKEY_UKD_EXISTS, "%s: it is there "
		    "already: see \"userkeys ukd list\"", u->path);
	}
	return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: %s: %s", u->path,
	    sqlite3_errstr(rc), remedy(u, rc));
}

static sqlite3_stmt *
cached(struct ukey_ukd *u, const char *sql)
{
	unsigned i;

	for (i = 0; i < UKEY_UKD_CACHED; i++)
		if (u->cached[i].sql == sql &&
		    !sqlite3_stmt_busy(u->cached[i].statement))
			return u->cached[i].statement;
	return NULL;
}

/* Keeps STATEMENT in place of an idle one; at most a few are busy at once. */
static void
keep(struct ukey_ukd *u, const char *sql, sqlite3_stmt *statement)
{
	unsigned i;

	do {
		i = u->next_cached++ % UKEY_UKD_CACHED;
	} while (u->cached[i].sql != NULL &&
	    sqlite3_stmt_busy(u->cached[i].statement));
	sqlite3_finalize(u->cached[i].statement);
	u->cached[i].sql = sql;
	u->cached[i].statement = statement;
}

void
ukey_ukd_uncache(struct ukey_ukd *u)
{
	unsigned i;

	for (i = 0; i < UKEY_UKD_CACHED; i++) {
		sqlite3_finalize(u->cached[i].statement);
		u->cached[i].sql = NULL;
		u->cached[i].statement = NULL;
	}
}

void
ukey_ukd_query(struct ukey_ukd_query *q, struct ukey_ukd *u, const char *sql)
{
	q->ukd = u;
	q->bound = 0;
	q->column = 0;
	q->rc = SQLITE_OK;
	q->statement = cached(u, sql);
	if (q->statement != NULL)
		return;
	q->rc = sqlite3_prepare_v2(u->db, sql, -1, &q->statement, NULL);
	if (q->rc == SQLITE_OK)
		keep(u, sql, q->statement);
}

void
ukey_ukd_bind_text(struct ukey_ukd_query *q, struct ukey_view v)
{
	const char *text = v.data == NULL ? "" : (const char *)v.data;

	if (q->rc == SQLITE_OK)
		q->rc = sqlite3_bind_text(q->statement, ++q->bound, text,
		    (int)v.len, SQLITE_STATIC);
}

void
ukey_ukd_bind_blob(struct ukey_ukd_query *q, struct ukey_view v)
{
	if (q->rc == SQLITE_OK)
		q->rc = sqlite3_bind_blob(q->statement, ++q->bound, v.data,
		    (int)v.len, SQLITE_STATIC);
}

void
ukey_ukd_bind_int(struct ukey_ukd_query *q, int64_t n)
{
	if (q->rc == SQLITE_OK)
		q->rc = sqlite3_bind_int64(q->statement, ++q->bound, n);
}

void
ukey_ukd_bind_null(struct ukey_ukd_query *q)
{
	if (q->rc == SQLITE_OK)
		q->rc = sqlite3_bind_null(q->statement, ++q->bound);
}

bool
ukey_ukd_step(struct ukey_ukd_query *q)
{
	if (q->rc != SQLITE_OK && q->rc != SQLITE_ROW)
		return false;
	q->column = 0;
	q->rc = sqlite3_step(q->statement);
	return q->rc == SQLITE_ROW;
}

struct ukey_view
ukey_ukd_column(struct ukey_ukd_query *q)
{
	int i = q->column++;
	struct ukey_view v;

	v.data = sqlite3_column_blob(q->statement, i);
	v.len = (size_t)sqlite3_column_bytes(q->statement, i);
	return v;
}

int64_t
ukey_ukd_column_int(struct ukey_ukd_query *q)
{
	return sqlite3_column_int64(q->statement, q->column++);
}

void
ukey_ukd_column_text(struct ukey_ukd_query *q, char *out, size_t size)
{
	struct ukey_view v = ukey_ukd_column(q);

	out[0] = '\0';
	if (v.len >= size) {
		q->rc = SQLITE_CORRUPT;
		return;
	}
	if (v.len > 0)
		memcpy(out, v.data, v.len);
	out[v.len] = '\0';
}

enum ukey_ukd_status
ukey_ukd_query_end(struct ukey_ukd_query *q)
{
	enum ukey_ukd_status status = ukey_ukd_failed(q->ukd, q->rc);

	if (q->statement != NULL) {
		sqlite3_reset(q->statement);
		sqlite3_clear_bindings(q->statement);
	}
	return status;
}

enum ukey_ukd_status
ukey_ukd_run(struct ukey_ukd *u, const char *sql)
{
	int rc = sqlite3_exec(u->db, sql, NULL, NULL, NULL);

	return ukey_ukd_failed(u, rc);
}
