/*
 * userkeys: inside verification.  SPDX-License-Identifier: MIT
 *
 * Not for applications.  ukey_verify.c sequences; these are its parts:
 *   ukey_identity.c   whose mailbox it is, and how From stands to it
 *   ukey_signature.c  one DKIM-Signature field: parse, align, hash the header
 *   ukey_bodies.c     the running body hashes, bh= and l=
 *   ukey_judge.c      one signature against one key record
 *   ukey_records.c    one DNS answer against all that wait for it
 *   ukey_search.c     the userkeys search, and which questions are open
 *   ukey_result.c     what applications read
 */
#ifndef UKEY_JUDGE_H
#define UKEY_JUDGE_H

#include "ukey_name.h"
#include "ukey_sigheader.h"
#include "ukey_verify.h"

/* Beside enum ukey_reason in the octets that hold a judgement. */
#define UKEY_WAIT_KEY 0xF0  /* for the key record */
#define UKEY_WAIT_BODY 0xF1 /* b= holds; for the end of the body */
#define UKEY_UNJUDGED 0xFF  /* not judged in this way */

#define UKEY_NO_SLOT 0xFF

enum ukey_phase {
	UKEY_PHASE_HEADER,
	UKEY_PHASE_BODY,
	UKEY_PHASE_END
};

/* Bits of ukey_signature.flags. */
#define UKEY_SLOT_BASE 1  /* s= has no generation: its name is the base name */
#define UKEY_SLOT_RSA_MATCH 2    /* outcome for ukey_note.key */
#define UKEY_SLOT_RSA_NO_MATCH 4
#define UKEY_SLOT_TESTING 8 /* the plain-DKIM key has t=y */
#define UKEY_SLOT_DKIM 16   /* took one of the places of plain DKIM */
#define UKEY_SLOT_RSA (UKEY_SLOT_RSA_MATCH | UKEY_SLOT_RSA_NO_MATCH)

/* Advice of a record or of a set, with t=y; 0 = none, not testing. */
#define UKEY_ADVICE_MASK 3
#define UKEY_ADVICE_TESTING 4
#define UKEY_ADVICE_KNOWN 8

enum ukey_ask_state { UKEY_ASK_FREE, UKEY_ASK_OPEN, UKEY_ASK_ANSWERED };

/* Whose mail it is; first in the arena. */
struct ukey_identity {
	struct ukey_address sender;    /* empty views: no identity */
	struct ukey_address author;    /* empty views: not exactly one */
	struct ukey_view sender_local; /* without quoting */
	struct ukey_view author_local;
	struct ukey_view label;        /* of the sender, in TEXT */
	uint8_t text[UKEY_LABEL_MAX];
	bool null_sender;              /* the sender can only be the author */
};

/* What one signature says and needs; in the arena. */
struct ukey_note {
	struct ukey_sigheader sig;
	struct ukey_view local; /* of i=, decoded; empty unless aligned */
	struct ukey_view b;     /* decoded; empty unless judged */
	uint8_t header[UKEY_SHA256_LEN]; /* what b= signs */
	uint8_t body[UKEY_SHA256_LEN];   /* bh= */
	uint8_t key[16]; /* start of the SHA-256 of the last key tried */
};

/* The lent work block. */
struct ukey_work {
	uint8_t *data;
	size_t size;
};

bool ukey_is_final(uint8_t judgement);

/* ukey_identity.c: NULL where the arena has no room for it. */
struct ukey_identity *ukey_identity_of(const struct ukey_verify *v);
/* Makes it, first of all in the arena. */
void ukey_identity_init(struct ukey_verify *v);
/* Reads PATH and MTA into it; fills v->identity. */
void ukey_identity_sender(struct ukey_verify *v, struct ukey_view path,
    struct ukey_view mta);
/* After the header: the author, v->relation, and the sender where there was
 * none. */
void ukey_identity_author(struct ukey_verify *v);
/* Whether author and sender are one mailbox, as EXACT says. */
bool ukey_identity_same(const struct ukey_identity *who, bool exact);

/* ukey_signature.c */
/* NULL where the arena had no room for it. */
struct ukey_note *ukey_signature_note(const struct ukey_verify *v,
    unsigned slot);
/* Takes field I into a slot: parses, aligns, hashes what will be judged. */
void ukey_signature_add(struct ukey_verify *v, unsigned field);

/* ukey_bodies.c */
void ukey_bodies_init(struct ukey_verify *v);
void ukey_bodies_push(struct ukey_verify *v, struct ukey_view octets);
void ukey_bodies_end(struct ukey_verify *v);
/* After any judgement changed: those that waited for the body and can be told
 * are, and only the hashes that still matter go on. */
void ukey_bodies_settle(struct ukey_verify *v);

/* ukey_judge.c: a key from a record's P, which lies in WORK; WORK shrinks by
 * the octets that KEY's views point to. */
enum ukey_reason ukey_judge_load(struct ukey_port_rsa_key *key,
    struct ukey_view p, struct ukey_work *work);
/* b= of SLOT with KEY; one RSA operation of WAY's budget, or none where the
 * outcome is known. */
enum ukey_reason ukey_judge_key(struct ukey_verify *v, unsigned slot,
    const struct ukey_port_rsa_key *key, enum ukey_way way,
    struct ukey_work work);
/* The better of two judgements (PROTOCOL 5.4). */
uint8_t ukey_judge_better(uint8_t a, uint8_t b);

/* ukey_records.c: the records of answer A for question ASK. */
void ukey_records_judge(struct ukey_verify *v, const struct ukey_ask *ask,
    struct ukey_dns_answer *a, struct ukey_work work);
/* No record: REASON for all that waits for ASK. */
void ukey_records_fail(struct ukey_verify *v, const struct ukey_ask *ask,
    enum ukey_reason reason);

/* ukey_search.c */
void ukey_search_start(struct ukey_verify *v);
/* After the header, an answer or the end: takes the search on, opens what has
 * to be asked next. */
void ukey_search_advance(struct ukey_verify *v);
/* The wire-form name of ASK into OUT, which is empty; false if it does not fit
 * the DNS. */
bool ukey_search_name(const struct ukey_verify *v, const struct ukey_ask *ask,
    struct ukey_out *out);
/* Whether the records of ASK tell the advice for the sender. */
bool ukey_search_is_base(const struct ukey_verify *v,
    const struct ukey_ask *ask);
/* Whether slots A and B have the same s= and d=. */
bool ukey_search_same_name(const struct ukey_verify *v, unsigned a,
    unsigned b);

#endif
