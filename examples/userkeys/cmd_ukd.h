/*
 * userkeys ukd: what its commands share.  SPDX-License-Identifier: MIT
 */
#ifndef CMD_UKD_H
#define CMD_UKD_H

#include "record.h"
#include "ukey_ukd_admin.h"

#define UKD_DB "/var/lib/userkeys/ukd.db" /* where --db is not given */
#define UKD_KEY_FILE "/etc/userkeys/ukd.key"
#define UKD_RECORD_MAX 1200 /* octets of a record's text, 4096 bits */
#define UKD_BUSY_MS 5000

/* The command line; texts are NULL, or of argv. */
struct ukd_options {
	const char *db, *key_file, *login, *generation, *advice, *options;
	const char *dns, *zone, *format, *realm, *bits, *out;
	const char *only, *older, *from;
	bool json, force, testing, fold, adopt, sealed, clear, all;
	bool quiet, start, no_fold, no_realm, lost, merge, replace;
	const char *arg; /* as given, for messages and for files; or NULL */
	/* Read from the texts: */
	struct ukey_ukd_filter filter; /* the argument's; _ALL without one */
	struct ukey_address mailbox;   /* of a command for one: the same */
	unsigned key_bits;
	uint64_t older_seconds;
	struct ukey_ukd_flags flags;
};

/* What stands behind a command's name. */
enum ukd_argument {
	UKD_ARG_NONE,
	UKD_ARG_MAILBOX, /* ADDRESS: exactly one mailbox */
	UKD_ARG_WHOM,    /* ADDRESS or @DOMAIN */
	UKD_ARG_MANY,    /* ADDRESS, @DOMAIN or --all: one of them */
	UKD_ARG_SOME,    /* ADDRESS, @DOMAIN, --all; all without one */
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
/* add --from LIST. */
int ukd_add_many(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_set(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_allow(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_deny(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_remove(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_list(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_show(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_records(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_check(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_rotate(struct ukey_ukd *u, const struct ukd_options *o);
/* rotate @DOMAIN, --all: as cron does it. */
int ukd_rotate_many(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_publish(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_activate(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_retire(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_export(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_import(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_settings(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_rekey(struct ukey_ukd *u, const struct ukd_options *o);
int ukd_upgrade(struct ukey_ukd *u, const struct ukd_options *o);

/* The backup F, called NAME in errors, into the transaction that M begins;
 * the first trouble is printed. */
struct ukd_merge;
enum ukey_ukd_status ukd_restore(struct ukd_merge *m, FILE *f,
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

/* ---- cmd_ukd_keys.c ----------------------------------------------------- */

/* All keys of a mailbox. */
#define UKD_KEYS_MAX 64
struct ukd_keys {
	unsigned count;
	struct ukey_ukd_key_row row[UKD_KEYS_MAX]; /* the newest, in order */
};
/* Reads them; free(3) what it gives.  NULL with the error printed, and *EXIT
 * set. */
struct ukd_keys *ukd_keys_read(struct ukey_ukd *u,
    const struct ukey_address *mailbox, int *exit);

/*
 * Calls EACH with every mailbox of o->filter, one after the other, and between
 * two calls nothing is locked: EACH may change the database.  It gives an exit
 * status; the worst of all is returned.  CLI_GO_ON from it ends the walk, with
 * what there is.  DOING is what a progress line says of it.
 */
int ukd_each_mailbox(struct ukey_ukd *u, const struct ukd_options *o,
    const char *doing, int (*each)(void *state, struct ukey_ukd *u,
    const struct ukey_address *mailbox), void *state);

/* ---- cmd_ukd_plan.c ----------------------------------------------------- */

/* What the DNS must say at one name. */
enum ukd_entry_kind {
	UKD_ENTRY_KEY,   /* the key */
	UKD_ENTRY_EMPTY, /* the base name, whose key is gone: the advice */
	UKD_ENTRY_GONE   /* nothing: the record was needed once */
};

struct ukd_entry {
	enum ukd_entry_kind kind;
	const struct ukey_ukd_key_row *row;
	int64_t until; /* a retired key: until then; else 0 */
};

struct ukd_plan {
	unsigned count;
	struct ukd_entry entry[UKD_KEYS_MAX + 1];
};

/* What KEYS, which must stay, need at NOW. */
void ukd_plan_make(struct ukd_plan *plan, const struct ukd_keys *keys,
    int64_t now);
/* The same after the mailbox's end: the base name keeps advice if there is
 * any. */
void ukd_plan_end(struct ukd_plan *plan, const struct ukd_keys *keys);
/* E's record; false with an error printed. */
bool ukd_entry_record(const struct ukd_entry *e, struct record *r);
/* What prints as O says. */
struct record_writer ukd_writer(const struct ukd_options *o);
/* Writes PLAN to it as one of several; COMMENTS as below. */
void ukd_plan_put(const struct ukd_plan *plan, struct record_writer *w,
    bool comments);
/* Prints PLAN in the format asked for; with COMMENTS, in zone text, also until
 * when a retired key's record stays. */
void ukd_plan_print(const struct ukd_plan *plan, const struct ukd_options *o,
    bool comments);
/* The plan of KEYS now, printed with comments. */
void ukd_keys_print(const struct ukd_keys *keys, const struct ukd_options *o);
/* "2026-11-24" into DAY. */
void ukd_day(int64_t when, char day[32]);
/* When the record of a key that is retired at WHEN may go. */
int64_t ukd_keep_until(int64_t when);

/* ---- cmd_ukd_dns.c ------------------------------------------------------ */

/* How the DNS shows a key. */
enum ukd_seen {
	UKD_SEEN_KEY,     /* alone, as it should be */
	UKD_SEEN_CROWD,   /* among other records, where DKIM wants one */
	UKD_SEEN_OTHER,   /* there is something else */
	UKD_SEEN_ABSENT,  /* no such name, or no TXT record */
	UKD_SEEN_NOTHING  /* no answer: try again */
};

struct ukd_look {
	enum ukd_seen seen;
	enum ukey_reason reason; /* _NOTHING: why */
	uint32_t ttl;            /* _ABSENT: it is kept so long, in seconds */
	char name[UKEY_NAME_MAX + 2 * UKEY_LABEL_MAX + 16];
	const char *domain;      /* of the row */
};

/* Asks R for the record of ROW's key. */
void ukd_look(struct ukd_look *look, struct ukey_resolver *r,
    const struct ukey_ukd_key_row *row);
/* The exit status of it; unless it is CLI_PASS, says why and what to do. */
int ukd_look_say(const struct ukd_look *look, const struct ukey_resolver *r);

/* ---- cmd_ukd_compare.c -------------------------------------------------- */

#define UKD_DIFFERENCES_MAX 32

struct ukd_difference {
	char name[512]; /* of the record */
	char what[512]; /* may hold octets of the DNS */
	const char *mend;
};

struct ukd_differences {
	unsigned count;
	bool unanswered; /* of some names nothing is known */
	struct ukd_difference list[UKD_DIFFERENCES_MAX];
};

/* What R serves, against PLAN; without the aliases where only TXT records are
 * asked for. */
void ukd_compare(struct ukd_differences *d, struct ukey_resolver *r,
    const struct ukd_plan *plan, const struct ukd_options *o);

/* ---- cmd_ukd_report.c --------------------------------------------------- */

/* One line, or JSON object, for each mailbox, and what they sum up to. */
#define UKD_SUMS 5

struct ukd_report {
	const struct ukd_options *o;
	const char *sum[UKD_SUMS]; /* a name for each kind; NULL: not used */
	unsigned sums[UKD_SUMS];
	unsigned mailboxes;
	unsigned silent; /* mailboxes in a row without an answer of the DNS */
};

/* Counts the mailbox as of KIND and begins its object in JSON; true if its
 * text is to be printed by the caller, of which QUIET leaves out kind 0. */
bool ukd_report_mailbox(struct ukd_report *report, const char *address,
    unsigned kind);
/* "NAME": "TEXT" in that object, after the kind. */
void ukd_report_text(const char *name, const char *text);
void ukd_report_begin(const struct ukd_report *report);
void ukd_report_end(const struct ukd_report *report);

/* ---- cmd_ukd_csv.c ------------------------------------------------------ */

#define UKD_CSV_FIELDS 3

/* A list of fields separated by commas (RFC 4180), a mailbox a line. */
struct ukd_csv {
	const char *name; /* of the file, for errors */
	unsigned long line;
	bool bad; /* an error was printed */
	char *field[UKD_CSV_FIELDS]; /* of this line; "" where there is none */
	unsigned column[UKD_CSV_FIELDS];
	char *text; /* NULL to begin with; to be freed at the end */
	size_t room;
};

/* The next line that is neither empty nor a comment; false at the end.  What
 * is wrong is printed, and passed over. */
bool ukd_csv_next(struct ukd_csv *csv, FILE *f);
/* "LIST:line:column: TEXT" */
void ukd_csv_error(struct ukd_csv *csv, unsigned column, const char *text);

/* ---- cmd_ukd_merge.c ---------------------------------------------------- */

/* What a backup takes the place of. */
struct ukd_merge {
	struct ukey_ukd *u;
	bool merge;   /* mailboxes of the backup replace those here */
	bool replace; /* and those here that it has not are removed */
	bool force;   /* also where private keys are lost by that */
	bool broken;  /* out of memory */
	size_t count, room, next;
	struct ukd_held *held; /* keys that made room */
};

/* To be called at the beginning, before a mailbox and before a key is
 * restored, and at the end, which says which private keys would be lost. */
enum ukey_ukd_status ukd_merge_begin(struct ukd_merge *m);
enum ukey_ukd_status ukd_merge_mailbox(struct ukd_merge *m,
    const struct ukey_address *mailbox);
void ukd_merge_key(struct ukd_merge *m, const struct ukey_ukd_key_row *row);
enum ukey_ukd_status ukd_merge_end(struct ukd_merge *m);
void ukd_merge_free(struct ukd_merge *m);

/* ---- cmd_ukd_firmware.c ------------------------------------------------- */

/* export --format c: the active keys as a const table. */
int ukd_export_c(struct ukey_ukd *u, const struct ukd_options *o, FILE *f);

#endif
