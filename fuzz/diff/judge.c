/*
 * userkeys: libopendkim as a command: cases as dump.c writes them on standard
 * input, a line of words for each on standard output.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "diff.h"

/* A string of at most SIZE - 1 octets to TEXT; false at the end. */
static bool
get(void *text, size_t size, size_t *len)
{
	uint8_t head[4];

	if (fread(head, 1, sizeof(head), stdin) != sizeof(head))
		return false;
	*len = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
	    (size_t)head[2] << 8 | head[3];
	if (*len >= size)
		return false;
	((char *)text)[*len] = '\0';
	return fread(text, 1, *len, stdin) == *len;
}

int
main(void)
{
	static struct diff_case c;
	char word[64];
	size_t len;

	while (get(word, sizeof(word), &len) &&
	    get(c.name, sizeof(c.name), &len) &&
	    get(c.record, sizeof(c.record), &len) &&
	    get(c.message, sizeof(c.message), &c.len))
		printf("%s\n", diff_opendkim_word(diff_opendkim(&c)));
	return 0;
}
