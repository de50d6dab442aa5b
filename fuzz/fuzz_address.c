/*
 * userkeys: fuzz: addresses of MAIL FROM and From; what is one is one mailbox.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	struct ukey_mailboxes m;
	struct ukey_address a;
	uint8_t local[UKEY_LOCAL_MAX];
	unsigned count = 0;

	if (ukey_address_parse(in, &a) == UKEY_REASON_OK) {
		MUST(ukey_address_local_len(a.local) == a.local.len);
		MUST(ukey_view_is_domain(a.domain, false));
		MUST(ukey_address_unquote(a.local, local) > 0);
	}
	ukey_mailboxes_init(&m, in);
	while (ukey_mailboxes_next(&m, &a)) {
		MUST(a.local.len > 0 && a.domain.len > 0);
		MUST(ukey_view_is_domain(a.domain, false) && ++count <= size);
	}
	MUST(!ukey_mailboxes_next(&m, &a));
	return 0;
}
