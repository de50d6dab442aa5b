/*
 * userkeys: runs a harness over files, with any compiler: replay FILE...
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "fuzz.h"

int
main(int argc, char **argv)
{
	static uint8_t data[1 << 20];
	int i;

	for (i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		uint8_t *copy;
		size_t size;

		if (f == NULL) {
			perror(argv[i]);
			return 1;
		}
		size = fread(data, 1, sizeof(data), f);
		fclose(f);
		copy = malloc(size + (size == 0));
		if (copy == NULL)
			return 1;
		memcpy(copy, data, size);
		(void)LLVMFuzzerTestOneInput(copy, size);
		free(copy);
	}
	fprintf(stderr, "%d passed, 0 failed\n", argc - 1);
	return 0;
}
