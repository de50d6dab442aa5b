/*
 * Who sends: MAIL FROM's argument beside the mail server's reading of it.
 * SPDX-License-Identifier: MIT
 *
 * The shapes: one mailbox in two spellings (case, quoting, route, brackets, a
 * subaddress cut); a local-part alone (Sendmail, local senders); an argument
 * that only the server can read (blanks, comments, commas, dots, doubled
 * brackets, no domain, an address literal); two mailboxes; a null sender on
 * one side; neither readable; U-labels on either side; no reading at all;
 * addresses at and over 254 octets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_sender.h"

/* TEXT in a block of exactly its size. */
static struct ukey_view
exact(const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);
	uint8_t *copy = malloc(len + 1);

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, text, len);
	copy = realloc(copy, len + (len == 0));
	return (struct ukey_view) { copy, len };
}

static void
drop(struct ukey_view v)
{
	free((void *)(uintptr_t)v.data);
}

#define DIFFERS UKEY_REASON_SENDER_DIFFERS
#define MALFORMED UKEY_REASON_MAIL_FROM
#define NULL_SENDER UKEY_REASON_NULL_SENDER

static const struct {
	const char *path, *mta; /* MTA NULL: not known */
	const char *want;       /* the address, or NULL */
	enum ukey_reason reason;
} cases[] = {
	/* no reading: the argument alone */
	{ "<a@e.org>", NULL, "a@e.org", 0 },
	{ "<>", NULL, NULL, NULL_SENDER },
	{ "< a@e.org>", NULL, NULL, MALFORMED },
	{ "<a>", NULL, NULL, UKEY_REASON_NO_DOMAIN },
	/* one mailbox: as the argument spells it */
	{ "<a@e.org>", "a@e.org", "a@e.org", 0 },
	{ "<a@e.org>", "<a@e.org>", "a@e.org", 0 },
	{ "<A@E.org>", "a@e.ORG", "A@E.org", 0 },
	{ "<\"a\"@e.org>", "a@e.org", "\"a\"@e.org", 0 },
	{ "<a@e.org>", "\"a\"@e.org", "a@e.org", 0 },
	{ "<@x.org,@y.org:a@e.org>", "a@e.org", "a@e.org", 0 },
	{ "<a+news@e.org>", "a@e.org", "a+news@e.org", 0 },
	{ "<\"a b\"@e.org>", "\"a b\"@e.org", "\"a b\"@e.org", 0 },
	{ "<>", "", NULL, NULL_SENDER },
	{ "<>", "<>", NULL, NULL_SENDER },
	{ "", "", NULL, NULL_SENDER },
	/* a local sender of Sendmail */
	{ "<alice@host.e.org>", "alice", "alice@host.e.org", 0 },
	{ "<Alice@host.e.org>", "alice", "Alice@host.e.org", 0 },
	{ "<alice@host.e.org>", "\"alice\"", "alice@host.e.org", 0 },
	{ "<alice@host.e.org>", "bob", NULL, DIFFERS },
	{ "<alice>", "alice", NULL, UKEY_REASON_NO_DOMAIN },
	{ "<alice@host.>", "alice", NULL, MALFORMED },
	/* only the server can read it */
	{ "<a@e.org.>", "a@e.org", "a@e.org", 0 },
	{ "< a@e.org>", "a@e.org", "a@e.org", 0 },
	{ "<a @e.org>", "a@e.org", "a@e.org", 0 },
	{ "<a@ e.org>", "a@e.org", "a@e.org", 0 },
	{ "<a@e.org >", "a@e.org", "a@e.org", 0 },
	{ "<a(x)@e.org>", "a@e.org", "a@e.org", 0 },
	{ "<a@e.org,>", "a@e.org", "a@e.org", 0 },
	{ "<<a@e.org>>", "a@e.org", "a@e.org", 0 },
	{ "<a..b@e.org>", "\"a..b\"@e.org", "\"a..b\"@e.org", 0 },
	{ "<ceo>", "ceo@e.org", "ceo@e.org", 0 },
	{ "<@e.org>", "\"@e.org\"@mx.org", "\"@e.org\"@mx.org", 0 },
	{ "<a@[192.0.2.1]>", "a@e.org", "a@e.org", 0 },
	{ "< >", "", NULL, NULL_SENDER },
	/* two mailboxes, or a reading that says nothing */
	{ "<a@e.org>", "b@e.org", NULL, DIFFERS },
	{ "<a@e.org>", "a@f.org", NULL, DIFFERS },
	{ "<a@e.org>", "a@x.e.org", NULL, DIFFERS },
	{ "<a%f.org@e.org>", "a@f.org", NULL, DIFFERS },
	{ "<\"a@f.org\"@e.org>", "a@f.org", NULL, DIFFERS },
	{ "<a@e.org>", "", NULL, DIFFERS },
	{ "<>", "a@e.org", NULL, DIFFERS },
	{ "<>", "a", NULL, DIFFERS },
	{ "<a@e.org>", "<", NULL, DIFFERS },
	{ "<a@e.org>", "a@[192.0.2.1]", NULL, DIFFERS },
	{ "<a@e.org>", "@e.org", NULL, DIFFERS },
	/* neither can be read */
	{ "<a b@e.org>", "a b@e.org", NULL, MALFORMED },
	{ "<a@[192.0.2.1]>", "a@[192.0.2.1]", NULL,
	    UKEY_REASON_ADDRESS_LITERAL },
	{ "<a@userkeys.e.org>", "a@userkeys.e.org", NULL,
	    UKEY_REASON_USERKEYS_DOMAIN },
	{ "<@e.org>", "@e.org", NULL, UKEY_REASON_EMPTY_LOCAL },
	/* U-labels */
	{ "<a@\xC3\xBC.org>", NULL, NULL, UKEY_REASON_U_LABEL },
	{ "<a@\xC3\xBC.org>", "a@\xC3\xBC.org", NULL, UKEY_REASON_U_LABEL },
	{ "< a@\xC3\xBC.org>", "a@\xC3\xBC.org", NULL, UKEY_REASON_U_LABEL },
	{ "<a@\xC3\xBC.org>", "a@xn--tda.org", NULL, UKEY_REASON_U_LABEL },
	{ "<a@xn--tda.org>", "a@\xC3\xBC.org", NULL, UKEY_REASON_U_LABEL }
};

static void
check(const char *path, const char *mta, const char *want,
    enum ukey_reason reason)
{
	struct ukey_view p = exact(path), m = exact(mta), text;
	struct ukey_address a;
	enum ukey_reason got = ukey_sender_read(p, mta == NULL ?
	    UKEY_VIEW_NONE : m, &a);

	if (got != reason)
		print_error("%s with %s gave %s\n", path, mta == NULL ?
		    "nothing" : mta, ukey_reason_word(got));
	assert_int_equal(got, reason);
	if (want != NULL) {
		text = ukey_address_text(&a);
		assert_int_equal(text.len, strlen(want));
		assert_memory_equal(text.data, want, text.len);
	} else {
		assert_int_equal(a.local.len + a.domain.len, 0);
	}
	drop(p);
	drop(m);
}

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].path, cases[i].mta, cases[i].want,
		    cases[i].reason);
}

/* At most 254 octets are an address, whoever says it. */
static void
test_length(void **state)
{
	char text[400];
	size_t len;

	(void)state;
	for (len = 252; len <= 258; len++) {
		memset(text, 'a', len);
		memcpy(text + len - 6, "@e.org", 7);
		check(text, NULL, len <= UKEY_SENDER_MAX ? text : NULL,
		    len <= UKEY_SENDER_MAX ? 0 : UKEY_REASON_SENDER_LENGTH);
		check("< x >", text, len <= UKEY_SENDER_MAX ? text : NULL,
		    len <= UKEY_SENDER_MAX ? 0 : UKEY_REASON_SENDER_LENGTH);
	}
}

/* A copy of the address reads the same. */
static void
test_move(void **state)
{
	struct ukey_view path = exact("<@x.org:\"a\\b\"@e.org>"), text;
	struct ukey_address a;
	uint8_t copy[64];

	(void)state;
	assert_int_equal(ukey_sender_read(path, UKEY_VIEW_NONE, &a), 0);
	text = ukey_address_text(&a);
	memcpy(copy, text.data, text.len);
	ukey_address_move(&a, copy);
	drop(path);
	assert_memory_equal(a.local.data, "\"a\\b\"", a.local.len);
	assert_memory_equal(a.domain.data, "e.org", a.domain.len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_move)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
