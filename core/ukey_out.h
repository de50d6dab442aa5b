/*
 * userkeys: a bounded writer with sticky overflow and header folding.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_OUT_H
#define UKEY_OUT_H

#include "ukey_text.h"

/* Lines of the header fields we write end at this column where they can. */
#define UKEY_FOLD_COLUMN 76 /* RFC 5322 2.1.1 asks for at most 78 */

/*
 * Writes at most SIZE octets at DATA.  What does not fit sets OVERFLOW, which
 * stays; LEN then counts no further and the octets so far are not to be used.
 */
struct ukey_out {
	uint8_t *data;
	size_t size;
	size_t len;
	size_t line; /* where the present line begins in DATA */
	bool overflow;
};

void ukey_out_init(struct ukey_out *o, void *data, size_t size);
/* What was written; empty after an overflow. */
struct ukey_view ukey_out_done(const struct ukey_out *o);
void ukey_out_octet(struct ukey_out *o, uint8_t c);
void ukey_out_view(struct ukey_out *o, struct ukey_view v);
/* TEXT is NUL-terminated: literals and table entries only. */
void ukey_out_text(struct ukey_out *o, const char *text);
/* Decimal, without 64-bit division. */
void ukey_out_number(struct ukey_out *o, uint64_t n);
/* Two lower-case hex digits an octet. */
void ukey_out_hex(struct ukey_out *o, struct ukey_view v);
/*
 * Goes to a new line with CRLF HTAB if NEXT more octets would pass
 * UKEY_FOLD_COLUMN; else writes SEPARATOR (0: nothing).
 */
void ukey_out_fold(struct ukey_out *o, size_t next, uint8_t separator);
/* Base64 of V (RFC 4648 4), folded with CRLF HTAB inside when it is long. */
void ukey_out_base64(struct ukey_out *o, struct ukey_view v);

#endif
