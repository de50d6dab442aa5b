/*
 * An arena of UKEY_ARENA_SIZE holds every message within PROTOCOL 8: no sender
 * reaches "arena".  SPDX-License-Identifier: MIT
 *
 * The shapes: 64 kB of header, 512 fields, 20 signatures of the sender with
 * the longest local-parts, signatures and tag-lists, quoted MAIL FROM and From
 * as long as they may be and longer (a local-part that fills the header),
 * chains to the longest names for every question; each alone, all at once, and
 * drawn at random; what is beyond a limit, too.  Each in a heap block of
 * exactly that size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey.h"

#define LOCAL 240 /* octets of the sender's local-part */
#define BH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static char text[200000];
static size_t len;
static uint64_t work[UKEY_WORK_SIZE / 8 + 1];
static uint32_t seed = 1;
static unsigned aligned; /* judged as the sender's, of the last message */

static unsigned
draw(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void
add(const char *octets)
{
	size_t n = strlen(octets);

	assert_true(len + n < sizeof(text));
	memcpy(text + len, octets, n);
	len += n;
}

static void
fill(char c, size_t n)
{
	assert_true(len + n < sizeof(text));
	memset(text + len, c, n);
	len += n;
}

/* One message: what it has, and how much of it. */
struct shape {
	size_t header;       /* octets; 0: as they come */
	unsigned fields;     /* in all; 0: as they come */
	unsigned signatures, tags; /* and octets of a z= in each */
	size_t b;            /* octets of base64 in b= */
	size_t sub;          /* octets behind "+" in i= */
	size_t from;         /* octets of a quoted local-part in From; 0: as
			      * the sender's */
	bool quoted, null_sender, chains;
};

/* A signature of the sender's mailbox, with a selector of its own. */
static void
add_signature(const struct shape *s, unsigned i)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", i % 7);
	add("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/");
	add(i % 2 ? "simple" : "relaxed");
	add("; d=e.org; h=from; bh=" BH "; s=");
	add(number);
	add(".u-x");
	/* SHA-256 of the 240 octets (PROTOCOL 1) */
	add("9b3043905ca79556acb1d2d12f9a4c0bed8ced2bd1a82e7cdf267430");
	add(".userkeys; i=");
	fill('a', LOCAL);
	if (s->sub > 0) {
		add("+");
		fill('x', s->sub);
	}
	add("@e.org; z=");
	fill('z', s->tags);
	add("; b=");
	fill('A', s->b);
	add("\r\n");
}

static void
make(const struct shape *s)
{
	unsigned i, fields;

	len = 0;
	for (i = 0; i < s->signatures; i++)
		add_signature(s, i);
	add("From: ");
	if (s->from > 0) {
		add("\"");
		for (i = 0; i < s->from; i++)
			fill(i % 2 ? 'b' : '\\', 1);
		add("b\"");
	} else {
		fill('a', LOCAL);
	}
	add("@e.org\r\n");
	fields = s->signatures + 1;
	if (s->header > len + 4) {
		add("X:");
		for (; s->fields > fields + 1; fields++) {
			if (s->header < len + 8)
				break;
			add("\r\nX:");
		}
		fill('x', s->header - len - 2);
		add("\r\n");
	}
	add("\r\nHi\r\n");
}

/* The answer to QUERY: an alias of a name of 255 octets that is not here. */
static size_t
answer(struct ukey_view query, uint8_t *packet, unsigned n)
{
	struct ukey_view name = ukey_dns_query_name(query);
	size_t at = 12 + name.len + 4, i;

	memcpy(packet, query.data, at);
	packet[2] = 0x81;
	packet[3] = 0x80;
	packet[6] = packet[8] = packet[9] = packet[10] = packet[11] = 0;
	packet[7] = 1;
	memcpy(packet + at, "\xC0\x0C\0\5\0\1\0\0\0\1\0\xFF", 12);
	at += 12;
	for (i = 0; i < 3; i++) {
		packet[at++] = 63;
		memset(packet + at, (int)('a' + (n + i) % 26), 63);
		at += 63;
	}
	packet[at++] = 61;
	memset(packet + at, (int)('a' + n % 26), 61);
	at += 61;
	packet[at++] = 0;
	return at;
}

static void
ask(struct ukey_verify *v, bool chains)
{
	uint8_t octets[UKEY_DNS_QUERY_MAX], packet[1024];
	struct ukey_view response = { packet, 0 };
	struct ukey_out out;
	unsigned id, n = 0;

	while (ukey_verify_asking(v)) {
		for (id = 0; id < UKEY_QUESTIONS_MAX; id++) {
			ukey_out_init(&out, octets, sizeof(octets));
			if (!ukey_verify_question(v, id, &out))
				continue;
			response.len = answer(ukey_out_done(&out), packet,
			    n++);
			if (chains)
				ukey_verify_answer(v, id, response, work,
				    UKEY_WORK_SIZE);
			else
				ukey_verify_no_answer(v, id,
				    UKEY_REASON_DNS_SERVFAIL);
		}
	}
}

/* Judges the message: never "arena". */
static void
judge(const struct shape *s)
{
	uint8_t *arena = malloc(UKEY_ARENA_SIZE);
	struct ukey_verify v;
	struct ukey_judgement j;
	char local[LOCAL + 1] = "", path[600];
	unsigned i;

	assert_non_null(arena);
	memset(local, 'a', LOCAL);
	snprintf(path, sizeof(path), s->quoted ? "<\"%s\"@e.org>" :
	    "<%s@e.org>", local);
	ukey_verify_init(&v, UKEY_VERIFY_DKIM, arena, UKEY_ARENA_SIZE);
	ukey_verify_mail_from(&v, s->null_sender ? UKEY_VIEW("<>") :
	    (struct ukey_view) { (uint8_t *)path, strlen(path) },
	    UKEY_VIEW_NONE);
	ukey_verify_push(&v, text, len);
	ukey_verify_end(&v);
	ask(&v, s->chains);
	ukey_verify_userkeys(&v, &j);
	assert_int_not_equal(j.reason, UKEY_REASON_ARENA);
	assert_int_not_equal(v.fields.reason, UKEY_REASON_ARENA);
	for (i = aligned = 0; i < v.signatures; i++) {
		aligned += v.signature[i].judged[0] != 0xFF;
		assert_int_not_equal(v.signature[i].judged[0],
		    UKEY_REASON_ARENA);
		assert_int_not_equal(v.signature[i].judged[1],
		    UKEY_REASON_ARENA);
	}
	for (i = 0; i < ukey_verify_dkim_count(&v); i++) {
		ukey_verify_dkim(&v, i, &j);
		assert_int_not_equal(j.reason, UKEY_REASON_ARENA);
	}
	free(arena);
}

static const struct shape worst[] = {
	{ 65536, 512, 20, 1900, 680, 14, 0, true, false, true },
	{ 65536, 512, 20, 1900, 680, 14, 400, true, false, true },
	{ 65536, 512, 20, 0, 680, 14, 400, true, true, true },
	{ 65536, 512, 0, 0, 0, 0, 0, true, false, true },
	{ 65537, 512, 20, 1900, 680, 14, 400, true, false, true },
	{ 65536, 513, 20, 1900, 680, 14, 400, true, false, true },
	{ 60000, 512, 21, 100, 680, 200, 400, false, false, true },
	{ 65536, 1, 1, 0, 680, 14, 0, true, false, false },
	{ 65536, 9, 1, 0, 680, 14, 255, true, false, false },
	{ 65536, 9, 1, 0, 680, 14, 508, true, true, false },
	{ 65536, 9, 1, 0, 680, 14, 512, true, false, false },
	{ 65536, 400, 1, 0, 680, 14, 45000, false, false, true },
	{ 65536, 9, 0, 0, 0, 0, 64000, false, true, true },
	{ 65536, 9, 1, 0, 3000, 14, 20000, false, false, true },
	{ 65536, 257, 20, 0, 4000, 3000, 0, false, false, true }
};

static void
test_worst(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(worst) / sizeof(worst[0]); i++) {
		make(&worst[i]);
		judge(&worst[i]);
		assert_true(i > 0 || aligned == UKEY_ALIGNED_MAX);
	}
}

static void
test_random(void **state)
{
	struct shape s;
	unsigned i, k;

	(void)state;
	for (i = 0; i < 400; i++) {
		s = (struct shape) { .header = draw(4) ? draw(66000) : 65536,
			.fields = draw(4) ? draw(600) : 512,
			.signatures = draw(3) ? draw(24) : 20,
			.tags = draw(2200), .b = 4 * draw(draw(3) ? 172 : 900),
			.sub = draw(3) ? draw(16) : draw(800),
			.from = draw(3) ? 0 : draw(draw(2) ? 600 : 60000),
			.quoted = draw(2), .null_sender = !draw(4),
			.chains = draw(2) };
		make(&s);
		for (k = draw(3) * draw(20); k > 0; k--)
			text[draw((unsigned)len)] = (char)draw(256);
		judge(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worst),
		cmocka_unit_test(test_random)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
