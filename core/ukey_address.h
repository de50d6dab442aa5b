/*
 * userkeys: mail addresses, strictly (RFC 5321 4.1.2, RFC 5322 3.4,
 * RFC 6531 3.3), and dkim-quoted-printable (RFC 6376 2.11).
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_ADDRESS_H
#define UKEY_ADDRESS_H

#include "ukey_out.h"
#include "ukey_reason.h"
#include "ukey_text.h"

#define UKEY_LOCAL_MAX 255 /* local-part, quoting removed; RFC 5321 4.5.3.1.3 */

/* One mailbox; both views point into the text it was read from. */
struct ukey_address {
	struct ukey_view local;  /* as written, DQUOTEs included */
	struct ukey_view domain; /* as written, 1..253 octets, LDH labels */
};

/*
 * Reads a MAIL FROM argument: "<a@b>" or "a@b" (local submission), a source
 * route dropped.  UKEY_REASON_OK; _NULL_SENDER ("<>" or "", verdict none); or
 * why it is refused (permerror): _EMPTY_LOCAL, _NO_DOMAIN (A->local may be
 * there), _ADDRESS_LITERAL, _U_LABEL (octets above 127 in the domain, RFC
 * 8616), _USERKEYS_DOMAIN (PROTOCOL 2), _MAIL_FROM for all else.
 */
enum ukey_reason ukey_address_parse(struct ukey_view path,
    struct ukey_address *a);

/* "local-part@domain" as written: one view over both, which stand in one text
 * with the "@" between them. */
struct ukey_view ukey_address_text(const struct ukey_address *a);
/* Points A's views into a copy of that text. */
void ukey_address_move(struct ukey_address *a, const uint8_t *copy);

/*
 * The length of the local-part, a dot-string or a quoted-string, that V begins
 * with (RFC 5321 4.1.2, RFC 6531 3.3); 0 if it begins with none.  Control
 * characters are refused, quoted or not.
 */
size_t ukey_address_local_len(struct ukey_view v);

/*
 * The local-part's octets without quoting, into OUT of UKEY_LOCAL_MAX octets:
 * "a b" in DQUOTEs gives a b.  Returns their number, 0 if it does not fit.
 */
size_t ukey_address_unquote(struct ukey_view local, uint8_t *out);

/*
 * The mailboxes of a From or Sender field body, one at a time: display names,
 * comments, groups and folding are passed over.  BODY is what follows the
 * colon.  Returns true with one mailbox.  False at the end, where m->reason
 * is UKEY_REASON_OK, _FROM_UNQUALIFIED (no domain) or _FROM_SYNTAX: anything
 * that has not one plain reading (routes, NUL, unbalanced quotes, encoded-word
 * as an address, two @, missing or empty list elements, white space or
 * comments inside an address, address literals, nested groups, over 8 nested
 * comments).
 */
struct ukey_mailboxes {
	struct ukey_cursor in;
	enum ukey_reason reason;
	bool group; /* between ":" and ";" of a group */
	bool after; /* behind a mailbox: a comma or the end is due */
};

void ukey_mailboxes_init(struct ukey_mailboxes *m, struct ukey_view body);
bool ukey_mailboxes_next(struct ukey_mailboxes *m, struct ukey_address *a);

/*
 * dkim-quoted-printable of an i= value; FWS in TEXT is dropped.  Decode
 * writes at most SIZE octets at OUT and their number to LEN; false on bad
 * escapes ("=ag", lower-case hex is refused), or when it does not fit.
 */
bool ukey_dqp_decode(struct ukey_view text, uint8_t *out, size_t size,
    size_t *len);
void ukey_dqp_encode(struct ukey_out *o, struct ukey_view v);

#endif
