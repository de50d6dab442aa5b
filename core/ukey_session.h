/*
 * userkeys: one mail transaction, as whoever owns the SMTP side drives it:
 * signing on submission, verification at the MX (PROTOCOL 4 to 6).
 * SPDX-License-Identifier: MIT
 *
 *   init, clock, login, mail_from   at MAIL
 *   ask / permit                    from then on, in any order
 *   refused?                        before MAIL is answered
 *   field ..., header_end, body ..., end
 *   ukey_verify_question() / _answer() on ukey_session_verify()
 *   digest / signature              when done waits for nothing else
 *   action ...                      until there is none
 *
 * Nothing is called back, and nothing waits: the driver looks what is asked,
 * and answers when it can.
 *
 * An error of any call but ukey_session_verify()'s machine is for good: from
 * then on nothing is signed, no result passes, and the one answer is 451; at
 * an MX that only notes, it is a temperror.  So a driver may pass errors over.
 */
#ifndef UKEY_SESSION_H
#define UKEY_SESSION_H

#include "ukey_authres.h"
#include "ukey_policy.h"
#include "ukey_sign.h"
#include "ukey_verify.h"

#define ukey_session_init UKEY_LINK_NAME(ukey_session_init)

#define UKEY_SESSION_ASKS 8 /* MAIL FROM, the From mailboxes and Sender */

/* What is lent on submission: login, addresses, From and Sender, the field. */
#define UKEY_SUBMIT_ARENA 12288

enum ukey_role {
	UKEY_ROLE_SUBMIT, /* authenticated, or the server's own (see
	                   * ukey_origin.h): sign */
	UKEY_ROLE_MX      /* from elsewhere: verify */
};

/* How From and Sender are checked on submission (PROTOCOL 4.3). */
enum ukey_from_check {
	UKEY_CHECK_OWN,    /* the login may use each of them */
	UKEY_CHECK_DOMAIN, /* or it is of MAIL FROM's domain, and the login may
			    * use MAIL FROM */
	UKEY_CHECK_OFF
};

/* Shared by all sessions; must stay while one lives. */
struct ukey_session_settings {
	struct ukey_view authserv_id;  /* ours, a domain name */
	const struct ukey_authres_lists *results; /* which other results go,
	                                * and which stay; NULL: no list */
	struct ukey_policy policy;     /* MX: the receiver's ceiling */
	uint32_t expire;               /* x= less t= in seconds; 0: none */
	uint8_t header_canon, body_canon; /* enum ukey_canon */
	uint8_t from_check;            /* enum ukey_from_check */
	bool oversign_absent;          /* as in struct ukey_sign_request */
	bool reject_unsigned;          /* refuse what cannot be signed */
	bool reject_unknown;           /* refuse mailboxes without an entry */
	bool no_dkim;                  /* MX: do not judge plain DKIM */
	bool defer_no_clock;           /* sign nothing without the time: 451 */
};

/*
 * The answer to a question of permission.  A mailbox has an entry where the
 * database says who may use it: by itself, by its label (bob+x@d is bob@d's),
 * or by its whole domain.
 */
enum ukey_permit_status {
	UKEY_PERMIT_YES,     /* the login may, and there is a key */
	UKEY_PERMIT_NO_KEY,  /* it may, but nothing is signed */
	UKEY_PERMIT_DENIED,  /* it may not: the mailbox has an entry */
	UKEY_PERMIT_UNKNOWN, /* the mailbox has no entry */
	UKEY_PERMIT_LATER    /* could not tell: 451 */
};
struct ukey_permit {
	enum ukey_permit_status status;
	struct ukey_view selector; /* YES: "[generation.]label.userkeys" */
	uint64_t key;              /* YES: comes back with the digest */
	bool stranger; /* no mailbox of the domain has an entry, and the login
			* is in none */
};

enum ukey_action_kind {
	UKEY_ACTION_DELETE, /* Authentication-Results field number ORDINAL */
	UKEY_ACTION_INSERT, /* TEXT, a whole field with CRLF, on top */
	/* Hold the message, or leave it to the mark in the result that was
	 * inserted, as the receiver wishes (PROTOCOL 6.2); TEXT says why */
	UKEY_ACTION_QUARANTINE,
	UKEY_ACTION_ACCEPT, /* 250; the last one */
	UKEY_ACTION_REPLY   /* CODE and TEXT, "5.7.1 words"; the last one */
};
struct ukey_action {
	enum ukey_action_kind kind;
	unsigned ordinal; /* from 1, the last of them first */
	unsigned code;    /* 451, 550, 552 or 553 */
	struct ukey_view text; /* in OUT; valid until that is used again;
				* QUARANTINE's is constant */
};

/* Private: one question of permission. */
struct ukey_session_ask {
	struct ukey_view address;
	uint8_t state; /* free, open, or 2 + enum ukey_permit_status */
	bool covered;  /* of MAIL FROM's domain, where that is enough */
};

/* Visible for its size only. */
struct ukey_session {
	const struct ukey_session_settings *settings;
	union {
		struct ukey_sign sign;
		struct ukey_verify verify;
	} u;
	struct ukey_authres authres;
	struct ukey_view login, mail_from, selector;
	struct ukey_address sender;   /* whose key signs */
	struct ukey_session_ask ask[UKEY_SESSION_ASKS];
	uint8_t *arena;
	size_t size;
	uint64_t now, key;
	struct ukey_out field;        /* DKIM-Signature, in the arena */
	uint8_t digest[UKEY_SHA256_LEN];
	unsigned ordinal;             /* of the next deletion, plus 1 */
	uint8_t role, phase, signing, step;
	uint8_t reason;               /* enum ukey_reason: why not signed */
	uint8_t author;               /* the same: From, Sender not readable */
	bool null_sender, crowded;
	bool known;                   /* not all answers were of strangers */
	bool failed;                  /* some call met an error */
};

/*
 * ARENA, SIZE octets aligned to 4, is lent until the last call for S: on
 * submission UKEY_SUBMIT_ARENA suffices, at the MX see UKEY_ARENA_SIZE.
 */
void ukey_session_init(struct ukey_session *s,
    const struct ukey_session_settings *settings, enum ukey_role role,
    void *arena, size_t size);
/*
 * What the clock reads, seconds since 1970 UTC, set or not (ukey_clock.h): as
 * ukey_verify_clock(); without the time, signatures have neither t= nor x=.
 * Before the header ends.  _ERR_ORDER.
 */
int ukey_session_clock(struct ukey_session *s, int64_t reading);
/* Or the time to sign or judge by; 0, as without either call: not known. */
int ukey_session_time(struct ukey_session *s, uint64_t now);
/* Submission: as whom the client authenticated; copied; empty: the server's
 * own mail.  Before mail_from.  _ERR_ORDER, _ERR_SPACE. */
int ukey_session_login(struct ukey_session *s, struct ukey_view login);
/* MAIL FROM's argument PATH and MTA, the mail server's reading of it, as for
 * ukey_verify_mail_from(): the one mailbox that both mean is judged, or signs.
 * _ERR_ORDER, _ERR_SPACE. */
int ukey_session_mail_from(struct ukey_session *s, struct ukey_view path,
    struct ukey_view mta);

/*
 * Whether question ID (0..UKEY_SESSION_ASKS-1) is open: may LOGIN use ADDRESS,
 * and with which key?  Views until the answer.  An ADDRESS without "@" is
 * no mailbox but a domain, or, empty, nothing: the answer is _UNKNOWN or
 * _LATER, and stranger is what is wanted.
 */
bool ukey_session_ask(const struct ukey_session *s, unsigned id,
    struct ukey_view *login, struct ukey_view *address);
/* The selector is copied.  _ERR_ORDER: ID is not open. */
int ukey_session_permit(struct ukey_session *s, unsigned id,
    const struct ukey_permit *permit);
/* Whether MAIL must be answered by a refusal: ACTION is a reply then, its text
 * in OUT.  To be asked when no question is open. */
bool ukey_session_refused(const struct ukey_session *s,
    struct ukey_action *action, struct ukey_out *out);

/* The message, split: RAW as for ukey_verify_field().  A first line that
 * begins with white space is no field: it would go on with what is inserted
 * above it, so a driver refuses it, or ends the header there, as MTAs do. */
int ukey_session_field(struct ukey_session *s, struct ukey_view raw);
int ukey_session_header_end(struct ukey_session *s);
int ukey_session_body(struct ukey_session *s, const void *data, size_t len);
int ukey_session_end(struct ukey_session *s);

/* At the MX, for DNS questions and answers and the judgements; else NULL. */
struct ukey_verify *ukey_session_verify(struct ukey_session *s);
/* Whether a digest waits for its signature: KEY is that of the permit, DIGEST
 * UKEY_SHA256_LEN octets. */
bool ukey_session_digest(struct ukey_session *s, uint64_t *key,
    const uint8_t **digest);
/* The signature, or, empty, that there will be none.  _ERR_ORDER. */
int ukey_session_signature(struct ukey_session *s,
    struct ukey_view signature);

/* Whether the actions are known: the message ended, and nothing is open. */
bool ukey_session_done(const struct ukey_session *s);
/*
 * The next action, in order; its text into OUT, from its begin on: at the MX
 * UKEY_AUTHRES_FIELD_MAX octets, else 1 kB (a DKIM-Signature is given from the
 * arena).  What has no room is a reply 451.  False when there is none left, or
 * not done.
 */
bool ukey_session_action(struct ukey_session *s, struct ukey_action *action,
    struct ukey_out *out);
/* Submission: UKEY_REASON_OK if the message is signed, else why not; for
 * logs.  _NO_KEY: no key for this sender. */
enum ukey_reason ukey_session_reason(const struct ukey_session *s);

#endif
