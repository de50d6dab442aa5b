/*
 * userkeys: the lines of one header field, read strictly, for the tests.
 * SPDX-License-Identifier: MIT
 */
#ifndef SUPPORT_LINES_H
#define SUPPORT_LINES_H

#include "ukey_text.h"

/*
 * FIELD as one line to TEXT, NUL-terminated: each of its lines ends with CRLF,
 * has at most 998 octets, and is UTF-8 without controls and line separators;
 * each but the first begins with white space (RFC 5322 2.1.1, 2.2.3, RFC
 * 6532).  NULL, or what is wrong with it; static.
 */
const char *support_lines_unfold(struct ukey_view field, char *text,
    size_t size);

#endif
