/*
 * userkeys: secrets sealed for storage: AES-256-GCM (NIST SP 800-38D) through
 * Mbed TLS.  SPDX-License-Identifier: MIT
 *
 * Sealed is: one octet of version (1), 12 of a random nonce, the text's
 * length of ciphertext, 16 of tag.
 */
#ifndef UKEY_SEAL_H
#define UKEY_SEAL_H

#include "ukey_key.h"

#define UKEY_SEAL_KEY_LEN 32
#define UKEY_SEAL_OVERHEAD (1 + 12 + 16)

enum ukey_seal_err {
	UKEY_SEAL_OK = 0,
	UKEY_SEAL_MEMORY = -1, /* out of memory, or an internal error */
	UKEY_SEAL_RANDOM = -2, /* the random source failed */
	UKEY_SEAL_SPACE = -3,  /* the output buffer is too small */
	UKEY_SEAL_FORGED = -4  /* another key, another place, or changed */
};

/*
 * Seals TEXT under KEY (UKEY_SEAL_KEY_LEN octets) for the place PLACE, which
 * is not stored: what was sealed for one place opens at no other.  Appends to
 * OUT TEXT's length and UKEY_SEAL_OVERHEAD octets.  One key may seal 2^32
 * texts.  The caller wipes TEXT and KEY.
 */
int ukey_seal(const uint8_t *key, struct ukey_view place,
    struct ukey_view text, const struct ukey_random *random,
    struct ukey_out *out);

/*
 * Opens SEALED and appends its text to OUT, which the caller wipes.  On an
 * error nothing is appended, and nothing of the text is left in OUT.
 */
int ukey_seal_open(const uint8_t *key, struct ukey_view place,
    struct ukey_view sealed, struct ukey_out *out);

#endif
