/*
 * userkeys: answers from a zone file (RFC 1035 5, RFC 4592, RFC 6672).
 * SPDX-License-Identifier: MIT
 *
 * For tests and for machines without a network.  TXT, CNAME and DNAME are
 * answered; records of other types only make their names exist.  Instead of a
 * type may stand SERVFAIL, TIMEOUT or NXDOMAIN: the name answers so.
 */
#ifndef UKEY_ZONE_H
#define UKEY_ZONE_H

#include "ukey_dns.h"

#define UKEY_ZONE_FILE_MAX (16 * 1024 * 1024) /* octets */

struct ukey_zone; /* on the heap */

/* Reads the file PATH; NULL with "path:line:column: what: what to do" in
 * ERR. */
struct ukey_zone *ukey_zone_read(const char *path, char *err,
    size_t err_size);
/* The same of TEXT, LEN octets; NAME is for messages. */
struct ukey_zone *ukey_zone_parse(const char *name, const char *text,
    size_t len, char *err, size_t err_size);
void ukey_zone_free(struct ukey_zone *z);
/*
 * The response to QUERY, as a recursive server would give it, chain included;
 * valid until the next call.  Empty: the zone says TIMEOUT.
 */
struct ukey_view ukey_zone_answer(struct ukey_zone *z,
    struct ukey_view query);

#endif
