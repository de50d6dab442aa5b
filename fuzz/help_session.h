/*
 * userkeys: what the harnesses of transactions share.
 * SPDX-License-Identifier: MIT
 */
#ifndef FUZZ_SESSION_H
#define FUZZ_SESSION_H

#include "fuzz.h"

/* Settings by BITS; all that is lent is static. */
void session_start(struct ukey_session *s, enum ukey_role role, uint8_t bits);
/* 0: login; 1: MAIL FROM; 2, 3: a field; 4: the header's end; 5: body. */
void session_octets(struct ukey_session *s, unsigned what,
    struct ukey_view v);
/* A message, split, from its header to its end. */
void session_message(struct ukey_session *s, struct ukey_view octets);
/* Takes the actions of an ended transaction, which must be sound and end with
 * one answer; whether one of them signs. */
bool session_finish(struct ukey_session *s);

#endif
