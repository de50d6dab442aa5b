/*
 * userkeys: what the parts of the bench share.  SPDX-License-Identifier: MIT
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ukey_text.h"

#define DOMAIN "example.org"
#define SELECTOR "bench"

/* A message of BODY octets of body; on the heap. */
struct message {
	uint8_t *data;
	size_t len;
	size_t body; /* where the body begins */
};

/*
 * Kinds of body: TEXT has two spaces behind one word in 40 and white space at
 * the end of one line in 16, as people write; RUNS has four and two times that;
 * then base64; SP only; CRLF only; lines of one octet.
 */
enum kind { TEXT, RUNS, BASE64, SPACES, BLANKS, SHORTS };

/* Prints the error and ends the program. */
void die(const char *what);

/* corpus.c: the same octets on every run. */
void corpus_message(struct message *m, enum kind kind, size_t size);
/* Puts a field on top. */
void corpus_prepend(struct message *m, struct ukey_view field);
void corpus_free(struct message *m);

/* ours.c */
struct ours {
	bool user;      /* judge the user key, else plain DKIM */
	size_t piece;   /* octets of a push */
	unsigned want;  /* enum ukey_verdict of the first judgement */
};

void ours_init(void);
/* A DKIM-Signature of ours for M, canonicalizations "r/r" or "s/s", body
 * length L or SIZE_MAX: on top of M. */
void ours_add_signature(struct message *m, const char *canon, size_t l);
void ours_verify(const struct message *m, const struct ours *o);
void ours_sign(const struct message *m, const char *canon);
/* Canonicalization alone of a body, "r/r" or "s/s", or of a header's fields,
 * "r"; the number of octets handed on. */
size_t ours_canon(struct ukey_view octets, const char *canon);
/* The floors: SHA-256 of LEN octets; one RSA check; one RSA signature. */
void ours_sha256(const void *data, size_t len);
void ours_rsa_verify(void);
void ours_rsa_sign(void);
/* The key record for peers; NUL-terminated. */
const char *ours_record(void);
const char *ours_pem(void);

/* opendkim.c: the same work by libopendkim. */
void opendkim_init(void);
void opendkim_verify(const struct message *m, bool pass);
void opendkim_sign(const struct message *m, const char *canon);

/* rspamd.c: the same by rspamd's DKIM code; false where it is not linked. */
bool peer_init(void);
/* Each of the COUNT jobs that are prepared here verifies or signs M once. */
void peer_prepare(const struct message *m, unsigned count);
/* False when its verdict is another. */
bool peer_verify(unsigned job, bool pass);
void peer_sign(unsigned job, const char *canon);
void peer_finish(void);

/* helper.c: rspamd.c in a PROGRAM of its own; false where there is none. */
bool helper_start(const char *program);
/* Nanoseconds of one work of SCENARIO, of COUNT. */
double helper_sample(unsigned scenario, unsigned count, bool *agreed);

/* clock.c */
#define ROUNDS 7
/* CPU time of this process in nanoseconds. */
double now(void);
/* Sorts V. */
double median(double *v, unsigned n);

/* kernels.c: prints rates of canonicalization alone, and of copying. */
void kernels(void);

#endif
