/*
 * userkeys: fuzz: the body; chunked equals whole, and relaxed is idempotent.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_canon_body.h"

/* IN in pieces of STEP, canonicalized to OUT; how many octets. */
static size_t
run(enum ukey_canon canon, struct ukey_view in, size_t step, uint8_t *out)
{
	struct ukey_canon_body c;
	struct ukey_view piece, span;
	size_t len = 0, at;

	ukey_canon_body_init(&c, canon);
	for (at = 0; at < in.len; at += step) {
		piece = ukey_view_part(in, at, at + step);
		while ((span = ukey_canon_body_next(&c, &piece)).len > 0) {
			memcpy(out + len, span.data, span.len);
			len += span.len;
		}
	}
	while ((span = ukey_canon_body_end(&c)).len > 0) {
		memcpy(out + len, span.data, span.len);
		len += span.len;
	}
	return len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	enum ukey_canon canon = take(&in) & 1 ? UKEY_CANON_RELAXED :
	    UKEY_CANON_SIMPLE;
	size_t step = 1 + take(&in) % 32, size2 = in.len + 4, a, b;
	uint8_t *one = malloc(size2), *two = malloc(size2);

	a = run(canon, in, in.len + 1, one);
	b = run(canon, in, step, two);
	MUST(a <= size2 && a == b && memcmp(one, two, a) == 0);
	b = run(canon, (struct ukey_view) { one, a }, step, two);
	MUST(a == b && memcmp(one, two, a) == 0);
	free(one);
	free(two);
	return 0;
}
