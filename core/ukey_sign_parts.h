/*
 * userkeys: what the two files of signing share; private to core.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_SIGN_PARTS_H
#define UKEY_SIGN_PARTS_H

#include "ukey_sign.h"

/* Rows of the table of signed names that signing itself looks at. */
#define UKEY_SIGN_FROM 0
#define UKEY_SIGN_SENDER 1

/* ukey_sign.c */
/* Notes why the message cannot be signed; the first reason stays. */
void ukey_sign_refuse(struct ukey_sign *s, enum ukey_reason reason);
void ukey_sign_hash(struct ukey_sign *s, struct ukey_port_sha256 *h,
    struct ukey_view octets);

/* ukey_sign_field.c */
void ukey_sign_hash_field(struct ukey_sign *s, struct ukey_view octets);
/* Octets of the open field; its end. */
void ukey_sign_field_octets(struct ukey_sign *s, struct ukey_view octets);
void ukey_sign_field_end(struct ukey_sign *s);

/* ukey_sign_write.c */
/* The row of NAME, in any case of letters; UKEY_SIGN_FIELDS: none. */
unsigned ukey_sign_row(struct ukey_view name);
/* DKIM-Signature from its name to "b=" (RFC 6376 3.5). */
void ukey_sign_write(const struct ukey_sign *s, struct ukey_out *out);

#endif
