/*
 * userkeys: proof of ukey_base64.  SPDX-License-Identifier: MIT
 */
#include "proof.h"
#include "ukey_base64.h"

void
prove_base64_decode(void)
{
	struct ukey_view text = any_view();
	struct ukey_out out = any_out();
	size_t len;

	if (ukey_base64_decode(text, out.data, out.size, &len))
		__CPROVER_assert(len <= out.size &&
		    len <= text.len / 4 * 3 + 2, "no more than there is");
	else
		__CPROVER_assert(len == 0, "nothing");
}

void
prove_base64_size(void)
{
	struct ukey_view text = any_view();
	size_t len = ukey_base64_size(text);

	__CPROVER_assert(len == SIZE_MAX || len <= text.len / 4 * 3 + 2,
	    "no more than there is");
}
