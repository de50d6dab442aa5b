/*
 * userkeys: the key record with its uk= tag (RFC 6376 3.6.1, PROTOCOL 3), and
 * the DER of the public key in it.  SPDX-License-Identifier: MIT
 */
#ifndef UKEY_KEYRECORD_H
#define UKEY_KEYRECORD_H

#include "ukey_port.h"
#include "ukey_reason.h"
#include "ukey_text.h"

/* What the owner recommends when no signature of the mailbox holds. */
enum ukey_advice { UKEY_ADVICE_NONE, UKEY_ADVICE_QUARANTINE,
	UKEY_ADVICE_REJECT };

/* Bits of ukey_keyrecord.flags. */
#define UKEY_KEY_VERSION 1    /* v= is absent, or DKIM1, wherever it stands */
#define UKEY_KEY_P 2          /* p= is present */
#define UKEY_KEY_UK 4         /* uk= is present */
#define UKEY_KEY_TESTING 8    /* t=y */
#define UKEY_KEY_STRICT 16    /* t=s */
#define UKEY_KEY_EXACT 32     /* uk= option exact */
#define UKEY_KEY_FROM 64      /* uk= option from */

struct ukey_keyrecord {
	struct ukey_view p;  /* base64 with FWS, into the text */
	uint8_t flags;       /* UKEY_KEY_ bits */
	uint8_t advice;      /* enum ukey_advice */
	uint8_t usable;      /* enum ukey_reason: _OK, _KEY_REVOKED, _KEY_TYPE,
	                      * _KEY_HASH, _KEY_SERVICE: for rsa-sha256 mail */
};

/*
 * Reads TEXT, the joined strings of one TXT record.  CR and LF are white space
 * like SP and HTAB, alone too: what web panels and here-documents make of a
 * record still is one (a departure from RFC 6376 3.6.1, as v= anywhere is).
 * _OK; _KEY_SYNTAX when the tag-list does not parse; _ARENA when it is over
 * limits of ours.  Absent or unfit tags are data: see the struct.
 */
enum ukey_reason ukey_keyrecord_parse(struct ukey_keyrecord *record,
    struct ukey_view text);

/* Whether it is a user key record (PROTOCOL 3): v= absent or DKIM1, uk=, p=. */
bool ukey_keyrecord_is_userkey(const struct ukey_keyrecord *record);

/*
 * Reads the DER of an RSA public key, SubjectPublicKeyInfo or bare
 * RSAPublicKey (RFC 6376 erratum 3017), strictly and to its last octet, and
 * applies the key policy of PROTOCOL 8.  KEY's views point into DER.  _OK,
 * _KEY_DER, _KEY_SIZE, _KEY_EXPONENT; _ARENA: over UKEY_RSA_BITS_MAX.
 */
enum ukey_reason ukey_keyrecord_rsa(struct ukey_port_rsa_key *key,
    struct ukey_view der);

#endif
