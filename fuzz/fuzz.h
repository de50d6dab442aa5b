/*
 * userkeys: what the harnesses share.  SPDX-License-Identifier: MIT
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "ukey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run: what must hold does not. */
#define MUST(condition) do { if (!(condition)) abort(); } while (0)

/* Takes one octet off the input; 0 when there is none. */
static inline uint8_t
take(struct ukey_view *in)
{
	uint8_t c = in->len > 0 ? in->data[0] : 0;

	*in = ukey_view_part(*in, 1, in->len);
	return c;
}

/* Takes up to the first octet C, or all. */
static inline struct ukey_view
take_to(struct ukey_view *in, uint8_t c)
{
	struct ukey_view piece = ukey_view_cut(in, c);

	if (in->data == NULL)
		in->data = (const uint8_t *)"";
	return piece;
}

#endif
