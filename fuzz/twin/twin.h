/*
 * userkeys: the core of 0.1 and today's, run on one case and compared.
 * SPDX-License-Identifier: MIT
 *
 * Nothing here includes a header of core: this is what both sides can say, in
 * terms that stay the same when the headers change.  Words are core's own
 * (ukey_reason_word()), so that a new reason moves nothing.
 *
 *   fuzz_twin.c   the input taken apart, both sides run, compared
 *   side*.c       drive one core; compiled against each one's headers
 *   port.c        the port of each: cheap, and it logs every RSA operation
 *   dns.c         answers to questions, good and mutated
 *   records.c     key records, translated for 0.1
 *   result.c      what a run gave, as text
 *   changed.c     what is meant to differ, in terms of rewrite.c; results.c
 *                 and ending.c know what our fields and replies must say
 */
#ifndef TWIN_H
#define TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct twin_octets {
	const uint8_t *data;
	size_t len;
};

/* What is run. */
enum twin_mode {
	TWIN_VERIFY,        /* ukey_verify_push() */
	TWIN_VERIFY_FIELDS, /* ukey_verify_field() */
	TWIN_MX,            /* a session at the MX */
	TWIN_SUBMIT,        /* a session on submission */
	TWIN_SIGN,          /* ukey_sign_push() */
	TWIN_MODES
};

/* Bits of twin_case.flags. */
#define TWIN_DKIM 1      /* judge plain DKIM too */
#define TWIN_PARTIAL 2   /* l= short of the body may pass */
#define TWIN_NO_CLOCK 4
#define TWIN_LATE 8      /* a month later */
#define TWIN_NO_SENDER 16 /* MAIL FROM is not told */
#define TWIN_WHOLE_HASH 32 /* all bits of a hash count, instead of two */
#define TWIN_NO_END 64   /* results are read before the end */

/* Bits of twin_case.order. */
#define TWIN_LAST_FIRST 1 /* the order of answers */
#define TWIN_EARLY 2      /* an answer after each piece of the body */
#define TWIN_PERMIT_LATE 4 /* permissions after the end */

#define TWIN_SCRATCH 2048 /* octets lent to ukey_sign_init() */
#define TWIN_TIME 1750000000u

/* Classes of names, each of which the DNS answers in a way of its own. */
enum twin_name {
	TWIN_ALIAS,    /* label.userkeys._domainkey.domain */
	TWIN_SELECTOR, /* s._domainkey.domain */
	TWIN_BASE,     /* label.userkeys.domain */
	TWIN_ROTATED,  /* generation.label.userkeys.domain */
	TWIN_OTHER,
	TWIN_NAMES
};

/* One input, taken apart. */
struct twin_case {
	enum twin_mode mode;
	uint8_t flags, cuts, order, settings;
	uint8_t zone[TWIN_NAMES]; /* see dns.c */
	struct twin_octets script; /* mutations of packets; see dns.c */
	struct twin_octets sender, login, record[2], message;
};

enum twin_view_name {
	TWIN_D, TWIN_S, TWIN_I, TWIN_A, TWIN_C, TWIN_B, /* tags */
	TWIN_SENDER_LOCAL, TWIN_SENDER_DOMAIN,
	TWIN_AUTHOR_LOCAL, TWIN_AUTHOR_DOMAIN,
	TWIN_VIEWS
};

/* A view of the result, and where it lies: for tags beside b=, for a domain
 * beside its local-part. */
struct twin_view {
	struct twin_octets octets;
	long at;
};

struct twin_judgement {
	const char *verdict, *reason, *advice; /* words */
	unsigned relation; /* enum ukey_relation */
	bool testing, from_header, time_unknown, partial_body;
	struct twin_view view[TWIN_VIEWS];
};

/* What happened, in its order. */
enum twin_what {
	TWIN_ERROR,    /* call NUMBER returned -CODE */
	TWIN_OPEN,     /* after the header: CODE questions are open */
	TWIN_QUESTION, /* TEXT: the query */
	TWIN_RSA,      /* TEXT: digest, MORE: signature; CODE: modulus' octets,
	                * NUMBER: a sum of the key */
	TWIN_ASK,      /* may login TEXT use MORE? */
	TWIN_REFUSED,  /* MAIL is refused by CODE and TEXT */
	TWIN_DIGEST,   /* TEXT is to be signed by key CODE */
	TWIN_FIELD,    /* TEXT: a signature, by ukey_sign_finish() */
	TWIN_DELETE,   /* Authentication-Results field NUMBER */
	TWIN_INSERT,   /* TEXT */
	TWIN_QUARANTINE, /* TEXT */
	TWIN_ACCEPT,
	TWIN_REPLY     /* CODE and TEXT */
};
struct twin_event {
	enum twin_what what;
	unsigned long number, code;
	struct twin_octets text, more;
};

#define TWIN_EVENTS 1200
#define TWIN_DKIMS 20
#define TWIN_POOL (1u << 19)
/* All that a run gave. */
struct twin_result {
	struct twin_judgement user, dkim[TWIN_DKIMS];
	unsigned dkims;
	bool judged;             /* the judgements are there */
	uint8_t replay_id[32];
	int replay;              /* what ukey_verify_replay_id() returned */
	const char *sign_reason; /* a word, or NULL */
	unsigned long line;      /* ukey_sign_line() */
	const char *path_reason; /* 0.1's, of MAIL FROM's argument */
	bool plain_author;       /* 0.1's alone says so: From and Sender stand
	                          * once, and can be read to their end */
	unsigned events;
	struct twin_event event[TWIN_EVENTS];
	size_t used;
	uint8_t pool[TWIN_POOL]; /* what the events point to */
};

/* ---- side.c: by the core of 0.1, by today's; into twin_now -------------- */

void twin_old(const struct twin_case *c);
void twin_new(const struct twin_case *c);

/* ---- result.c ----------------------------------------------------------- */

/* Where the run that goes on writes to. */
extern struct twin_result *twin_now;
/* Adds an event; its octets are copied.  What no longer fits is dropped. */
void twin_note(enum twin_what what, unsigned long number, unsigned long code,
    struct twin_octets text, struct twin_octets more);
/* R as text, a line for each item, to OUT; its length, at most SIZE. */
size_t twin_text(const struct twin_result *r, char *out, size_t size);

/* ---- records.c ---------------------------------------------------------- */

/* RECORD in TEXT, of as many octets, such that 0.1 reads in it what is read
 * now: CR and LF are blanks, v=DKIM1 may stand anywhere, words but those of
 * uk= are read with case. */
struct twin_octets twin_record_for_old(struct twin_octets record,
    uint8_t *text);

/* ---- dns.c -------------------------------------------------------------- */

/* The response to QUERY; a pure function of the two.  Its length; 0: there is
 * none, for the REASON that is 0..4 (see side.c). */
size_t twin_answer(const struct twin_case *c, struct twin_octets query,
    uint8_t *packet, size_t size, unsigned *reason);
enum twin_name twin_name_of(struct twin_octets query);

/* ---- fuzz_twin.c -------------------------------------------------------- */

/* The next field off REST, all that is folded to it; empty at the header's
 * end, which is taken off. */
struct twin_octets twin_field(struct twin_octets *rest);
/* The next piece off REST, by CUTS. */
struct twin_octets twin_piece(struct twin_octets *rest, uint8_t *cuts);
uint64_t twin_sum(uint64_t sum, struct twin_octets v);
/* V in a heap block of its own size, so that a sanitizer sees the first octet
 * past it; to be freed. */
uint8_t *twin_copy(struct twin_octets v);
bool twin_same(struct twin_octets a, struct twin_octets b);
bool twin_same_nocase(struct twin_octets a, struct twin_octets b);
/* MAIL FROM's argument without brackets and route. */
struct twin_octets twin_bare(struct twin_octets v);

/* ---- changed.c ---------------------------------------------------------- */

/*
 * Rewrites WAS, what 0.1 gave for C, to what is asked of today's core, where
 * that was changed on purpose.  IS, what today's gave, is there to be looked
 * at.  The names of the changes that took effect, ended by NULL.
 */
const char **twin_changed(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is);

#endif
