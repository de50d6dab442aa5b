/*
 * userkeys: fuzz: key records and the DER of keys.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_base64.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	struct ukey_keyrecord r;
	struct ukey_port_rsa_key key;
	uint8_t *der = malloc(size + 1);
	struct ukey_view v = { der, 0 };

	if (ukey_keyrecord_parse(&r, in) == UKEY_REASON_OK &&
	    ukey_base64_decode(r.p, der, size, &v.len) &&
	    ukey_keyrecord_rsa(&key, v) == UKEY_REASON_OK)
		MUST(key.modulus.len >= 128 && key.modulus.len <= 512 &&
		    key.exponent.len <= 4);
	free(der);
	return 0;
}
