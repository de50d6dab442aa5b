/*
 * userkeys-milter: its configuration file.  SPDX-License-Identifier: MIT
 *
 * Lines of "key = value"; "#" begins a comment.  Every mistake is named with
 * its line and column; an unknown key is one.
 */
#ifndef CONF_H
#define CONF_H

#include "ukey.h"

#define CONF_LISTENERS 8
#define CONF_NETWORKS 16
#define CONF_TEXT 256
#define CONF_FILE_MAX 65536 /* octets */
#define CONF_ERROR_SIZE 512

/* Authserv-ids of a setting. */
struct conf_ids {
	char text[UKEY_AUTHRES_IDS][CONF_TEXT];
	struct ukey_view view[UKEY_AUTHRES_IDS];
	unsigned count;
};

enum conf_local { CONF_SIGN, CONF_VERIFY, CONF_PASS };

struct conf_network {
	uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;
};

struct conf_networks {
	struct conf_network network[CONF_NETWORKS];
	unsigned count;
};

struct conf {
	char listen[CONF_LISTENERS][CONF_TEXT]; /* unix:PATH, inet:PORT@HOST */
	unsigned listeners;
	unsigned socket_mode;
	char socket_group[CONF_TEXT], user[CONF_TEXT], pid_file[CONF_TEXT];
	char database[CONF_TEXT], key_file[CONF_TEXT], dns[CONF_TEXT];
	char authserv_id[CONF_TEXT], metrics_file[CONF_TEXT];
	char submission_name[CONF_TEXT]; /* {daemon_name} of submission */
	struct conf_networks trusted; /* need no login */
	struct conf_networks hubs;    /* nor that, and hand on others' mail */
	unsigned workers;      /* processes */
	unsigned local_mail;   /* enum conf_local */
	unsigned hold;         /* whether quarantine is the hold queue, too */
	unsigned log_stderr;
	unsigned no_sandbox;
	unsigned dns_timeout;  /* seconds */
	unsigned busy_ms;      /* the longest wait for the database */
	unsigned idle;         /* seconds that an MTA may be silent */
	unsigned keep_keys;    /* seconds that an unused key is kept */
	unsigned body_notice;  /* whether a line is put into bodies */
	unsigned notice_limit; /* octets of a body that is kept for it */
	char notice_folder[CONF_TEXT]; /* where */
	struct conf_ids remove, keep; /* whose results go, and whose stay */
	struct ukey_authres_lists results;
	struct ukey_session_settings session;
};

/* The defaults. */
void conf_init(struct conf *c);
/*
 * Reads TEXT, LEN octets of the file NAME, over the defaults.  False with
 * "name:line:column: what: what to do" in ERR, CONF_ERROR_SIZE octets.
 */
bool conf_parse(struct conf *c, const char *name, const char *text,
    size_t len, char *err);
/* The same of the file PATH. */
bool conf_read(struct conf *c, const char *path, char *err);
/* For conf.c: adds the network VALUE to ALL; what is expected where it is
 * none. */
const char *conf_add_network(struct conf_networks *all, struct ukey_view value);
/* For conf.c: adds the words of VALUE to IDS; what is expected where one is no
 * host name. */
const char *conf_add_ids(struct conf_ids *ids, struct ukey_view value);
/* For conf.c: remove-results = VALUE, the same. */
const char *conf_remove_results(struct conf *c, struct ukey_view value);
/* For conf.c: what is wanted where VALUE is no place to listen at. */
const char *conf_listener(struct ukey_view value);
/* Whether ADDRESS, text as milters get it, lies in one of N. */
bool conf_has_network(const struct conf_networks *n, const char *address);

#endif
