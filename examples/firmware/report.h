/*
 * userkeys firmware: judgements and numbers as lines of text.
 * SPDX-License-Identifier: MIT
 */
#ifndef FIRMWARE_REPORT_H
#define FIRMWARE_REPORT_H

#include "board.h"

/* All judgements of V, a line each, as the "want" lines of tests/vectors;
 * USERKEYS: with the one of the sender's mailbox. */
void report_judgements(const struct ukey_verify *v, bool userkeys);
/* "WORD: TEXT" */
void report_text(const char *word, struct ukey_view text);
/* "WORD: NUMBER" */
void report_number(const char *word, uint32_t number);

#endif
