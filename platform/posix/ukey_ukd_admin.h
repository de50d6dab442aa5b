/*
 * userkeys: changing and listing the User Key Database.
 * SPDX-License-Identifier: MIT
 *
 * Each call is one transaction, or part of the one that ukey_ukd_begin()
 * opened.  All give an enum ukey_ukd_status; unless it is UKEY_UKD_OK nothing
 * was changed, and ukey_ukd_error() says what, why and what to do.
 *
 * What acts on one mailbox takes one, read by ukey_address_parse(): "@b" is
 * none, nor is an empty text.  What lists, or permits, takes a filter.
 */
#ifndef UKEY_UKD_ADMIN_H
#define UKEY_UKD_ADMIN_H

#include "ukey_keyrecord.h"
#include "ukey_ukd.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A key's life (docs/PROTOCOL.md section 7), always forward. */
enum ukey_ukd_state {
	UKEY_UKD_NEW,       /* made; its record is to be published */
	UKEY_UKD_PUBLISHED, /* its record was seen in the DNS */
	UKEY_UKD_ACTIVE,    /* signs; at most one of a mailbox */
	UKEY_UKD_RETIRED    /* signs no more; its private part is gone */
};
#define UKEY_UKD_STATES 4

/* "new", "published", "active", "retired". */
const char *ukey_ukd_state_word(enum ukey_ukd_state state);

/* ---- transactions ------------------------------------------------------- */

/* Takes the lock for writing, or _BUSY; where nothing can be written, what is
 * read up to the end is of one moment. */
enum ukey_ukd_status ukey_ukd_begin(struct ukey_ukd *ukd);
/* Ends it: keeps all if STATUS is _OK, else nothing.  STATUS, or what went
 * wrong with keeping; the error's text stays that of STATUS. */
enum ukey_ukd_status ukey_ukd_end(struct ukey_ukd *ukd,
    enum ukey_ukd_status status);

/* ---- which mailboxes ---------------------------------------------------- */

enum ukey_ukd_which {
	UKEY_UKD_ALL,
	UKEY_UKD_DOMAIN, /* every mailbox of a domain */
	UKEY_UKD_MAILBOX
};

struct ukey_ukd_filter {
	enum ukey_ukd_which which;
	/* Views of the text it was read from; with _DOMAIN the domain alone. */
	struct ukey_address mailbox;
};

/* Reads "@b" or "a@b"; F is _ALL with every reason but _OK, and never by a
 * text: an empty one is _NO_DOMAIN. */
enum ukey_reason ukey_ukd_filter_read(struct ukey_ukd_filter *f,
    struct ukey_view text);

/* ---- addresses and logins ----------------------------------------------- */

/* What the owner says of an address; the record's uk= and t= (PROTOCOL 3). */
struct ukey_ukd_flags {
	bool exact;      /* no subaddresses */
	bool only_from;  /* the option "from" */
	bool testing;
	uint8_t advice;  /* enum ukey_advice */
};

/* _EXISTS, _INVALID. */
enum ukey_ukd_status ukey_ukd_add(struct ukey_ukd *ukd,
    const struct ukey_address *mailbox, const struct ukey_ukd_flags *flags);
/* Changes the flags, but for exact, which is part of the name: _INVALID. */
enum ukey_ukd_status ukey_ukd_set(struct ukey_ukd *ukd,
    const struct ukey_address *mailbox, const struct ukey_ukd_flags *flags);
/* With its keys and permissions; generations stay spent. _ABSENT. */
enum ukey_ukd_status ukey_ukd_remove(struct ukey_ukd *ukd,
    const struct ukey_address *mailbox);
/* Removes what FILTER names as if it had never been: generations of its keys
 * can be used again, by a backup that brings them back.  _ABSENT. */
enum ukey_ukd_status ukey_ukd_forget(struct ukey_ukd *ukd,
    const struct ukey_ukd_filter *filter);
/* LOGIN may use what WHOM names, a mailbox or all of a domain; a domain's row
 * comes with its first login.  _ABSENT, _EXISTS, _INVALID (also for _ALL). */
enum ukey_ukd_status ukey_ukd_allow(struct ukey_ukd *ukd,
    struct ukey_view login, const struct ukey_ukd_filter *whom);
/* Takes that back; a domain's row goes with its last login. _ABSENT. */
enum ukey_ukd_status ukey_ukd_deny(struct ukey_ukd *ukd,
    struct ukey_view login, const struct ukey_ukd_filter *whom);

/* How logins are compared. */
struct ukey_ukd_login_form {
	bool fold;  /* ASCII letters without case */
	bool strip; /* what follows the last @ is dropped */
	char realm[UKEY_UKD_LOGIN_MAX + 1]; /* added where there is no @, unless
	                                     * empty */
};

void ukey_ukd_login_form(const struct ukey_ukd *ukd,
    struct ukey_ukd_login_form *form);
/* From now on FORM; the logins that are stored are rewritten, *CHANGED of
 * them.  _EXISTS: two of them would become one. */
enum ukey_ukd_status ukey_ukd_login_form_set(struct ukey_ukd *ukd,
    const struct ukey_ukd_login_form *form, unsigned *changed);

/* ---- keys --------------------------------------------------------------- */

#define UKEY_UKD_SEALED_MAX 2600 /* octets of a private key, sealed */

struct ukey_ukd_key_row {
	char address[UKEY_UKD_ADDRESS_SIZE];
	char domain[UKEY_NAME_MAX + 1];
	char label[UKEY_LABEL_MAX + 1];
	char generation[UKEY_LABEL_MAX + 1];
	enum ukey_ukd_state state;
	struct ukey_ukd_flags flags; /* of the address */
	unsigned bits;
	/* Seconds since 1970 UTC; 0: never. */
	int64_t created, published, activated, retired;
	size_t public_len;
	uint8_t spki[UKEY_KEY_PUBLIC_MAX]; /* SubjectPublicKeyInfo */
};

/*
 * Keeps KEY, sealed, as a new key of MAILBOX.  GENERATION is an LDH label
 * never used before for this mailbox; with data NULL the next: none at all,
 * then 2, 3, ...  What it is goes to OUT.  _ABSENT, _EXISTS, _INVALID.
 */
enum ukey_ukd_status ukey_ukd_key_add(struct ukey_ukd *ukd,
    const struct ukey_address *mailbox, struct ukey_view generation,
    struct ukey_key *key, char out[UKEY_LABEL_MAX + 1]);
/*
 * The next step of a key's life; with FORCE steps may be left out, never
 * taken back.  What becomes active retires what was.  _ABSENT, _STEP.
 */
enum ukey_ukd_status ukey_ukd_key_move(struct ukey_ukd *ukd,
    const struct ukey_address *mailbox, struct ukey_view generation,
    enum ukey_ukd_state to, bool force);
/* The private key of any state but retired; to be freed by the caller. */
enum ukey_ukd_status ukey_ukd_key_open(struct ukey_ukd *ukd,
    const struct ukey_ukd_key_row *row, const struct ukey_random *random,
    struct ukey_key **key);
/* The same as PKCS#1 DER, appended to OUT, whose octets the caller wipes. */
enum ukey_ukd_status ukey_ukd_key_der(struct ukey_ukd *ukd,
    const struct ukey_ukd_key_row *row, const struct ukey_random *random,
    struct ukey_out *out);
/* The same as it lies there, sealed; appended to OUT. */
enum ukey_ukd_status ukey_ukd_key_sealed(struct ukey_ukd *ukd,
    const struct ukey_ukd_key_row *row, struct ukey_out *out);
/*
 * Puts back a key of a backup: ROW's address (added before), generation,
 * state, times and public part.  PRIVATE as ukey_ukd_key_sealed() gave it, or
 * KEY; neither for a retired key.  _INVALID when they do not fit together.
 */
enum ukey_ukd_status ukey_ukd_key_restore(struct ukey_ukd *ukd,
    const struct ukey_ukd_key_row *row, struct ukey_view sealed,
    struct ukey_key *key);

/*
 * Makes a new key file and seals all private keys with it, *KEYS of them, in
 * one transaction.  The old key file stays beside it as PATH.old: it opens
 * sealed backups of before.  LOST, on a handle with NO_SEAL: the old one is
 * gone, and so every private key; all keys are retired.  _EXISTS: PATH.old is
 * there already; _INVALID.
 */
enum ukey_ukd_status ukey_ukd_rekey(struct ukey_ukd *ukd, bool lost,
    unsigned *keys);

/* ---- lists -------------------------------------------------------------- */

struct ukey_ukd_address_row {
	char address[UKEY_UKD_ADDRESS_SIZE];
	char domain[UKEY_NAME_MAX + 1];
	char label[UKEY_LABEL_MAX + 1];       /* empty: "@domain" */
	struct ukey_ukd_flags flags;
	char active[UKEY_LABEL_MAX + 1];      /* generation of that key */
	bool has_active;
	int64_t logins, keys;                 /* how many */
	int64_t created;
};

struct ukey_ukd_login_row {
	char login[UKEY_UKD_LOGIN_MAX + 1];
	char address[UKEY_UKD_ADDRESS_SIZE];
	int64_t created;
};

/*
 * Calls EACH with every row of FILTER until it returns false.  EACH must not
 * change the database.  _ABSENT when a filter's one mailbox is not there.
 */
enum ukey_ukd_status ukey_ukd_each_address(struct ukey_ukd *ukd,
    const struct ukey_ukd_filter *filter,
    bool (*each)(void *state, const struct ukey_ukd_address_row *row),
    void *state);
enum ukey_ukd_status ukey_ukd_each_login(struct ukey_ukd *ukd,
    const struct ukey_ukd_filter *filter,
    bool (*each)(void *state, const struct ukey_ukd_login_row *row),
    void *state);
enum ukey_ukd_status ukey_ukd_each_key(struct ukey_ukd *ukd,
    const struct ukey_ukd_filter *filter,
    bool (*each)(void *state, const struct ukey_ukd_key_row *row),
    void *state);

/* Generations that were used once and are no key's any more, for backups:
 * label, domain and generation of each, and putting one back. */
struct ukey_ukd_spent_row {
	char domain[UKEY_NAME_MAX + 1];
	char label[UKEY_LABEL_MAX + 1];
	char generation[UKEY_LABEL_MAX + 1];
};
enum ukey_ukd_status ukey_ukd_each_spent(struct ukey_ukd *ukd,
    bool (*each)(void *state, const struct ukey_ukd_spent_row *row),
    void *state);
enum ukey_ukd_status ukey_ukd_spend(struct ukey_ukd *ukd,
    const struct ukey_ukd_spent_row *row);

#ifdef __cplusplus
}
#endif

#endif
