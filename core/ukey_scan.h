/*
 * userkeys: the scan under canonicalization.  SPDX-License-Identifier: MIT
 *
 * core/ukey_scan.c is portable C99, a machine word at a time; the files of
 * port/simd define the same symbols for SSE2, AVX2 and NEON and take its place
 * in the list of sources.  All give equal results.
 */
#ifndef UKEY_SCAN_H
#define UKEY_SCAN_H

#include "ukey_text.h"

/*
 * The index of the first octet at DATA that relaxed canonicalization may have
 * to change (RFC 6376 3.4.4): an HTAB, or an SP that is the last octet or is
 * followed by SP, HTAB or CR.  LEN if there is none.  Reads LEN octets.
 */
size_t ukey_scan_wsp(const uint8_t *data, size_t len);

/*
 * The index of the first octet at DATA that is below SP, or LEN.  Reads LEN
 * octets.
 */
size_t ukey_scan_control(const uint8_t *data, size_t len);

/*
 * The index of the first octet at DATA that ends a tag or may be none of it
 * (RFC 6376 3.2): ";", DEL or one below SP; LEN if there is none.  Reads LEN
 * octets.
 */
size_t ukey_scan_tag(const uint8_t *data, size_t len);

/* Where a line stands; see ukey_guard. */
struct ukey_scan_place {
	uint32_t lines;  /* that ended with CRLF so far */
	uint32_t column; /* octets since then, at most UKEY_LINE_MAX + 1 */
};

/*
 * Passes over octets in which all is well: no NUL, every CR and LF is half of
 * a CRLF, and no line grows past UKEY_LINE_MAX (one that had done so before
 * may go on).  Takes P along and gives the number of octets passed.  The octet
 * before DATA was no CR.  It may stop early, also at once, but never between
 * CR and LF.
 */
size_t ukey_scan_lines(const uint8_t *data, size_t len,
    struct ukey_scan_place *p);

#endif
