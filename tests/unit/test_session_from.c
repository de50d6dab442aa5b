/*
 * userkeys: From and Sender on submission: what cannot be read is refused as
 * soon as anything is known, and what has no entry goes on (PROTOCOL 4.3).
 * SPDX-License-Identifier: MIT
 *
 * The shapes: words behind, blanks, dots, commas, semicolons, comments, quotes,
 * groups and brackets that stay open or stand in the wrong place; routes;
 * literals; U-labels; no domain; nothing; two addresses without a comma, an
 * address that can be read before one that cannot; the field twice, in either
 * order; names such as "From "; over the scratch; controls; a From behind a
 * bare CR or LF of another field; and all of these in Sender.  Each with an
 * entry of the login, of MAIL FROM, of its domain, of a domain that stands in
 * the field, and of none; from-check own, domain and off; unsigned accept and
 * reject; answers at once, and after the end.
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

#define A20 "aaaaaaaaaaaaaaaaaaaa"
#define A100 A20 A20 A20 A20 A20
#define LINE "\r\n \"" A100 A100 A100 A100 A100 "\""
#define LARGE LINE LINE LINE LINE LINE LINE LINE LINE LINE

/* "#" is the domain of the mailbox that a reader may see. */
static const char *const shapes[] = {
	"From: <ceo@#> x", "From: ceo@# x", "From: ceo@#.", "From: <ceo@#.>",
	"From: ceo @#", "From: ceo@ #", "From: < ceo@#> <",
	"From: <@a.example:ceo@#>", "From: ceo@#,", "From: ,ceo@#",
	"From: ceo@#;", "From: ceo@# (x", "From: \"CEO\" <ceo@#> (x",
	"From: (x ceo@#", "From: \"x <ceo@#>", "From: ceo@#>",
	"From: <ceo@#", "From: <<ceo@#>>", "From: Boss: ceo@#",
	"From: Boss: b: ceo@#;;", "From: CEO ceo@#",
	"From: dave@nowhere.example ceo@#",
	"From: <ceo@#> <dave@nowhere.example>",
	"From: <dave@nowhere.example> <ceo@#>",
	"From: dave@nowhere.example, ceo@# x",
	"From: ceo(x)@#", "From: ceo@(x)#", "From: ceo\\@#",
	"From: c..eo@#", "From: ceo.@#", "From: a@b@#",
	"From: =?utf-8?q?ceo?=@#", "From: ceo@#\r\n\t.",
	"From: ceo@#\x01", "From: ceo@#\r", "From: ceo@#\n",
	FROM "From: ceo@#", "From: ceo@#\r\n" FROM,
	"X: y\nFrom: ceo@#\r\n" FROM, "X: y\rFrom: ceo@#\r\n" FROM,
	FROM "X: y\n\nFrom: ceo@#", FROM "Subject: \r\rFrom: ceo@#",
	FROM "from: ceo@#", FROM "From : ceo@#", FROM "From\t: ceo@#",
	FROM "From\r\n : ceo@#", FROM "Fr\x01om: ceo@#",
	FROM "From\xC2\xA0: ceo@#", "From : ceo@#", "From:" LARGE " <ceo@#>",
	FROM "Sender: ceo@# x", FROM "Sender: ceo @#", FROM "Sender: <ceo@#",
	FROM "Sender: dave@nowhere.example\r\nSender: ceo@#",
	FROM "Sender: ceo@#\r\nSender: dave@nowhere.example",
	FROM "Sender : ceo@#", "Sender: ceo@# x\r\n" FROM,
	FROM "Sender:" LARGE " <ceo@#>",
};

/* Of these no domain can be told, so no stranger's is asked for. */
static const char *const bare[] = {
	"From: ceo", "From: <ceo>", "From: CEO <ceo>", "From:", "From: ()",
	"From: Boss:;", "From: ;", FROM "Sender:", FROM "Sender: ceo",
	"From: dave@nowhere.example, ceo",
};

static const struct support_entry everybody[] = {
	{ "alice", "example.org", "alice", false, false },
	{ "ceo", "example.org", "ceo", false, false },
	{ "carol", "corp.example", "carol", false, false },
};

/* Login and MAIL FROM of which something is known. */
static const struct {
	const char *what, *login, *path;
} known[] = {
	{ "MAIL FROM", "alice", "<alice@example.org>" },
	{ "MAIL FROM, by label", "alice", "<Alice+x@Example.ORG>" },
	{ "login", "alice", "<dave@nowhere.example>" },
	{ "login, with no sender", "alice", "<>" },
	{ "domain", "dave", "<dave@example.org>" },
};

/* Pushes SHAPE with HOST for its "#". */
static const char *
with_host(const char *shape, const char *host)
{
	static char text[8192];
	const char *at = strchr(shape, '#');

	if (at == NULL)
		snprintf(text, sizeof(text), "%s\r\n", shape);
	else
		snprintf(text, sizeof(text), "%.*s%s%s\r\n",
		    (int)(at - shape), shape, host, at + 1);
	return text;
}

/* The login of each of KNOWN writes FIELDS, and a stranger, for whom WANT is
 * the outcome if unsigned mail is accepted. */
static void
write_unreadable(const char *fields, const char *want)
{
	struct support_submission t = { .fields = fields };
	const char *stranger;
	unsigned bits;
	size_t i;

	for (bits = 0; bits < 8; bits++) {
		t.settings = support_settings(bits & 1, bits & 2);
		t.late = bits & 4;
		for (i = 0; i < COUNT(known); i++) {
			t.login = known[i].login;
			t.path = known[i].path;
			support_expect(&t, "550 5.7.1 Login ");
		}
		stranger = bits & 2 && strcmp(want, "ok") == 0 ?
		    "550 5.7.1 The message" : want;
		t.login = "dave";
		t.path = "<dave@nowhere.example>";
		support_expect(&t, stranger);
		t.path = "<>";
		support_expect(&t, stranger);
		t.settings.reject_unknown = true;
		support_expect(&t, "550 5.7.1 Login dave may not write this");
	}
}

/* With no check it is no matter who writes it; but it is not signed. */
static void
write_unchecked(const char *fields)
{
	struct support_submission t = { .login = "alice", .fields = fields,
		.path = "<alice@example.org>" };

	t.settings = support_settings(UKEY_CHECK_OFF, false);
	support_expect(&t, "ok");
	t.settings.reject_unsigned = true;
	support_expect(&t, "550 5.7.1 The message cannot be signed");
}

static void
test_unreadable(void **state)
{
	size_t i;

	(void)state;
	support_entries = everybody;
	support_entry_count = COUNT(everybody);
	support_bad = 0;
	for (i = 0; i < COUNT(shapes); i++) {
		write_unreadable(with_host(shapes[i], "example.org"),
		    "550 5.7.1 Login dave");
		write_unreadable(with_host(shapes[i], "Example.ORG"),
		    "550 5.7.1 Login dave");
	}
	for (i = 0; i < COUNT(bare); i++)
		write_unreadable(with_host(bare[i], ""), "ok");
	write_unchecked(with_host("From: ceo@# x", "example.org"));
	write_unchecked(with_host(FROM "From: ceo@#", "example.org"));
	write_unchecked(with_host(FROM "From : ceo@#", "example.org"));
	assert_int_equal(support_bad, 0);
}

/* A domain that is nobody's stops no stranger. */
static void
test_strangers(void **state)
{
	static const char *const open[] = { "From: <ceo@#> x", "From: ceo@#.",
		"From: ceo @#", "From: ceo@ #", "From: ceo@#;",
		"From: \"CEO\" <ceo@#> (x", FROM "From: ceo@#",
		FROM "From : ceo@#", FROM "Sender: ceo@# x",
		"From: <@a.example:ceo@#>" };
	/* Here readers may see one that is somebody's. */
	static const char *const doubtful[] = {
		"From: ceo@example .org", "From: ceo@example. org",
		"From: ceo@example\r\n .org", "From: ceo@example(x).org",
		"From: ceo@exam(x)ple.org", "From: ceo@example\\.org",
		"From: ceo@ex\xC3\xA4mple.org", "From: ceo@(x", "From: ceo@",
		"From: ceo@example\x01.org", "From:" LARGE " <ceo@#>",
		"From: ceo@exam=70le.org",
		"From: a@#, b@#, c@#, d@#, e@#, f@#, g@#, h@#, i@example.org x"
	};
	struct support_submission t = { .login = "dave",
		.path = "<dave@nowhere.example>" };
	size_t i;

	(void)state;
	support_entries = everybody;
	support_entry_count = COUNT(everybody);
	support_bad = 0;
	t.settings = support_settings(UKEY_CHECK_OWN, false);
	for (i = 0; i < COUNT(open); i++) {
		t.fields = with_host(open[i], "nowhere.example");
		support_expect(&t, "ok");
	}
	for (i = 0; i < COUNT(doubtful); i++) {
		t.fields = with_host(doubtful[i], "nowhere.example");
		support_expect(&t, "550 5.7.1 Login dave");
	}
	assert_int_equal(support_bad, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
