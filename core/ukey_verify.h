/*
 * userkeys: verification, user keys and plain DKIM in one pass (PROTOCOL 5,
 * RFC 6376 6).  SPDX-License-Identifier: MIT
 *
 *   init, mail_from, clock or time             before the header ends
 *   push ...      or  field ..., header_end, body ...
 *   question / answer                          from the header's end on
 *   end                                        the octets are over
 *   question / answer until done, then userkeys, dkim
 */
#ifndef UKEY_VERIFY_H
#define UKEY_VERIFY_H

#include "ukey_address.h"
#include "ukey_canon_body.h"
#include "ukey_clock.h"
#include "ukey_config.h"
#include "ukey_dns.h"
#include "ukey_err.h"
#include "ukey_field.h"
#include "ukey_keyrecord.h"
#include "ukey_message.h"
#include "ukey_port.h"
#include "ukey_reason.h"

#define ukey_verify_init UKEY_LINK_NAME(ukey_verify_init)

#define UKEY_DKIM_MAX 5       /* signatures judged as plain DKIM */
#define UKEY_ALIGNED_MAX 5    /* aligned candidates judged */
#define UKEY_USER_NAMES_MAX 3 /* key names asked for userkeys */
#define UKEY_RECORDS_MAX 4    /* user-key records at one name */
#define UKEY_RSA_MAX 8        /* RSA operations for one message */

#define UKEY_LEAST(a, b) ((a) < (b) ? (a) : (b))
#define UKEY_DKIM_SLOTS UKEY_LEAST(UKEY_DKIM_MAX, UKEY_SIGNATURES_MAX)
#define UKEY_QUESTIONS_MAX (1 + UKEY_LEAST(UKEY_USER_NAMES_MAX, \
	UKEY_SIGNATURES_MAX) + UKEY_DKIM_SLOTS)

/* Arena octets for one signature that is judged: what its field says, its
 * digests, b= and the local-part of i= decoded. */
#define UKEY_ARENA_SIGNATURE (144 + 18 * sizeof(void *) * 2 + \
	UKEY_RSA_BITS_MAX / 8 + UKEY_LOCAL_MAX)
/* An arena in which no message within PROTOCOL 8 meets reason "arena": the
 * header, an entry and index for each field, the sender and the author, the
 * signatures, the targets of chains.  ukey_verify.c asserts that they fit. */
#define UKEY_ARENA_SIZE (UKEY_HEADER_MAX + 20 * UKEY_FIELDS_MAX + \
	UKEY_ARENA_SIGNATURE * UKEY_SIGNATURES_MAX + \
	264 * UKEY_QUESTIONS_MAX + 2048)

/* The work block: decoded p= and the port's limbs, or one record's text. */
#define UKEY_WORK_KEY (UKEY_RSA_BITS_MAX / 8 + 56 + \
	UKEY_PORT_RSA_WORK(UKEY_RSA_BITS_MAX))
#define UKEY_WORK_SIZE (UKEY_WORK_KEY > UKEY_TXT_MAX ? UKEY_WORK_KEY : \
	UKEY_TXT_MAX)

/* Settings, bits of ukey_verify.flags. */
#define UKEY_VERIFY_DKIM 1         /* judge plain DKIM too */
#define UKEY_VERIFY_PARTIAL_BODY 2 /* l= short of the body may pass (DKIM) */

/* One running body hash: 136 octets.  Private. */
struct ukey_body {
	struct ukey_port_sha256 hash; /* after the end: the digest */
	struct ukey_canon_body canon;
	uint64_t len;  /* canonical octets so far */
	uint64_t stop; /* the least l= not yet passed, or UINT64_MAX */
};

/* In which way a signature is judged, and what a DNS question is for. */
enum ukey_way {
	UKEY_WAY_USER, /* as user key */
	UKEY_WAY_DKIM, /* as plain DKIM */
	UKEY_WAY_BASE  /* the base record, for its advice alone */
};

/* One DKIM-Signature field.  Private. */
struct ukey_signature {
	uint32_t note;     /* arena offset of a struct ukey_note; 0: none */
	uint8_t flags;     /* of ukey_judge.h */
	uint8_t canon;     /* index of its body hash */
	uint8_t body;      /* enum ukey_reason of bh= and l=, or a wait state */
	uint8_t judged[2]; /* enum ukey_reason by way, or a wait state */
	uint8_t advice;    /* of the user-key record that matched */
};

/* One DNS question.  Private. */
struct ukey_ask {
	uint32_t chain;    /* arena offset of a CNAME's target; 0: none */
	uint8_t state;
	uint8_t way;       /* enum ukey_way */
	uint8_t slot;      /* signature that gives the name */
	uint8_t hops;
};

/* One verification; visible for its size only.  A plain copy is not a
 * snapshot: the arena is shared. */
struct ukey_verify {
	struct ukey_time time;
	struct ukey_fields fields;
	struct ukey_guard guard;
	struct ukey_body body[UKEY_BODY_CANONS];
	struct ukey_signature signature[UKEY_SIGNATURES_MAX];
	struct ukey_ask ask[UKEY_QUESTIONS_MAX];
	uint16_t signature_fields;
	struct ukey_message message;
	uint8_t flags;
	uint8_t phase;
	uint8_t signatures;       /* slots in use */
	uint8_t identity;         /* enum ukey_reason: _OK, or why none */
	uint8_t relation;         /* enum ukey_relation */
	uint8_t user;             /* enum ukey_reason, the result, or waiting */
	uint8_t user_slot;        /* the signature it comes from, or none */
	uint8_t advice;           /* of the base record, once it is known */
	uint8_t rsa[2];           /* RSA operations left, by way */
	uint8_t hashing;          /* bit per body hash that still matters */
};

/* How the author (From) stands to MAIL FROM (PROTOCOL 6, policy.from). */
enum ukey_relation {
	UKEY_FROM_NONE,  /* no From field, or none that can be read */
	UKEY_FROM_SAME,  /* one mailbox, of MAIL FROM's label and domain */
	UKEY_FROM_OTHER, /* one mailbox, another one */
	UKEY_FROM_MANY   /* several From fields or mailboxes */
};

/* One judgement; views point into the arena (valid until its next use). */
struct ukey_judgement {
	enum ukey_verdict verdict;
	enum ukey_reason reason;
	/* dkim, and userkeys where a signature was judged; else empty: */
	struct ukey_view domain;    /* d= */
	struct ukey_view selector;  /* s= */
	struct ukey_view identity;  /* i=, still encoded; empty without */
	struct ukey_view algorithm; /* a= */
	struct ukey_view canon;     /* c=, empty when absent */
	struct ukey_view b;         /* b=, base64 with FWS */
	/* userkeys only: */
	struct ukey_address sender; /* the identity; empty views where none */
	struct ukey_address author; /* the From mailbox; empty unless one */
	enum ukey_relation relation;
	enum ukey_advice advice;    /* what applies: none with testing */
	bool testing;               /* t=y: the key is tested; userkeys: it
				     * turned the advice into none */
	bool from_header;           /* the identity is From's (null sender) */
	bool time_unknown;          /* no clock: t= and x= were not judged */
	bool partial_body;          /* passed although l= is short (leniency) */
};

/*
 * ARENA, SIZE octets aligned to 4, is lent until the last call for V; FLAGS
 * are UKEY_VERIFY_ bits.  A small arena is no error here: see reason "arena".
 */
void ukey_verify_init(struct ukey_verify *v, unsigned flags, void *arena,
    size_t size);
/*
 * MAIL FROM's argument PATH, with or without angle brackets ("" and "<>": the
 * null sender), and MTA, what the mail server that takes the message made of
 * it (a milter's {mail_addr}; UKEY_VIEW_NONE where that is not known, or where
 * PATH is it): see ukey_sender_read().  Read during the call, not kept.
 * Before the first octet of the message.  Without this call only plain DKIM is
 * judged.  _ERR_ORDER.
 */
int ukey_verify_mail_from(struct ukey_verify *v, struct ukey_view path,
    struct ukey_view mta);
/*
 * What the clock reads, seconds since 1970 UTC, set or not (ukey_clock.h): one
 * that is not set refuses no mail by its time, but what expired before the
 * source date.  Before the header ends.  _ERR_ORDER.
 */
int ukey_verify_clock(struct ukey_verify *v, int64_t reading);
/* Or the time to judge by, whenever that is; 0, as without either call: t= and
 * x= are not judged. */
int ukey_verify_time(struct ukey_verify *v, uint64_t now);

/* The message as it came, in pieces of any size. */
int ukey_verify_push(struct ukey_verify *v, const void *data, size_t len);
/* Or the same already split.  RAW is one whole field: name, colon, value with
 * CRLF at folds, and the CRLF at its end; a CRLF that is neither is permerror
 * "line-ends". */
int ukey_verify_field(struct ukey_verify *v, struct ukey_view raw);
int ukey_verify_header_end(struct ukey_verify *v);
int ukey_verify_body(struct ukey_verify *v, const void *data, size_t len);
/* No more octets. */
int ukey_verify_end(struct ukey_verify *v);

/* Whether the header is complete: questions may be there. */
bool ukey_verify_header_done(const struct ukey_verify *v);
/*
 * Writes question ID (0..UKEY_QUESTIONS_MAX-1) as a DNS query with id 0 to OUT
 * (UKEY_DNS_QUERY_MAX octets are enough).  False if ID is not open now.  An
 * answer may open others, and the same one again for a CNAME's target.  The
 * lower ID weighs more: 0 is the base record's question, then come those of
 * user keys; the last UKEY_DKIM_SLOTS are plain DKIM's.
 */
bool ukey_verify_question(const struct ukey_verify *v, unsigned id,
    struct ukey_out *out);
/* Whether any question is open. */
bool ukey_verify_asking(const struct ukey_verify *v);
/*
 * The DNS response PACKET to question ID, read during the call only; its id
 * was checked by the resolver (ukey_dns_match()).  WORK, WORK_SIZE octets
 * aligned to 8, is used during the call; UKEY_WORK_SIZE is always enough.
 * Checks the signatures that wait for this name: milliseconds of RSA.
 * _ERR_ORDER when ID is not open.
 */
int ukey_verify_answer(struct ukey_verify *v, unsigned id,
    struct ukey_view packet, void *work, size_t work_size);
/* There is no answer to question ID: REASON is _DNS_TIMEOUT, _DNS_TRUNCATED,
 * _DNS_SERVFAIL, _DNS_REFUSED or _DNS_MALFORMED. */
int ukey_verify_no_answer(struct ukey_verify *v, unsigned id,
    enum ukey_reason reason);

/* The caller met an error: whatever is found, it is temperror (incomplete). */
void ukey_verify_fail(struct ukey_verify *v);
/* Whether the judgements are final: end was called, nothing is open. */
bool ukey_verify_done(const struct ukey_verify *v);
/* The judgement of the sender's mailbox; temperror "incomplete" before done. */
void ukey_verify_userkeys(const struct ukey_verify *v,
    struct ukey_judgement *j);
/* How many plain-DKIM judgements there are, at most UKEY_DKIM_MAX: 0 without
 * UKEY_VERIFY_DKIM. */
unsigned ukey_verify_dkim_count(const struct ukey_verify *v);
/* Judgement I below that, in the order of the fields from the top: of those
 * that were judged, and, where these are fewer than UKEY_DKIM_MAX, of the first
 * that their tags alone refuse. */
void ukey_verify_dkim(const struct ukey_verify *v, unsigned i,
    struct ukey_judgement *j);
/*
 * SHA-256 of the octets of the signature that gave userkeys=pass, an id
 * against replay, to ID (UKEY_SHA256_LEN octets).  _ERR_ORDER without a pass.
 */
int ukey_verify_replay_id(const struct ukey_verify *v, uint8_t *id);

#endif
