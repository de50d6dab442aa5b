/*
 * userkeys: fuzz: base64; decoding in place gives the same.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_base64.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	uint8_t *copy = malloc(size + 1), *out = malloc(size + 1);
	size_t want = ukey_base64_size(in), a, b;
	bool good = ukey_base64_decode(in, out, size, &a);

	memcpy(copy, data, size);
	MUST(ukey_base64_decode((struct ukey_view) { copy, size }, copy, size,
	    &b) == good && a == b);
	MUST(good == (want != SIZE_MAX) && (!good || want == a));
	MUST(!good || memcmp(copy, out, a) == 0);
	MUST(!good || a == 0 || !ukey_base64_decode(in, out, a - 1, &b));
	free(copy);
	free(out);
	return 0;
}
