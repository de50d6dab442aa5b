/*
 * userkeys: fuzz: tag-lists; what is found lies in the list.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_taglist.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	struct ukey_taglist t;
	struct ukey_tag tag;
	unsigned count = 0;

	ukey_taglist_init(&t, in);
	while (ukey_taglist_next(&t, &tag)) {
		MUST(tag.value.data >= data && tag.value.data +
		    tag.value.len <= data + size);
		MUST(tag.name.len > 0 && ++count <= UKEY_TAGS_MAX);
	}
	return 0;
}
