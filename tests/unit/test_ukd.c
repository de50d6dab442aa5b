/*
 * userkeys: the User Key Database as a mail server reads it.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_ukd.h"
#include "ukey_random.h"
#include "ukey_ukd_parts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ukd_place place;

static int
set_up(void **state)
{
	(void)state;
	ukd_place_make(&place);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ukd_place_remove(&place);
	return 0;
}

static const struct {
	const char *login, *address;
	enum ukey_ukd_status status;
} cases[] = {
	{ "alice", "alice@example.org", UKEY_UKD_OK },
	{ "alice", "<Alice@EXAMPLE.org>", UKEY_UKD_OK },
	{ "alice", "alice+news@example.org", UKEY_UKD_OK },
	{ "alice", "\"alice\"@example.org", UKEY_UKD_OK },
	{ "alice", "alice@example.com", UKEY_UKD_DENIED },
	{ "alice", "bob@example.org", UKEY_UKD_DENIED },
	{ "Alice", "alice@example.org", UKEY_UKD_DENIED },
	{ "", "alice@example.org", UKEY_UKD_DENIED },
	{ "alice", "", UKEY_UKD_DENIED },
	{ "alice", "<>", UKEY_UKD_DENIED },
	{ "alice", "alice", UKEY_UKD_DENIED },
	{ "alice", "@example.org", UKEY_UKD_DENIED },
	{ "alice", "alice@[127.0.0.1]", UKEY_UKD_DENIED },
	{ "boss", "alice@example.org", UKEY_UKD_OK },
	{ "boss", "nobody@example.org", UKEY_UKD_NO_KEY },
	{ "boss", "nobody@sub.example.org", UKEY_UKD_DENIED },
	{ "bob", "bob@example.org", UKEY_UKD_NO_KEY },
	{ "bob", "exact@example.org", UKEY_UKD_NO_KEY },
	{ "bob", "exact+x@example.org", UKEY_UKD_DENIED },
	{ "bob", "exact+y@example.org", UKEY_UKD_NO_KEY },
	{ "alice'; DROP TABLE keys; --", "alice@example.org",
	    UKEY_UKD_DENIED },
};

static void
test_lookup(void **state)
{
	static const struct ukey_ukd_flags exact = { .exact = true };
	struct ukey_ukd *u = ukd_place_open(&place, UKEY_UKD_CREATE);
	struct ukey_ukd *r;
	size_t i;

	(void)state;
	ukd_fill(u, "alice@example.org", "alice", UKEY_UKD_ACTIVE);
	ukd_fill(u, "bob@example.org", "bob", UKEY_UKD_PUBLISHED);
	ukd_ok(u, ukey_ukd_allow(u, ukd_view("boss"),
	    ukd_whom("@Example.org")));
	ukd_ok(u, ukey_ukd_add(u, ukd_mailbox("exact@example.org"), &exact));
	ukd_ok(u, ukey_ukd_add(u, ukd_mailbox("exact+y@example.org"), &exact));
	ukd_ok(u, ukey_ukd_allow(u, ukd_view("bob"),
	    ukd_whom("exact@example.org")));
	ukd_ok(u, ukey_ukd_allow(u, ukd_view("bob"),
	    ukd_whom("exact+y@example.org")));
	r = ukd_place_open(&place, UKEY_UKD_READ_ONLY | UKEY_UKD_CHECK);
	for (i = 0; i < COUNT(cases); i++)
		if (ukd_look(r, cases[i].login, cases[i].address) !=
		    cases[i].status)
			fail_msg("%s, %s", cases[i].login, cases[i].address);
	ukey_ukd_close(r);
	ukey_ukd_close(u);
}

static void
test_found(void **state)
{
	struct ukey_ukd *u = ukd_place_open(&place, UKEY_UKD_CREATE);
	struct ukey_ukd_found found;
	struct ukey_key *key;

	(void)state;
	ukd_fill(u, "Alice@EXAMPLE.org", "alice", UKEY_UKD_ACTIVE);
	ukd_ok(u, ukey_ukd_lookup(u, ukd_view("alice"),
	    ukd_view("alice+x@example.org"), &found));
	assert_string_equal(found.address, "Alice@example.org");
	assert_string_equal(found.label, "alice");
	assert_string_equal(found.generation, "");
	assert_true(found.known && !found.exact && found.key != 0);
	ukd_ok(u, ukey_ukd_load(u, found.key, ukey_random(), &key));
	assert_int_equal(ukey_key_bits(key), 1024);
	ukey_key_free(key);
	assert_int_equal(ukey_ukd_load(u, found.key + 1, ukey_random(), &key),
	    UKEY_UKD_NO_KEY);
	assert_null(key);
	/* Without a login. */
	ukd_ok(u, ukey_ukd_mailbox(u, ukd_view("alice@example.org"), &found));
	assert_int_equal(ukey_ukd_mailbox(u, ukd_view("eve@example.org"),
	    &found), UKEY_UKD_DENIED);
	assert_false(found.known);
	assert_int_equal(ukey_ukd_lookup(u, ukd_view("eve"),
	    ukd_view("alice@example.org"), &found), UKEY_UKD_DENIED);
	assert_true(found.known && found.key == 0);
	ukey_ukd_close(u);
}

/* Of whom there is an entry: mailbox, login, domain; by label, without case,
 * by the whole domain; and of what is no mailbox. */
static void
test_known(void **state)
{
	static const struct {
		const char *login, *address;
		enum ukey_ukd_status status;
		bool known, login_known, domain_known;
	} rows[] = {
		{ "alice", "alice@example.org", UKEY_UKD_OK, 1, 1, 1 },
		{ "alice", "<ALICE+x@Example.ORG>", UKEY_UKD_OK, 1, 1, 1 },
		{ "eve", "\"al\\ice\"@example.org", UKEY_UKD_DENIED, 1, 0, 1 },
		{ "eve", "eve@example.org", UKEY_UKD_DENIED, 0, 0, 1 },
		{ "alice", "eve@else.example", UKEY_UKD_DENIED, 0, 1, 0 },
		{ "eve", "eve@else.example", UKEY_UKD_DENIED, 0, 0, 0 },
		{ "carol", "any@corp.example", UKEY_UKD_NO_KEY, 1, 1, 1 },
		{ "eve", "any+x@CORP.example", UKEY_UKD_DENIED, 1, 0, 1 },
		{ "eve", "any@sub.corp.example", UKEY_UKD_DENIED, 0, 0, 0 },
		{ "eve", "Example.Org", UKEY_UKD_DENIED, 0, 0, 1 },
		{ "carol", "corp.example", UKEY_UKD_DENIED, 0, 1, 1 },
		{ "carol", "", UKEY_UKD_DENIED, 0, 1, 0 },
		{ "eve", "", UKEY_UKD_DENIED, 0, 0, 0 },
		{ "eve", "org", UKEY_UKD_DENIED, 0, 0, 0 },
		{ "alice", "a b@example.org", UKEY_UKD_DENIED, 0, 1, 0 },
		{ "", "alice@example.org", UKEY_UKD_DENIED, 1, 0, 1 },
	};
	struct ukey_ukd *u = ukd_place_open(&place, UKEY_UKD_CREATE);
	struct ukey_ukd_found f;
	size_t i;

	(void)state;
	ukd_fill(u, "alice@example.org", "alice", UKEY_UKD_ACTIVE);
	ukd_ok(u, ukey_ukd_allow(u, ukd_view("carol"),
	    ukd_whom("@corp.example")));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ukey_ukd_lookup(u, ukd_view(rows[i].login),
		    ukd_view(rows[i].address), &f), rows[i].status);
		if (f.known != rows[i].known || f.login_known !=
		    rows[i].login_known || f.domain_known !=
		    rows[i].domain_known)
			fail_msg("%s, %s: %d %d %d", rows[i].login,
			    rows[i].address, f.known, f.login_known,
			    f.domain_known);
		if (rows[i].status == UKEY_UKD_DENIED)
			assert_true(f.key == 0);
	}
	ukey_ukd_close(u);
}

static void
test_words(void **state)
{
	int i;

	(void)state;
	for (i = 0; i <= UKEY_UKD_STEP; i++)
		assert_memory_equal(ukey_ukd_word(i), "ukd-", 4);
	assert_string_equal(ukey_ukd_word(UKEY_UKD_STEP + 1), "?");
}

/* Logins are compared in one form. */
static void
test_logins(void **state)
{
	static const struct {
		const char *realm;
		bool fold;
		const char *stored, *login;
		enum ukey_ukd_status status;
	} forms[] = {
		{ NULL, false, "a@r", "a@r", UKEY_UKD_NO_KEY },
		{ NULL, false, "a@r", "a", UKEY_UKD_DENIED },
		{ NULL, true, "Al@R", "aL@r", UKEY_UKD_NO_KEY },
		{ "", false, "a@r", "a", UKEY_UKD_NO_KEY },
		{ "", false, "a", "a@other", UKEY_UKD_NO_KEY },
		{ "", false, "a", "@other", UKEY_UKD_DENIED },
		{ "r", false, "a@r", "a", UKEY_UKD_NO_KEY },
		{ "r", false, "a", "a@other", UKEY_UKD_DENIED },
		{ "r", true, "a@R", "A", UKEY_UKD_NO_KEY },
	};
	char err[UKEY_UKD_ERROR_SIZE], login[UKEY_UKD_LOGIN_MAX + 2];
	static const struct ukey_ukd_flags flags;
	struct ukey_ukd_settings settings;
	struct ukey_ukd *u;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(forms); i++) {
		memset(&settings, 0, sizeof(settings));
		settings.path = place.path;
		settings.key_file = place.key_file;
		settings.flags = UKEY_UKD_CREATE;
		settings.realm = forms[i].realm;
		settings.login_fold = forms[i].fold;
		assert_int_equal(ukey_ukd_open(&u, &settings, err,
		    sizeof(err)), UKEY_UKD_OK);
		ukd_ok(u, ukey_ukd_add(u, ukd_mailbox("a@b.example"), &flags));
		ukd_ok(u, ukey_ukd_allow(u, ukd_view(forms[i].stored),
		    ukd_whom("a@b.example")));
		ukey_ukd_close(u);
		u = ukd_place_open(&place, UKEY_UKD_READ_ONLY);
		assert_int_equal(ukd_look(u, forms[i].login, "a@b.example"),
		    forms[i].status);
		ukey_ukd_close(u);
		unlink(place.path);
		unlink(place.key_file);
	}
	u = ukd_place_open(&place, UKEY_UKD_CREATE);
	ukd_ok(u, ukey_ukd_add(u, ukd_mailbox("a@b.example"), &flags));
	memset(login, 'x', sizeof(login));
	login[UKEY_UKD_LOGIN_MAX] = '\0';
	ukd_ok(u, ukey_ukd_allow(u, ukd_view(login),
	    ukd_whom("a@b.example")));
	assert_int_equal(ukd_look(u, login, "a@b.example"), UKEY_UKD_NO_KEY);
	login[UKEY_UKD_LOGIN_MAX] = 'x';
	login[UKEY_UKD_LOGIN_MAX + 1] = '\0';
	assert_int_equal(ukey_ukd_allow(u, ukd_view(login),
	    ukd_whom("a@b.example")), UKEY_UKD_INVALID);
	assert_int_equal(ukey_ukd_allow(u, ukd_view("a\nb"),
	    ukd_whom("a@b.example")), UKEY_UKD_INVALID);
	ukey_ukd_close(u);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lookup, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_found, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_known, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_logins, set_up,
		    tear_down),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
