/*
 * userkeys: the milter protocol, what a filter sends.
 * SPDX-License-Identifier: MIT
 *
 * Packets are written one behind the other into a bounded buffer; a packet
 * that does not fit leaves nothing behind and gives false.  So all of a
 * message's changes and its reply can go out in one write.
 */
#ifndef UKEY_MILTER_REPLY_H
#define UKEY_MILTER_REPLY_H

#include "ukey_out.h"
#include "ukey_text.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UKEY_MILTER_VERSION 6

/* Actions a filter may ask for. */
#define UKEY_MILTER_ADD_FIELDS 0x1
#define UKEY_MILTER_CHANGE_BODY 0x2
#define UKEY_MILTER_CHANGE_FIELDS 0x10
#define UKEY_MILTER_QUARANTINE 0x20
#define UKEY_MILTER_SET_MACROS 0x100 /* the filter names the macros it wants */

/* Protocol steps: "NO" not sent at all, "QUIET" sent without a reply. */
#define UKEY_MILTER_NO_HELO 0x2
#define UKEY_MILTER_NO_RCPT 0x8
#define UKEY_MILTER_NO_BODY 0x10
#define UKEY_MILTER_NO_UNKNOWN 0x100
#define UKEY_MILTER_QUIET_HEADER 0x80
#define UKEY_MILTER_QUIET_CONNECT 0x1000
#define UKEY_MILTER_QUIET_DATA 0x10000
#define UKEY_MILTER_QUIET_HEADER_END 0x40000
#define UKEY_MILTER_QUIET_BODY 0x80000
#define UKEY_MILTER_LEADING_SPACE 0x100000

/* Replies of one octet. */
#define UKEY_MILTER_CONTINUE 'c'
#define UKEY_MILTER_ACCEPT 'a'
#define UKEY_MILTER_REJECT 'r'
#define UKEY_MILTER_TEMPFAIL 't'
#define UKEY_MILTER_PROGRESS 'p'

/* What the MTA offers, or what we take of it. */
struct ukey_milter_options {
	uint32_t version, actions, protocol;
};

/*
 * Takes of OFFER what WANT has: never a bit that was not offered.  False when
 * the MTA cannot serve us: version below 2, or an action of NEED is missing.
 */
bool ukey_milter_negotiate(struct ukey_milter_options *taken,
    const struct ukey_milter_options *offer,
    const struct ukey_milter_options *want, uint32_t need);

/* MAIL_MACROS, names with blanks between them, replace the MTA's own choice at
 * MAIL where SET_MACROS is taken. */
bool ukey_milter_write_options(struct ukey_out *o,
    const struct ukey_milter_options *taken, struct ukey_view mail_macros);
/* One of the replies of one octet. */
bool ukey_milter_write_reply(struct ukey_out *o, uint8_t reply);
/*
 * An SMTP reply of our own: CODE 400..599, TEXT "5.7.1 words".  Octets that
 * cannot stand in one reply line, and "%" (a directive to Sendmail), become
 * "?".
 */
bool ukey_milter_write_smtp(struct ukey_out *o, unsigned code,
    struct ukey_view text);
/*
 * Inserts FIELD, one whole raw field ("Name: value" CRLF, folded with CRLF
 * and white space), at INDEX of the header: 0 above the MTA's own Received
 * field, 1 below it.  SPACE: UKEY_MILTER_LEADING_SPACE was taken.
 */
bool ukey_milter_write_insert(struct ukey_out *o, uint32_t index,
    struct ukey_view field, bool space);
/* Deletes field number ORDINAL (from 1) of those called NAME.  Start with the
 * last: each deletion renumbers those behind it. */
bool ukey_milter_write_delete(struct ukey_out *o, struct ukey_view name,
    uint32_t ordinal);
bool ukey_milter_write_quarantine(struct ukey_out *o, struct ukey_view why);
/* A piece of the new body, at most 65535 octets. */
bool ukey_milter_write_body(struct ukey_out *o, struct ukey_view octets);

#ifdef __cplusplus
}
#endif

#endif
