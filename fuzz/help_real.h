/*
 * userkeys: what the harnesses on the real port share.
 * SPDX-License-Identifier: MIT
 */
#ifndef HELP_REAL_H
#define HELP_REAL_H

#include <stdio.h>

#include "fuzz.h"
#include "ukey_key.h"
#include "ukey_ukd_admin.h"

/* ---- help_real.c -------------------------------------------------------- */

/* A key of 1024 bits, a digest, and the signature of that by it. */
extern const uint8_t real_digest[UKEY_SHA256_LEN];
const struct ukey_port_rsa_key *real_key(void);
const uint8_t *real_signature(void);
void real_hash(struct ukey_view in, uint8_t cuts, uint8_t *digest);

/* ---- help_ukd.c --------------------------------------------------------- */

/* An empty database in a folder of its own, removed at the end. */
struct ukey_ukd *real_ukd(void);
/* IN restored in a transaction, which stays open; false: refused, with the
 * line named. */
bool real_restore(struct ukey_ukd *u, struct ukey_view in);
/* Its backup, to be freed; the transaction ends, and nothing is kept. */
struct ukey_view real_backup(struct ukey_ukd *u, bool clear);

#endif
