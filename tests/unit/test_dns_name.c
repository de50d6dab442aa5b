/*
 * userkeys: DNS names, from text and back.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_dns.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NAME "\5alice\7example\3org"

static struct ukey_view name = { (const uint8_t *)NAME, sizeof(NAME) };

static void
test_names(void **state)
{
	static const struct {
		const char *text, *back; /* NULL: refused */
	} texts[] = {
		{ "a.b", "a.b" }, { "a.b.", "a.b" }, { "A.b", "A.b" },
		{ "a b", "a\\032b" }, { "", NULL }, { ".", NULL },
		{ "a..b", NULL }, { ".a", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaa", NULL },
	};
	uint8_t wire[UKEY_DNS_NAME_MAX], text[1100];
	char longest[300];
	struct ukey_view v = { (const uint8_t *)longest, 0 };
	struct ukey_out out, back;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		ukey_out_init(&out, wire, sizeof(wire));
		assert_int_equal(ukey_dns_name_from_text(&out,
		    (struct ukey_view) { (const uint8_t *)texts[i].text,
		    strlen(texts[i].text) }), texts[i].back != NULL);
		if (texts[i].back == NULL)
			continue;
		ukey_out_init(&back, text, sizeof(text));
		ukey_dns_name_to_text(&back, ukey_out_done(&out));
		assert_int_equal(back.len, strlen(texts[i].back));
		assert_memory_equal(text, texts[i].back, back.len);
	}
	for (i = 0; i < sizeof(longest); i++)
		longest[i] = i % 2 == 1 ? '.' : 'a';
	v.len = 253;
	ukey_out_init(&out, wire, sizeof(wire));
	assert_true(ukey_dns_name_from_text(&out, v));
	ukey_out_init(&out, wire, 254);
	(void)ukey_dns_name_from_text(&out, v);
	assert_true(out.overflow);
	v.len = 255;
	ukey_out_init(&out, wire, sizeof(wire));
	assert_false(ukey_dns_name_from_text(&out, v));
	v.data = (const uint8_t *)"\5alicf\7example\3org";
	v.len = sizeof(NAME);
	assert_false(ukey_dns_name_equal(name, v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
