/*
 * userkeys: a new sealing key for the User Key Database.
 * SPDX-License-Identifier: MIT
 *
 * The order makes every moment one from which all private keys open:
 *
 *   PATH.new is made; PATH.old becomes a second name of PATH
 *   one transaction: each key sealed anew, and the token
 *   PATH.new is renamed to PATH
 *
 * Where the last step did not happen, whoever opens the database finds that
 * PATH.new opens the token, and uses it (and renames it, if it may).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ukey_random.h"
#include "ukey_ukd_parts.h"

#define NAME_SIZE (UKEY_UKD_PATH_SIZE + 8)

struct rekey {
	struct ukey_ukd *u;
	uint8_t old[UKEY_SEAL_KEY_LEN], new[UKEY_SEAL_KEY_LEN];
	char new_path[NAME_SIZE], old_path[NAME_SIZE];
	bool linked; /* PATH.old was made by us */
};

static enum ukey_ukd_status
path_fail(struct ukey_ukd *u, const char *path, const char *what)
{
	return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: %s: %s", path,
	    strerror(errno), what);
}

/* Whether the key file PATH, which becomes u->seal, opens the token. */
static enum ukey_ukd_status
opens(struct ukey_ukd *u, const char *path)
{
	enum ukey_ukd_status status = ukey_ukd_keyfile_read(u, path);

	return status == UKEY_UKD_OK ? ukey_ukd_token_check(u) : status;
}

/* Where a change of the key was cut off behind its transaction: the new key
 * file opens the token, and is put in its place where that is allowed. */
static bool
new_takes_over(struct ukey_ukd *u)
{
	char path[NAME_SIZE];

	snprintf(path, sizeof(path), "%s.new", u->key_file);
	if (access(path, F_OK) != 0 || opens(u, path) != UKEY_UKD_OK)
		return false;
	if ((u->flags & UKEY_UKD_READ_ONLY) == 0)
		(void)rename(path, u->key_file);
	return true;
}

enum ukey_ukd_status
ukey_ukd_seal_find(struct ukey_ukd *u)
{
	char error[UKEY_UKD_ERROR_SIZE];
	enum ukey_ukd_status status;

	if (u->key_file[0] == '\0')
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: does not say "
		    "where its key file is: give --key-file", u->path);
	if (u->sealed && ukey_ukd_token_check(u) == UKEY_UKD_OK)
		return UKEY_UKD_OK;
	u->sealed = false;
	status = opens(u, u->key_file);
	if (status == UKEY_UKD_DAMAGED) {
		memcpy(error, u->error, sizeof(error));
		if (new_takes_over(u))
			status = UKEY_UKD_OK;
		else
			memcpy(u->error, error, sizeof(error));
	}
	u->sealed = status == UKEY_UKD_OK;
	return status;
}

/* The new key file, and the old one under its second name. */
static enum ukey_ukd_status
files_make(struct rekey *r, bool lost)
{
	struct ukey_ukd *u = r->u;
	enum ukey_ukd_status status;

	if (!lost && link(u->key_file, r->old_path) != 0) {
		if (errno != EEXIST)
			return path_fail(u, r->old_path, "make room for the "
			    "old key file's second name");
		return ukey_ukd_fail(u, UKEY_UKD_EXISTS, "%s: is there "
		    "already, and opens older backups: move it away first",
		    r->old_path);
	}
	r->linked = !lost;
	(void)unlink(r->new_path); /* of a run that was cut off */
	status = ukey_ukd_keyfile_create(u, r->new_path);
	memcpy(r->new, u->seal, sizeof(r->new));
	memcpy(u->seal, r->old, sizeof(r->old));
	if (status == UKEY_UKD_OK && ukey_ukd_file_chown(r->new_path,
	    lost ? u->path : u->key_file) != 0)
		status = path_fail(u, r->new_path, "give it to the "
		    "database's owner");
	return status;
}

/* The next private key after *ID, sealed anew into OUT; *ID 0: no more. */
static enum ukey_ukd_status
next_reseal(struct rekey *r, int64_t *id, struct ukey_out *out)
{
	enum ukey_ukd_status status, opened = UKEY_UKD_OK;
	struct ukey_ukd_place place;
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, r->u, "SELECT k.id, a.label, a.domain,"
	    " k.generation, k.public, k.private FROM keys AS k JOIN addresses"
	    " AS a ON a.id = k.address WHERE k.private IS NOT NULL AND"
	    " k.id > ? ORDER BY k.id LIMIT 1");
	ukey_ukd_bind_int(&q, *id);
	*id = 0;
	if (ukey_ukd_step(&q)) {
		*id = ukey_ukd_column_int(&q);
		place.label = ukey_ukd_column(&q);
		place.domain = ukey_ukd_column(&q);
		place.generation = ukey_ukd_column(&q);
		place.spki = ukey_ukd_column(&q);
		opened = ukey_ukd_key_reseal(r->u, &place,
		    ukey_ukd_column(&q), r->new, out);
	}
	status = ukey_ukd_query_end(&q);
	return status != UKEY_UKD_OK ? status : opened;
}

static enum ukey_ukd_status
private_put(struct ukey_ukd *u, int64_t id, struct ukey_view sealed)
{
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, u, "UPDATE keys SET private = ? WHERE id = ?");
	ukey_ukd_bind_blob(&q, sealed);
	ukey_ukd_bind_int(&q, id);
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

static enum ukey_ukd_status
keys_reseal(struct rekey *r, unsigned *keys)
{
	uint8_t octets[UKEY_UKD_SEALED_MAX];
	enum ukey_ukd_status status;
	struct ukey_out out;
	int64_t id = 0;

	for (;;) {
		ukey_out_init(&out, octets, sizeof(octets));
		status = next_reseal(r, &id, &out);
		if (status != UKEY_UKD_OK || id == 0)
			return status;
		status = private_put(r->u, id, ukey_out_done(&out));
		if (status != UKEY_UKD_OK)
			return status;
		++*keys;
	}
}

/* Their private halves cannot be opened any more. */
static enum ukey_ukd_status
keys_retire(struct ukey_ukd *u, unsigned *keys)
{
	struct ukey_ukd_query q;
	enum ukey_ukd_status status;

	ukey_ukd_query(&q, u, "UPDATE keys SET state = 'retired',"
	    " retired = ?, private = NULL WHERE private IS NOT NULL");
	ukey_ukd_bind_int(&q, time(NULL));
	ukey_ukd_step(&q);
	status = ukey_ukd_query_end(&q);
	if (status == UKEY_UKD_OK)
		*keys = (unsigned)sqlite3_changes(u->db);
	return status;
}

static enum ukey_ukd_status
transaction(struct rekey *r, bool lost, unsigned *keys)
{
	enum ukey_ukd_status status = ukey_ukd_begin(r->u);

	if (status != UKEY_UKD_OK)
		return status;
	status = lost ? keys_retire(r->u, keys) : keys_reseal(r, keys);
	memcpy(r->u->seal, r->new, sizeof(r->new));
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_token_write(r->u);
	if (status == UKEY_UKD_OK && lost)
		status = ukey_ukd_setting_write(r->u, "key-file",
		    r->u->key_file);
	return ukey_ukd_end(r->u, status);
}

/* A key file that opens the token is not lost, and no other is overwritten. */
static enum ukey_ukd_status
lost_check(struct ukey_ukd *u)
{
	if (u->key_file[0] != '/')
		return ukey_ukd_fail(u, UKEY_UKD_INVALID, "%s: expected the "
		    "whole path of the new key file: give --key-file",
		    u->key_file);
	if (opens(u, u->key_file) != UKEY_UKD_OK && !new_takes_over(u) &&
	    access(u->key_file, F_OK) != 0 && errno == ENOENT)
		return UKEY_UKD_OK;
	if (opens(u, u->key_file) == UKEY_UKD_OK)
		return ukey_ukd_fail(u, UKEY_UKD_INVALID, "%s: opens the "
		    "database, so it is not lost: rekey without --lost",
		    u->key_file);
	return ukey_ukd_fail(u, UKEY_UKD_INVALID, "%s: is there, and opens "
	    "another database: move it away first, or give --key-file",
	    u->key_file);
}

static enum ukey_ukd_status
run(struct rekey *r, bool lost, unsigned *keys)
{
	struct ukey_ukd *u = r->u;
	enum ukey_ukd_status status;

	status = files_make(r, lost);
	if (status == UKEY_UKD_OK)
		status = transaction(r, lost, keys);
	if (status == UKEY_UKD_OK) {
		if (rename(r->new_path, u->key_file) != 0)
			return path_fail(u, r->new_path, "this opens the "
			    "database now: rename it in place of the old one");
		(void)ukey_ukd_folder_sync(u->key_file);
		u->sealed = (u->flags & UKEY_UKD_NO_SEAL) == 0;
		return status;
	}
	memcpy(u->seal, r->old, sizeof(r->old));
	if (r->linked)
		(void)unlink(r->old_path);
	/* After a commit that failed nobody knows: then it stays. */
	if (u->db != NULL && ukey_ukd_token_check(u) == UKEY_UKD_OK)
		(void)unlink(r->new_path);
	return status;
}

enum ukey_ukd_status
ukey_ukd_rekey(struct ukey_ukd *u, bool lost, unsigned *keys)
{
	struct rekey r = { .u = u };
	enum ukey_ukd_status status = ukey_ukd_refresh(u);

	*keys = 0;
	if (status == UKEY_UKD_OK)
		status = lost ? lost_check(u) : opens(u, u->key_file);
	if (status != UKEY_UKD_OK)
		return status;
	snprintf(r.new_path, sizeof(r.new_path), "%s.new", u->key_file);
	snprintf(r.old_path, sizeof(r.old_path), "%s.old", u->key_file);
	memcpy(r.old, u->seal, sizeof(r.old));
	status = run(&r, lost, keys);
	ukey_wipe(&r, sizeof(r));
	return status;
}
