/*
 * userkeys: the flash UKD, a const table of private keys that "userkeys ukd
 * export --format c" writes.  SPDX-License-Identifier: MIT
 *
 * In firmware a login is the mailbox itself: whoever logs in as
 * alice@example.org may send as alice@example.org, and, unless the mailbox is
 * "exact", as alice+anything@example.org.
 */
#ifndef UKEY_FLASH_H
#define UKEY_FLASH_H

#include "ukey_text.h"

struct ukey_flash_key {
	const char *address;      /* in UTF-8 */
	const char *generation;   /* may be empty */
	const char *selector;     /* s= of its signatures */
	int exact;                /* no subaddresses */
	const unsigned char *der; /* PKCS#1 private key */
	size_t der_len;
};

extern const struct ukey_flash_key ukey_flash_keys[];
extern const size_t ukey_flash_keys_count;

/* The key of ADDRESS, a mailbox as MAIL FROM gives it, or NULL. */
const struct ukey_flash_key *ukey_flash_find(struct ukey_view address);

#endif
