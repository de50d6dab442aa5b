/*
 * The message splitter and the transit guard, in every cut.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_message.h"

/* Events as text: fields in [], the header's end as |, body as it is. */
struct trace {
	char text[512];
	size_t len;
	bool open;
};

static void
put(struct trace *t, const void *data, size_t len)
{
	assert_true(len < sizeof(t->text) - t->len);
	memcpy(t->text + t->len, data, len);
	t->len += len;
	t->text[t->len] = '\0';
}

static void
record(struct trace *t, struct ukey_event e)
{
	switch (e.kind) {
	case UKEY_EVENT_FIELD:
		if (!t->open)
			put(t, "[", 1);
		t->open = true;
		put(t, e.octets.data, e.octets.len);
		break;
	case UKEY_EVENT_FIELD_END:
		put(t, "]", 1);
		t->open = false;
		break;
	case UKEY_EVENT_HEADER_END:
		put(t, "|", 1);
		break;
	default:
		put(t, e.octets.data, e.octets.len);
	}
}

static void
feed(struct ukey_message *m, struct trace *t, const char *raw, size_t len)
{
	char *copy = malloc(len + (len == 0));
	struct ukey_view in = { (uint8_t *)copy, len };
	struct ukey_event e;

	memcpy(copy, raw, len);
	while ((e = ukey_message_next(m, &in)).kind != UKEY_EVENT_NONE)
		record(t, e);
	assert_int_equal(in.len, 0);
	free(copy);
}

static void
check(const char *raw, const char *want)
{
	size_t len = strlen(raw), cut, i;
	struct ukey_message m;
	struct trace t;
	struct ukey_event e;

	for (cut = 0; cut <= len + 1; cut++) {
		t = (struct trace) { .len = 0 };
		ukey_message_init(&m);
		if (cut <= len) {
			feed(&m, &t, raw, cut);
			feed(&m, &t, raw + cut, len - cut);
		} else {
			for (i = 0; i < len; i++)
				feed(&m, &t, raw + i, 1);
		}
		while ((e = ukey_message_end(&m)).kind != UKEY_EVENT_NONE)
			record(&t, e);
		assert_string_equal(t.text, want);
		assert_int_equal(ukey_message_end(&m).kind, UKEY_EVENT_NONE);
	}
}

static void
test_split(void **state)
{
	static const struct {
		const char *raw, *want;
	} cases[] = {
		{ "", "|" },
		{ "\r\n", "|" },
		{ "\r\nbody", "|body" },
		{ "A: 1\r\n\r\nbody\r\n", "[A: 1\r\n]|body\r\n" },
		{ "A: 1\r\nB: 2\r\n\r\n", "[A: 1\r\n][B: 2\r\n]|" },
		{ "A: 1\r\n  2\r\n\t3\r\nB: 4\r\n\r\nx",
		    "[A: 1\r\n  2\r\n\t3\r\n][B: 4\r\n]|x" },
		{ "A: 1", "[A: 1\r\n]|" }, /* the missing CRLF is completed */
		{ "A: 1\r\n", "[A: 1\r\n]|" },
		{ "A: 1\nB: 2\r\n\r\nx", "[A: 1\nB: 2\r\n]|x" },
		{ "A: 1\n\nB: 2\r\n\r\nx", "[A: 1\n\nB: 2\r\n]|x" },
		{ "A: \r1\r\r\n\r\nx", "[A: \r1\r\r\n]|x" },
		{ "A: 1\r\n\rB: 2\r\n\r\nx", "[A: 1\r\n][\rB: 2\r\n]|x" },
		{ " A\r\n\r\nx", "[ A\r\n]|x" },
		{ "A: 1\r", "[A: 1\r\r\n]|" },
		{ "A: 1\r\n\r", "[A: 1\r\n][\r\r\n]|" },
		{ "\r", "[\r\r\n]|" },
		{ "A: 1\r\n\r\n\r\n\r\n", "[A: 1\r\n]|\r\n\r\n" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].raw, cases[i].want);
}

static struct ukey_guard
guard(const char *raw, size_t len, size_t cut)
{
	struct ukey_guard g = { 0 };
	char *copy = malloc(len + (len == 0));

	memcpy(copy, raw, len);
	ukey_guard_push(&g, (struct ukey_view) { (uint8_t *)copy, cut });
	ukey_guard_push(&g, (struct ukey_view) { (uint8_t *)copy + cut,
		len - cut });
	ukey_guard_end(&g);
	free(copy);
	return g;
}

static void
check_guard(const char *raw, size_t len, unsigned seen, unsigned line)
{
	size_t cut;

	for (cut = 0; cut <= len; cut++) {
		struct ukey_guard g = guard(raw, len, cut);

		assert_int_equal(g.seen, seen);
		assert_int_equal(g.first, line);
	}
}

static void
test_guard(void **state)
{
	char line[1010];

	(void)state;
	check_guard("a\r\nb\tc\r\n", 8, 0, 0);
	check_guard("a\r\nb\rc\r\n", 8, UKEY_GUARD_BARE_CR, 2);
	check_guard("a\r\nb\r\r\n", 7, UKEY_GUARD_BARE_CR, 2);
	check_guard("a\r", 2, UKEY_GUARD_BARE_CR, 1);
	check_guard("\n", 1, UKEY_GUARD_BARE_LF, 1);
	check_guard("a\r\n\r\nb\n", 7, UKEY_GUARD_BARE_LF, 3);
	check_guard("a\0b\r\n", 5, UKEY_GUARD_NUL, 1);
	memset(line, 'x', sizeof(line));
	memcpy(line + 998, "\r\n", 2);
	check_guard(line, 1000, 0, 0);
	memset(line, 'x', sizeof(line));
	memcpy(line + 999, "\r\n", 2);
	check_guard(line, 1001, UKEY_GUARD_LONG_LINE, 1);
	memset(line, 'x', sizeof(line));
	check_guard(line, 999, UKEY_GUARD_LONG_LINE, 1);
	check_guard(line, 998, 0, 0);
}

/* A field that came alone: its CRLFs are folds, and the one at its end. */
static void
test_field(void **state)
{
	static const struct {
		const char *raw;
		bool good;
	} cases[] = {
		{ "A: b\r\n", true }, { "A: b\r\n c\r\n\td\r\n", true },
		{ "A:\r\n \r\n b\r\n", true }, { "A: b", false },
		{ "A: b\r", false }, { "A: b\n", false },
		{ "A: b\r\nC: d\r\n", false }, { "A: b\r\n\r\n", false },
		{ "A: b\n c\r\n", false }, { "A: b\rc\r\n", false },
		{ "\r\nA: b\r\n", false }, { "A: b\r\n c", false },
		{ "A: b\r\n ", false }, { "", false }
	};
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ukey_guard g = { 0 };
		uint8_t *copy;

		len = strlen(cases[i].raw);
		copy = malloc(len + (len == 0));
		memcpy(copy, cases[i].raw, len);
		ukey_guard_push(&g, (struct ukey_view) { copy, len });
		ukey_guard_field(&g, (struct ukey_view) { copy, len });
		ukey_guard_end(&g);
		assert_int_equal((g.seen & UKEY_GUARD_LINE_ENDS) == 0,
		    cases[i].good);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_field)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
