/*
 * userkeys: what the harnesses share.  SPDX-License-Identifier: MIT
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "ukey.h"
#include "ukey_canon_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run: what must hold does not. */
#define MUST(condition) do { if (!(condition)) abort(); } while (0)

/* Takes one octet off the input; 0 when there is none. */
static inline uint8_t
take(struct ukey_view *in)
{
	uint8_t c = in->len > 0 ? in->data[0] : 0;

	*in = ukey_view_part(*in, 1, in->len);
	return c;
}

/* Takes up to the first octet C, or all. */
static inline struct ukey_view
take_to(struct ukey_view *in, uint8_t c)
{
	struct ukey_view piece = ukey_view_cut(in, c);

	if (in->data == NULL)
		in->data = (const uint8_t *)"";
	return piece;
}

/* ---- help_pieces.c ------------------------------------------------------ */

/* What stands before the first NUL of IN (all but the first 8,000 octets of it
 * are dropped) as a string; to be freed. */
char *text_take(struct ukey_view *in);
/* The first LEN octets of IN, which shrinks, in a heap block of their own, so
 * that a sanitizer sees the first octet past them; to be freed. */
uint8_t *piece(struct ukey_view *in, size_t len);
/* IN, an octet at a time where the bits of CUTS say so, else in pieces of up
 * to 32: the length of the next piece. */
size_t piece_len(struct ukey_view in, uint8_t *cuts);

/* SUM with the octets of V mixed in, one after the other. */
uint64_t sum_of(uint64_t sum, struct ukey_view v);

/* ---- help_canon.c: each writes at most IN's length + 4 to OUT ----------- */

/* By core, in pieces as CUTS has it; 0: whole. */
size_t canon_body(enum ukey_canon canon, struct ukey_view in, uint8_t cuts,
    uint8_t *out);
size_t canon_field(enum ukey_canon canon, struct ukey_view in, uint8_t cuts,
    uint8_t *out);
/* By RFC 6376 3.4, an octet at a time.  The second takes a field whose name
 * has no white space but at its end. */
size_t rfc_body(enum ukey_canon canon, struct ukey_view in, uint8_t *out);
/* Puts TO in the place of octet AT of the body (modulo its length) of COPY, a
 * copy of MESSAGE; whether it is still the same to RFC 6376. */
bool body_change(enum ukey_canon canon, struct ukey_view message, size_t at,
    uint8_t to, uint8_t *copy);
size_t rfc_field(enum ukey_canon canon, struct ukey_view in, uint8_t *out);

/* ---- help_judge.c ------------------------------------------------------- */

struct support_record;
/* How a message is to be judged. */
struct trial {
	struct ukey_view message;
	const struct support_record *records;
	unsigned flags;    /* UKEY_VERIFY_ */
	uint8_t cuts;      /* as of piece_len() */
	bool last_first;   /* the order of answers */
	bool early;        /* answers before the body, where they can be */
};
/* Judges it for MAIL FROM:<a@e.org>; the results are in V, and must be sound.
 * A sum of all of them. */
uint32_t trial_judge(const struct trial *t, struct ukey_verify *v);
/* Whether it passes, as user key and as plain DKIM, where the one record is
 * trial_record. */
bool trial_passes(const uint8_t *data, size_t len, uint8_t cuts);
/* A record with a key that port_fuzz.c takes: 1024 bits. */
extern const char trial_record[];

/* ---- help_sign.c -------------------------------------------------------- */

#define TRIAL_FIELD_MAX 2048
/* The DKIM-Signature field of a@e.org for MESSAGE to FIELD, by a key that
 * port_fuzz.c takes for honest; CANONS bit 0 header, bit 1 body.  Its length,
 * 0: it was refused. */
size_t trial_sign(struct ukey_view message, unsigned canons, uint8_t cuts,
    uint8_t *field);

/* ---- port_fuzz.c -------------------------------------------------------- */

/* Bits of its hash that count: 64, or few, so that a message meets its bh= by
 * chance. */
extern unsigned port_fuzz_bits;

#endif
