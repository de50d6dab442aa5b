/*
 * userkeys: fuzz: the body; in pieces as whole, as the RFC has it, and what
 * is canonical stays so.  SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	enum ukey_canon canon = take(&in) & 1 ? UKEY_CANON_RELAXED :
	    UKEY_CANON_SIMPLE;
	uint8_t cuts = take(&in);
	uint8_t *one = malloc(in.len + 4), *two = malloc(in.len + 4);
	size_t a = canon_body(canon, in, 0, one), b;

	b = canon_body(canon, in, cuts, two);
	MUST(a == b && memcmp(one, two, a) == 0);
	b = rfc_body(canon, in, two);
	MUST(a == b && memcmp(one, two, a) == 0);
	b = canon_body(canon, (struct ukey_view) { one, a }, cuts, two);
	MUST(a == b && memcmp(one, two, a) == 0);
	free(one);
	free(two);
	return 0;
}
