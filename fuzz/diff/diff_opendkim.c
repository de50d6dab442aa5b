/*
 * userkeys: fuzz: libopendkim and we agree on whether a signature holds, or
 * docs/DIFFERENCES.md says why not.  SPDX-License-Identifier: MIT
 *
 * With DIFF_LIST in the environment differences are printed, known ones too.
 */
#include <stdio.h>

#include "diff.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct diff_case c;
	const char *row;
	enum ukey_reason ours;
	int theirs;

	if (!diff_case_make(&c, (struct ukey_view) { data, size }))
		return 0;
	ours = diff_ours(&c);
	theirs = diff_opendkim(&c);
	if ((ours == UKEY_REASON_OK) == (theirs == DIFF_PASS))
		return 0;
	row = diff_explained(&c, ours, theirs);
	if (row == NULL || getenv("DIFF_LIST") != NULL)
		fprintf(stderr, "DIFF %s: ours %s, libopendkim %s\n", row ==
		    NULL ? "unknown" : row, ukey_reason_word(ours),
		    diff_opendkim_word(theirs));
	if (row == NULL)
		fprintf(stderr, "record: %s\n%.*s<end>\n", c.record,
		    (int)c.len, (const char *)c.message);
	MUST(row != NULL || getenv("DIFF_LIST") != NULL);
	return 0;
}
