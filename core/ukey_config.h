/*
 * userkeys: the numeric limits of core.  SPDX-License-Identifier: MIT
 *
 * Each limit can be set on the compiler's command line (-DUKEY_FIELDS_MAX=64),
 * as a plain decimal number within its range; anything else does not compile.
 * All translation units of a program must agree: a library and a program with
 * other limits do not link (see UKEY_LINK_NAME below).
 *
 * What PROTOCOL 8 allows a sender is the upper end of a range.  A message
 * within the protocol's limit and over a lower one of ours is "temperror
 * arena"; one over the protocol's is permerror, whatever ours is.
 */
#ifndef UKEY_CONFIG_H
#define UKEY_CONFIG_H

/* What PROTOCOL 8 allows.  No product changes these: what lies beyond is
 * permerror everywhere.  (Measurements of unlimited input do.) */
#ifndef UKEY_PROTOCOL_HEADER
#define UKEY_PROTOCOL_HEADER 65536
#define UKEY_PROTOCOL_FIELDS 512
#define UKEY_PROTOCOL_H_NAMES 256
#define UKEY_PROTOCOL_TAG_LIST 4096
#endif
#define UKEY_PROTOCOL_SIGNATURES 20
#define UKEY_PROTOCOL_TAGS 64
#define UKEY_PROTOCOL_TXT 4096
#define UKEY_PROTOCOL_RSA_BITS 4096

/* Signature fields that get a slot, 1..20; 12 octets each in struct ukey_verify
 * (32-bit), and UKEY_ARENA_SIGNATURE in the arena. */
#ifndef UKEY_SIGNATURES_MAX
#define UKEY_SIGNATURES_MAX 20
#endif

/* Body canonicalizations hashed at once, 1..2; 136 octets each. */
#ifndef UKEY_BODY_CANONS
#define UKEY_BODY_CANONS 2
#endif

/* Header octets of one message, fields with their CRLF, 1024..65536; held in
 * the arena. */
#ifndef UKEY_HEADER_MAX
#define UKEY_HEADER_MAX 65536
#endif

/* Header fields of one message, 8..512; 16 octets each in the arena. */
#ifndef UKEY_FIELDS_MAX
#define UKEY_FIELDS_MAX 512
#endif

/* Names in one h= tag, 1..256; no memory. */
#ifndef UKEY_H_NAMES_MAX
#define UKEY_H_NAMES_MAX 256
#endif

/* Octets of one tag-list, FWS included, 256..4096; no memory. */
#ifndef UKEY_TAG_LIST_MAX
#define UKEY_TAG_LIST_MAX 4096
#endif

/* Tags in one tag-list, 8..64; 2 octets each on the stack. */
#ifndef UKEY_TAGS_MAX
#define UKEY_TAGS_MAX 64
#endif

/* Octets of one TXT record, strings joined, 256..4096; held in the work
 * block. */
#ifndef UKEY_TXT_MAX
#define UKEY_TXT_MAX 4096
#endif

/* Largest RSA modulus in bits, 1024..4096, a multiple of 8; decides
 * UKEY_WORK_SIZE. */
#ifndef UKEY_RSA_BITS_MAX
#define UKEY_RSA_BITS_MAX 4096
#endif

/* Authentication-Results fields that are told apart, 8..65528, a multiple of
 * 8; one bit each.  Beyond it every such field is to be deleted. */
#ifndef UKEY_AUTHRES_MAX
#define UKEY_AUTHRES_MAX 512
#endif

/* Whether LIMIT is written otherwise than as a plain decimal number: then one
 * more digit does not make it ten times as large, or is no number at all; and
 * an expression does not stay one behind a division. */
#define UKEY_ONE_MORE(limit) UKEY_ONE_MORE_DIGIT(limit)
#define UKEY_ONE_MORE_DIGIT(limit) limit ## 1
#define UKEY_NOT_DECIMAL(limit) (UKEY_ONE_MORE(limit) != (limit) * 10 + 1 || \
	1000000000 / UKEY_ONE_MORE(limit) != 1000000000 / ((limit) * 10 + 1))
#define UKEY_NOT_WITHIN(limit, least, most) \
	(UKEY_NOT_DECIMAL(limit) || (limit) < (least) || (limit) > (most))

#if UKEY_NOT_WITHIN(UKEY_SIGNATURES_MAX, 1, UKEY_PROTOCOL_SIGNATURES)
#error "UKEY_SIGNATURES_MAX: expected a decimal number, 1 to 20"
#endif
#if UKEY_NOT_WITHIN(UKEY_BODY_CANONS, 1, 2)
#error "UKEY_BODY_CANONS: expected a decimal number, 1 or 2"
#endif
#if UKEY_NOT_WITHIN(UKEY_HEADER_MAX, 1024, UKEY_PROTOCOL_HEADER)
#error "UKEY_HEADER_MAX: expected a decimal number, 1024 to 65536"
#endif
#if UKEY_NOT_WITHIN(UKEY_FIELDS_MAX, 8, UKEY_PROTOCOL_FIELDS)
#error "UKEY_FIELDS_MAX: expected a decimal number, 8 to 512"
#endif
#if UKEY_NOT_WITHIN(UKEY_H_NAMES_MAX, 1, UKEY_PROTOCOL_H_NAMES)
#error "UKEY_H_NAMES_MAX: expected a decimal number, 1 to 256"
#endif
#if UKEY_NOT_WITHIN(UKEY_TAG_LIST_MAX, 256, UKEY_PROTOCOL_TAG_LIST)
#error "UKEY_TAG_LIST_MAX: expected a decimal number, 256 to 4096"
#endif
#if UKEY_NOT_WITHIN(UKEY_TAGS_MAX, 8, UKEY_PROTOCOL_TAGS)
#error "UKEY_TAGS_MAX: expected a decimal number, 8 to 64"
#endif
#if UKEY_NOT_WITHIN(UKEY_TXT_MAX, 256, UKEY_PROTOCOL_TXT)
#error "UKEY_TXT_MAX: expected a decimal number, 256 to 4096"
#endif
#if UKEY_NOT_WITHIN(UKEY_RSA_BITS_MAX, 1024, UKEY_PROTOCOL_RSA_BITS) || \
	UKEY_RSA_BITS_MAX % 8 != 0
#error "UKEY_RSA_BITS_MAX: expected a decimal multiple of 8, 1024 to 4096"
#endif
#if UKEY_NOT_WITHIN(UKEY_AUTHRES_MAX, 8, 65528) || UKEY_AUTHRES_MAX % 8 != 0
#error "UKEY_AUTHRES_MAX: expected a decimal multiple of 8, 8 to 65528"
#endif

/*
 * The name by which the linker knows a function that sets up a struct whose
 * layout, or whose lent memory, depends on limits: NAME with these limits
 * behind it.  A program that was compiled with other ones finds no such
 * function, instead of a library that writes past its structs.
 */
#define UKEY_LINK_NAME(name) UKEY_LINK_EXPAND(name, UKEY_SIGNATURES_MAX, \
	UKEY_BODY_CANONS, UKEY_HEADER_MAX, UKEY_FIELDS_MAX, UKEY_TAGS_MAX, \
	UKEY_TXT_MAX, UKEY_RSA_BITS_MAX, UKEY_AUTHRES_MAX)
#define UKEY_LINK_EXPAND(name, signatures, canons, header, fields, tags, txt, \
    rsa, authres) UKEY_LINK_JOIN(name, signatures, canons, header, fields, \
    tags, txt, rsa, authres)
#define UKEY_LINK_JOIN(name, signatures, canons, header, fields, tags, txt, \
    rsa, authres) name ## _signatures_ ## signatures ## _canons_ ## canons ## \
	_header_ ## header ## _fields_ ## fields ## _tags_ ## tags ## \
	_txt_ ## txt ## _rsa_ ## rsa ## _authres_ ## authres

#endif
