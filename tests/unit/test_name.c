/*
 * Label and key name: the table of PROTOCOL 1, and the rules of 2.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_name.h"

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

static const struct {
	const char *local, *label;
} labels[] = { /* PROTOCOL 1; quoting removed */
	{ "alice", "alice" }, { "Alice", "alice" },
	{ "John.Doe", "john-2edoe" }, { "mary-jane", "mary-2djane" },
	{ "mary_jane", "mary-5fjane" }, { "o'brien", "o-27brien" },
	{ "bob+news", "bob" }, { "bob+", "bob" }, { "bob+a+b", "bob" },
	{ "jos\xC3\xA9", "jos-c3-a9" }, { "JOS\xC3\x89", "jos-c3-89" },
	{ "x=y", "x-3dy" }, { "a b", "a-20b" }, { A63, A63 },
	{ A63 "a", "u-xffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337d"
	    "f" },
	{ "+x", "u-x04a6fb16934512861d5643dc9a5f8e7881cf42630a6f23699a6bca66" },
	{ "*", "u-x684888c0ebb17f374298b65ee2807526c066094c701bcc7ebbe1c109" },
	{ "++x",
	    "u-xa318c24216defe206feeb73ef5be00033fa9c4a74d0b967f6532a26c" },
	{ "-", "u-x3973e022e93220f9212c18d0d0c543ae7c309e46640da93a4a0314de" },
	{ "\xC3\xA9",
	    "u-x4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e" }
};

static void
test_labels(void **state)
{
	uint8_t out[UKEY_LABEL_MAX];
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		len = ukey_label_write(view(labels[i].local), false, out);
		assert_int_equal(len, strlen(labels[i].label));
		assert_memory_equal(out, labels[i].label, len);
	}
	assert_int_equal(ukey_label_write(view(""), false, out), 0);
	len = ukey_label_write(view("bob+x"), true, out);
	assert_int_equal(len, 7);
	assert_memory_equal(out, "bob-2bx", 7);
}

static void
check_name(const char *address, const char *generation, const char *want,
    enum ukey_reason reason)
{
	struct ukey_address a;
	uint8_t text[UKEY_NAME_MAX];
	struct ukey_out out;

	ukey_out_init(&out, text, sizeof(text));
	ukey_address_parse(view(address), &a);
	assert_int_equal(ukey_name_write(&out, &a, view(generation)), reason);
	if (reason != UKEY_REASON_OK)
		return;
	assert_false(out.overflow);
	assert_int_equal(out.len, strlen(want));
	assert_memory_equal(text, want, out.len);
}

static void
test_names(void **state)
{
	char domain[300] = "a@";
	size_t i;

	(void)state;
	check_name("alice@Example.ORG", "", "alice.userkeys.example.org",
	    UKEY_REASON_OK);
	check_name("\"a b\"@e.org", "2", "2.a-20b.userkeys.e.org",
	    UKEY_REASON_OK);
	check_name("\"j\\.d\"@e.org", "R1", "r1.j-2ed.userkeys.e.org",
	    UKEY_REASON_OK);
	check_name("a@e.org", "2.3", "", UKEY_REASON_GENERATION);
	check_name("a@e.org", "-2", "", UKEY_REASON_GENERATION);
	check_name("a@e.org", "a_b", "", UKEY_REASON_GENERATION);
	check_name("a@userkeys.e.org", "", "", UKEY_REASON_USERKEYS_DOMAIN);
	/* "a.userkeys." leaves 242 octets for the domain */
	for (i = 2; i < 2 + 242; i++)
		domain[i] = (i - 2) % 61 == 60 ? '.' : 'x';
	domain[i] = '\0';
	check_name(domain, "g", "", UKEY_REASON_NAME_LENGTH);
	{
		struct ukey_address a;
		uint8_t text[UKEY_NAME_MAX];
		struct ukey_out out;

		ukey_out_init(&out, text, sizeof(text));
		assert_int_equal(ukey_address_parse(view(domain), &a),
		    UKEY_REASON_OK);
		assert_int_equal(ukey_name_write(&out, &a, view("")),
		    UKEY_REASON_OK);
		assert_int_equal(out.len, UKEY_NAME_MAX);
	}
}

static void
check_reverse(const char *name, const char *want, const char *generation,
    enum ukey_reason reason)
{
	struct ukey_view g;
	uint8_t text[UKEY_NAME_MAX + 200];
	struct ukey_out out;

	ukey_out_init(&out, text, sizeof(text));
	assert_int_equal(ukey_name_reverse(&out, view(name), &g), reason);
	if (reason != UKEY_REASON_OK)
		return;
	assert_int_equal(out.len, strlen(want));
	assert_memory_equal(text, want, out.len);
	assert_true(ukey_view_equal(g, view(generation)));
}

static void
test_reverse(void **state)
{
	static const struct {
		const char *name, *address, *generation;
		enum ukey_reason reason;
	} cases[] = {
		{ "john-2edoe.userkeys.e.org", "john.doe@e.org", "", 0 },
		{ "2.ALICE.userkeys.E.org", "alice@e.org", "2", 0 },
		{ "a-20b.userkeys.e.org", "\"a b\"@e.org", "", 0 },
		{ "a-22-5c.userkeys.e.org", "\"a\\\"\\\\\"@e.org", "", 0 },
		{ "userkeys.userkeys.e.org", "userkeys@e.org", "", 0 },
		{ "jos-c3-a9.userkeys.e.org", "jos\xC3\xA9@e.org", "", 0 },
		{ "alice.e.org", "", "", UKEY_REASON_LABEL },
		{ "alice.userkeys", "", "", UKEY_REASON_LABEL },
		{ "", "", "", UKEY_REASON_LABEL },
		{ "a-2.userkeys.e.org", "", "", UKEY_REASON_LABEL },
		{ "a-61.userkeys.e.org", "", "", UKEY_REASON_LABEL },
		{ "a-41.userkeys.e.org", "", "", UKEY_REASON_LABEL },
		{ "a-2b.userkeys.e.org", "", "", UKEY_REASON_LABEL },
		{ "a-00.userkeys.e.org", "", "", UKEY_REASON_LABEL },
		{ "-2d.userkeys.e.org", "", "", UKEY_REASON_LABEL },
		{ "a.userkeys.userkeys.org", "", "",
		    UKEY_REASON_USERKEYS_DOMAIN },
		{ "u-x04a6fb16934512861d5643dc9a5f8e7881cf42630a6f23699a6bca66"
		    ".userkeys.e.org", "", "", UKEY_REASON_LABEL_HASH }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_reverse(cases[i].name, cases[i].address,
		    cases[i].generation, cases[i].reason);
}

static void
test_local_equal(void **state)
{
	(void)state;
	assert_true(ukey_local_equal(view("Bob"), view("bob"), true));
	assert_true(ukey_local_equal(view("bob+a"), view("BOB+b"), false));
	assert_false(ukey_local_equal(view("bob+a"), view("bob"), true));
	assert_false(ukey_local_equal(view("bob"), view("bo"), false));
	assert_false(ukey_local_equal(view(""), view(""), false));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_local_equal)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
