/*
 * userkeys: base64 that ignores folding (RFC 4648 4, RFC 6376 2.10).
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_BASE64_H
#define UKEY_BASE64_H

#include "ukey_text.h"

/*
 * Decodes TEXT, in which FWS may stand anywhere; writes at most SIZE octets at
 * OUT and their number to LEN.  OUT may be where TEXT is: the write never
 * passes the read.  False, with LEN 0: a character outside the alphabet, data
 * behind padding, a lone final character, missing padding, non-zero spare
 * bits, or more than SIZE octets.  Empty TEXT is 0 octets and true.
 */
bool ukey_base64_decode(struct ukey_view text, uint8_t *out, size_t size,
    size_t *len);

/*
 * The number of octets that ukey_base64_decode() would write, or SIZE_MAX
 * where it would refuse TEXT: for checks before there is room.
 */
size_t ukey_base64_size(struct ukey_view text);

#endif
