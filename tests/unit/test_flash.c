/*
 * userkeys: the flash UKD.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_flash.h"

static const unsigned char der[] = { 0x30 };

const struct ukey_flash_key ukey_flash_keys[] = {
	{ "alice@example.org", "", "alice.userkeys", 0, der, 1 },
	{ "sales+eu@example.org", "", "sales-eu.userkeys", 1, der, 1 },
	{ "\"a b\"@example.org", "2", "2.a-b.userkeys", 0, der, 1 },
	{ "no address", "", "never.userkeys", 0, der, 1 },
};
const size_t ukey_flash_keys_count = 4;

static void
test_find(void **state)
{
	static const struct { const char *address; int row; } cases[] = {
		{ "alice@example.org", 0 }, { "<alice@example.org>", 0 },
		{ "ALICE@Example.ORG", 0 }, { "alice+x@example.org", 0 },
		{ "sales+eu@example.org", 1 }, { "sales@example.org", -1 },
		{ "sales+us@example.org", -1 },
		{ "sales+eu+x@example.org", -1 },
		{ "\"a b\"@example.org", 2 }, { "\"a\\ b\"@example.org", 2 },
		{ "alice@example.net", -1 }, { "alic@example.org", -1 },
		{ "alicee@example.org", -1 }, { "", -1 }, { "<>", -1 },
		{ "alice", -1 }, { "no address", -1 },
		{ "alice@sub.example.org", -1 },
	};
	const struct ukey_flash_key *row;
	struct ukey_view v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		v.data = (const uint8_t *)cases[i].address;
		v.len = strlen(cases[i].address);
		row = ukey_flash_find(v);
		if ((row == NULL ? -1 : (int)(row - ukey_flash_keys)) !=
		    cases[i].row)
			fail_msg("%s", cases[i].address);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_find) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
