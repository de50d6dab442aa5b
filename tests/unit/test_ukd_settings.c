/*
 * userkeys: how logins are compared, changed while it is in use.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support_ukd.h"

static struct ukd_place place;
static struct ukey_ukd *u;

static int
set_up(void **state)
{
	(void)state;
	ukd_place_make(&place);
	u = ukd_place_open(&place, UKEY_UKD_CREATE);
	ukd_fill(u, "alice@example.org", "alice", UKEY_UKD_ACTIVE);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ukey_ukd_close(u);
	ukd_place_remove(&place);
	return 0;
}

static enum ukey_ukd_status
form_set(bool fold, bool strip, const char *realm, unsigned *changed)
{
	struct ukey_ukd_login_form form;

	memset(&form, 0, sizeof(form));
	form.fold = fold;
	form.strip = strip;
	memcpy(form.realm, realm, strlen(realm) + 1);
	return ukey_ukd_login_form_set(u, &form, changed);
}

static void
allow(const char *login)
{
	ukd_ok(u, ukey_ukd_allow(u, ukd_view(login),
	    ukd_whom("alice@example.org")));
}

static void
test_form(void **state)
{
	struct ukey_ukd *reader = ukd_place_open(&place, UKEY_UKD_READ_ONLY);
	struct ukey_ukd_login_form form;
	unsigned changed;

	(void)state;
	allow("Boss");
	assert_int_equal(ukd_look(reader, "boss", "alice@example.org"),
	    UKEY_UKD_DENIED);
	ukd_ok(u, form_set(true, false, "", &changed));
	assert_int_equal(changed, 1);
	/* A server that has it open compares anew at its next question. */
	assert_int_equal(ukd_look(reader, "bOSS", "alice@example.org"),
	    UKEY_UKD_OK);
	ukd_ok(u, form_set(true, false, "example.org", &changed));
	assert_int_equal(changed, 2);
	assert_int_equal(ukd_look(reader, "alice", "alice@example.org"),
	    UKEY_UKD_OK);
	assert_int_equal(ukd_look(reader, "Boss@Example.Org",
	    "alice@example.org"), UKEY_UKD_OK);
	assert_int_equal(ukd_look(reader, "boss@example.net",
	    "alice@example.org"), UKEY_UKD_DENIED);
	ukd_ok(u, form_set(false, true, "", &changed));
	assert_int_equal(changed, 2);
	assert_int_equal(ukd_look(reader, "boss@example.net",
	    "alice@example.org"), UKEY_UKD_OK);
	ukey_ukd_login_form(u, &form);
	assert_true(form.strip && !form.fold && form.realm[0] == '\0');
	ukey_ukd_close(reader);
}

/* Two logins never become one unasked. */
static void
test_merge(void **state)
{
	static const struct {
		const char *a, *b;
		bool fold, strip;
		const char *realm;
	} cases[] = {
		{ "Zed", "zed", true, false, "" },
		{ "zed@a", "zed@b", false, true, "" },
		{ "zed", "zed@r", false, false, "r" },
	};
	struct ukey_ukd_login_form form;
	unsigned changed;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		allow(cases[i].a);
		allow(cases[i].b);
		assert_int_equal(form_set(cases[i].fold, cases[i].strip,
		    cases[i].realm, &changed), UKEY_UKD_EXISTS);
		assert_non_null(strstr(ukey_ukd_error(u), "deny one"));
		ukey_ukd_login_form(u, &form);
		assert_true(!form.fold && !form.strip);
		assert_int_equal(ukd_look(u, cases[i].a, "alice@example.org"),
		    UKEY_UKD_OK);
		ukd_ok(u, ukey_ukd_deny(u, ukd_view(cases[i].a),
		    ukd_whom("alice@example.org")));
		ukd_ok(u, form_set(cases[i].fold, cases[i].strip,
		    cases[i].realm, &changed));
		ukd_ok(u, ukey_ukd_deny(u, ukd_view(cases[i].b),
		    ukd_whom("alice@example.org")));
		ukd_ok(u, form_set(false, false, "", &changed));
	}
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_form),
		WITH(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
