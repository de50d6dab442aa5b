/*
 * userkeys: what the files that make up the User Key Database share.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_UKD_PARTS_H
#define UKEY_UKD_PARTS_H

#include <sys/types.h>

#include <sqlite3.h>

#include "ukey_seal.h"
#include "ukey_ukd_admin.h"

#define UKEY_UKD_APPLICATION 0x75646b31 /* "udk1", in the file's header */
#define UKEY_UKD_PATH_SIZE 1024
#define UKEY_UKD_CACHED 16              /* statements kept */

/* Which file stands behind a name; all 0: none. */
struct ukey_ukd_inode {
	dev_t dev;
	ino_t ino;
	time_t changed; /* st_mtime */
	off_t size;
};

struct ukey_ukd {
	sqlite3 *db; /* NULL after a replacement that could not be opened */
	struct {
		const char *sql; /* a literal, known by its address */
		sqlite3_stmt *statement;
	} cached[UKEY_UKD_CACHED];
	unsigned next_cached;
	unsigned flags, busy_ms;
	bool immutable; /* opened without journals: nothing changes it */
	sqlite3_vfs vfs; /* the system's, with a sleep that ends in time */
	char vfs_name[32];
	uint64_t deadline; /* of this call, in monotonic ms */
	struct ukey_ukd_inode main, wal, shm;
	uint32_t opened; /* how often: part of the names of keys */
	sqlite3_int64 version; /* data_version when last asked */
	sqlite3_int64 settled; /* data_version when the settings were read */
	struct ukey_ukd_login_form logins;
	bool sealed; /* seal opened the token when it was last looked at */
	uint8_t seal[UKEY_SEAL_KEY_LEN];
	char path[UKEY_UKD_PATH_SIZE];
	char key_file[UKEY_UKD_PATH_SIZE];
	bool key_file_given;
	char error[UKEY_UKD_ERROR_SIZE];
};

/* Sets the error's text and returns STATUS. */
enum ukey_ukd_status ukey_ukd_fail(struct ukey_ukd *u,
    enum ukey_ukd_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with the path in front and the text of SQLite's result RC. */
enum ukey_ukd_status ukey_ukd_failed(struct ukey_ukd *u, int rc);

/* ---- ukey_ukd_file.c ---------------------------------------------------- */

/* Database and journals: regular files of mode 0600 or less.  _OK, _DAMAGED;
 * _ABSENT, without a text, when there is no database. */
enum ukey_ukd_status ukey_ukd_files_check(struct ukey_ukd *u);
/* Whether the file system holds a database that nobody can be changing:
 * read-only, and no journals beside the file. */
bool ukey_ukd_files_immutable(const struct ukey_ukd *u);
bool ukey_ukd_files_read_only(const struct ukey_ukd *u);
/* Why the database cannot be opened or written to, and what to do. */
const char *ukey_ukd_files_remedy(const struct ukey_ukd *u);
/* Fills u->main, u->wal and u->shm. */
void ukey_ukd_files_note(struct ukey_ukd *u);
/* Whether another file than u->main stands at the path now, or none; of an
 * immutable one also, whether it was changed all the same. */
bool ukey_ukd_files_replaced(const struct ukey_ukd *u);
/* After a replacement: removes the journals of the old database where they
 * still stand beside the new one, which they would damage. */
enum ukey_ukd_status ukey_ukd_files_drop(struct ukey_ukd *u);
/* An empty database file, mode 0600. */
enum ukey_ukd_status ukey_ukd_file_create(struct ukey_ukd *u);
/* The key file PATH, new and of random octets, or there, to u->seal. */
enum ukey_ukd_status ukey_ukd_keyfile_create(struct ukey_ukd *u,
    const char *path);
enum ukey_ukd_status ukey_ukd_keyfile_read(struct ukey_ukd *u,
    const char *path);
/* fsync(2) of the folder that PATH lies in; 0, or -1 with errno. */
int ukey_ukd_folder_sync(const char *path);
/* Where PATH is made by root: its owner becomes that of LIKE. */
int ukey_ukd_file_chown(const char *path, const char *like);

/* ---- ukey_ukd_schema.c -------------------------------------------------- */

/* Runs the steps from the file's schema to TARGET, in one transaction, after
 * a copy, "PATH.schema-N", was made. */
enum ukey_ukd_status ukey_ukd_migrate(struct ukey_ukd *u, int target);
/* The same inside a transaction of the caller's. */
enum ukey_ukd_status ukey_ukd_migrate_steps(struct ukey_ukd *u, int target);
/* Is it ours, which schema, and with UKEY_UKD_CHECK, is it whole? */
enum ukey_ukd_status ukey_ukd_schema_check(struct ukey_ukd *u);

/* ---- ukey_ukd_settings.c ------------------------------------------------ */

/* Settings and sealing key, as the file has them. */
enum ukey_ukd_status ukey_ukd_settings_read(struct ukey_ukd *u);
/* The same if another connection has changed anything. */
enum ukey_ukd_status ukey_ukd_settings_renew(struct ukey_ukd *u);
/* Those of a new database. */
enum ukey_ukd_status ukey_ukd_settings_write(struct ukey_ukd *u);
enum ukey_ukd_status ukey_ukd_setting_write(struct ukey_ukd *u,
    const char *name, const char *value);

/* ---- ukey_ukd_seal.c ---------------------------------------------------- */

/* Where a private key lies: it opens nowhere else. */
struct ukey_ukd_place {
	struct ukey_view label, domain, generation;
	struct ukey_view spki; /* SubjectPublicKeyInfo */
};

enum ukey_ukd_status ukey_ukd_key_seal(struct ukey_ukd *u,
    const struct ukey_ukd_place *place, struct ukey_key *key,
    struct ukey_out *out);
enum ukey_ukd_status ukey_ukd_key_unseal(struct ukey_ukd *u,
    const struct ukey_ukd_place *place, struct ukey_view sealed,
    const struct ukey_random *random, struct ukey_key **key);
/* SEALED, which u->seal opens, sealed with SEAL; appended to OUT. */
enum ukey_ukd_status ukey_ukd_key_reseal(struct ukey_ukd *u,
    const struct ukey_ukd_place *place, struct ukey_view sealed,
    const uint8_t *seal, struct ukey_out *out);
/* Reads the key file into u->seal, unless that opens the token already; also
 * the one that ukey_ukd_rekey() had no time to put in its place. */
enum ukey_ukd_status ukey_ukd_seal_find(struct ukey_ukd *u);
/* A known text, sealed: shows later whether the key file is the right one. */
enum ukey_ukd_status ukey_ukd_token_write(struct ukey_ukd *u);
enum ukey_ukd_status ukey_ukd_token_check(struct ukey_ukd *u);

/* ---- ukey_ukd_wait.c ---------------------------------------------------- */

/* Registers u->vfs; false when SQLite has no memory. */
bool ukey_ukd_wait_init(struct ukey_ukd *u);
void ukey_ukd_wait_free(struct ukey_ukd *u);
/* From now on all waits together take at most MS. */
void ukey_ukd_wait_start(struct ukey_ukd *u, unsigned ms);
/* For sqlite3_busy_handler(): STATE is the struct ukey_ukd. */
int ukey_ukd_wait_busy(void *state, int count);

/* ---- ukey_ukd_sql.c ----------------------------------------------------- */

/* One statement at work; the first error stays, and later calls do nothing. */
struct ukey_ukd_query {
	struct ukey_ukd *ukd;
	sqlite3_stmt *statement;
	int bound, column;
	int rc;
};

/* SQL is a literal: its address is its name in the cache. */
void ukey_ukd_query(struct ukey_ukd_query *q, struct ukey_ukd *u,
    const char *sql);
/* The next ?; octets are read until ukey_ukd_query_end(). */
void ukey_ukd_bind_text(struct ukey_ukd_query *q, struct ukey_view v);
void ukey_ukd_bind_blob(struct ukey_ukd_query *q, struct ukey_view v);
void ukey_ukd_bind_int(struct ukey_ukd_query *q, int64_t n);
void ukey_ukd_bind_null(struct ukey_ukd_query *q);
/* True with a row. */
bool ukey_ukd_step(struct ukey_ukd_query *q);
/* The next column; views until the next step. */
struct ukey_view ukey_ukd_column(struct ukey_ukd_query *q);
int64_t ukey_ukd_column_int(struct ukey_ukd_query *q);
/* The next column as a text with NUL; what does not fit is an error. */
void ukey_ukd_column_text(struct ukey_ukd_query *q, char *out, size_t size);
/* Frees the statement for its next use.  _OK, _BUSY, _EXISTS (a constraint),
 * _DAMAGED. */
enum ukey_ukd_status ukey_ukd_query_end(struct ukey_ukd_query *q);
/* All in one: runs SQL without parameters or rows. */
enum ukey_ukd_status ukey_ukd_run(struct ukey_ukd *u, const char *sql);
/* Finalizes all that is cached. */
void ukey_ukd_uncache(struct ukey_ukd *u);

/* ---- ukey_ukd.c --------------------------------------------------------- */

/* What an address is in the tables. */
struct ukey_ukd_name {
	size_t domain_len, label_len, exact_len;
	uint8_t domain[UKEY_NAME_MAX];
	uint8_t label[UKEY_LABEL_MAX]; /* subaddress cut */
	uint8_t exact[UKEY_LABEL_MAX]; /* nothing cut */
};

/* False when TEXT is no address that can have a key. */
bool ukey_ukd_name(struct ukey_ukd_name *name, struct ukey_view text);
/* The same of an address that was read. */
bool ukey_ukd_name_of(struct ukey_ukd_name *name,
    const struct ukey_address *a);
/* LOGIN in the normal form into OUT of UKEY_UKD_LOGIN_MAX octets; its length,
 * 0 when it is none (empty, too long, controls). */
size_t ukey_ukd_login(const struct ukey_ukd *u, struct ukey_view login,
    uint8_t *out);

/* ---- ukey_ukd_admin.c --------------------------------------------------- */

/*
 * A call's own transaction, or its part of the caller's: *WHOLE becomes
 * whether there was none before.  The end gives STATUS, or what went wrong
 * with it.
 */
enum ukey_ukd_status ukey_ukd_scope_begin(struct ukey_ukd *u,
    bool *whole);
enum ukey_ukd_status ukey_ukd_scope_end(struct ukey_ukd *u,
    enum ukey_ukd_status status, bool whole);
/* _INVALID with "WHAT: why" as its text. */
enum ukey_ukd_status ukey_ukd_invalid(struct ukey_ukd *u,
    struct ukey_view what, const char *why);
/* STATUS with "local@domain: why". */
enum ukey_ukd_status ukey_ukd_fail_mailbox(struct ukey_ukd *u,
    enum ukey_ukd_status status, const struct ukey_address *mailbox,
    const char *why);
/* The domain of FILTER in lower case, for a statement's parameter. */
void ukey_ukd_domain(const struct ukey_ukd_filter *filter,
    struct ukey_ukd_name *name);
/* The row of a mailbox.  _ABSENT, _INVALID. */
enum ukey_ukd_status ukey_ukd_find(struct ukey_ukd *u,
    const struct ukey_address *mailbox, int64_t *id);
/* The row that stands for a whole domain; 0: there is none. */
enum ukey_ukd_status ukey_ukd_find_domain(struct ukey_ukd *u,
    const struct ukey_ukd_filter *whom, int64_t *id);
/* Makes that row. */
enum ukey_ukd_status ukey_ukd_add_domain(struct ukey_ukd *u,
    const struct ukey_ukd_filter *whom);

/* ---- ukey_ukd_open.c ---------------------------------------------------- */

/* Opens a replaced file; on other days only a stat(2). */
enum ukey_ukd_status ukey_ukd_refresh(struct ukey_ukd *u);

#endif
