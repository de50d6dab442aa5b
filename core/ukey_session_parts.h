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

/* ukey_session_submit.c */
int ukey_submit_mail_from(struct ukey_session *s, struct ukey_view path,
    struct ukey_view mta);
void ukey_submit_permitted(struct ukey_session *s, unsigned id,
    const struct ukey_permit *permit);
void ukey_submit_header_end(struct ukey_session *s);
void ukey_submit_end(struct ukey_session *s);
/* Whether the answer to some question is STATUS. */
bool ukey_submit_any(const struct ukey_session *s,
    enum ukey_permit_status status);
bool ukey_submit_asking(const struct ukey_session *s);
/* LEN octets of the arena, or NULL. */
uint8_t *ukey_session_take(struct ukey_session *s, size_t len);
/* A copy of V in the arena; false: no room. */
bool ukey_session_keep(struct ukey_session *s, struct ukey_view v,
    struct ukey_view *copy);

#endif
