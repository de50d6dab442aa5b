/*
 * The field store: limits at and one past, picks from the bottom up, what is
 * left after a trouble, every arena from ample to nothing.
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

#include "ukey_field.h"

#define ARENA (UKEY_HEADER_MAX + 20 * UKEY_FIELDS_MAX + 4096)

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

static void
add(struct ukey_fields *f, const char *text)
{
	size_t half = strlen(text) / 2;

	ukey_fields_push(f, (struct ukey_view) { (const uint8_t *)text, half });
	ukey_fields_push(f, view(text + half));
	ukey_fields_end(f);
}

static void
assert_view(struct ukey_view v, const char *want)
{
	assert_int_equal(v.len, strlen(want));
	assert_memory_equal(v.data, want, v.len);
}

static void
test_pick(void **state)
{
	static const char *const fields[] = { "Received: 1\r\n",
		"From: a\r\n", "received : 2\r\n", "To: b\r\n\tc\r\n",
		"RECEIVED: 3\r\n" };
	uint8_t *arena = malloc(ARENA);
	struct ukey_fields f;
	size_t i;

	(void)state;
	ukey_fields_init(&f, arena, ARENA);
	memcpy(ukey_fields_alloc(&f, 5), "note!", 5);
	for (i = 0; i < 5; i++)
		add(&f, fields[i]);
	ukey_fields_index(&f);
	assert_int_equal(f.reason, UKEY_REASON_OK);
	assert_int_equal(f.count, 5);
	for (i = 0; i < 5; i++)
		assert_view(ukey_fields_raw(&f, (unsigned)i), fields[i]);
	assert_view(ukey_fields_name(&f, 2), "received");
	assert_view(ukey_fields_body(&f, 2), " 2\r\n");
	assert_int_equal(ukey_fields_find(&f, view("Received")), 4);
	assert_int_equal(ukey_fields_find(&f, view("Cc")), UKEY_FIELD_NONE);
	for (i = 0; i < 2; i++) { /* a rewind starts again */
		ukey_fields_rewind(&f, view("received"));
		assert_int_equal(ukey_fields_pick(&f, view("rEceived")), 4);
		assert_int_equal(ukey_fields_pick(&f, view("received")), 2);
		assert_int_equal(ukey_fields_pick(&f, view("received")), 0);
		assert_int_equal(ukey_fields_pick(&f, view("received")),
		    UKEY_FIELD_NONE);
	}
	assert_memory_equal(arena, "note!", 5);
	free(arena);
}

static void
test_syntax(void **state)
{
	static const char *const bad[] = { "no colon\r\n", ": empty\r\n",
		" leading: x\r\n", "two words: x\r\n", "\x80: x\r\n",
		"\r: x\r\n", "From\r\n : x\r\n", "" };
	static const char *const good[] = { "A:\r\n", "A : x\r\n",
		"A\t:\r\n", "!~: x\r\n" };
	uint8_t arena[512];
	struct ukey_fields f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ukey_fields_init(&f, arena, sizeof(arena));
		add(&f, bad[i]);
		assert_int_equal(f.reason, UKEY_REASON_HEADER_SYNTAX);
	}
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ukey_fields_init(&f, arena, sizeof(arena));
		add(&f, good[i]);
		assert_int_equal(f.reason, UKEY_REASON_OK);
	}
}

/* Octets in all: TOTAL, in one field. */
static enum ukey_reason
header_of(uint8_t *arena, size_t size, size_t total)
{
	char *text = malloc(total);
	struct ukey_fields f;

	memset(text, 'x', total);
	memcpy(text, "A:", 2);
	ukey_fields_init(&f, arena, size);
	ukey_fields_push(&f, (struct ukey_view) { (uint8_t *)text, total });
	ukey_fields_end(&f);
	ukey_fields_index(&f);
	free(text);
	return (enum ukey_reason)f.reason;
}

static enum ukey_reason
header_of_fields(uint8_t *arena, size_t size, unsigned count)
{
	struct ukey_fields f;
	char text[32];
	unsigned i;

	ukey_fields_init(&f, arena, size);
	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "X-%u: y\r\n", i);
		add(&f, text);
	}
	ukey_fields_index(&f);
	return (enum ukey_reason)f.reason;
}

static void
test_limits(void **state)
{
	uint8_t *arena = malloc(ARENA);

	(void)state;
	assert_int_equal(header_of(arena, ARENA, UKEY_HEADER_MAX),
	    UKEY_REASON_OK);
	assert_int_equal(header_of(arena, ARENA, UKEY_HEADER_MAX + 1),
	    UKEY_REASON_HEADER_LIMIT);
	assert_int_equal(header_of_fields(arena, ARENA, UKEY_FIELDS_MAX),
	    UKEY_REASON_OK);
	assert_int_equal(header_of_fields(arena, ARENA, UKEY_FIELDS_MAX + 1),
	    UKEY_REASON_FIELD_LIMIT);
	/* a small arena never turns the sender's limit into ours */
	assert_int_equal(header_of(arena, 1000, UKEY_HEADER_MAX),
	    UKEY_REASON_ARENA);
	assert_int_equal(header_of(arena, 1000, UKEY_HEADER_MAX + 1),
	    UKEY_REASON_HEADER_LIMIT);
	assert_int_equal(header_of_fields(arena, 1000, UKEY_FIELDS_MAX),
	    UKEY_REASON_ARENA);
	assert_int_equal(header_of_fields(arena, 1000, UKEY_FIELDS_MAX + 1),
	    UKEY_REASON_FIELD_LIMIT);
	free(arena);
}

/* After each kind of trouble: what is counted can be read, and it alone; no
 * field is found by name.  The arena begins with what, taken for an index or
 * for entries, leads astray. */
static void
test_troubles(void **state)
{
	static const struct {
		const char *field[4]; /* ends with NULL */
		size_t size;
		unsigned stored;
		enum ukey_reason reason;
	} cases[] = {
		{ { "From: a\r\n", "no field\r\n", "To: b\r\n" }, 512, 1,
		    UKEY_REASON_HEADER_SYNTAX },
		{ { "no field\r\n", "From: a\r\n" }, 512, 0,
		    UKEY_REASON_HEADER_SYNTAX },
		{ { "From: a\r\n", "To: b\r\n" }, 40, 1,
		    UKEY_REASON_ARENA },
		{ { "From: a\r\n", "To: b\r\n" }, 16, 0,
		    UKEY_REASON_ARENA },
	};
	struct ukey_fields f;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *arena = malloc(cases[i].size);

		memset(arena, 1, cases[i].size);
		ukey_fields_init(&f, arena, cases[i].size);
		for (k = 0; cases[i].field[k] != NULL; k++)
			add(&f, cases[i].field[k]);
		ukey_fields_index(&f);
		assert_int_equal(f.reason, cases[i].reason);
		assert_int_equal(f.count, cases[i].stored);
		assert_int_equal(f.seen, k);
		for (k = 0; k < f.count; k++)
			assert_view(ukey_fields_raw(&f, (unsigned)k),
			    cases[i].field[k]);
		assert_int_equal(ukey_fields_find(&f, view("from")),
		    UKEY_FIELD_NONE);
		ukey_fields_rewind(&f, view("from"));
		assert_int_equal(ukey_fields_pick(&f, view("to")),
		    UKEY_FIELD_NONE);
		free(arena);
	}
}

/* Every arena size: right, or refused; never past its end. */
static void
test_small_arenas(void **state)
{
	size_t size, ok = 0;

	(void)state;
	for (size = 0; size < 512; size++) {
		uint8_t *arena = malloc(size + (size == 0));
		struct ukey_fields f;

		ukey_fields_init(&f, arena, size);
		(void)ukey_fields_alloc(&f, 3);
		add(&f, "From: a\r\n");
		add(&f, "To: b\r\n");
		ukey_fields_index(&f);
		if (f.reason == UKEY_REASON_OK) {
			ok++;
			assert_int_equal(ukey_fields_find(&f, view("to")), 1);
		} else {
			assert_int_equal(f.reason, UKEY_REASON_ARENA);
			assert_int_equal(ok, 0);
		}
		free(arena);
	}
	assert_true(ok > 0);
}

/* Names made to share a bucket are refused before the walk gets long. */
static void
test_collisions(void **state)
{
	uint8_t *arena = malloc(ARENA);
	struct ukey_fields f;
	char text[32];
	unsigned i;

	(void)state;
	ukey_fields_init(&f, arena, ARENA);
	for (i = 0; i < 256; i++) { /* "@" and "`" weigh the same */
		char *at = text;
		unsigned bit;

		for (bit = 0; bit < 8; bit++, at += 2)
			memcpy(at, i >> bit & 1 ? "a`" : "a@", 2);
		memcpy(at, ":\r\n", 4);
		add(&f, text);
	}
	ukey_fields_index(&f);
	assert_int_equal(f.reason, UKEY_REASON_FIELD_LIMIT);
	assert_int_equal(ukey_fields_find(&f, view("a@a@a@a@a@a@a@a@")),
	    UKEY_FIELD_NONE);
	free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pick),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_troubles),
		cmocka_unit_test(test_small_arenas),
		cmocka_unit_test(test_collisions)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
