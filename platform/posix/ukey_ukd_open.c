/*
 * userkeys: opening the User Key Database, and opening it again when another
 * file was put in its place.  SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ukey_ukd_parts.h"

static void
db_close(struct ukey_ukd *u)
{
	ukey_ukd_uncache(u);
	sqlite3_close(u->db);
	u->db = NULL;
}

/* What SQLite does not do by itself.  A folder that servers may only read
 * keeps its -wal and -shm. */
static enum ukey_ukd_status
db_configure(struct ukey_ukd *u)
{
	enum ukey_ukd_status status;
	int on = 1;

	sqlite3_busy_handler(u->db, ukey_ukd_wait_busy, u);
	sqlite3_extended_result_codes(u->db, 1);
	sqlite3_db_config(u->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(u->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	status = ukey_ukd_run(u, "PRAGMA foreign_keys = ON;"
	    "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;");
	if (status != UKEY_UKD_OK || (u->flags & UKEY_UKD_READ_ONLY) != 0)
		return status;
	sqlite3_file_control(u->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	return ukey_ukd_run(u, "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;");
}

/* "file:PATH?immutable=1" into URI, the path escaped for it. */
static const char *
immutable_uri(const struct ukey_ukd *u, char *uri, size_t size)
{
	static const char hex[] = "0123456789ABCDEF";
	struct ukey_out out;
	const char *p;

	ukey_out_init(&out, (uint8_t *)uri, size - 1);
	ukey_out_text(&out, "file:");
	for (p = u->path; *p != '\0'; p++) {
		if (strchr("%?#", *p) == NULL) {
			ukey_out_octet(&out, (uint8_t)*p);
			continue;
		}
		ukey_out_octet(&out, '%');
		ukey_out_octet(&out, (uint8_t)hex[(uint8_t)*p >> 4]);
		ukey_out_octet(&out, (uint8_t)hex[(uint8_t)*p & 15]);
	}
	ukey_out_text(&out, "?immutable=1");
	uri[ukey_out_done(&out).len] = '\0';
	return uri;
}

static enum ukey_ukd_status
db_open(struct ukey_ukd *u)
{
	char uri[3 * UKEY_UKD_PATH_SIZE + 32];
	int flags = (u->flags & UKEY_UKD_READ_ONLY) != 0 ?
	    SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int rc;

	u->immutable = (u->flags & UKEY_UKD_READ_ONLY) != 0 &&
	    ukey_ukd_files_immutable(u);
	if (u->immutable)
		rc = sqlite3_open_v2(immutable_uri(u, uri, sizeof(uri)),
		    &u->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI,
		    u->vfs_name);
	else
		rc = sqlite3_open_v2(u->path, &u->db, flags |
		    SQLITE_OPEN_NOMUTEX, u->vfs_name);
	if (rc != SQLITE_OK)
		return ukey_ukd_failed(u, rc);
	return db_configure(u);
}

/* Opens the file at the path; on failure nothing stays open. */
static enum ukey_ukd_status
existing_open(struct ukey_ukd *u)
{
	enum ukey_ukd_status status;

	status = ukey_ukd_files_check(u);
	if (status == UKEY_UKD_ABSENT)
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: no such "
		    "database: make it with \"userkeys ukd init\"", u->path);
	if (status == UKEY_UKD_OK) {
		ukey_ukd_files_note(u);
		status = db_open(u);
	}
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_schema_check(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_settings_read(u);
	if (status == UKEY_UKD_OK && ukey_ukd_files_replaced(u))
		status = ukey_ukd_fail(u, UKEY_UKD_BUSY, "%s: replaced just "
		    "now: try again", u->path);
	if (status != UKEY_UKD_OK) {
		db_close(u);
		return status;
	}
	ukey_ukd_files_note(u);
	u->opened++;
	return UKEY_UKD_OK;
}

/* Database and settings in one transaction. */
static enum ukey_ukd_status
fill_new(struct ukey_ukd *u)
{
	enum ukey_ukd_status status;

	status = db_open(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_run(u, "SAVEPOINT init");
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_migrate_steps(u, UKEY_UKD_SCHEMA);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_settings_write(u);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_run(u, "RELEASE init");
	return status;
}

static void
new_remove(struct ukey_ukd *u)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[UKEY_UKD_PATH_SIZE + 8];
	size_t i;

	db_close(u);
	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", u->path, suffixes[i]);
		unlink(path);
	}
}

static enum ukey_ukd_status
new_open(struct ukey_ukd *u)
{
	bool adopt = (u->flags & UKEY_UKD_ADOPT) != 0;
	enum ukey_ukd_status status;

	if (!u->key_file_given)
		return ukey_ukd_fail(u, UKEY_UKD_INVALID, "%s: a new database "
		    "needs a key file: give --key-file", u->path);
	status = ukey_ukd_file_create(u);
	if (status != UKEY_UKD_OK)
		return status;
	status = adopt ? ukey_ukd_keyfile_read(u, u->key_file) :
	    ukey_ukd_keyfile_create(u, u->key_file);
	if (status == UKEY_UKD_OK) {
		status = fill_new(u);
		if (status != UKEY_UKD_OK && !adopt)
			unlink(u->key_file);
	}
	if (status != UKEY_UKD_OK) {
		new_remove(u);
		return status;
	}
	ukey_ukd_files_note(u);
	u->opened++;
	return UKEY_UKD_OK;
}

/* Copies what is to be kept; false when something is too long. */
static bool
settings_copy(struct ukey_ukd *u, const struct ukey_ukd_settings *s)
{
	size_t suffix = sizeof("-journal");

	u->flags = s->flags;
	u->busy_ms = s->busy_ms;
	u->logins.fold = s->login_fold;
	u->logins.strip = s->realm != NULL && s->realm[0] == '\0';
	if (strlen(s->path) + suffix > sizeof(u->path))
		return false;
	snprintf(u->path, sizeof(u->path), "%s", s->path);
	if ((u->flags & UKEY_UKD_READS) != 0 && ukey_ukd_files_read_only(u))
		u->flags |= UKEY_UKD_READ_ONLY;
	u->key_file_given = s->key_file != NULL;
	if (u->key_file_given) {
		if (strlen(s->key_file) >= sizeof(u->key_file))
			return false;
		snprintf(u->key_file, sizeof(u->key_file), "%s", s->key_file);
	}
	if (s->realm != NULL) {
		if (strlen(s->realm) >= sizeof(u->logins.realm))
			return false;
		snprintf(u->logins.realm, sizeof(u->logins.realm), "%s",
		    s->realm);
	}
	return true;
}

enum ukey_ukd_status
ukey_ukd_open(struct ukey_ukd **ukd, const struct ukey_ukd_settings *settings,
    char *err, size_t err_size)
{
	struct ukey_ukd *u = calloc(1, sizeof(*u));
	enum ukey_ukd_status status;

	*ukd = NULL;
	if (u == NULL || !ukey_ukd_wait_init(u)) {
		free(u);
		snprintf(err, err_size, "%s: out of memory: try again",
		    settings->path);
		return UKEY_UKD_DAMAGED;
	}
	ukey_ukd_wait_start(u, settings->busy_ms);
	if (!settings_copy(u, settings))
		status = ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "a path or realm "
		    "is too long: choose a shorter one");
	else if ((u->flags & UKEY_UKD_CREATE) != 0)
		status = new_open(u);
	else
		status = existing_open(u);
	if (status != UKEY_UKD_OK) {
		snprintf(err, err_size, "%s", u->error);
		ukey_ukd_close(u);
		return status == UKEY_UKD_BUSY ? status : UKEY_UKD_DAMAGED;
	}
	*ukd = u;
	return UKEY_UKD_OK;
}

void
ukey_ukd_close(struct ukey_ukd *u)
{
	if (u == NULL)
		return;
	/* The journal's content, and room, are not needed any more. */
	if (u->db != NULL && (u->flags & UKEY_UKD_READ_ONLY) == 0) {
		ukey_ukd_wait_start(u, 0);
		ukey_ukd_run(u, "PRAGMA wal_checkpoint(TRUNCATE)");
	}
	db_close(u);
	ukey_ukd_wait_free(u);
	ukey_wipe(u, sizeof(*u));
	free(u);
}

const char *
ukey_ukd_error(const struct ukey_ukd *u)
{
	return u->error;
}

const char *
ukey_ukd_key_file(const struct ukey_ukd *u)
{
	return u->key_file;
}

enum ukey_ukd_status
ukey_ukd_refresh(struct ukey_ukd *u)
{
	enum ukey_ukd_status status;

	ukey_ukd_wait_start(u, u->busy_ms);
	/* A transaction ends in the file in which it began. */
	if (u->db != NULL && !sqlite3_get_autocommit(u->db))
		return UKEY_UKD_OK;
	if (u->db != NULL && !ukey_ukd_files_replaced(u))
		return ukey_ukd_settings_renew(u);
	if (u->db != NULL) {
		status = ukey_ukd_files_check(u);
		if (status == UKEY_UKD_ABSENT)
			return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: gone: "
			    "put the database back", u->path);
		if (status == UKEY_UKD_OK)
			status = ukey_ukd_files_drop(u);
		if (status != UKEY_UKD_OK)
			return status;
		db_close(u);
	}
	return existing_open(u);
}
