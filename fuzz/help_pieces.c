/*
 * userkeys: input in pieces, for the harnesses.  SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

uint8_t *
piece(struct ukey_view *in, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0));

	MUST(copy != NULL);
	if (len > 0)
		memcpy(copy, in->data, len);
	*in = ukey_view_part(*in, len, in->len);
	return copy;
}

char *
text_take(struct ukey_view *in)
{
	struct ukey_view text = take_to(in, 0);
	char *copy;

	text.len = text.len > 8000 ? 8000 : text.len;
	copy = calloc(1, text.len + 1);
	MUST(copy != NULL);
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	return copy;
}

size_t
piece_len(struct ukey_view in, uint8_t *cuts)
{
	size_t len = (size_t)(*cuts & 1 ? 1 : *cuts >> 1 & 31);

	if (*cuts == 0) /* whole */
		return in.len;
	*cuts = (uint8_t)(*cuts >> 1 | *cuts << 7);
	if (len == 0)
		len = 32;
	return len < in.len ? len : in.len;
}

uint64_t
sum_of(uint64_t sum, struct ukey_view v)
{
	while (v.len > 0)
		sum = (sum ^ take(&v)) * 1099511628211u; /* FNV-1a */
	return sum;
}
