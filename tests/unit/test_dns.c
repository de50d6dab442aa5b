/*
 * userkeys: DNS names, queries and answers, made octet by octet; then every
 * octet of good answers cut off and changed.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_dns.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NAME "\5alice\7example\3org"

/* A packet under construction. */
struct packet {
	uint8_t data[4096];
	size_t len;
};

static struct ukey_view name = { (const uint8_t *)NAME, sizeof(NAME) };

static void
put(struct packet *p, const void *data, size_t len)
{
	memcpy(p->data + p->len, data, len);
	p->len += len;
}

#define PUT(p, text) put(p, text, sizeof(text) - 1)

static void
u16(struct packet *p, unsigned n)
{
	uint8_t octets[2] = { (uint8_t)(n >> 8), (uint8_t)n };

	put(p, octets, 2);
}

/* Header and question: FLAGS with QR, and the counts. */
static void
begin(struct packet *p, unsigned flags, unsigned an, unsigned ns,
    unsigned ar)
{
	p->len = 0;
	u16(p, 0x1234);
	u16(p, 0x8180 | flags);
	u16(p, 1);
	u16(p, an);
	u16(p, ns);
	u16(p, ar);
	put(p, NAME, sizeof(NAME));
	u16(p, 16);
	u16(p, 1);
}

/* A record whose owner was put, of TYPE, TTL and DATA. */
static void
record(struct packet *p, unsigned type, uint32_t ttl, const void *data,
    size_t len)
{
	u16(p, type);
	u16(p, 1);
	u16(p, ttl >> 16);
	u16(p, ttl & 0xFFFF);
	u16(p, (unsigned)len);
	put(p, data, len);
}

#define RECORD(p, owner, type, ttl, data) \
	(PUT(p, owner), record(p, type, ttl, data, sizeof(data) - 1))
#define SELF "\xC0\x0C"    /* the question's name */
#define ORG "\xC0\x12"     /* example.org within it */

static enum ukey_dns_status
read_packet(struct ukey_dns_answer *a, const struct packet *p)
{
	uint8_t *copy = malloc(p->len + (p->len == 0));
	enum ukey_dns_status status;
	struct ukey_out out;
	uint8_t text[600];

	assert_non_null(copy);
	memcpy(copy, p->data, p->len);
	status = ukey_dns_answer_read(a, (struct ukey_view) { copy, p->len },
	    name, 0);
	ukey_out_init(&out, text, sizeof(text));
	while (status == UKEY_DNS_RECORDS && ukey_dns_answer_next(a, &out))
		;
	free(copy);
	return status;
}

static void
good_txt(struct packet *p)
{
	begin(p, 0, 2, 0, 1);
	RECORD(p, SELF, 16, 60, "\2ab\0\3cde");
	RECORD(p, SELF, 16, 30, "\1x");
	PUT(p, "\0\0\x29\x04\xD0\0\0\0\0\0\0"); /* OPT */
}

static void
good_chain(struct packet *p)
{
	begin(p, 0, 4, 0, 0);
	/* Out of order, with a DNAME and its CNAME. */
	RECORD(p, "\5alice\3net\0", 16, 9, "\2ok");
	RECORD(p, "\1x\3com\0", 5, 50, "\5alice\3net\0");
	RECORD(p, SELF, 5, 40, "\1x\3com\0");
	RECORD(p, "\3com\0", 39, 50, "\3net\0");
}

static void
good_absent(struct packet *p)
{
	begin(p, 3, 0, 1, 0);
	RECORD(p, ORG, 6, 3600, "\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0"
	    "\x3C");
}

static void
test_good(void **state)
{
	struct ukey_dns_answer a;
	struct packet p;
	struct ukey_out out;
	uint8_t text[16];

	(void)state;
	good_txt(&p);
	assert_int_equal(ukey_dns_answer_read(&a, (struct ukey_view) { p.data,
	    p.len }, name, 0), UKEY_DNS_RECORDS);
	assert_int_equal(a.records, 2);
	assert_int_equal(a.ttl, 30);
	ukey_out_init(&out, text, 5);
	assert_true(ukey_dns_answer_next(&a, &out));
	assert_int_equal(out.len, 5);
	assert_memory_equal(text, "abcde", 5);
	ukey_out_init(&out, text, 0);
	assert_true(ukey_dns_answer_next(&a, &out));
	assert_true(out.overflow);
	assert_false(ukey_dns_answer_next(&a, &out));
	good_chain(&p);
	assert_int_equal(read_packet(&a, &p), UKEY_DNS_RECORDS);
	assert_int_equal(a.ttl, 9);
	good_absent(&p);
	assert_int_equal(read_packet(&a, &p), UKEY_DNS_ABSENT);
	assert_true(a.nxdomain);
	assert_int_equal(a.ttl, 60);
}

/* One case: what is put together, and what it must be. */
static const struct {
	const char *what;
	enum ukey_dns_status status;
} cases[] = {
	{ "TC", UKEY_DNS_TRUNCATED }, { "SERVFAIL", UKEY_DNS_SERVFAIL },
	{ "REFUSED", UKEY_DNS_REFUSED }, { "FORMERR", UKEY_DNS_REFUSED },
	{ "YXDOMAIN", UKEY_DNS_CHAIN }, { "NODATA", UKEY_DNS_ABSENT },
	{ "alias out", UKEY_DNS_ASK }, { "alias to itself", UKEY_DNS_CHAIN },
	{ "referral", UKEY_DNS_REFUSED }, { "other class", UKEY_DNS_ABSENT },
	{ "pointer forwards", UKEY_DNS_MALFORMED },
	{ "pointer to itself", UKEY_DNS_MALFORMED },
	{ "string over the record", UKEY_DNS_MALFORMED },
	{ "record over the packet", UKEY_DNS_MALFORMED },
	{ "more records than said", UKEY_DNS_MALFORMED },
	{ "fewer records than said", UKEY_DNS_MALFORMED },
	{ "two OPT", UKEY_DNS_MALFORMED }, { "BADVERS", UKEY_DNS_REFUSED },
	{ "records with NXDOMAIN", UKEY_DNS_MALFORMED },
	{ "DNAME too long", UKEY_DNS_CHAIN },
	{ "two questions", UKEY_DNS_MALFORMED },
	{ "a query", UKEY_DNS_MALFORMED }, { "label 64", UKEY_DNS_MALFORMED },
	{ "empty TXT", UKEY_DNS_MALFORMED }, { "TTL 2^31", UKEY_DNS_RECORDS },
};

static void
make_rcode(struct packet *p, unsigned i)
{
	static const unsigned flags[] = { 0x200, 2, 5, 1, 6, 0 };

	begin(p, flags[i], 0, 0, 0);
}

/* The record of case I, the first of which is case 6. */
static const struct {
	const char *owner, *data;
	uint8_t owner_len, type, len;
} made[] = {
	{ SELF, "\1a\0", 2, 5, 3 }, { SELF, SELF, 2, 5, 2 },
	{ ORG, "\1a\0", 2, 2, 3 }, { SELF, "\1a", 2, 16, 2 },
	{ "\xC0\x50", "\1a", 2, 16, 2 }, { "\xC0\x23", "\1a", 2, 16, 2 },
	{ SELF, "\5a", 2, 16, 2 }, { SELF, "\1a", 2, 16, 2 },
	{ SELF, "\1a", 2, 16, 2 }, { SELF, "\1a", 2, 16, 2 },
	{ SELF, "\1a", 2, 16, 2 }, { SELF, "\1a", 2, 16, 2 },
	{ SELF, "\1a", 2, 16, 2 }, { SELF, "\1a", 2, 16, 2 },
	{ SELF, "\1a", 2, 16, 2 }, { SELF, "\1a", 2, 16, 2 },
	{ "\x40", "\1a", 1, 16, 2 }, { SELF, "", 2, 16, 0 },
	{ SELF, "\1a", 2, 16, 2 },
};

/* What else is put or changed. */
static void
spoil(struct packet *p, unsigned i)
{
	if (i == 9)
		p->data[p->len - 9] = 3; /* CHAOS */
	if (i == 13)
		p->data[p->len - 3] = 9;
	if (i == 14)
		RECORD(p, SELF, 16, 1, "\1b");
	if (i == 16)
		PUT(p, "\0\0\x29\x04\xD0\0\0\0\0\0\0\0\0\x29\x04\xD0\0\0\0\0"
		    "\0\0");
	if (i == 17)
		PUT(p, "\0\0\x29\x04\xD0\1\0\0\0\0\0");
	if (i == 20)
		p->data[5] = 2;
	if (i == 21)
		p->data[2] &= 0x7F;
}

static void
make_record(struct packet *p, unsigned i)
{
	begin(p, i == 18 ? 3 : 0, i == 15 ? 2 : i == 8 ? 0 : 1, i == 8,
	    i == 16 ? 2 : i == 17);
	put(p, made[i - 6].owner, made[i - 6].owner_len);
	record(p, made[i - 6].type, i == 24 ? 0x80000000 : 1,
	    made[i - 6].data, made[i - 6].len);
	spoil(p, i);
}

/* A DNAME that makes of the name one over 255 octets. */
static void
make_long_dname(struct packet *p)
{
	uint8_t target[256];
	size_t i;

	begin(p, 0, 1, 0, 0);
	for (i = 0; i < 4; i++) {
		target[i * 63] = 62;
		memset(target + i * 63 + 1, 'a', 62);
	}
	target[252] = 0;
	PUT(p, ORG);
	record(p, 39, 1, target, 253);
}

static void
test_cases(void **state)
{
	struct ukey_dns_answer a;
	struct packet p;
	enum ukey_dns_status status;
	unsigned i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (i < 6)
			make_rcode(&p, i);
		else if (i == 19)
			make_long_dname(&p);
		else
			make_record(&p, i);
		status = read_packet(&a, &p);
		if (status != cases[i].status)
			fail_msg("%s: %d", cases[i].what, (int)status);
		if (i == 24)
			assert_int_equal(a.ttl, 0);
	}
}

/* Every octet of P cut off, flipped or set: no crash, and never more records
 * than there are. */
static void
damage(const struct packet *p, size_t i)
{
	static const uint8_t values[] = { 0, 1, 0x3F, 0x40, 0xC0, 0xFF };
	struct ukey_dns_answer a;
	struct packet damaged = *p;
	size_t k;

	damaged.len = i;
	assert_int_not_equal(read_packet(&a, &damaged), UKEY_DNS_RECORDS);
	for (k = 0; k < 8 + COUNT(values); k++) {
		damaged = *p;
		if (k < 8)
			damaged.data[i] ^= (uint8_t)(1 << k);
		else
			damaged.data[i] = values[k - 8];
		if (read_packet(&a, &damaged) == UKEY_DNS_RECORDS)
			assert_in_range(a.records, 1, 2);
	}
}

static void
test_damage(void **state)
{
	static void (*const makers[])(struct packet *) = { good_txt,
		good_chain, good_absent };
	struct packet p;
	size_t m, i;

	(void)state;
	for (m = 0; m < COUNT(makers); m++) {
		makers[m](&p);
		for (i = 0; i < p.len; i++)
			damage(&p, i);
	}
}

/* A name of 255 octets is the longest (RFC 1035 2.3.4): a label more behind
 * 254 octets without the root's is no name. */
static void
test_longest_name(void **state)
{
	static const uint8_t label[64] = { 63, 'a' };
	struct ukey_dns_answer a;
	struct packet p;
	unsigned more, i;

	(void)state;
	for (more = 0; more < 2; more++) {
		begin(&p, 0, 1, 0, 0);
		for (i = 0; i < 3; i++)
			put(&p, label, sizeof(label));
		PUT(&p, "\x3D");
		put(&p, label + 1, 61);
		if (more)
			PUT(&p, "\1a");
		PUT(&p, "\0");
		record(&p, 2, 0, "", 0);
		assert_int_equal(read_packet(&a, &p), more ?
		    UKEY_DNS_MALFORMED : UKEY_DNS_ABSENT);
	}
}

static void
test_match(void **state)
{
	uint8_t octets[UKEY_DNS_QUERY_MAX];
	struct ukey_out out;
	struct ukey_view query, got;
	struct packet p;
	size_t i;

	(void)state;
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_dns_query_write(&out, 0x1234, name);
	query = ukey_out_done(&out);
	got = ukey_dns_query_name(query);
	assert_true(ukey_dns_name_equal(got, name));
	good_txt(&p);
	assert_true(ukey_dns_match((struct ukey_view) { p.data, p.len },
	    query));
	p.data[14] ^= 0x20; /* the case of a letter */
	assert_true(ukey_dns_match((struct ukey_view) { p.data, p.len },
	    query));
	for (i = 0; i < 12 + sizeof(NAME) + 4; i++) {
		good_txt(&p);
		p.data[i] ^= 0x08;
		if (i > 2 && i != 4 && i != 5 && i < 12)
			continue;
		assert_false(ukey_dns_match((struct ukey_view) { p.data,
		    p.len }, query));
		good_txt(&p);
		assert_false(ukey_dns_match((struct ukey_view) { p.data, i },
		    query));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_longest_name),
		cmocka_unit_test(test_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
