/*
 * userkeys: the scan on x86-64, with AVX2 where the processor has it.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_scan_x86.h"

#if defined(__SSE2__)

size_t
ukey_scan_wsp(const uint8_t *data, size_t len)
{
	if (ukey_scan_has_avx2())
		return ukey_scan_wsp_avx2(data, len);
	return ukey_scan_wsp_sse2(data, len);
}

size_t
ukey_scan_control(const uint8_t *data, size_t len)
{
	if (ukey_scan_has_avx2())
		return ukey_scan_control_avx2(data, len);
	return ukey_scan_control_sse2(data, len);
}

size_t
ukey_scan_tag(const uint8_t *data, size_t len)
{
	if (ukey_scan_has_avx2())
		return ukey_scan_tag_avx2(data, len);
	return ukey_scan_tag_sse2(data, len);
}

size_t
ukey_scan_lines(const uint8_t *data, size_t len, struct ukey_scan_place *p)
{
	if (ukey_scan_has_avx2())
		return ukey_scan_lines_avx2(data, len, p);
	return ukey_scan_lines_sse2(data, len, p);
}

#endif
