/*
 * userkeys: cases that were fuzzed, for other judges: each file's as four
 * strings on standard output, each behind its length (32 bits, big-endian):
 * our reason, the record's name, the record, the message.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "diff.h"

static void
put(const void *data, size_t len)
{
	uint8_t head[] = { (uint8_t)(len >> 24), (uint8_t)(len >> 16),
		(uint8_t)(len >> 8), (uint8_t)len };

	fwrite(head, 1, sizeof(head), stdout);
	fwrite(data, 1, len, stdout);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct diff_case c;
	const char *word;

	if (!diff_case_make(&c, (struct ukey_view) { data, size }))
		return 0;
	word = ukey_reason_word(diff_ours(&c));
	put(word, strlen(word));
	put(c.name, strlen(c.name));
	put(c.record, strlen(c.record));
	put(c.message, c.len);
	return 0;
}
