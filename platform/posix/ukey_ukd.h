/*
 * userkeys: the User Key Database (docs/PROTOCOL.md section 7) on SQLite, as
 * a mail server reads it.  SPDX-License-Identifier: MIT
 *
 * Which login may use which mailbox, and the mailbox's private keys, sealed
 * under a key file.  ukey_ukd_admin.h is the side that changes it.
 *
 * A running server sees every committed change at its next call, and never
 * half of one.  A file that was replaced (renamed over) is opened by itself;
 * while that fails, each call gives UKEY_UKD_DAMAGED, and tries again.
 *
 * One handle belongs to one thread, and does not survive fork(): open after.
 */
#ifndef UKEY_UKD_H
#define UKEY_UKD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ukey_key.h"
#include "ukey_name.h"
#include "ukey_text.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UKEY_UKD_ERROR_SIZE 512   /* is always enough for an error's text */
#define UKEY_UKD_LOGIN_MAX 255    /* octets of a login in its normal form */
#define UKEY_UKD_ADDRESS_SIZE 768 /* of an address as text, and NUL */
#define UKEY_UKD_SCHEMA 2         /* the version of its tables */

enum ukey_ukd_status {
	UKEY_UKD_OK = 0,     /* done; the login may, and there is a key */
	UKEY_UKD_NO_KEY = 1, /* the login may, but no key is active */
	UKEY_UKD_DENIED = 2, /* the login may not; or no such mailbox */
	UKEY_UKD_BUSY = 3,   /* another process holds it: try again later */
	UKEY_UKD_DAMAGED = 4, /* unreadable; see ukey_ukd_error() */
	/* The next ones only come from ukey_ukd_admin.h. */
	UKEY_UKD_EXISTS = 5, /* there already */
	UKEY_UKD_ABSENT = 6, /* no such address, login or key */
	UKEY_UKD_INVALID = 7, /* an argument that cannot be stored */
	UKEY_UKD_STEP = 8    /* would skip a step of a key's life */
};

/* Bits of ukey_ukd_settings.flags. */
#define UKEY_UKD_READ_ONLY 1 /* for servers: nothing can be changed */
#define UKEY_UKD_CREATE 2    /* a new database and a new key file; both are
                              * refused where they exist */
#define UKEY_UKD_CHECK 4     /* read all of it first: slow, finds damage */
#define UKEY_UKD_NO_SEAL 8   /* without the key file; keys stay sealed */
#define UKEY_UKD_ADOPT 16    /* with CREATE: the key file is there already */
#define UKEY_UKD_READS 32    /* nothing will be changed: as READ_ONLY where
                              * the file system is */

/* Read by ukey_ukd_open(), and copied. */
struct ukey_ukd_settings {
	const char *path;     /* of the database; -wal and -shm lie beside */
	const char *key_file; /* NULL: where the database says */
	unsigned flags;
	unsigned busy_ms;     /* the longest wait of one call for a lock */
	/* For CREATE, kept in the database.  How logins are compared: */
	bool login_fold;      /* ASCII letters without case */
	const char *realm;    /* NULL: as they come; "": what follows the last
	                       * @ is dropped; else added where there is no @ */
};

struct ukey_ukd; /* on the heap */

/*
 * Opens the database.  A copy without -wal and -shm on a file system that is
 * read-only is opened as it is, and anew when it has changed.  Refused:
 * database, -wal, -shm or key file that group or others may access, or that
 * are no regular files; a newer schema, a damaged file, a key file of another
 * database.  An older schema is brought up to date, unless READ_ONLY, in one
 * transaction and after a copy, PATH.schema-N.
 * UKEY_UKD_OK, _BUSY or _DAMAGED; then *UKD is NULL and ERR (of ERR_SIZE
 * octets) has "what: why: what to do".
 */
enum ukey_ukd_status ukey_ukd_open(struct ukey_ukd **ukd,
    const struct ukey_ukd_settings *settings, char *err, size_t err_size);
/* Wipes and frees; NULL is fine. */
void ukey_ukd_close(struct ukey_ukd *ukd);
/* "what: why: what to do" of the last call that was not UKEY_UKD_OK; never a
 * secret.  Owned by UKD. */
const char *ukey_ukd_error(const struct ukey_ukd *ukd);

/* Where the key file is; empty with NO_SEAL.  Owned by UKD. */
const char *ukey_ukd_key_file(const struct ukey_ukd *ukd);

/* For logs, where "userkeys why" knows it: "ukd-ok", "ukd-no-key",
 * "ukd-denied", "ukd-busy", "ukd-damaged", ...; static. */
const char *ukey_ukd_word(enum ukey_ukd_status status);

/* What a lookup found; texts are NUL-terminated, without controls. */
struct ukey_ukd_found {
	uint64_t key;  /* with _OK: names one private key for as long as UKD is
	                * open, whatever changes; for ukey_ukd_load() */
	bool exact;    /* the mailbox is without subaddresses */
	bool known;    /* the mailbox has an entry, its own or "@domain"; with
	                * _DENIED the difference of "not yours" and "unknown
	                * here" */
	bool login_known;  /* the login may use something */
	bool domain_known; /* some mailbox of the domain has an entry */
	char address[UKEY_UKD_ADDRESS_SIZE]; /* of that row, else empty */
	char generation[UKEY_LABEL_MAX + 1]; /* of the key; may be empty */
	char label[UKEY_LABEL_MAX + 1]; /* [generation.]label.userkeys is s= */
};

/*
 * May LOGIN (as the client authenticated) use ADDRESS, "a@b" or "<a@b>", and
 * with which key?  An empty LOGIN may nothing, nor may anyone use what is no
 * address; of that, FOUND knows the login alone, and of "b" the domain, too.
 * _OK, _NO_KEY, _DENIED, _BUSY, _DAMAGED.
 */
enum ukey_ukd_status ukey_ukd_lookup(struct ukey_ukd *ukd,
    struct ukey_view login, struct ukey_view address,
    struct ukey_ukd_found *found);

/* The same without a login, for mail that the server itself made: _DENIED
 * when the mailbox has no entry. */
enum ukey_ukd_status ukey_ukd_mailbox(struct ukey_ukd *ukd,
    struct ukey_view address, struct ukey_ukd_found *found);

/*
 * The private key that ukey_ukd_found.key names, to be freed by the caller
 * with ukey_key_free(); RANDOM must stay as long as the key.  Takes some
 * milliseconds: keep it.  _OK; _NO_KEY: it is gone; _BUSY; _DAMAGED: also
 * when it cannot be unsealed.
 */
enum ukey_ukd_status ukey_ukd_load(struct ukey_ukd *ukd, uint64_t key,
    const struct ukey_random *random, struct ukey_key **out);

/*
 * Whether the database was changed or replaced since the last call, or may
 * have been: keys that were kept should be dropped then.  Cheap: at most some
 * microseconds, no waiting.
 */
bool ukey_ukd_changed(struct ukey_ukd *ukd);

#ifdef __cplusplus
}
#endif

#endif
