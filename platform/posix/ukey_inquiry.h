/*
 * userkeys: the DNS questions of one message, asked of a resolver.
 * SPDX-License-Identifier: MIT
 *
 * For event loops; ukey_resolver_run() is made of it.  After the end of the
 * header, after each result and after the end of the message: ask.  However
 * many questions there are, and steps to each, they take no more than the
 * resolver's total_ms; the time in which none is out does not count.  Those
 * for plain DKIM have as much of their own: a stranger's slow name servers use
 * up none of what the sender's record needs.
 */
#ifndef UKEY_INQUIRY_H
#define UKEY_INQUIRY_H

#include "ukey_resolver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Private. */
struct ukey_inquiry {
	struct ukey_resolver *resolver;
	struct ukey_verify *verify;
	void *cookie;
	uint32_t asked;      /* a bit for each question that is out */
	struct {
		uint64_t spent;  /* ms */
		uint64_t since;  /* ms: when the first that is out was asked */
	} time[2];           /* user keys, plain DKIM */
};

/* The questions of V are for R; both must stay.  Results come for COOKIE,
 * which stands for this message alone. */
void ukey_inquiry_init(struct ukey_inquiry *q, struct ukey_resolver *r,
    struct ukey_verify *v, void *cookie);
/* Asks all that is open and not out yet, the sender's own keys first. */
void ukey_inquiry_ask(struct ukey_inquiry *q);
/* Takes RESULT, which is for the cookie.  WORK and WORK_SIZE as for
 * ukey_verify_answer(); 0, or what that returned. */
int ukey_inquiry_take(struct ukey_inquiry *q,
    const struct ukey_resolver_result *result, void *work, size_t work_size);
/* No result comes from now on. */
void ukey_inquiry_end(struct ukey_inquiry *q);

#ifdef __cplusplus
}
#endif

#endif
