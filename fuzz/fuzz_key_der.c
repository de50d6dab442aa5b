/*
 * userkeys: fuzz: the DER of keys, as octets.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	struct ukey_port_rsa_key key;

	if (ukey_keyrecord_rsa(&key, in) == UKEY_REASON_OK) {
		MUST(key.modulus.len >= 128 && key.modulus.len <= 512);
		MUST(key.modulus.data[0] != 0 && key.exponent.data[0] != 0);
		MUST(key.modulus.data[key.modulus.len - 1] & 1);
		MUST(key.exponent.data + key.exponent.len == data + size);
	}
	return 0;
}
