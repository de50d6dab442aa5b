/*
 * userkeys ukd: what its commands share.  SPDX-License-Identifier: MIT
 */
#ifndef CMD_UKD_H
#define CMD_UKD_H

#include "cli.h"
#include "ukey_ukd_admin.h"

#define UKD_DB "/var/lib/userkeys/ukd.db" /* where --db is not given */
#define UKD_KEY_FILE "/etc/userkeys/ukd.key"
#define UKD_RECORD_MAX 1200 /* octets of a record's text, 4096 bits */
#define UKD_BUSY_MS 5000

/* The command line; texts are NULL, or of argv. */
struct ukd_options {
	const char *db, *key_file, *login, *generation, *advice, *options;
	const char *dns, *zone, *format, *realm, *bits, *out;
	bool json, force, testing, fold, adopt, sealed, clear;
	const char *arg; /* as given, for messages and for files; or NULL */
	/* Read from the texts: */
	struct ukey_ukd_filter filter; /* the argument's; _ALL without one */
	struct ukey_address mailbox;   /* of a command for one: the same */
	unsigned key_bits;
	struct ukey_ukd_flags flags;
};

/* What stands behind a command's name. */
enum ukd_argument {
	UKD_ARG_NONE,
	UKD_ARG_MAILBOX, /* ADDRESS: exactly one mailbox */
	UKD_ARG_WHOM,    /* ADDRESS or @DOMAIN */
	UKD_ARG_SOME,    /* ADDRESS or @DOMAIN; all without one */
	UKD_ARG_FILE
};

struct ukd_command {
	const char *name;
	/* NULL: opening the database is all. */
	int (*run)(struct ukey_ukd *u, const struct ukd_options *o);
	enum ukd_argument argument;
	unsigned open;       /* flags of ukey_ukd_open() */
	const char *options; /* letters of cmd_ukd_options.c */
	const char *help;
};

/* ---- cmd_ukd_options.c -------------------------------------------------- */

/* The command line of C, from its name on, into O; CLI_GO_ON, or the exit
 * status with an error printed. */
int ukd_options_take(const struct ukd_command *c, int argc, char **argv,
    struct ukd_options *o);

/* ---- the commands ------------------------------------------------------- */

/* Each is one command: exit status. */
int ukd_add(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_set(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_allow(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_deny(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_remove(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_list(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_show(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_rotate(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_publish(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_activate(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_retire(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_export(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_import(struct ukey_ukd *u, const struct ukd_options *o);

/* The backup F, called NAME in errors, into the transaction that is open;
 * the first trouble is printed. */
enum ukey_ukd_status ukd_restore(struct ukey_ukd *u, FILE *f,
    const char *name);
/* What FILTER names in the form of a backup to F, in such a transaction. */
enum ukey_ukd_status ukd_backup(struct ukey_ukd *u, FILE *f,
    const struct ukey_ukd_filter *filter, bool clear);
/* Prints the database's error unless STATUS is _OK; the exit status of it. */
int ukd_exit(const struct ukey_ukd *u, enum ukey_ukd_status status);
/* The error in TEXT, for what is not the database's. */
int ukd_exit_text(enum ukey_ukd_status status, const char *text);
/* F, opened just now, gets a buffer of ours, since private keys pass through
 * it; to be wiped after fclose(), or when F is used no more. */
void ukd_buffer(FILE *f);
void ukd_buffer_wipe(void);
/* A new key of the size asked for, or NULL with the error printed. */
struct ukey_key *ukd_generate(const struct ukd_options *o);

/* ---- cmd_ukd_record.c --------------------------------------------------- */

/* The record's name, without the last dot; BASE: without generation. */
void ukd_record_name(const struct ukey_ukd_key_row *row, bool base,
    struct ukey_out *out);
/* The record's text; GONE: with an empty p=. */
void ukd_record_text(const struct ukey_ukd_key_row *row, bool gone,
    struct ukey_out *out);
/* All keys of a mailbox, and what must be in the DNS for them. */
#define UKD_KEYS_MAX 64
struct ukd_keys {
	unsigned count;
	struct ukey_ukd_key_row row[UKD_KEYS_MAX]; /* the newest, in order */
};
/* Reads them; free(3) what it gives.  NULL with the error printed, and *EXIT
 * set. */
struct ukd_keys *ukd_keys_read(struct ukey_ukd *u,
    const struct ukey_address *mailbox, int *exit);
/* Every record that the keys need, one after the other; FORMAT as of
 * record_print(). */
void ukd_keys_print(const struct ukd_keys *keys, const char *format);

/* ---- cmd_ukd_firmware.c ------------------------------------------------- */

/* export --format c: the active keys as a const table. */
int ukd_export_c(struct ukey_ukd *u, const struct ukd_options *o, FILE *f);

#endif
