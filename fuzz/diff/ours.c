/*
 * userkeys: what we say of a case.  SPDX-License-Identifier: MIT
 */
#include "diff.h"
#include "support_dns.h"

enum ukey_reason
diff_ours(const struct diff_case *c)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];
	const struct support_record records[] = {
		{ c->name, "TXT", c->record }, { NULL, NULL, NULL }
	};
	struct ukey_judgement j;
	struct ukey_verify v;

	ukey_verify_init(&v, UKEY_VERIFY_DKIM, arena, sizeof(arena));
	ukey_verify_time(&v, DIFF_TIME);
	ukey_verify_push(&v, c->message, c->len);
	ukey_verify_end(&v);
	support_dns_run(&v, records, false);
	MUST(ukey_verify_done(&v));
	if (ukey_verify_dkim_count(&v) == 0)
		return UKEY_REASON_NO_SIGNATURE;
	ukey_verify_dkim(&v, 0, &j);
	return j.reason;
}
