/*
 * userkeys why: what its files share.  SPDX-License-Identifier: MIT
 *
 *   cmd_why.c     options, the logs, the answer
 *   why_line.c    a line of a log, of whichever kind
 *   why_id.c      the message that is asked for, and the words of a line
 *   why_explain.c what the words of why= mean
 */
#ifndef WHY_H
#define WHY_H

#include "cli.h"

#define WHY_WORD 200 /* octets of a value that the milter logs */
#define WHY_FORMS 3  /* in which the id that is asked for is logged */

/* The Message-ID, queue id or sender that is asked for. */
struct why_id {
	struct ukey_view form[WHY_FORMS];
	uint8_t room[WHY_FORMS - 1][3 * WHY_WORD];
};

/* TEXT, which must stay, in all its forms. */
void why_id_make(struct why_id *s, const char *text);
/* Whether KEY and VALUE name the message. */
bool why_id_is(const struct why_id *s, struct ukey_view key,
    struct ukey_view value);
/* Whether the octets of one of the forms stand anywhere in LINE. */
bool why_id_in(const struct why_id *s, struct ukey_view line);
/* Takes the next "key=value" from REST; false at the end.  Words without "="
 * are passed over. */
bool why_pair_next(struct ukey_view *rest, struct ukey_view *key,
    struct ukey_view *value);

/* Meaning and remedy of a word of why= in a line with this action=; NULL where
 * there is none. */
void why_explain(struct ukey_view word, struct ukey_view action,
    const char **meaning, const char **remedy);

#endif
