/*
 * userkeys: who has an entry, on submission: MAIL FROM, From and Sender with
 * and without one, of this login and of others, with unknown = accept and
 * reject (PROTOCOL 4.3).  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_submit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FROM "From: dave@nowhere.example\r\n"

static const struct support_entry some[] = {
	{ "alice", "example.org", "alice", false, false },
	{ "sales", "example.org", "alice", false, true },
	{ "bob", "example.org", "bob", false, false },
	{ "exact", "example.org", "bob", true, false },
	{ "", "corp.example", "carol", false, true },
};

#define MAIL(login, address) "553 5.7.1 Login " login " may not send as " \
	address ": choose an address of yours"
#define WRITE(login, address) "550 5.7.1 Login " login " may not write " \
	address " in From or Sender: choose an address of yours"
#define NOBODY(login, address) "553 5.7.1 Login " login " may not send as " \
	address ": nothing is known of that address"

/* CHECK: from-check; ACCEPT and REJECT: what is wanted by unknown; NULL: as
 * for ACCEPT. */
static const struct {
	const char *login, *path, *fields;
	unsigned check;
	const char *accept, *reject;
} cases[] = {
	/* all known */
	{ "alice", "<alice@example.org>", "From: alice@example.org\r\n", 0,
	    "signed", NULL },
	{ "alice", "<alice+x@EXAMPLE.org>", "From: ALICE@example.org\r\n", 0,
	    "signed", NULL },
	{ "alice", "<sales@example.org>", "From: alice@example.org\r\n", 0,
	    "ok", NULL },
	{ "alice", "<alice@example.org>", "From: alice@example.org, "
	    "sales@example.org\r\nSender: alice@example.org\r\n", 0, "signed",
	    NULL },
	/* somebody else's, by any spelling */
	{ "alice", "<bob@example.org>", "From: bob@example.org\r\n", 0,
	    MAIL("alice", "bob@example.org"), NULL },
	{ "alice", "<Bob+x@Example.org>", FROM, 0,
	    MAIL("alice", "Bob+x@Example.org"), NULL },
	{ "alice", "<\"b\\ob\"@example.org>", FROM, 0,
	    MAIL("alice", "\"b\\ob\"@example.org"), NULL },
	{ "alice", "<@relay.example:bob@example.org>", FROM, 0,
	    MAIL("alice", "bob@example.org"), NULL },
	{ "eve", "<bob@example.org>", FROM, 0,
	    MAIL("eve", "bob@example.org"), NULL },
	{ "eve", "<anybody@corp.example>", FROM, 0,
	    MAIL("eve", "anybody@corp.example"), NULL },
	{ "bob", "<bob@example.org>", "From: alice@example.org\r\n", 0,
	    WRITE("bob", "alice@example.org"), NULL },
	{ "bob", "<bob@example.org>", "From: \"Bob\" <Alice+y@EXAMPLE.ORG>"
	    "\r\n", 0, WRITE("bob", "Alice+y@EXAMPLE.ORG"), NULL },
	{ "bob", "<bob@example.org>", "From: bob@example.org\r\n"
	    "Sender: alice@example.org\r\n", 0,
	    WRITE("bob", "alice@example.org"), NULL },
	{ "bob", "<bob@example.org>", "From: bob@example.org, "
	    "alice@example.org\r\n", 0, WRITE("bob", "alice@example.org"),
	    NULL },
	{ "eve", "<eve@example.org>", "From: alice@example.org\r\n", 0,
	    WRITE("eve", "alice@example.org"),
	    NOBODY("eve", "eve@example.org") },
	{ "eve", "<eve@e.example>", "From: eve@e.example\r\n"
	    "Sender: alice@example.org\r\n", 0,
	    WRITE("eve", "alice@example.org"), NOBODY("eve", "eve@e.example") },
	{ "eve", "<>", "From: alice@example.org\r\n", 0,
	    WRITE("eve", "alice@example.org"), NULL },
	{ "eve", "<>", "From: x@corp.example\r\n", UKEY_CHECK_OFF,
	    WRITE("eve", "x@corp.example"), NULL },
	/* exact: what has a "+" is not that mailbox */
	{ "bob", "<exact@example.org>", "From: exact@example.org\r\n", 0,
	    "signed", NULL },
	{ "eve", "<exact+x@example.org>", "From: exact+x@example.org\r\n", 0,
	    "ok", NOBODY("eve", "exact+x@example.org") },
	/* a whole domain */
	{ "carol", "<any+x@corp.example>", "From: other@Corp.example\r\n", 0,
	    "ok", NULL },
	/* no entry at all */
	{ "eve", "<eve@example.org>", "From: eve@example.org\r\n", 0, "ok",
	    NOBODY("eve", "eve@example.org") },
	{ "alice", "<eve@example.org>", "From: eve@example.org\r\n", 0, "ok",
	    NOBODY("alice", "eve@example.org") },
	{ "eve", "<eve@e.example>", "From: x@y.example\r\nSender: z@z.example"
	    "\r\n", 0, "ok", NOBODY("eve", "eve@e.example") },
	{ "eve", "<>", "From: eve@e.example\r\n", 0, "ok",
	    WRITE("eve", "eve@e.example") },
	/* one has an entry: then each in From and Sender must be the login's */
	{ "alice", "<alice@example.org>", "From: ceo@example.org\r\n", 0,
	    WRITE("alice", "ceo@example.org"), NULL },
	{ "alice", "<alice@example.org>", "From: alice@example.org\r\nSender: "
	    "x@y.example\r\n", 0, WRITE("alice", "x@y.example"), NULL },
	{ "alice", "<eve@e.example>", "From: alice@example.org, x@y.example"
	    "\r\n", 0, WRITE("alice", "x@y.example"),
	    NOBODY("alice", "eve@e.example") },
	{ "alice", "<bounce@e.example>", "From: alice@example.org\r\n", 0,
	    "ok", NOBODY("alice", "bounce@e.example") },
	{ "alice", "<>", "From: alice@example.org, x@y.example\r\n", 0,
	    WRITE("alice", "x@y.example"), NULL },
	/* domain: MAIL FROM's, where the login may use that */
	{ "alice", "<alice@example.org>", "From: bob@example.org\r\n",
	    UKEY_CHECK_DOMAIN, "signed", NULL },
	{ "alice", "<alice@example.org>", "From: new@Example.org\r\n"
	    "Sender: newer@example.org\r\n", UKEY_CHECK_DOMAIN, "signed",
	    NULL },
	{ "alice", "<alice@example.org>", "From: x@y.example\r\n",
	    UKEY_CHECK_DOMAIN, WRITE("alice", "x@y.example"), NULL },
	{ "eve", "<eve@example.org>", "From: bob@example.org\r\n",
	    UKEY_CHECK_DOMAIN, WRITE("eve", "bob@example.org"),
	    NOBODY("eve", "eve@example.org") },
	{ "eve", "<eve@example.org>", "From: new@example.org\r\n",
	    UKEY_CHECK_DOMAIN, "ok", NOBODY("eve", "eve@example.org") },
	/* off: MAIL FROM alone */
	{ "alice", "<alice@example.org>", "From: bob@example.org\r\n",
	    UKEY_CHECK_OFF, "signed", NULL },
	{ "eve", "<bob@example.org>", "From: eve@example.org\r\n",
	    UKEY_CHECK_OFF, MAIL("eve", "bob@example.org"), NULL },
	/* not readable */
	{ "alice", "<alice @example.org>", "From: alice@example.org\r\n", 0,
	    "553 5.1.7 The sender's address <alice @example.org>: ", NULL },
	{ "eve", "<eve>", FROM, 0, "553 5.1.7 The sender's address <eve>: ",
	    NULL },
	/* more than can be asked for */
	{ "alice", "<alice@example.org>", "From: sales@example.org, sales+1@"
	    "example.org, sales+2@example.org, sales+3@example.org, sales+4@"
	    "example.org, sales+5@example.org, sales+6@example.org, sales+7@"
	    "example.org\r\n", 0, "550 5.7.1 Login alice may not write so "
	    "many addresses", NULL },
	{ "eve", "<eve@e.example>", "From: a@e.f, b@e.f, c@e.f, d@e.f, e@e.f, "
	    "f@e.f, g@e.f, h@e.f\r\n", 0, "550 5.7.1 Login eve may not write "
	    "so many addresses", NOBODY("eve", "eve@e.example") },
};

static void
test_entries(void **state)
{
	struct support_submission t = { .late = false };
	unsigned bits;
	size_t i;

	(void)state;
	support_entries = some;
	support_entry_count = COUNT(some);
	support_bad = 0;
	for (i = 0; i < COUNT(cases); i++)
		for (bits = 0; bits < 4; bits++) {
			t.login = cases[i].login;
			t.path = cases[i].path;
			t.fields = cases[i].fields;
			t.settings = support_settings(cases[i].check, false);
			t.settings.reject_unknown = bits & 1;
			t.late = bits & 2;
			support_expect(&t, bits & 1 && cases[i].reject != NULL ?
			    cases[i].reject : cases[i].accept);
		}
	assert_int_equal(support_bad, 0);
}

/* What a reply takes from outside: ASCII, and so much of it. */
static void
test_replies(void **state)
{
	char login[1200], path[1200];
	struct support_submission t = { .login = login, .path = path,
		.fields = FROM };
	const char *got;
	size_t i;

	(void)state;
	support_entries = some;
	support_entry_count = COUNT(some);
	t.settings = support_settings(UKEY_CHECK_OWN, false);
	memset(login, 'l', sizeof(login));
	login[1199] = '\0';
	memcpy(login, "x\r\n250 \xC3\xA9%", 10);
	snprintf(path, sizeof(path), "<bob+%0200d%%\xC3\xA9@example.org>", 0);
	got = support_submit(&t);
	assert_memory_equal(got, "553 5.7.1 Login x??250 ??%lll", 29);
	assert_true(strlen(got) < 450);
	for (i = 0; got[i] != '\0'; i++)
		assert_true(got[i] >= ' ' && got[i] <= '~');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
