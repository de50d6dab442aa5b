/*
 * userkeys: twin: what drives one core.  SPDX-License-Identifier: MIT
 *
 * All of it is compiled twice: against the headers of 0.1 with TWIN_OLD, and
 * against today's; where a call has changed, and nowhere else, the two differ.
 * Names with side_ are each side's own, as those of core are.
 */
#ifndef SIDE_H
#define SIDE_H

#include "twin.h"
#include "ukey.h"

/* The calls, as events number them. */
enum side_call { MAIL_FROM, TIME, PUSH, HEADER_END, BODY, END, ANSWER, LOGIN,
	PERMIT, SIGNATURE, INIT, FINISH, FIELD };

/* What is lent to core. */
extern uint64_t side_arena[UKEY_ARENA_SIZE / 8 + 1];

/* ---- side.c ------------------------------------------------------------- */

/* Notes that CALL returned ERR, unless that is _OK. */
void side_check(enum side_call call, int err);
struct ukey_view side_view(struct twin_octets v);
struct twin_octets side_octets(struct ukey_view v);
/* V for a call alone: a copy whose end a sanitizer watches; not for 0.1. */
uint8_t *side_lend(struct twin_octets v);
void side_take_back(uint8_t *copy);
uint64_t side_now(const struct twin_case *c);

/* ---- side_verify.c ------------------------------------------------------ */

void side_verify(const struct twin_case *c);
/* One round of answers, at most MOST; all of them; what is open. */
void side_answer_open(const struct twin_case *c, struct ukey_verify *v,
    unsigned most);
void side_answer_all(const struct twin_case *c, struct ukey_verify *v);
void side_note_open(const struct ukey_verify *v);
void side_read_judgements(const struct ukey_verify *v);

/* ---- side_session.c, side_sign.c ---------------------------------------- */

void side_session_mx(const struct twin_case *c);
void side_session_submit(const struct twin_case *c);
void side_sign(const struct twin_case *c);

#endif
