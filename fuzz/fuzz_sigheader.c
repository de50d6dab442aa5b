/*
 * userkeys: fuzz: the signature field; times never wrap.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_sigheader.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size }, names;
	struct ukey_sigheader sig;
	static const struct ukey_time none, some = { 1750000000, 1750000000 },
	    bound = { 0, 1750000000 }, late = { UINT64_MAX, UINT64_MAX };
	bool from = false;

	if (ukey_sigheader_parse(&sig, in) != UKEY_REASON_OK)
		return 0;
	MUST(sig.tag[UKEY_SIG_S].len > 0 && sig.tag[UKEY_SIG_H].len > 0);
	MUST(ukey_view_is_domain(sig.tag[UKEY_SIG_D], true));
	for (names = sig.tag[UKEY_SIG_H]; !from && names.data != NULL;)
		from = ukey_view_equal_nocase(ukey_view_trim(ukey_view_cut(
		    &names, ':')), UKEY_VIEW("from"));
	MUST(from); /* RFC 6376 5.4 */
	MUST(sig.b_raw.data >= data && sig.b_raw.data + sig.b_raw.len <=
	    data + size);
	MUST(ukey_sigheader_time(&sig, none) == UKEY_REASON_OK);
	(void)ukey_sigheader_time(&sig, some);
	(void)ukey_sigheader_time(&sig, late);
	MUST(ukey_sigheader_time(&sig, bound) != UKEY_REASON_FUTURE);
	return 0;
}
