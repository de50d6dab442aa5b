/*
 * userkeys: the milter protocol, reading.  SPDX-License-Identifier: MIT
 *
 * A conversation is fed whole, cut at every offset and octet by octet; its
 * events, written as text, must always be the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_milter_codec.h"

#define STREAM_MAX 80000

struct stream {
	uint8_t data[STREAM_MAX];
	size_t len;
};

struct transcript {
	char text[200000];
	size_t len;
	unsigned open; /* kind of the piece that was written last */
};

static struct stream stream;
static struct transcript whole, cut;

static void
raw(const void *data, size_t len)
{
	assert_true(stream.len + len <= STREAM_MAX);
	memcpy(stream.data + stream.len, data, len);
	stream.len += len;
}

static void
raw_u32(uint32_t word)
{
	uint8_t octets[4] = { (uint8_t)(word >> 24), (uint8_t)(word >> 16),
		(uint8_t)(word >> 8), (uint8_t)word };

	raw(octets, 4);
}

static void
packet(char command, const void *data, size_t len)
{
	raw_u32((uint32_t)len + 1);
	raw(&command, 1);
	raw(data, len);
}

#define PACKET(command, literal) \
	packet(command, literal, sizeof(literal) - 1)

static void
tell_octets(struct transcript *t, struct ukey_view v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		t->len += (size_t)snprintf(t->text + t->len,
		    sizeof(t->text) - t->len,
		    v.data[i] < ' ' || v.data[i] > '~' ? "\\%02x" : "%c",
		    v.data[i]);
}

static void
tell_number(struct transcript *t, unsigned long number)
{
	t->len += (size_t)snprintf(t->text + t->len, sizeof(t->text) - t->len,
	    " %lx", number);
}

static bool
is_piece(unsigned kind)
{
	return kind == UKEY_MILTER_NAME || kind == UKEY_MILTER_VALUE ||
	    kind == UKEY_MILTER_BODY;
}

static void
tell(struct transcript *t, const struct ukey_milter_event *e)
{
	if (is_piece(e->kind) && t->open == (unsigned)e->kind) {
		tell_octets(t, e->first);
		return;
	}
	if (is_piece(e->kind) && e->first.len == 0)
		return;
	t->open = e->kind;
	t->text[t->len++] = '\n';
	tell_number(t, e->kind);
	if (e->kind == UKEY_MILTER_OPTIONS) {
		tell_number(t, e->word[0]);
		tell_number(t, e->word[1]);
		tell_number(t, e->word[2]);
	}
	if (e->kind == UKEY_MILTER_CONNECT) {
		tell_number(t, e->family);
		tell_number(t, e->port);
	}
	if (e->kind == UKEY_MILTER_MACRO)
		tell_number(t, e->stage);
	t->text[t->len++] = '|';
	tell_octets(t, e->first);
	if (is_piece(e->kind))
		return;
	t->text[t->len++] = '|';
	tell_octets(t, e->second);
	if (e->cut)
		t->text[t->len++] = '!';
}

static void
feed(struct ukey_milter *m, struct transcript *t, const uint8_t *data,
    size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct ukey_view in = { copy, len };
	struct ukey_milter_event e;

	assert_non_null(copy);
	memcpy(copy, data, len);
	for (;;) {
		e = ukey_milter_next(m, &in);
		if (e.kind == UKEY_MILTER_NONE)
			break;
		if (e.kind == UKEY_MILTER_BAD && t->open == UKEY_MILTER_BAD)
			break;
		tell(t, &e);
	}
	free(copy);
}

static void
start(struct ukey_milter *m, struct transcript *t)
{
	memset(m, 0xa5, sizeof(*m));
	ukey_milter_init(m);
	t->len = 0;
	t->open = UKEY_MILTER_NONE;
}

static void
assert_same(void)
{
	assert_int_equal(whole.len, cut.len);
	assert_memory_equal(whole.text, cut.text, whole.len);
}

/* Feeds the stream in every way; the transcript is in WHOLE. */
static unsigned
run(void)
{
	struct ukey_milter m;
	unsigned bad;
	size_t i;

	start(&m, &whole);
	feed(&m, &whole, stream.data, stream.len);
	bad = m.bad;
	start(&m, &cut);
	for (i = 0; i < stream.len; i++)
		feed(&m, &cut, stream.data + i, 1);
	assert_int_equal(m.bad, bad);
	assert_same();
	for (i = 0; i <= stream.len && stream.len < 4000; i++) {
		start(&m, &cut);
		feed(&m, &cut, stream.data, i);
		feed(&m, &cut, stream.data + i, stream.len - i);
		assert_same();
	}
	whole.text[whole.len] = 0;
	return bad;
}

static void
conversation(void **state)
{
	(void)state;
	stream.len = 0;
	PACKET('O', "\0\0\0\6\0\0\1\377\0\37\377\377extra");
	PACKET('D', "Cj\0mx.test\0{daemon_name}\0ORIGINATING\0");
	PACKET('C', "localhost\0" "4\1\2" "127.0.0.1\0");
	PACKET('C', "unknown\0U");
	PACKET('C', "here\0L\0\0/run/s\0");
	PACKET('H', "client.test\0");
	PACKET('D', "M");
	PACKET('D', "M{auth_authen}\0alice\0i\0\0");
	PACKET('M', "<a@b.test>\0SIZE=1\0");
	PACKET('R', "<c@d.test>\0");
	PACKET('T', "");
	PACKET('L', "Subject\0 hi\n\tthere\0");
	PACKET('L', "X-Empty\0\0");
	PACKET('N', "");
	PACKET('B', "hello\r");
	PACKET('B', "\nbye\r\n");
	PACKET('E', "tail\0nul");
	PACKET('A', "");
	PACKET('U', "XYZZY\0");
	PACKET('K', "");
	PACKET('Q', "");
	assert_int_equal(run(), UKEY_MILTER_GOOD);
	assert_string_equal(whole.text,
	    "\n 2 6 1ff 1fffff||"
	    "\n 3 43|j|mx.test\n 3 43|{daemon_name}|ORIGINATING"
	    "\n 4 34 102|localhost|127.0.0.1\n 4 55 0|unknown|"
	    "\n 4 4c 0|here|/run/s\n 5|client.test|"
	    "\n 3 4d|{auth_authen}|alice\n 3 4d|i|"
	    "\n 6|<a@b.test>|\n 7|<c@d.test>|\n 8||"
	    "\n 9|Subject\n a| hi\\0a\\09there\n b||"
	    "\n 9|X-Empty\n b||\n c||"
	    "\n d|hello\\0d\n e||\n d|\\0abye\\0d\\0a\n e||"
	    "\n d|tail\\00nul\n f||\n 10||\n 11||\n 13||\n 12||");
}

struct malformed {
	const char *octets;
	size_t len;
	enum ukey_milter_bad bad;
};

#define MALFORMED(octets, bad) { octets, sizeof(octets) - 1, bad }

static const struct malformed malformeds[] = {
	MALFORMED("\0\0\0\0", UKEY_MILTER_BAD_LENGTH),
	MALFORMED("\0\20\0\1B", UKEY_MILTER_BAD_LENGTH),
	MALFORMED("\377\377\377\377B", UKEY_MILTER_BAD_LENGTH),
	MALFORMED("\0\0\0\1Z", UKEY_MILTER_BAD_COMMAND),
	MALFORMED("\0\0\0\2\0\0", UKEY_MILTER_BAD_COMMAND),
	MALFORMED("\0\0\0\1O", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\14O\0\0\0\6\0\0\0\1\0\0\0",
	    UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\1D", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\4DMi\0", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\5DMi\0x", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\1M", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\2Mx", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\1L", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\3LX\0", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\4LX\0y", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\6LX\0y\0z", UKEY_MILTER_BAD_LONG),
	MALFORMED("\0\0\0\4Hh\0x", UKEY_MILTER_BAD_LONG),
	MALFORMED("\0\0\0\3Ch\0", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\4Ch\0004", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\5Ch\000U\1", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\6Ch\0004\0\31", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\7Ch\0004\0\31x", UKEY_MILTER_BAD_SHORT),
	MALFORMED("\0\0\0\11Ch\0004\0\31x\0y", UKEY_MILTER_BAD_LONG),
};

static void
malformed_packets(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(malformeds) / sizeof(malformeds[0]); i++) {
		stream.len = 0;
		raw(malformeds[i].octets, malformeds[i].len);
		assert_int_equal(run(), malformeds[i].bad);
		PACKET('T', "");
		assert_int_equal(run(), malformeds[i].bad);
		assert_null(strstr(whole.text, "\n 8|"));
	}
}

static void
prefixes_are_not_bad(void **state)
{
	struct ukey_milter m;
	size_t i;

	(void)state;
	stream.len = 0;
	PACKET('C', "localhost\0" "4\1\2" "127.0.0.1\0");
	for (i = 0; i < stream.len; i++) {
		start(&m, &whole);
		feed(&m, &whole, stream.data, i);
		assert_int_equal(m.bad, UKEY_MILTER_GOOD);
		assert_int_equal(whole.len, 0);
	}
}

/* 'M' with an address of LEN octets. */
static struct ukey_milter_event
mail_of(struct ukey_milter *m, size_t len)
{
	struct ukey_view in;
	size_t i;

	stream.len = 0;
	raw_u32((uint32_t)len + 2);
	raw("M", 1);
	for (i = 0; i < len; i++)
		raw("x", 1);
	raw("", 1);
	ukey_milter_init(m);
	in = (struct ukey_view) { stream.data, stream.len };
	return ukey_milter_next(m, &in);
}

static void
long_strings(void **state)
{
	struct ukey_milter m;
	struct ukey_milter_event e;

	(void)state;
	e = mail_of(&m, UKEY_MILTER_TEXT_MAX);
	assert_int_equal(e.first.len, UKEY_MILTER_TEXT_MAX);
	assert_false(e.cut);
	e = mail_of(&m, UKEY_MILTER_TEXT_MAX + 1);
	assert_int_equal(e.kind, UKEY_MILTER_MAIL);
	assert_int_equal(e.first.len, UKEY_MILTER_TEXT_MAX);
	assert_true(e.cut);
}

static void
large_packet(void **state)
{
	static uint8_t body[65535];

	(void)state;
	memset(body, 'b', sizeof(body));
	stream.len = 0;
	packet('B', body, sizeof(body));
	PACKET('E', "");
	assert_int_equal(run(), UKEY_MILTER_GOOD);
	assert_int_equal(whole.len, 4 + sizeof(body) + 10);
}

static void
longest_packet(void **state)
{
	struct ukey_milter m;
	uint8_t piece[4096] = { 0 };
	struct ukey_view in;
	size_t left = UKEY_MILTER_PACKET_MAX - 1;

	(void)state;
	ukey_milter_init(&m);
	in = (struct ukey_view) { (const uint8_t *)"\0\20\0\0B", 5 };
	assert_int_equal(ukey_milter_next(&m, &in).kind, UKEY_MILTER_NONE);
	while (left != 0) {
		in.data = piece;
		in.len = left < sizeof(piece) ? left : sizeof(piece);
		left -= in.len;
		assert_int_equal(ukey_milter_next(&m, &in).kind,
		    UKEY_MILTER_BODY);
		assert_int_equal(in.len, 0);
	}
	assert_int_equal(ukey_milter_next(&m, &in).kind,
	    UKEY_MILTER_BODY_END);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversation),
		cmocka_unit_test(malformed_packets),
		cmocka_unit_test(prefixes_are_not_bad),
		cmocka_unit_test(long_strings),
		cmocka_unit_test(large_packet),
		cmocka_unit_test(longest_packet),
	};

	return cmocka_run_group_tests_name("milter codec", tests, NULL, NULL);
}
