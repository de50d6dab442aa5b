/*
 * userkeys: fuzz: the milter codec; in pieces as whole, the same events.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_milter_codec.h"

#define PIECES (1u << UKEY_MILTER_NONE | 1u << UKEY_MILTER_NAME | \
	1u << UKEY_MILTER_VALUE | 1u << UKEY_MILTER_BODY) /* of one string */

static uint64_t
run(const uint8_t *data, size_t size, uint8_t cuts)
{
	struct ukey_milter_event e = { .kind = UKEY_MILTER_NONE };
	struct ukey_view in = { data, size }, part = { NULL, 0 };
	uint8_t *copy = NULL;
	struct ukey_milter m;
	uint64_t sum = 0;

	ukey_milter_init(&m);
	while (e.kind != UKEY_MILTER_BAD && (e.kind || in.len > 0)) {
		if (e.kind == UKEY_MILTER_NONE) {
			part.len = (free(copy), piece_len(in, &cuts));
			part.data = copy = piece(&in, part.len);
		}
		e = ukey_milter_next(&m, &part);
		if (!(PIECES >> e.kind & 1))
			sum = sum * 31 + (uint64_t)e.kind;
		sum = sum_of(sum_of(sum, e.first), e.second);
	}
	return free(copy), sum * 31 + m.bad;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	MUST(run(data, size, 0) == run(data, size, (uint8_t)size));
	return 0;
}
