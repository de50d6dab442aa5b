/*
 * userkeys: fuzz: the recogniser of forged results; cut or whole, the same.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	struct ukey_authres a, b;
	size_t i;
	bool claims;

	ukey_authres_init(&a, UKEY_VIEW("mx.example.net"));
	ukey_authres_init(&b, UKEY_VIEW("mx.example.net"));
	ukey_authres_push(&a, in);
	for (i = 0; i < size; i++)
		ukey_authres_push(&b, ukey_view_part(in, i, i + 1));
	claims = ukey_authres_end(&a);
	MUST(claims == ukey_authres_end(&b));
	MUST(a.ordinal == b.ordinal && a.ordinal <= 1);
	MUST(ukey_authres_forged(&a, 1) == claims || a.ordinal == 0);
	return 0;
}
