/*
 * userkeys: what kind of machine this program was built for, in words.
 * SPDX-License-Identifier: MIT
 *
 * machine: its kind.  machine trap: reads a word from an odd address, so that
 * a run with alignment checked ends in a signal.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>

static const union {
	uint16_t number;
	unsigned char first;
} one = { 1 };

static uint32_t
read_word(const void *at)
{
	return *(const uint32_t *)at;
}

int
main(int argc, char **argv)
{
	static unsigned char octets[16];

	(void)argv;
	if (argc > 1) {
		printf("read: %u\n", (unsigned)read_word(octets + 1));
		return 0;
	}
	printf("%s-endian, %u-bit, %s char\n",
	    one.first == 1 ? "little" : "big",
	    (unsigned)sizeof(size_t) * CHAR_BIT,
	    CHAR_MIN < 0 ? "signed" : "unsigned");
	return 0;
}
