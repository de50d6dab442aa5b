/*
 * userkeys: tests of the milter protocol, writing.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_milter_reply.h"

struct negotiation {
	struct ukey_milter_options offer, taken;
	bool fit;
};

static const struct ukey_milter_options want = { 6, 0x31, 0x1c0182 };

static const struct ukey_milter_options macros = { 6, 0x131, 0x1c0182 };

static const struct negotiation negotiations[] = {
	{ { 6, 0x1ff, 0x1fffff }, { 6, 0x31, 0x1c0182 }, true },
	{ { 7, 0xffff, 0xffffffff }, { 6, 0x31, 0x1c0182 }, true },
	{ { 2, 0x3f, 0x7f }, { 2, 0x31, 0x2 }, true },
	{ { 4, 0x11, 0 }, { 4, 0x11, 0 }, true },
	{ { 4, 0x01, 0x1fffff }, { 4, 0x01, 0x1c0182 }, false },
	{ { 1, 0x1ff, 0x1fffff }, { 1, 0x31, 0x1c0182 }, false },
	{ { 0, 0, 0 }, { 0, 0, 0 }, false },
};

static void
negotiation(void **state)
{
	struct ukey_milter_options taken;
	const struct negotiation *n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(negotiations) / sizeof(negotiations[0]); i++) {
		n = &negotiations[i];
		assert_int_equal(ukey_milter_negotiate(&taken, &n->offer,
		    &want, 0x11), n->fit);
		assert_memory_equal(&taken, &n->taken, sizeof(taken));
	}
}

/* Every kind of reply, one a number. */
static bool
write_one(struct ukey_out *o, unsigned which)
{
	static const struct ukey_view field = { (const uint8_t *)
		"X-Y: a;\r\n\tb%\r\n", 14 };

	switch (which) {
	case 0:
		return ukey_milter_write_options(o, &want, UKEY_VIEW("i"));
	case 1:
		return ukey_milter_write_reply(o, UKEY_MILTER_CONTINUE);
	case 2:
		return ukey_milter_write_smtp(o, 550,
		    UKEY_VIEW("5.7.1 100% \r\nno\377"));
	case 3:
		return ukey_milter_write_insert(o, 1, field, true);
	case 4:
		return ukey_milter_write_insert(o, 0, field, false);
	case 5:
		return ukey_milter_write_delete(o, UKEY_VIEW("X-Y"), 258);
	case 6:
		return ukey_milter_write_quarantine(o, UKEY_VIEW("a\nb"));
	case 7:
		return ukey_milter_write_body(o, UKEY_VIEW("a\r\n"));
	default:
		return ukey_milter_write_options(o, &macros,
		    UKEY_VIEW("i {a}"));
	}
}

struct written {
	const char *octets;
	size_t len;
};

#define WRITTEN(octets) { octets, sizeof(octets) - 1 }

static const struct written writtens[] = {
	WRITTEN("\0\0\0\15O\0\0\0\6\0\0\0\61\0\34\1\202"),
	WRITTEN("\0\0\0\1c"),
	WRITTEN("\0\0\0\26y550 5.7.1 100? ??no?\0"),
	WRITTEN("\0\0\0\21i\0\0\0\1X-Y\0 a;\n\tb%\0"),
	WRITTEN("\0\0\0\20i\0\0\0\0X-Y\0a;\n\tb%\0"),
	WRITTEN("\0\0\0\12m\0\0\1\2X-Y\0\0"),
	WRITTEN("\0\0\0\5qa?b\0"),
	WRITTEN("\0\0\0\4ba\r\n"),
	WRITTEN("\0\0\0\27O\0\0\0\6\0\0\1\61\0\34\1\202"
	    "\0\0\0\2i {a}\0"),
};

static void
replies(void **state)
{
	struct ukey_out o;
	uint8_t *buffer;
	unsigned i;
	size_t size;

	(void)state;
	for (i = 0; i < sizeof(writtens) / sizeof(writtens[0]); i++) {
		for (size = 0; size <= writtens[i].len; size++) {
			buffer = malloc(size ? size : 1);
			ukey_out_init(&o, buffer, size);
			assert_int_equal(write_one(&o, i),
			    size == writtens[i].len);
			assert_int_equal(o.len,
			    size == writtens[i].len ? size : 0);
			assert_false(o.overflow);
			assert_memory_equal(buffer, writtens[i].octets, o.len);
			free(buffer);
		}
	}
}

/* A packet that does not fit leaves those before it as they are. */
static void
reply_behind_reply(void **state)
{
	uint8_t buffer[12];
	struct ukey_out o;

	(void)state;
	ukey_out_init(&o, buffer, sizeof(buffer));
	assert_true(write_one(&o, 1));
	assert_false(write_one(&o, 3));
	assert_true(write_one(&o, 1));
	assert_int_equal(o.len, 10);
	assert_memory_equal(buffer, "\0\0\0\1c\0\0\0\1c", 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(negotiation),
		cmocka_unit_test(replies),
		cmocka_unit_test(reply_behind_reply),
	};

	return cmocka_run_group_tests_name("milter reply", tests, NULL, NULL);
}
