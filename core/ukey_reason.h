/*
 * userkeys: verdicts, and the one list of reasons behind them.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_REASON_H
#define UKEY_REASON_H

#include <stdbool.h>

/* Results in the words of RFC 8601 2.7.1, best first where it matters. */
enum ukey_verdict {
	UKEY_NONE,
	UKEY_PASS,
	UKEY_FAIL,
	UKEY_POLICY,
	UKEY_NEUTRAL,
	UKEY_TEMPERROR,
	UKEY_PERMERROR
};

/*
 * X(enumerator, word, verdict, meaning, source).  The word is what users,
 * logs and Authentication-Results show: lower case, digits and hyphens.
 */
#define UKEY_REASONS(X) \
X(OK, "ok", PASS, "the signature holds", "RFC 6376 6.1.3") \
/* none */ \
X(NO_SIGNATURE, "no-signature", NONE, \
    "the message has no DKIM-Signature field", "RFC 6376 6.1") \
X(NOT_ALIGNED, "not-aligned", NONE, \
    "no signature of the sender's mailbox", "PROTOCOL 5.2") \
X(NO_IDENTITY, "no-identity", NONE, \
    "no envelope sender was given", "PROTOCOL 5.1") \
X(NULL_SENDER, "null-sender", NONE, \
    "empty sender, and no signature of the one From mailbox holds", \
    "PROTOCOL 5.1") \
/* fail */ \
X(BODY_HASH, "body-hash", FAIL, \
    "the body was changed after signing", "RFC 6376 6.1.3") \
X(SIGNATURE, "signature", FAIL, \
    "the signed header was changed, or the key is another one", \
    "RFC 6376 6.1.3") \
X(BODY_LINE_ENDS, "body-line-ends", FAIL, \
    "the body does not match, and holds bare CR, bare LF or NUL octets", \
    "RFC 6376 5.3") \
X(EXPIRED, "expired", FAIL, \
    "the signature has expired (x=)", "RFC 6376 3.5") \
X(FUTURE, "future", FAIL, \
    "the signature's time (t=) lies in the future", "RFC 6376 3.5") \
X(EXACT, "exact", FAIL, \
    "the record asks for the exact address, and it differs", "PROTOCOL 3") \
X(FROM, "from", FAIL, \
    "the record asks that From is the sender, and it is not", "PROTOCOL 3") \
/* policy and neutral: plain DKIM only */ \
X(PARTIAL_BODY, "partial-body", POLICY, \
    "l= leaves the end of the body unsigned", "RFC 6376 8.2") \
X(ALGORITHM, "algorithm", NEUTRAL, \
    "the signature algorithm is not supported here", "RFC 6376 3.3") \
/* temperror */ \
X(DNS_SERVFAIL, "dns-servfail", TEMPERROR, \
    "the DNS server failed (SERVFAIL)", "RFC 6376 6.1.2") \
X(DNS_REFUSED, "dns-refused", TEMPERROR, \
    "the DNS server refused, or answered with another error", \
    "RFC 6376 6.1.2") \
X(DNS_TIMEOUT, "dns-timeout", TEMPERROR, \
    "no DNS answer in time", "RFC 6376 6.1.2") \
X(DNS_TRUNCATED, "dns-truncated", TEMPERROR, \
    "the DNS answer is cut short and TCP gave none", "RFC 1035 4.2.1") \
X(DNS_MALFORMED, "dns-malformed", TEMPERROR, \
    "the DNS answer cannot be read", "RFC 1035 4") \
X(ARENA, "arena", TEMPERROR, \
    "the message needs more memory than this system lends", "PROTOCOL 8") \
X(CRYPTO, "crypto", TEMPERROR, \
    "the crypto library could not tell (memory or internal error)", \
    "PROTOCOL 5.4") \
X(INCOMPLETE, "incomplete", TEMPERROR, \
    "the message ended, or was judged, before it was complete", \
    "PROTOCOL 5") \
/* permerror: the sender; ukey_reason_is_sender() knows first and last */ \
X(MAIL_FROM, "mail-from", PERMERROR, \
    "the sender address is malformed", "RFC 5321 4.1.2") \
X(EMPTY_LOCAL, "empty-local-part", PERMERROR, \
    "the sender address has no local-part", "PROTOCOL 1") \
X(NO_DOMAIN, "no-domain", PERMERROR, \
    "the sender address has no domain", "PROTOCOL 1") \
X(ADDRESS_LITERAL, "address-literal", PERMERROR, \
    "the sender's domain is an address literal", "PROTOCOL 1") \
X(USERKEYS_DOMAIN, "userkeys-domain", PERMERROR, \
    "the domain begins with the reserved label userkeys", "PROTOCOL 2") \
X(SENDER_DIFFERS, "sender-differs", PERMERROR, \
    "MAIL FROM and the mail server's reading of it are not one mailbox", \
    "PROTOCOL 5.1") \
X(SENDER_LENGTH, "sender-length", PERMERROR, \
    "the sender address is too long to have a key", "PROTOCOL 2") \
X(SENDER_OCTETS, "sender-octets", PERMERROR, \
    "the sender address is not UTF-8 text, or holds control characters", \
    "RFC 6531 3.3") \
X(U_LABEL, "u-label", PERMERROR, \
    "the domain has non-ASCII labels: use its A-label (xn--) form", \
    "RFC 8616 4") \
/* permerror: the message */ \
X(LINE_ENDS, "line-ends", PERMERROR, \
    "the header holds a bare CR, a bare LF or a NUL octet", "PROTOCOL 5.1") \
X(HEADER_SYNTAX, "header-syntax", PERMERROR, \
    "a line of the header is no field", "RFC 5322 2.2") \
X(HEADER_LIMIT, "header-limit", PERMERROR, \
    "the header is larger than 64 kB", "PROTOCOL 8") \
X(FIELD_LIMIT, "field-limit", PERMERROR, \
    "the header has more than 512 fields", "PROTOCOL 8") \
X(NAME_LENGTH, "name-length", PERMERROR, \
    "the key name is longer than the DNS allows", "PROTOCOL 2") \
X(GENERATION, "generation", PERMERROR, \
    "the generation is not one label of letters, digits, hyphens", \
    "PROTOCOL 2") \
X(LABEL, "label", PERMERROR, \
    "the name is not a key name", "PROTOCOL 2") \
X(LABEL_HASH, "label-hash", PERMERROR, \
    "the label is a hash and has no way back", "PROTOCOL 1") \
X(FROM_SYNTAX, "from-syntax", PERMERROR, \
    "the From field cannot be read in one way only", "RFC 5322 3.4") \
/* permerror: the signature field */ \
X(TAG_LIST, "tag-list", PERMERROR, \
    "the tag-list is malformed", "RFC 6376 3.2") \
X(TAG_DUPLICATE, "tag-duplicate", PERMERROR, \
    "a tag occurs twice", "RFC 6376 3.2") \
X(TAG_LIMIT, "tag-limit", PERMERROR, \
    "the tag-list is too long or has too many tags", "PROTOCOL 8") \
X(VERSION, "version", PERMERROR, \
    "v= is not 1", "RFC 6376 3.5") \
X(TAG_MISSING, "tag-missing", PERMERROR, \
    "a required tag is missing (v, a, b, bh, d, h or s)", "RFC 6376 3.5") \
X(DOMAIN, "domain", PERMERROR, \
    "d= is not a domain name", "RFC 6376 3.5") \
X(SELECTOR, "selector", PERMERROR, \
    "s= is not a selector", "RFC 6376 3.1") \
X(SHA1, "sha1", PERMERROR, \
    "rsa-sha1 never passes", "RFC 8301 3.1") \
X(CANON, "canonicalization", PERMERROR, \
    "c= names an unknown canonicalization", "RFC 6376 3.5") \
X(H_EMPTY, "h-empty", PERMERROR, \
    "h= is empty or malformed", "RFC 6376 3.5") \
X(H_FROM, "h-from", PERMERROR, \
    "h= does not sign From", "RFC 6376 5.4") \
X(H_LIMIT, "h-limit", PERMERROR, \
    "h= names more than 256 fields", "PROTOCOL 8") \
X(LENGTH, "length", PERMERROR, \
    "l= is not a number, or is larger than the body", "RFC 6376 3.5") \
X(LENGTH_USED, "length-used", PERMERROR, \
    "a user-key signature must not use l=", "PROTOCOL 5.4") \
X(TIME, "time", PERMERROR, \
    "t= or x= is not a number, or x= is not after t=", "RFC 6376 3.5") \
X(QUERY, "query", PERMERROR, \
    "q= does not allow dns/txt", "RFC 6376 3.5") \
X(IDENTITY, "identity", PERMERROR, \
    "i= is malformed or not within d=", "RFC 6376 3.5") \
X(BASE64, "base64", PERMERROR, \
    "b= or bh= is not base64", "RFC 6376 3.5") \
X(BH_LENGTH, "bh-length", PERMERROR, \
    "bh= is not a SHA-256 hash", "RFC 6376 3.5") \
X(QUERY_LIMIT, "query-limit", PERMERROR, \
    "too many key names on one message: this one was not asked for", \
    "PROTOCOL 8") \
X(RSA_LIMIT, "rsa-limit", PERMERROR, \
    "too many keys to try on one message", "PROTOCOL 3") \
/* permerror: the key record */ \
X(NO_KEY, "no-key", PERMERROR, \
    "the DNS has no key record at this name", "RFC 6376 6.1.2") \
X(KEY_VERSION, "key-version", PERMERROR, \
    "a TXT record is there, but its v= is not DKIM1", "RFC 6376 3.6.1") \
X(NOT_USER_KEY, "not-user-key", PERMERROR, \
    "a TXT record is there, but without uk= or p= it is no user key", \
    "PROTOCOL 3") \
X(KEY_RECORDS, "key-records", PERMERROR, \
    "the DNS has more key records at this name than are allowed", \
    "RFC 6376 3.6.2.2") \
X(KEY_CHAIN, "key-chain", PERMERROR, \
    "too many CNAME or DNAME steps, or a loop", "PROTOCOL 8") \
X(KEY_TXT_LIMIT, "key-txt-limit", PERMERROR, \
    "the key record is longer than 4 kB", "PROTOCOL 8") \
X(KEY_SYNTAX, "key-syntax", PERMERROR, \
    "the key record is malformed", "RFC 6376 3.6.1") \
X(KEY_REVOKED, "key-revoked", PERMERROR, \
    "the key is revoked (empty p=)", "RFC 6376 3.6.1") \
X(KEY_TYPE, "key-type", PERMERROR, \
    "the key is not of the signature's type (k=)", "RFC 6376 6.1.2") \
X(KEY_HASH, "key-hash", PERMERROR, \
    "the key does not allow sha256 (h=)", "RFC 6376 6.1.2") \
X(KEY_SERVICE, "key-service", PERMERROR, \
    "the key is not for e-mail (s=)", "RFC 6376 3.6.1") \
X(KEY_STRICT, "key-strict", PERMERROR, \
    "the key wants the domain of i= to equal d= (t=s)", "RFC 6376 3.6.1") \
X(KEY_DER, "key-der", PERMERROR, \
    "p= is not an RSA public key", "RFC 6376 3.6.1") \
X(KEY_SIZE, "key-size", PERMERROR, \
    "the RSA key is not of 1024 to 4096 bits", "RFC 8301 3.2") \
X(KEY_EXPONENT, "key-exponent", PERMERROR, \
    "the RSA exponent is even, 1 or over 32 bits", "PROTOCOL 8") \
X(SIGNATURE_LENGTH, "signature-length", PERMERROR, \
    "b= is not as long as the key's modulus", "RFC 8017 8.2.2") \
/* why a message is not signed */ \
X(FROM_MISSING, "from-missing", PERMERROR, \
    "there is no From field", "RFC 5322 3.6") \
X(FROM_MANY, "from-many", PERMERROR, \
    "there is more than one From field", "RFC 5322 3.6") \
X(FROM_LIMIT, "from-limit", PERMERROR, \
    "From and Sender are too large to be read whole", "PROTOCOL 4") \
X(SENDER_SYNTAX, "sender-syntax", PERMERROR, \
    "the Sender field cannot be read in one way only", "RFC 5322 3.6.2") \
X(FROM_UNQUALIFIED, "from-unqualified", PERMERROR, \
    "a From address has no domain", "PROTOCOL 4") \
X(FIELD_REPEATED, "field-repeated", PERMERROR, \
    "a field that may stand once occurs twice", "RFC 5322 3.6") \
X(LONG_LINE, "long-line", PERMERROR, \
    "a line is longer than 998 octets", "RFC 5322 2.1.1") \
X(BARE_CR, "bare-cr", PERMERROR, \
    "it holds a CR without LF", "RFC 5322 2.3") \
X(BARE_LF, "bare-lf", PERMERROR, \
    "it holds an LF without CR", "RFC 5322 2.3") \
X(NUL, "nul", PERMERROR, \
    "it holds a NUL octet", "RFC 5321 4.5.2")

enum ukey_reason {
#define UKEY_REASON_ENUM(name, word, verdict, meaning, source) \
	UKEY_REASON_##name,
	UKEY_REASONS(UKEY_REASON_ENUM)
#undef UKEY_REASON_ENUM
	UKEY_REASON_COUNT
};

/* The verdict that a reason means; a pure function. */
enum ukey_verdict ukey_reason_verdict(enum ukey_reason reason);
/* Whether REASON says why the sender is no mailbox, so that no owner can be
 * asked for advice (PROTOCOL 5.1). */
bool ukey_reason_is_sender(enum ukey_reason reason);
/* All three: static, NUL-terminated, for any value (unknown: "?"). */
const char *ukey_reason_word(enum ukey_reason reason);
const char *ukey_reason_meaning(enum ukey_reason reason);
const char *ukey_reason_source(enum ukey_reason reason);
const char *ukey_verdict_word(enum ukey_verdict verdict);

#endif
