/*
 * userkeys: who sends, from MAIL FROM's argument and from what the mail server
 * made of it (PROTOCOL 5.1).  SPDX-License-Identifier: MIT
 */
#ifndef UKEY_SENDER_H
#define UKEY_SENDER_H

#include "ukey_address.h"

/* Longest address of a sender: a path of 256 octets less its brackets (RFC
 * 5321 4.5.3.1.3). */
#define UKEY_SENDER_MAX 254

/*
 * PATH is the argument as ukey_address_parse() takes it.  MTA is the server's
 * own reading of it (a milter's {mail_addr}), empty for the null sender, data
 * NULL where none is known.  UKEY_REASON_OK and the address in SENDER, whose
 * views point into PATH or MTA: PATH's, where MTA names the same mailbox or
 * its local-part alone (Sendmail does, for local senders); MTA's, where PATH
 * alone cannot be read.  _NULL_SENDER likewise.  Else why the sender is
 * refused: the reasons of ukey_address_parse(), _SENDER_DIFFERS (both can be
 * read and differ, or MTA cannot), _SENDER_LENGTH (over UKEY_SENDER_MAX).
 */
enum ukey_reason ukey_sender_read(struct ukey_view path, struct ukey_view mta,
    struct ukey_address *sender);

#endif
