/*
 * userkeys: the variants of the scan for x86.  SPDX-License-Identifier: MIT
 *
 * Each has the functions of core/ukey_scan.h under names of its own;
 * ukey_scan_x86.c chooses.
 */
#ifndef UKEY_SCAN_X86_H
#define UKEY_SCAN_X86_H

#include "ukey_scan.h"

size_t ukey_scan_wsp_sse2(const uint8_t *data, size_t len);
size_t ukey_scan_control_sse2(const uint8_t *data, size_t len);
size_t ukey_scan_tag_sse2(const uint8_t *data, size_t len);
size_t ukey_scan_lines_sse2(const uint8_t *data, size_t len,
    struct ukey_scan_place *p);

/* Whether this processor and its system have AVX2, and what came before it;
 * quick after the first call. */
bool ukey_scan_has_avx2(void);
/* The rest only where it has. */
size_t ukey_scan_wsp_avx2(const uint8_t *data, size_t len);
size_t ukey_scan_control_avx2(const uint8_t *data, size_t len);
size_t ukey_scan_tag_avx2(const uint8_t *data, size_t len);
size_t ukey_scan_lines_avx2(const uint8_t *data, size_t len,
    struct ukey_scan_place *p);

#endif
