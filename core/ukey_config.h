/*
 * userkeys: the numeric limits of core.  SPDX-License-Identifier: MIT
 *
 * Every limit can be set on the compiler's command line (-DUKEY_FIELDS_MAX=64).
 * All translation units of a program must agree.  The limits that PROTOCOL
 * section 8 fixes are ceilings: a smaller value makes a message over it
 * "temperror arena" (ours), never permerror (the sender's).
 */
#ifndef UKEY_CONFIG_H
#define UKEY_CONFIG_H

/* Signature fields that get a slot, 1..20; 12 octets each in struct ukey_verify
 * (32-bit), and UKEY_ARENA_SIGNATURE in the arena. */
#ifndef UKEY_SIGNATURES_MAX
#define UKEY_SIGNATURES_MAX 20
#endif

/* Body canonicalizations hashed at once, 1..2; 136 octets each. */
#ifndef UKEY_BODY_CANONS
#define UKEY_BODY_CANONS 2
#endif

/* Header octets of one message, fields with their CRLF; held in the arena. */
#ifndef UKEY_HEADER_MAX
#define UKEY_HEADER_MAX 65536
#endif

/* Header fields of one message, 1..65534; 16 octets each in the arena. */
#ifndef UKEY_FIELDS_MAX
#define UKEY_FIELDS_MAX 512
#endif

/* Names in one h= tag; no memory. */
#ifndef UKEY_H_NAMES_MAX
#define UKEY_H_NAMES_MAX 256
#endif

/* Octets of one tag-list, FWS included; no memory. */
#ifndef UKEY_TAG_LIST_MAX
#define UKEY_TAG_LIST_MAX 4096
#endif

/* Tags in one tag-list, 1..255; 2 octets each on the stack. */
#ifndef UKEY_TAGS_MAX
#define UKEY_TAGS_MAX 64
#endif

/* Octets of one TXT record, strings joined; held in the work block. */
#ifndef UKEY_TXT_MAX
#define UKEY_TXT_MAX 4096
#endif

/* Largest RSA modulus in bits, 1024..4096; decides UKEY_WORK_SIZE. */
#ifndef UKEY_RSA_BITS_MAX
#define UKEY_RSA_BITS_MAX 4096
#endif

/* Authentication-Results fields that are told apart, multiple of 8; one bit
 * each.  Beyond it every such field is to be deleted. */
#ifndef UKEY_AUTHRES_MAX
#define UKEY_AUTHRES_MAX 512
#endif

#endif
