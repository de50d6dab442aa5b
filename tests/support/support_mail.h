/*
 * userkeys: signed messages and their records, for tests.
 * SPDX-License-Identifier: MIT
 */
#ifndef SUPPORT_MAIL_H
#define SUPPORT_MAIL_H

#include "support_dns.h"
#include "ukey.h"

#define SUPPORT_MAIL_TIME 1750000000 /* t= of its signatures */

struct support_mail {
	uint8_t data[16384];
	size_t len;
};

/* HEADER and BODY, NUL-terminated, the empty line between them. */
void support_mail_set(struct support_mail *m, const char *header,
    const char *body);
/* A letter of Alice's. */
void support_mail_letter(struct support_mail *m);
/* Signs M with the 1024-bit test key and puts the field on top: d=
 * example.org; IDENTITY NULL for plain DKIM. */
void support_mail_sign(struct support_mail *m, const char *selector,
    const char *identity);
/* "TAGS p=KEY" for that key: static, until the next call but three. */
const char *support_mail_record(const char *tags);

#endif
