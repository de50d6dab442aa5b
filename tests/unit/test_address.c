/*
 * Addresses from MAIL FROM and From: one plain reading, or a refusal.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_address.h"

/* LEN octets of TEXT in a block of exactly that size. */
static struct ukey_view
exact(const char *text, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0));

	memcpy(copy, text, len);
	return (struct ukey_view) { copy, len };
}

static void
drop(struct ukey_view v)
{
	free((void *)(uintptr_t)v.data);
}

static const struct {
	const char *path;
	enum ukey_reason reason;
	const char *local, *domain;
} paths[] = {
	{ "<alice@example.org>", 0, "alice", "example.org" },
	{ "alice@example.org", 0, "alice", "example.org" },
	{ "<@a.org,@b.org:alice@e.org>", 0, "alice", "e.org" },
	{ "<\"a b\"@e.org>", 0, "\"a b\"", "e.org" },
	{ "<\"a@b\"@e.org>", 0, "\"a@b\"", "e.org" },
	{ "<jos\xC3\xA9@e.org>", 0, "jos\xC3\xA9", "e.org" },
	{ "<a@localhost>", 0, "a", "localhost" },
	{ "<a@xn--bcher-kva.example>", 0, "a",
	    "xn--bcher-kva.example" },
	{ "", UKEY_REASON_NULL_SENDER, "", "" },
	{ "<>", UKEY_REASON_NULL_SENDER, "", "" },
	{ "<@e.org>", UKEY_REASON_EMPTY_LOCAL, "", "" },
	{ "<\"\"@e.org>", UKEY_REASON_EMPTY_LOCAL, "", "" },
	{ "<alice>", UKEY_REASON_NO_DOMAIN, "", "" },
	{ "<alice@>", UKEY_REASON_NO_DOMAIN, "", "" },
	{ "<a@[192.0.2.1]>", UKEY_REASON_ADDRESS_LITERAL, "", "" },
	{ "<a@[192.0.2.1>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a@b\xC3\xBC.org>", UKEY_REASON_U_LABEL, "", "" },
	{ "<a@userkeys.e.org>", UKEY_REASON_USERKEYS_DOMAIN, "", "" },
	{ "<a@UserKeys>", UKEY_REASON_USERKEYS_DOMAIN, "", "" },
	{ "<alice@e.org", UKEY_REASON_MAIL_FROM, "", "" },
	{ "alice@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<<alice@e.org>>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a b@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a@b@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<.a@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a.@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a..b@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a@e.org.>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a@-e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a@e_x.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a@e.org >", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<a\r\n@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<\"a\rb\"@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<\"a\\\x01\"@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<\"a@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<\"a\"b@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<@a.org:>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<@a b:c@e.org>", UKEY_REASON_MAIL_FROM, "", "" },
	{ "<", UKEY_REASON_MAIL_FROM, "", "" }
};

static void
test_path(void **state)
{
	struct ukey_address a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct ukey_view v = exact(paths[i].path,
		    strlen(paths[i].path));
		enum ukey_reason got = ukey_address_parse(v, &a);

		if (got != paths[i].reason)
			print_error("%s gave %s\n", paths[i].path,
			    ukey_reason_word(got));
		assert_int_equal(got, paths[i].reason);
		if (got == UKEY_REASON_OK) {
			assert_int_equal(a.local.len, strlen(paths[i].local));
			assert_memory_equal(a.local.data, paths[i].local,
			    a.local.len);
			assert_int_equal(a.domain.len,
			    strlen(paths[i].domain));
		}
		drop(v);
	}
}

static void
test_long_local(void **state)
{
	char path[400];
	struct ukey_address a;
	struct ukey_view v;

	(void)state;
	memset(path, 'x', sizeof(path));
	memcpy(path + UKEY_LOCAL_MAX, "@e.org", 6);
	v = exact(path, UKEY_LOCAL_MAX + 6);
	assert_int_equal(ukey_address_parse(v, &a), UKEY_REASON_OK);
	drop(v);
	memset(path, 'x', sizeof(path));
	memcpy(path + UKEY_LOCAL_MAX + 1, "@e.org", 6);
	v = exact(path, UKEY_LOCAL_MAX + 7);
	assert_int_equal(ukey_address_parse(v, &a), UKEY_REASON_MAIL_FROM);
	drop(v);
	v = exact("<a\0b@e.org>", 11);
	assert_int_equal(ukey_address_parse(v, &a), UKEY_REASON_MAIL_FROM);
	drop(v);
}

/* The mailboxes of BODY as "local@domain|..." and the reason behind it. */
static void
list(struct ukey_view body, char *text, size_t size)
{
	struct ukey_mailboxes m;
	struct ukey_address a;
	size_t len = 0;

	text[0] = '\0';
	ukey_mailboxes_init(&m, body);
	while (ukey_mailboxes_next(&m, &a))
		len += (size_t)snprintf(text + len, size - len, "%.*s@%.*s|",
		    (int)a.local.len, a.local.data, (int)a.domain.len,
		    a.domain.data);
	snprintf(text + len, size - len, "%s", ukey_reason_word(m.reason));
	assert_false(ukey_mailboxes_next(&m, &a));
}

static const struct {
	const char *body, *want;
} lists[] = {
	{ " alice@e.org\r\n", "alice@e.org|ok" },
	{ " Alice <alice@e.org>\r\n", "alice@e.org|ok" },
	{ "<alice@e.org>", "alice@e.org|ok" },
	{ " \"Alice, <x@y.org>\" <alice@e.org>", "alice@e.org|ok" },
	{ " (a (nested) \\) comment) alice@e.org (x@y.org)\r\n",
	    "alice@e.org|ok" },
	{ " John Q. Public\r\n <j.p@e.org>\r\n", "j.p@e.org|ok" },
	{ " =?utf-8?q?=3Cx=40y.org=3E?= <a@e.org>", "a@e.org|ok" },
	{ " Jos\xC3\xA9 <jos\xC3\xA9@e.org>", "jos\xC3\xA9@e.org|ok" },
	{ " \"a b\"@e.org", "\"a b\"@e.org|ok" },
	{ " a@e.org, B <b@f.org>\r\n", "a@e.org|b@f.org|ok" },
	{ " Us: a@e.org, b@e.org;\r\n", "a@e.org|b@e.org|ok" },
	{ " Us: a@e.org;, c@e.org", "a@e.org|c@e.org|ok" },
	{ " undisclosed-recipients:;\r\n", "ok" },
	{ " < a@e.org >", "a@e.org|ok" },
	/* refused */
	{ "", "from-syntax" },
	{ " \r\n", "from-syntax" },
	{ " alice\r\n", "from-unqualified" },
	{ " Alice <alice>\r\n", "from-unqualified" },
	{ " a@e.org,", "a@e.org|from-syntax" },
	{ " ,a@e.org", "from-syntax" },
	{ " a@e.org,,b@e.org", "a@e.org|from-syntax" },
	{ " a@e.org b@e.org", "from-syntax" },
	{ " a@e.org <b@e.org>", "from-syntax" },
	{ " <a@e.org> <b@e.org>", "from-syntax" },
	{ " <a@e.org>b@e.org", "from-syntax" },
	{ " <@x.org:a@e.org>", "from-syntax" },
	{ " <@x.org,@y.org:a@e.org>", "from-syntax" },
	{ " a@e.org@f.org", "from-syntax" },
	{ " a(comment)@e.org", "from-syntax" },
	{ " a@(comment)e.org", "from-syntax" },
	{ " <a@e.org(comment)>", "from-syntax" },
	{ " =?utf-8?q?a=40e.org?=", "from-syntax" },
	{ " =?utf-8?q?a?=@e.org", "from-syntax" },
	{ " \"\"@e.org", "from-syntax" },
	{ " \"a\" \"b\"@e.org", "from-syntax" },
	{ " a . b@e.org", "from-syntax" },
	{ " a@[192.0.2.1]", "from-syntax" },
	{ " a@b\xC3\xBC.org", "from-syntax" },
	{ " a@e.org.", "from-syntax" },
	{ " \"a <a@e.org>", "from-syntax" },
	{ " (a <a@e.org>", "from-syntax" },
	{ " a) <a@e.org>", "from-syntax" },
	{ " <a@e.org", "from-syntax" },
	{ " a@e.org>", "from-syntax" },
	{ " A: B: a@e.org;;", "from-syntax" },
	{ " A: a@e.org", "a@e.org|from-syntax" },
	{ " A: a@e.org,;", "a@e.org|from-syntax" },
	{ " a@e.org;", "from-syntax" },
	{ " a@e.org\nb@e.org", "from-syntax" },
	{ " a\x01 <a@e.org>", "from-syntax" },
	{ " ((((((((a)))))))) <a@e.org>", "a@e.org|ok" },
	{ " (((((((((a))))))))) <a@e.org>", "from-syntax" }
};

static void
test_mailboxes(void **state)
{
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct ukey_view v = exact(lists[i].body,
		    strlen(lists[i].body));

		list(v, text, sizeof(text));
		if (strcmp(text, lists[i].want) != 0)
			print_error("%s gave %s\n", lists[i].body, text);
		assert_string_equal(text, lists[i].want);
		drop(v);
	}
}

static void
test_mailboxes_nul(void **state)
{
	static const char body[] = " a@e.org\0<b@e.org>";
	struct ukey_view v = exact(body, sizeof(body) - 1);
	char text[64];

	(void)state;
	list(v, text, sizeof(text));
	assert_string_equal(text, "from-syntax");
	drop(v);
	v = exact(" \"x\0y\" <a@e.org>", 16);
	list(v, text, sizeof(text));
	assert_string_equal(text, "from-syntax");
	drop(v);
}

static void
test_dqp(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "alice@e.org", "alice@e.org" }, { "a=3Db", "a=b" },
		{ "a\r\n\t b", "ab" }, { "", "" }, { "=C3=A9", "\xC3\xA9" },
		{ "\xC3\xA9", "\xC3\xA9" }, { "a=3d", NULL }, { "a=", NULL },
		{ "a=3", NULL }, { "a=G0", NULL }, { "a;b", NULL },
		{ "a\x01", NULL }
	};
	uint8_t octets[64];
	struct ukey_out out;
	size_t i, len, again;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ukey_view v = exact(cases[i].text,
		    strlen(cases[i].text));
		bool ok = ukey_dqp_decode(v, octets, sizeof(octets), &len);

		assert_int_equal(ok, cases[i].want != NULL);
		if (ok) {
			assert_int_equal(len, strlen(cases[i].want));
			assert_memory_equal(octets, cases[i].want, len);
			assert_true(len == 0 || !ukey_dqp_decode(v, octets,
			    len - 1, &again));
		}
		drop(v);
	}
	for (i = 0; i < 256; i++) { /* what is encoded is read back */
		uint8_t c = (uint8_t)i, text[3], back;

		ukey_out_init(&out, text, sizeof(text));
		ukey_dqp_encode(&out, (struct ukey_view) { &c, 1 });
		assert_true(ukey_dqp_decode(ukey_out_done(&out), &back, 1,
		    &len));
		assert_int_equal(len, 1);
		assert_int_equal(back, c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_long_local),
		cmocka_unit_test(test_mailboxes),
		cmocka_unit_test(test_mailboxes_nul),
		cmocka_unit_test(test_dqp)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
