/*
 * userkeys: the tables of the User Key Database, and how older ones become
 * today's.  SPDX-License-Identifier: MIT
 *
 * A label of '' is "@domain": all mailboxes of the domain.  A private key is
 * NULL once its key is retired.  `spent` outlives its addresses: a generation
 * is never used twice.
 */
#define _DEFAULT_SOURCE /* O_CLOEXEC */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ukey_ukd_parts.h"

#define COPY_SIZE (UKEY_UKD_PATH_SIZE + 32)

/* Step N leads from schema N to N + 1.  A step that was released never
 * changes: what is new is a step of its own. */
static const char *const steps[UKEY_UKD_SCHEMA] = {
	"CREATE TABLE settings("
	" name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE addresses("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" domain TEXT NOT NULL, label TEXT NOT NULL,"
	" address TEXT NOT NULL,"
	" exact INTEGER NOT NULL CHECK(exact IN (0, 1)),"
	" advice INTEGER NOT NULL CHECK(advice BETWEEN 0 AND 2),"
	" only_from INTEGER NOT NULL CHECK(only_from IN (0, 1)),"
	" testing INTEGER NOT NULL CHECK(testing IN (0, 1)),"
	" created INTEGER NOT NULL,"
	" UNIQUE(domain, label)) STRICT;"
	"CREATE TABLE logins("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" login TEXT NOT NULL UNIQUE, created INTEGER NOT NULL) STRICT;"
	"CREATE TABLE permissions("
	" login INTEGER NOT NULL REFERENCES logins ON DELETE CASCADE,"
	" address INTEGER NOT NULL REFERENCES addresses ON DELETE CASCADE,"
	" created INTEGER NOT NULL,"
	" PRIMARY KEY(login, address)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE spent("
	" domain TEXT NOT NULL, label TEXT NOT NULL,"
	" generation TEXT NOT NULL, created INTEGER NOT NULL,"
	" PRIMARY KEY(domain, label, generation)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE keys("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" address INTEGER NOT NULL REFERENCES addresses ON DELETE CASCADE,"
	" generation TEXT NOT NULL,"
	" state TEXT NOT NULL"
	"  CHECK(state IN ('new', 'published', 'active', 'retired')),"
	" bits INTEGER NOT NULL, public BLOB NOT NULL, private BLOB,"
	" created INTEGER NOT NULL, published INTEGER, activated INTEGER,"
	" retired INTEGER,"
	" CHECK((private IS NULL) = (state = 'retired')),"
	" UNIQUE(address, generation)) STRICT;"
	"CREATE UNIQUE INDEX keys_active ON keys(address)"
	" WHERE state = 'active';",

	/* Who may use this address, without reading all permissions. */
	"CREATE INDEX permissions_address ON permissions(address);",
};

static enum ukey_ukd_status
pragma_int(struct ukey_ukd *u, const char *sql, int64_t *n)
{
	struct ukey_ukd_query q;

	*n = 0;
	ukey_ukd_query(&q, u, sql);
	if (ukey_ukd_step(&q))
		*n = ukey_ukd_column_int(&q);
	return ukey_ukd_query_end(&q);
}

enum ukey_ukd_status
ukey_ukd_migrate_steps(struct ukey_ukd *u, int target)
{
	enum ukey_ukd_status status;
	char *sql;
	int64_t n;

	status = pragma_int(u, "PRAGMA user_version", &n);
	for (; status == UKEY_UKD_OK && n < target; n++)
		status = ukey_ukd_run(u, steps[n]);
	if (status != UKEY_UKD_OK)
		return status;
	sql = sqlite3_mprintf("PRAGMA user_version = %d; "
	    "PRAGMA application_id = %d", target, UKEY_UKD_APPLICATION);
	if (sql == NULL)
		return ukey_ukd_failed(u, SQLITE_NOMEM);
	status = ukey_ukd_run(u, sql);
	sqlite3_free(sql);
	return status;
}

/* The whole database into PATH, an empty file. */
static enum ukey_ukd_status
copy_fill(struct ukey_ukd *u, const char *path)
{
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, u, "VACUUM INTO ?");
	ukey_ukd_bind_text(&q, (struct ukey_view) { (const uint8_t *)path,
	    strlen(path) });
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

/* PATH, of mode 0600, and on the disk when that is true. */
static bool
copy_make(struct ukey_ukd *u, const char *path)
{
	int fd, bad;

	(void)unlink(path); /* of a run that was cut off */
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	bad = ukey_ukd_file_chown(path, u->path) != 0 ||
	    copy_fill(u, path) != UKEY_UKD_OK || fsync(fd) != 0;
	close(fd);
	return !bad;
}

/* "PATH.schema-1", as it is before anything is changed. */
static enum ukey_ukd_status
backup(struct ukey_ukd *u, int64_t version)
{
	char path[COPY_SIZE], part[COPY_SIZE + 8];

	snprintf(path, sizeof(path), "%s.schema-%lld", u->path,
	    (long long)version);
	snprintf(part, sizeof(part), "%s.part", path);
	if (copy_make(u, part) && rename(part, path) == 0 &&
	    ukey_ukd_folder_sync(path) == 0)
		return UKEY_UKD_OK;
	(void)unlink(part);
	return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: its schema is %lld, "
	    "and nothing is changed without a copy, which cannot be made: "
	    "make room for %s", u->path, (long long)version, path);
}

enum ukey_ukd_status
ukey_ukd_migrate(struct ukey_ukd *u, int target)
{
	enum ukey_ukd_status status;
	int64_t version;

	status = pragma_int(u, "PRAGMA user_version", &version);
	if (status == UKEY_UKD_OK)
		status = backup(u, version);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_run(u, "BEGIN IMMEDIATE");
	if (status != UKEY_UKD_OK)
		return status;
	status = ukey_ukd_migrate_steps(u, target);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_run(u, "COMMIT");
	if (status != UKEY_UKD_OK)
		sqlite3_exec(u->db, "ROLLBACK", NULL, NULL, NULL);
	return status;
}

/* SQL gives no row, or one that is "ok", when all is well. */
static enum ukey_ukd_status
whole(struct ukey_ukd *u, const char *sql)
{
	enum ukey_ukd_status status;
	struct ukey_ukd_query q;
	bool bad = false;

	ukey_ukd_query(&q, u, sql);
	if (ukey_ukd_step(&q))
		bad = !ukey_view_equal(ukey_ukd_column(&q), UKEY_VIEW("ok"));
	status = ukey_ukd_query_end(&q);
	if (status != UKEY_UKD_OK || !bad)
		return status;
	return ukey_ukd_failed(u, SQLITE_CORRUPT);
}

static enum ukey_ukd_status
version_check(struct ukey_ukd *u)
{
	enum ukey_ukd_status status;
	int64_t application, version;

	status = pragma_int(u, "PRAGMA application_id", &application);
	if (status == UKEY_UKD_OK)
		status = pragma_int(u, "PRAGMA user_version", &version);
	if (status != UKEY_UKD_OK)
		return status;
	if (application == 0 && version == 0)
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: empty, or not "
		    "a User Key Database: if \"userkeys ukd init\" was "
		    "interrupted, remove it and its key file and init again",
		    u->path);
	if (application != UKEY_UKD_APPLICATION)
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: a database of "
		    "another program: name the User Key Database", u->path);
	if (version > UKEY_UKD_SCHEMA)
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: schema %lld is "
		    "newer than this program's %d: use a newer userkeys",
		    u->path, (long long)version, UKEY_UKD_SCHEMA);
	if (version == UKEY_UKD_SCHEMA)
		return UKEY_UKD_OK;
	if ((u->flags & UKEY_UKD_READ_ONLY) != 0)
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: schema %lld is "
		    "older than this program's %d: \"userkeys ukd upgrade\" "
		    "brings it up to date, and keeps a copy", u->path,
		    (long long)version, UKEY_UKD_SCHEMA);
	return ukey_ukd_migrate(u, UKEY_UKD_SCHEMA);
}

enum ukey_ukd_status
ukey_ukd_schema_check(struct ukey_ukd *u)
{
	enum ukey_ukd_status status;

	status = version_check(u);
	if (status != UKEY_UKD_OK || (u->flags & UKEY_UKD_CHECK) == 0)
		return status;
	status = whole(u, "PRAGMA quick_check(1)");
	if (status == UKEY_UKD_OK)
		status = whole(u, "PRAGMA foreign_key_check");
	return status;
}
