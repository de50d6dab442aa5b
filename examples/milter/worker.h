/*
 * userkeys-milter: one worker process: its loop and its connections.
 * SPDX-License-Identifier: MIT
 */
#ifndef WORKER_H
#define WORKER_H

#include "conf.h"
#include "notice.h"
#include "ukey_inquiry.h"
#include "ukey_key.h"
#include "ukey_milter_codec.h"
#include "ukey_milter_reply.h"
#include "ukey_session.h"

#define WORKER_SPARES 16     /* messages of a kind, kept for the next */
#define WORKER_KEYS 64       /* prepared private keys that are kept */
#define INPUT_SIZE 65536     /* shared by all connections of a worker */
#define OUTPUT_MAX 1048576   /* of one connection, waiting to be sent */
#define FIELD_MAX (UKEY_HEADER_MAX + 1024)
#define PROGRESS_MS 5000     /* between signs of life while DNS is asked */
#define BUSY_REST_MS 1000    /* no questions to a database that was locked */
#define NAME_TEXT 256

struct ukey_ukd;

struct worker {
	const struct conf *conf;
	const int *listeners;
	int epoll;
	struct ukey_resolver *dns;
	int servers;                 /* tells of other ones; -1: nothing */
	uint64_t trouble_at;         /* ms: when the next may be logged */
	struct ukey_ukd *ukd;        /* NULL: no database */
	uint64_t ukd_deadline;       /* ms: of the questions in hand */
	uint64_t ukd_rests;          /* ms: until then it is not asked */
	struct worker_key {
		uint64_t id;
		struct ukey_key *key; /* NULL: free */
		uint64_t used;        /* ms */
	} keys[WORKER_KEYS];
	unsigned next_key;
	struct connection *connections;
	unsigned count;
	struct message *spare[2];    /* kept for the next: submission, MX */
	unsigned spares[2];
	bool draining;
	bool paused;                 /* no descriptors: until the tick */
	bool no_hold;                /* was told: an MTA cannot hold mail */
	uint8_t input[INPUT_SIZE];
	uint64_t work[UKEY_WORK_SIZE / 8 + 1];
};

/* What the message in hand is for. */
enum purpose {
	PURPOSE_NONE, PURPOSE_SUBMIT, PURPOSE_MX, PURPOSE_PASS,
	/* Without a login: its header shows which of the first two it is. */
	PURPOSE_OPEN
};

struct connection {
	struct connection *next, **link;
	struct worker *worker;
	int fd;
	struct ukey_milter decoder;
	bool local;              /* by a unix socket */
	bool negotiated, leading_space;
	bool quiet_connect, quiet_data, quiet_header, quiet_end, quiet_body;
	bool can_replace;        /* the MTA takes a new body */
	bool can_hold;           /* quarantine = hold, and the MTA can */
	bool reading;            /* epoll asks for input */
	bool bad;                /* to be closed */
	bool waiting;            /* the message ended, answers are out */
	bool replacing;          /* a new body is on its way to the MTA */
	uint64_t progress;       /* ms when the next sign of life is due */
	uint64_t heard;          /* ms of the MTA's last sign of life */
	/* Of the connection. */
	char daemon_name[NAME_TEXT], client[NAME_TEXT];
	char host[NAME_TEXT];    /* the MTA's own name */
	bool from_host;          /* no network: a program on the host */
	/* Of the message. */
	char login[NAME_TEXT], queue_id[NAME_TEXT], message_id[NAME_TEXT];
	char sender[NAME_TEXT];  /* as the client wrote it, for the log */
	uint8_t mail_addr[UKEY_MILTER_TEXT_MAX]; /* as the MTA reads it */
	size_t mail_addr_len;
	bool has_mail_addr;      /* the MTA told; empty: the null sender */
	enum purpose purpose;
	const char *why;         /* for the log: what the database said */
	unsigned removed;        /* Authentication-Results, for the log */
	const char *action;      /* for the log, from the answer to its end */
	struct message *message; /* on the heap from MAIL to the end */
	struct message *submission; /* with PURPOSE_OPEN: MESSAGE is the MX's */
	const char *outside;     /* for the log: why it is no submission */
	uint8_t *field;          /* the open field, on the heap */
	size_t field_len, field_size, name_len;
	bool field_cut;          /* it was longer than FIELD_MAX */
	bool field_lf;           /* a LF is held back: a fold, or a bare one */
	uint8_t *output;         /* waiting to be sent, on the heap */
	size_t output_len, output_sent;
};

/* The session and its arena, behind it. */
struct message {
	struct message *next;    /* when it is a spare one */
	bool mx;                 /* the arena is that of the MX */
	struct ukey_session session;
	struct ukey_origin origin; /* with PURPOSE_OPEN */
	struct ukey_inquiry inquiry;
	struct notice notice;
	uint32_t arena[];
};

/* Runs until SIGTERM, or until SIGUSR2 and the last connection's end; an exit
 * status.  LISTENERS ends with -1. */
int worker_run(const struct conf *c, const int *listeners);
/* Whether a worker could run so: 0, or 1 after a line in the log.  In a process
 * that ends then. */
int worker_try(const struct conf *c);

/* connection.c */
/* LOCAL: by a unix socket. */
struct connection *connection_new(struct worker *w, int fd, bool local);
void connection_free(struct connection *c);
/* What epoll says. */
void connection_ready(struct connection *c, bool input, bool output);
/* A DNS result for it. */
void connection_answer(struct connection *c,
    const struct ukey_resolver_result *result);
/* A sign of life, if one is due at NOW (ms); bad if the MTA gave none for too
 * long. */
void connection_tick(struct connection *c, uint64_t now);

/* field.c: events of a field: name, value, end. */
void field_take(struct connection *c, const struct ukey_milter_event *e);

/* output.c: packets into what is to be sent; sent at once as far as the
 * socket takes it. */
void output_send(struct connection *c, const struct ukey_out *out);
void output_reply(struct connection *c, uint8_t reply);
void output_flush(struct connection *c);

/* transaction.c: the message of a connection. */
void message_begin(struct connection *c, struct ukey_view path);
void message_field(struct connection *c);
void message_header_end(struct connection *c);
void message_body(struct connection *c, struct ukey_view octets);
void message_end(struct connection *c);
/* Goes on after an answer: asks, signs, and ends it when all is known. */
void message_advance(struct connection *c);
void message_free(struct connection *c);

/* answer.c: what goes back to the MTA.  A refusal of the session, to OUT. */
void answer_refuse(const struct ukey_action *a, struct ukey_out *out);
/* All of the answer to a message, or its begin, if there is a new body. */
void answer_message(struct connection *c);
/* The next pieces of a new body, as far as the MTA takes them. */
void answer_resume(struct connection *c);

/* spare.c: memory for a message, its octets as they are, or NULL. */
struct message *message_take(struct worker *w, bool mx);
void message_put(struct worker *w, struct message *m);
void message_spares_free(struct worker *w);

/* journal.c: one line, and the counters, for the message of C: ACTION, and
 * WHY; NULL: what the session says. */
void journal_message(const struct connection *c, const char *action,
    const char *why);
/* Counts a message that goes on. */
void journal_count(const struct connection *c);

/* keys.c: the User Key Database.  All connections wait while it is asked: so
 * keys_begin() comes before the questions of a step, which end at one deadline
 * together; and after a wait that was in vain there are none for a while, but
 * "later" at once. */
void keys_begin(struct worker *w);
/* WHY: a word for the log, unless all is well. */
struct ukey_permit keys_permit(struct worker *w, struct ukey_view login,
    struct ukey_view address, char *selector, const char **why);
/* The signature of DIGEST by key KEY to OUT; false: there is none. */
bool keys_sign(struct worker *w, uint64_t key, const uint8_t *digest,
    struct ukey_out *out);
void keys_forget(struct worker *w);
/* Forgets those that are gone from the database, though nobody asks for them,
 * and those that were not used for a while; NOW in ms. */
void keys_tick(struct worker *w, uint64_t now);
bool keys_held(const struct worker *w);

/* confine.c: gives up, for good, what a worker that has opened all does not
 * need. */
void worker_confine(const struct worker *w);

uint64_t worker_now(void);

#endif
