/*
 * userkeys: what the files of the session share; private to core.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_SESSION_PARTS_H
#define UKEY_SESSION_PARTS_H

#include "ukey_session.h"

enum { UKEY_SESSION_START, UKEY_SESSION_HEADER, UKEY_SESSION_BODY,
	UKEY_SESSION_END };
/* ukey_session.signing */
enum { UKEY_UNSIGNED, UKEY_TO_SIGN, UKEY_DIGEST_OUT, UKEY_SIGNED,
	UKEY_SIGN_FAILED };
/* ukey_session_ask.state */
enum { UKEY_PERMIT_FREE, UKEY_PERMIT_OPEN, UKEY_PERMIT_ANSWER };

/* Why a client's message goes no further, worst first. */
enum ukey_refusal {
	UKEY_REFUSE_FAILED,  /* a call met an error */
	UKEY_REFUSE_PATH,    /* MAIL FROM cannot be read */
	UKEY_REFUSE_SENDER,  /* MAIL FROM is not for this login */
	UKEY_REFUSE_NO_ENTRY, /* it has no entry, and needs one */
	UKEY_REFUSE_FROM,    /* a mailbox in From or Sender: as SENDER */
	UKEY_REFUSE_AUTHOR,  /* From or Sender cannot be read */
	UKEY_REFUSE_CROWDED, /* they hold too many mailboxes */
	UKEY_REFUSE_LATER,
	UKEY_REFUSE_CLOCK,   /* what is permitted waits for the time */
	/* Of a message that is permitted, and whole. */
	UKEY_REFUSE_CRYPTO, UKEY_REFUSE_UNSIGNED,
	/* At the MX. */
	UKEY_REFUSE_DEFER, UKEY_REFUSE_ADVICE, UKEY_REFUSE_NO_MAILBOX,
	UKEY_REFUSE_NOT_ASCII, UKEY_REFUSE_TOO_LARGE,
	UKEY_REFUSE_NOTHING
};

/* ukey_session_submit.c */
int ukey_submit_mail_from(struct ukey_session *s, struct ukey_view path,
    struct ukey_view mta);
void ukey_submit_permitted(struct ukey_session *s, unsigned id,
    const struct ukey_permit *permit);
void ukey_submit_header_end(struct ukey_session *s);
void ukey_submit_end(struct ukey_session *s);
bool ukey_submit_asking(const struct ukey_session *s);

/* ukey_session_permit.c */
/* Asks for ADDRESS in the next free place; what stays there, or NULL. */
struct ukey_session_ask *ukey_submit_ask(struct ukey_session *s,
    struct ukey_view address);
/* Whether the answer is there, and the login may. */
bool ukey_submit_allowed(const struct ukey_session_ask *a);
/* What the answers so far say: UKEY_REFUSE_NOTHING, or why it is refused.  The
 * address that is the matter in WHAT, unless NULL. */
enum ukey_refusal ukey_submit_refusal(const struct ukey_session *s,
    struct ukey_view *what);

/* ukey_session_author.c: asks for what From and Sender hold. */
void ukey_submit_author(struct ukey_session *s);

/* Notes the error ERR of a call, for good; gives it back. */
int ukey_session_note(struct ukey_session *s, int err);
/* LEN octets of the arena, or NULL. */
uint8_t *ukey_session_take(struct ukey_session *s, size_t len);
/* A copy of V in the arena; false: no room. */
bool ukey_session_keep(struct ukey_session *s, struct ukey_view v,
    struct ukey_view *copy);

#endif
