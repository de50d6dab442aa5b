/*
 * userkeys: fuzz: the recogniser against readers of every leniency: what one of
 * them takes for ours is claimed; another host's plain field is not.
 * SPDX-License-Identifier: MIT
 *
 * Input: how to cut, and what stands behind the colon.
 */
#include "help_strip.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "Authentication-Results:",
		"AUTHENTICATION-results  :", "authentication-results\t:",
		"Authentication-Results \r\n :" };
	struct ukey_view in = { data, size }, rest, id = UKEY_VIEW("mx.e");
	uint8_t cuts = take(&in), *copy;
	const char *name = names[cuts & 3];
	struct ukey_authres a;
	bool claims;
	size_t len;

	ukey_authres_init(&a, id);
	ukey_authres_push(&a, (struct ukey_view) { (const uint8_t *)name,
	    strlen(name) });
	for (rest = in; rest.len > 0;) {
		len = piece_len(rest, &cuts);
		copy = piece(&rest, len);
		ukey_authres_push(&a, (struct ukey_view) { copy, len });
		free(copy);
	}
	claims = ukey_authres_end(&a);
	MUST(claims || !strip_believes(in, id));
	MUST(!claims || !strip_is_of_another(in, id));
	return 0;
}
