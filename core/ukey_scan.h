/*
 * userkeys: the scan under canonicalization.  SPDX-License-Identifier: MIT
 *
 * core/ukey_scan.c is portable C99, a machine word at a time;
 * port/simd/ukey_scan.c defines the same symbols for SSE2 and NEON and takes
 * its place in the list of sources.  Both give equal results.
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
 * The index of the first octet below 0x0E at DATA (NUL, LF and CR are among
 * them), or LEN.  Reads LEN octets.
 */
size_t ukey_scan_control(const uint8_t *data, size_t len);

#endif
