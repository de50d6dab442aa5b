/*
 * userkeys: changing and listing the User Key Database.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_ukd.h"
#include "ukey_random.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ukd_place place;
static struct ukey_ukd *u;
static const struct ukey_view next = { NULL, 0 };
static const struct ukey_ukd_flags plain;

static int
set_up(void **state)
{
	(void)state;
	ukd_place_make(&place);
	u = ukd_place_open(&place, UKEY_UKD_CREATE);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	ukey_ukd_close(u);
	ukey_ukd_close(ukd_place_open(&place, UKEY_UKD_CHECK));
	ukd_place_remove(&place);
	return 0;
}

static enum ukey_ukd_status
add(const char *address)
{
	return ukey_ukd_add(u, ukd_mailbox(address), &plain);
}

static enum ukey_ukd_status
move(const char *generation, enum ukey_ukd_state to, bool force)
{
	return ukey_ukd_key_move(u, ukd_mailbox("a@b.example"),
	    ukd_view(generation), to, force);
}

/* Adds a key and gives its generation. */
static const char *
key_add(struct ukey_view generation)
{
	static char out[UKEY_LABEL_MAX + 1];
	struct ukey_key *key = ukd_key();

	ukd_ok(u, ukey_ukd_key_add(u, ukd_mailbox("a@b.example"), generation,
	    key, out));
	ukey_key_free(key);
	return out;
}

struct seen {
	unsigned rows;
	struct ukey_ukd_key_row key;
	struct ukey_ukd_address_row address;
	struct ukey_ukd_login_row login;
};

static bool
each_key(void *state, const struct ukey_ukd_key_row *row)
{
	struct seen *seen = state;

	seen->rows++;
	seen->key = *row;
	return true;
}

static bool
each_address(void *state, const struct ukey_ukd_address_row *row)
{
	struct seen *seen = state;

	seen->rows++;
	seen->address = *row;
	return true;
}

static bool
each_login(void *state, const struct ukey_ukd_login_row *row)
{
	struct seen *seen = state;

	seen->rows++;
	seen->login = *row;
	return seen->rows < 2;
}

static unsigned
keys(const char *filter, struct seen *seen)
{
	seen->rows = 0;
	ukd_ok(u, ukey_ukd_each_key(u, ukd_whom(filter), each_key, seen));
	return seen->rows;
}

static unsigned
addresses(const char *filter, struct seen *seen)
{
	seen->rows = 0;
	ukd_ok(u, ukey_ukd_each_address(u, ukd_whom(filter), each_address,
	    seen));
	return seen->rows;
}

static void
test_add(void **state)
{
	static const struct {
		const char *address;
		enum ukey_ukd_status status;
	} cases[] = {
		{ "a@b.example", UKEY_UKD_OK },
		{ "A@B.example", UKEY_UKD_EXISTS },
		{ "\"a\"@b.example", UKEY_UKD_EXISTS },
		{ "a+x@b.example", UKEY_UKD_INVALID },
		{ "j\xc3\xb6rg@b.example", UKEY_UKD_OK },
	};
	char address[400];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (add(cases[i].address) != cases[i].status)
			fail_msg("%s: %s", cases[i].address,
			    ukey_ukd_error(u));
	/* The key's name would be over 253 octets. */
	memset(address, 'x', sizeof(address));
	memcpy(address, "abc@", 4);
	for (i = 50; i < 240; i += 50)
		address[i] = '.';
	address[4 + 240] = '\0';
	assert_int_equal(add(address), UKEY_UKD_OK);
	address[4 + 240] = 'x';
	address[4 + 241] = '\0';
	assert_int_equal(add(address), UKEY_UKD_INVALID);
	assert_int_equal(ukey_ukd_remove(u, ukd_mailbox("a@b.example")),
	    UKEY_UKD_OK);
	assert_int_equal(ukey_ukd_remove(u, ukd_mailbox("a@b.example")),
	    UKEY_UKD_ABSENT);
}

static void
test_allow(void **state)
{
	const char *a = "a@b.example";
	struct seen seen;

	(void)state;
	assert_int_equal(ukey_ukd_allow(u, ukd_view("l"), ukd_whom(a)),
	    UKEY_UKD_ABSENT);
	ukd_ok(u, add("a@b.example"));
	ukd_ok(u, ukey_ukd_allow(u, ukd_view("l"), ukd_whom(a)));
	assert_int_equal(ukey_ukd_allow(u, ukd_view("l"), ukd_whom(a)),
	    UKEY_UKD_EXISTS);
	assert_int_equal(ukd_look(u, "l", "a@b.example"), UKEY_UKD_NO_KEY);
	assert_int_equal(ukey_ukd_deny(u, ukd_view("m"), ukd_whom(a)),
	    UKEY_UKD_ABSENT);
	ukd_ok(u, ukey_ukd_deny(u, ukd_view("l"), ukd_whom(a)));
	assert_int_equal(ukey_ukd_deny(u, ukd_view("l"), ukd_whom(a)),
	    UKEY_UKD_ABSENT);
	assert_int_equal(ukd_look(u, "l", "a@b.example"), UKEY_UKD_DENIED);
	ukd_ok(u, ukey_ukd_allow(u, ukd_view("l"), ukd_whom("@b.example")));
	assert_int_equal(ukd_look(u, "l", "z@b.example"), UKEY_UKD_NO_KEY);
	ukd_ok(u, ukey_ukd_deny(u, ukd_view("l"), ukd_whom("@b.example")));
	assert_int_equal(ukd_look(u, "l", "z@b.example"), UKEY_UKD_DENIED);
	/* Its row is gone with its last login. */
	assert_int_equal(ukey_ukd_deny(u, ukd_view("l"),
	    ukd_whom("@b.example")), UKEY_UKD_ABSENT);
	assert_int_equal(addresses("@b.example", &seen), 1);
	assert_int_equal(ukey_ukd_allow(u, ukd_view("l"), ukd_whom("")),
	    UKEY_UKD_INVALID);
}

static void
test_steps(void **state)
{
	(void)state;
	ukd_ok(u, add("a@b.example"));
	assert_string_equal(key_add(next), "");
	assert_string_equal(key_add(next), "2");
	assert_string_equal(key_add(ukd_view("Spring")), "spring");
	assert_string_equal(key_add(ukd_view("7")), "7");
	assert_string_equal(key_add(next), "8");
	assert_int_equal(move("", UKEY_UKD_ACTIVE, false), UKEY_UKD_STEP);
	assert_int_equal(move("", UKEY_UKD_RETIRED, false), UKEY_UKD_STEP);
	assert_int_equal(move("nope", UKEY_UKD_PUBLISHED, false),
	    UKEY_UKD_ABSENT);
	ukd_ok(u, move("", UKEY_UKD_PUBLISHED, false));
	assert_int_equal(move("", UKEY_UKD_PUBLISHED, true), UKEY_UKD_STEP);
	ukd_ok(u, move("", UKEY_UKD_ACTIVE, false));
	assert_int_equal(move("", UKEY_UKD_NEW, true), UKEY_UKD_STEP);
	ukd_ok(u, move("2", UKEY_UKD_ACTIVE, true));
	/* The first one was retired by that. */
	assert_int_equal(move("", UKEY_UKD_ACTIVE, true), UKEY_UKD_STEP);
	ukd_ok(u, move("2", UKEY_UKD_RETIRED, false));
	ukd_ok(u, move("7", UKEY_UKD_RETIRED, true));
}

static void
test_spent(void **state)
{
	char out[UKEY_LABEL_MAX + 1];
	struct ukey_key *key = ukd_key();

	(void)state;
	ukd_ok(u, add("a@b.example"));
	key_add(next);
	ukd_ok(u, move("", UKEY_UKD_PUBLISHED, false));
	key_add(next);
	/* "2" was never to be seen, "" may have been. */
	ukd_ok(u, ukey_ukd_remove(u, ukd_mailbox("a@b.example")));
	ukd_ok(u, add("a@b.example"));
	assert_int_equal(ukey_ukd_key_add(u, ukd_mailbox("a@b.example"),
	    ukd_view(""), key, out), UKEY_UKD_EXISTS);
	assert_string_equal(key_add(next), "2");
	assert_int_equal(ukey_ukd_key_add(u, ukd_mailbox("a@b.example"),
	    ukd_view("2"), key, out), UKEY_UKD_EXISTS);
	assert_int_equal(ukey_ukd_key_add(u, ukd_mailbox("a@b.example"),
	    ukd_view("no dots."), key, out), UKEY_UKD_INVALID);
	assert_int_equal(ukey_ukd_key_add(u, ukd_mailbox("z@b.example"), next,
	    key, out), UKEY_UKD_ABSENT);
	ukey_key_free(key);
}

/* All or nothing. */
static void
test_transaction(void **state)
{
	(void)state;
	ukd_ok(u, ukey_ukd_begin(u));
	ukd_ok(u, add("a@b.example"));
	ukd_ok(u, ukey_ukd_allow(u, ukd_view("l"), ukd_whom("a@b.example")));
	assert_int_equal(ukey_ukd_allow(u, ukd_view(""),
	    ukd_whom("a@b.example")), UKEY_UKD_INVALID);
	assert_int_equal(ukey_ukd_end(u, UKEY_UKD_INVALID),
	    UKEY_UKD_INVALID);
	assert_int_equal(ukey_ukd_remove(u, ukd_mailbox("a@b.example")),
	    UKEY_UKD_ABSENT);
}

static void
test_lists(void **state)
{
	static const struct ukey_ukd_flags flags = { true, true, true,
		UKEY_ADVICE_REJECT };
	struct seen seen;

	(void)state;
	ukd_fill(u, "a@b.example", "l", UKEY_UKD_ACTIVE);
	ukd_fill(u, "a@c.example", "m", UKEY_UKD_NEW);
	ukd_ok(u, ukey_ukd_add(u, ukd_mailbox("b+x@b.example"), &flags));
	ukd_ok(u, ukey_ukd_allow(u, ukd_view("l"), ukd_whom("@b.example")));
	assert_int_equal(addresses("", &seen), 4);
	assert_int_equal(addresses("@b.example", &seen), 3);
	assert_int_equal(addresses("b+x@b.example", &seen), 1);
	assert_string_equal(seen.address.address, "b+x@b.example");
	assert_string_equal(seen.address.label, "b-2bx");
	assert_true(seen.address.flags.exact && seen.address.flags.only_from &&
	    seen.address.flags.testing && !seen.address.has_active);
	assert_int_equal(seen.address.flags.advice, UKEY_ADVICE_REJECT);
	assert_int_equal(addresses("a@b.example", &seen), 1);
	assert_true(seen.address.has_active && seen.address.logins == 1 &&
	    seen.address.keys == 1 && seen.address.created > 0);
	assert_int_equal(keys("", &seen), 2);
	assert_int_equal(keys("a@b.example", &seen), 1);
	assert_int_equal(seen.key.state, UKEY_UKD_ACTIVE);
	assert_int_equal(seen.key.bits, 1024);
	assert_true(seen.key.activated > 0 && seen.key.retired == 0);
	assert_int_equal(keys("a@c.example", &seen), 1);
	assert_int_equal(seen.key.state, UKEY_UKD_NEW);
	seen.rows = 0;
	ukd_ok(u, ukey_ukd_each_login(u, ukd_whom(""), each_login, &seen));
	assert_int_equal(seen.rows, 2);
	assert_int_equal(ukey_ukd_each_key(u, ukd_whom("z@b.example"),
	    each_key, &seen), UKEY_UKD_ABSENT);
	assert_int_equal(ukey_ukd_set(u, ukd_mailbox("a@b.example"), &flags),
	    UKEY_UKD_INVALID);
	ukd_ok(u, ukey_ukd_set(u, ukd_mailbox("a@b.example"),
	    &(struct ukey_ukd_flags) { .testing = true }));
	addresses("a@b.example", &seen);
	assert_true(seen.address.flags.testing);
}

/* Away and back, sealed and not. */
static void
test_restore(void **state)
{
	uint8_t octets[UKEY_UKD_SEALED_MAX];
	struct ukey_key *key;
	struct ukey_out out;
	struct seen seen;

	(void)state;
	ukd_fill(u, "a@b.example", "l", UKEY_UKD_ACTIVE);
	keys("a@b.example", &seen);
	ukey_out_init(&out, octets, sizeof(octets));
	ukd_ok(u, ukey_ukd_key_sealed(u, &seen.key, &out));
	ukd_ok(u, ukey_ukd_key_open(u, &seen.key, ukey_random(), &key));
	ukd_ok(u, move("", UKEY_UKD_RETIRED, false));
	keys("a@b.example", &seen);
	assert_int_equal(ukey_ukd_key_sealed(u, &seen.key, &out),
	    UKEY_UKD_ABSENT);
	memcpy(seen.key.generation, "2", 2);
	ukd_ok(u, ukey_ukd_key_restore(u, &seen.key, next, NULL));
	memcpy(seen.key.generation, "3", 2);
	seen.key.state = UKEY_UKD_ACTIVE;
	assert_int_not_equal(ukey_ukd_key_restore(u, &seen.key, next, NULL),
	    UKEY_UKD_OK);
	seen.key.spki[20] ^= 1;
	assert_int_equal(ukey_ukd_key_restore(u, &seen.key, next, key),
	    UKEY_UKD_INVALID);
	seen.key.spki[20] ^= 1;
	ukd_ok(u, ukey_ukd_key_restore(u, &seen.key, next, key));
	assert_int_equal(ukd_look(u, "l", "a@b.example"), UKEY_UKD_OK);
	/* Sealed for generation "", not for "4". */
	memcpy(seen.key.generation, "4", 2);
	seen.key.state = UKEY_UKD_NEW;
	assert_int_not_equal(ukey_ukd_key_restore(u, &seen.key,
	    ukey_out_done(&out), NULL), UKEY_UKD_OK);
	ukey_key_free(key);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_add),
		WITH(test_allow),
		WITH(test_steps),
		WITH(test_spent),
		WITH(test_transaction),
		WITH(test_lists),
		WITH(test_restore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
