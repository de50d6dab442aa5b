/*
 * userkeys: which mailboxes a text names.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support_ukd.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What names one mailbox, what names a domain, and what names nothing. */
static void
test_filter(void **state)
{
	static const struct {
		const char *text;
		enum ukey_ukd_which which;
	} cases[] = {
		{ "a@b.example", UKEY_UKD_MAILBOX },
		{ "\"a b\"@b.example", UKEY_UKD_MAILBOX },
		{ "@b.example", UKEY_UKD_DOMAIN },
		{ "@B.example", UKEY_UKD_DOMAIN },
		{ "", UKEY_UKD_ALL },
		{ "@", UKEY_UKD_ALL },
		{ "@b@c", UKEY_UKD_ALL },
		{ "@b.example,c.example", UKEY_UKD_ALL },
		{ "@b.example:a@c.example", UKEY_UKD_ALL },
		{ "@b.example ", UKEY_UKD_ALL },
		{ "@[::1]", UKEY_UKD_ALL },
		{ "@userkeys.b.example", UKEY_UKD_ALL },
		{ "a@userkeys.b.example", UKEY_UKD_ALL },
		{ "<>", UKEY_UKD_ALL },
		{ "a", UKEY_UKD_ALL },
		{ "a@", UKEY_UKD_ALL },
		{ "\"\"@b.example", UKEY_UKD_ALL },
		{ "a@[::1]", UKEY_UKD_ALL },
		{ "a@b.example,c@b.example", UKEY_UKD_ALL },
		{ "a@b\xc3\xa9.example", UKEY_UKD_ALL },
	};
	struct ukey_ukd_filter f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		enum ukey_reason reason = ukey_ukd_filter_read(&f,
		    ukd_view(cases[i].text));

		if (f.which != cases[i].which || (reason == UKEY_REASON_OK) !=
		    (f.which != UKEY_UKD_ALL))
			fail_msg("\"%s\"", cases[i].text);
	}
	ukey_ukd_filter_read(&f, ukd_view("@b.example"));
	assert_true(ukey_view_equal(f.mailbox.domain,
	    UKEY_VIEW("b.example")) && f.mailbox.local.len == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
