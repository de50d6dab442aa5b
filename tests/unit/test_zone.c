/*
 * userkeys: answers from a zone file, through the resolver's calls.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ukey_resolver.h"
#include "ukey_zone.h"

static const char zone[] =
    "; a comment\n"
    "alice.example.org. 60 IN TXT \"one\" \" two\"\n"
    "two.example.org. TXT first ; as a word\n"
    "                 TXT \"second; not a comment\"\n"
    "escape.example.org. TXT \"a\\034b\\\\c\\\"\\200\"\n"
    "a\\.b.example.org. TXT \"dot in a label\"\n"
    "alias.example.org. 30 CNAME alice.example.org.\n"
    "far.example.org. CNAME alias.example.org.\n"
    "out.example.org. CNAME alice.example.net.\n"
    "sub.example.org. DNAME example.org.\n"
    "loop.example.org. CNAME loop2.example.org.\n"
    "loop2.example.org. CNAME loop.example.org.\n"
    "*.wild.example.org. TXT \"wild\"\n"
    "real.wild.example.org. TXT \"real\"\n"
    "a.ent.wild.example.org. TXT \"deep\"\n"
    "*.cw.example.org. CNAME alice.example.org.\n"
    "address.example.org. A 192.0.2.1\n"
    "fail.example.org. SERVFAIL\n"
    "slow.example.org. TIMEOUT\n"
    "no.example.org. NXDOMAIN\n"
    "$ORIGIN example.org.\n$ORIGIN rel\n$TTL 77\n"
    "@ TXT apex\n"
    "www TXT ( \"in\" ; comment\n   \"paren\" )\n"
    "Big.Case TXT case\n";

/* A private file with TEXT; its path to PATH. */
static void
write_file(char *path, const char *text)
{
	int fd;

	snprintf(path, 64, "/tmp/ukey-zone-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	close(fd);
}

static struct ukey_resolver *
resolver(const char *text, char *err, size_t size)
{
	char path[64];
	struct ukey_resolver *r;

	write_file(path, text);
	r = ukey_resolver_zone(path, NULL, err, size);
	unlink(path);
	return r;
}

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* The outcome of NAME as text. */
static const char *
ask(struct ukey_resolver *r, const char *name)
{
	static struct ukey_fetch f;
	static char text[1024];
	size_t n = 0;
	unsigned i;

	assert_int_equal(ukey_resolver_fetch(r, view(name), &f), UKEY_OK);
	for (i = 0; i < f.steps; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s>%s ",
		    f.step[i].dname ? "D:" : "", f.step[i].owner,
		    f.step[i].target);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
	    ukey_reason_word(f.reason), f.nxdomain ? " nxdomain" : "");
	for (i = 0; i < f.records; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " [%.*s]%u",
		    (int)f.record[i].text.len, f.record[i].text.data,
		    f.record[i].strings);
	return text;
}

static void
test_answers(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "alice.example.org", "ok [one two]2" },
		{ "ALICE.Example.ORG.", "ok [one two]2" },
		{ "two.example.org", "ok [first]1 [second; not a comment]1" },
		{ "escape.example.org", "ok [a\"b\\c\"\310]1" },
		{ "alias.example.org",
		    "alias.example.org>alice.example.org ok [one two]2" },
		{ "far.example.org", "far.example.org>alias.example.org "
		    "alias.example.org>alice.example.org ok [one two]2" },
		{ "out.example.org", "out.example.org>alice.example.net "
		    "no-key nxdomain" },
		{ "alice.sub.example.org", "D:sub.example.org>example.org "
		    "ok [one two]2" },
		{ "sub.example.org", "no-key" },
		{ "loop.example.org", "key-chain" },
		{ "x.wild.example.org", "ok [wild]1" },
		{ "x.y.wild.example.org", "ok [wild]1" },
		{ "real.wild.example.org", "ok [real]1" },
		{ "x.real.wild.example.org", "no-key nxdomain" },
		{ "ent.wild.example.org", "no-key" },
		{ "b.ent.wild.example.org", "no-key nxdomain" },
		{ "wild.example.org", "no-key" },
		{ "q.cw.example.org",
		    "q.cw.example.org>alice.example.org ok [one two]2" },
		{ "address.example.org", "no-key" },
		{ "nobody.example.org", "no-key nxdomain" },
		{ "fail.example.org", "dns-servfail" },
		{ "slow.example.org", "dns-timeout" },
		{ "no.example.org", "no-key nxdomain" },
		{ "rel.example.org", "ok [apex]1" },
		{ "www.rel.example.org", "ok [inparen]2" },
		{ "big.case.rel.example.org", "ok [case]1" },
	};
	char err[UKEY_RESOLVER_ERROR_SIZE] = "";
	struct ukey_resolver *r = resolver(zone, err, sizeof(err));
	size_t i;

	(void)state;
	assert_string_equal(err, "");
	assert_non_null(r);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = ask(r, cases[i].name);

		if (strstr(cases[i].want, "key-chain") != NULL)
			assert_non_null(strstr(got, "key-chain"));
		else
			if (strcmp(got, cases[i].want) != 0)
				fail_msg("%s gave %s", cases[i].name, got);
	}
	ukey_resolver_free(r);
}

static void
test_bad_names(void **state)
{
	static struct ukey_fetch f;
	struct ukey_resolver *r = resolver("a. TXT b\n", NULL, 0);

	(void)state;
	assert_int_equal(ukey_resolver_fetch(r, view("a..b"), &f),
	    UKEY_ERR_ARGUMENT);
	assert_int_equal(ukey_resolver_fetch(r, view(""), &f),
	    UKEY_ERR_ARGUMENT);
	ukey_resolver_free(r);
}

/* Mistakes are named by line and column. */
static void
test_mistakes(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "a. TXT b\nb. TYPE c\n", ":2:4: \"TYPE\"" },
		{ "a. TXT \"b\n", ":1:8: the quoted string" },
		{ "a. TXT ( b\n", "within parentheses" },
		{ "a. TXT b )\n", ":1:10: \")\"" },
		{ "a.\n", ":1:3: the type is missing" },
		{ "a. TXT\n", "TXT without a string" },
		{ "a. CNAME\n", "the target is missing" },
		{ "a. CNAME b. c.\n", "more than the record needs" },
		{ "a..b. TXT c\n", ":1:1: a label of the name is empty" },
		{ " TXT a\n", "the first record has no name" },
		{ "a. TXT \\999\n", "\\000 to \\255" },
		{ "a. TXT \\", "\\000 to \\255" },
		{ "$INCLUDE x\n", ":1:1: $INCLUDE is not supported" },
		{ "$GENERATE 1-9 a$ A b\n", "$GENERATE is not supported" },
		{ "$TTL x\n", "$TTL: expected a time" },
		{ "$TTL\n", "$TTL: expected a time" },
		{ "$TTL 1h30\n", "$TTL: expected a time" },
		{ "$TTL h\n", "$TTL: expected a time" },
		{ "$TTL 1y\n", "$TTL: expected a time" },
		{ "$TTL 12345678901\n", "$TTL: expected a time" },
		{ "a. 1h2 TXT b\n", ":1:4: \"1h2\"" },
		{ "a TXT b\n", ":1:1: \"a\" is relative" },
		{ "@ TXT b\n", ":1:1: \"@\" is relative" },
		{ "a.userkeys TXT b\n$ORIGIN example.org.\n", "is relative" },
		{ "a. CNAME b\n", ":1:10: \"b\" is relative" },
		{ "$ORIGIN e.org\n", ":1:9: \"e.org\" is relative" },
		{ "\"a\" TXT b\n", "begins with a name" },
		{ "a. SERVFAIL now\n", "more than the record needs" },
	};
	char err[UKEY_RESOLVER_ERROR_SIZE], many[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_null(ukey_zone_parse("z", cases[i].text,
		    strlen(cases[i].text), err, sizeof(err)));
		if (strstr(err, cases[i].want) == NULL)
			fail_msg("%s: %s", cases[i].text, err);
		/* Every size of the text is enough for the end's NUL. */
		assert_null(ukey_zone_parse("z", cases[i].text,
		    strlen(cases[i].text), err, i % 7));
	}
	memset(many, 'x', sizeof(many));
	memcpy(many, "a. TXT ", 7);
	assert_null(ukey_zone_parse("z", many, 7 + 256, err, sizeof(err)));
	assert_non_null(strstr(err, "255 at most"));
	assert_null(ukey_resolver_zone("/nonexistent", NULL, err,
	    sizeof(err)));
	assert_non_null(strstr(err, "/nonexistent: cannot be read"));
}

/* A TTL is a number of seconds, or numbers with units. */
static void
test_ttl(void **state)
{
	static const struct {
		const char *text;
		uint32_t seconds;
	} cases[] = {
		{ "0", 0 }, { "300", 300 }, { "1s", 1 }, { "5M", 300 },
		{ "1h", 3600 }, { "1H30m", 5400 }, { "1d", 86400 },
		{ "1W", 604800 }, { "1w2d3h4m5s", 788645 },
		{ "2147483647", 2147483647 }, { "2147483648", 0 },
		{ "9999999999w", 0 },
	};
	static struct ukey_fetch f;
	struct ukey_resolver *r;
	char text[200], name[] = "a";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "$TTL %s\na. TXT a\n"
		    "b. %s IN TXT b\nc. IN %s TXT c\n$ORIGIN .\nd TXT d\n",
		    cases[i].text, cases[i].text, cases[i].text);
		r = resolver(text, NULL, 0);
		for (name[0] = 'a'; name[0] <= 'd'; name[0]++) {
			ukey_resolver_fetch(r, view(name), &f);
			assert_int_equal(f.records, 1);
			assert_int_equal(f.ttl, cases[i].seconds);
		}
		ukey_resolver_free(r);
	}
}

/* Every octet of the zone removed or changed: an error or a zone, no more. */
static void
test_damage(void **state)
{
	static const char other[] = "\"\\();\n\t .$@\0\377";
	size_t len = sizeof(zone) - 1, i, k;
	char err[256], *copy = malloc(len);

	(void)state;
	assert_non_null(copy);
	for (i = 0; i < len; i++) {
		for (k = 0; k < sizeof(other); k++) {
			memcpy(copy, zone, len);
			copy[i] = other[k];
			ukey_zone_free(ukey_zone_parse("z", copy, len, err,
			    sizeof(err)));
		}
		ukey_zone_free(ukey_zone_parse("z", zone, i, err,
		    sizeof(err)));
	}
	free(copy);
}

/* In the event loop's form: equal questions, cookies, ids, cancelling. */
static void
test_loop(void **state)
{
	struct ukey_resolver *r = resolver(zone, NULL, 0);
	struct ukey_resolver_result result;
	uint8_t octets[UKEY_DNS_QUERY_MAX], wire[UKEY_DNS_NAME_MAX];
	struct ukey_out query, name;
	unsigned i, seen = 0;
	int a, b;

	(void)state;
	ukey_out_init(&name, wire, sizeof(wire));
	assert_true(ukey_dns_name_from_text(&name,
	    view("alice.example.org")));
	for (i = 0; i < 4; i++) {
		ukey_out_init(&query, octets, sizeof(octets));
		ukey_dns_query_write(&query, (uint16_t)(1000 + i),
		    ukey_out_done(&name));
		assert_int_equal(ukey_resolver_ask(r, ukey_out_done(&query),
		    i == 3 ? &b : &a, i, 1000), UKEY_OK);
	}
	assert_int_equal(ukey_resolver_wait(r), 0);
	ukey_resolver_cancel(r, &b);
	ukey_resolver_step(r);
	while (ukey_resolver_next(r, &result)) {
		assert_ptr_equal(result.cookie, &a);
		assert_int_equal(result.reason, UKEY_REASON_OK);
		assert_int_equal(result.packet.data[0] << 8 |
		    result.packet.data[1], 1000 + result.id);
		seen |= 1u << result.id;
	}
	assert_int_equal(seen, 7);
	assert_int_equal(ukey_resolver_wait(r), -1);
	assert_int_equal(ukey_resolver_ask(r, view("short"), &a, 0, 1),
	    UKEY_ERR_ARGUMENT);
	ukey_resolver_free(r);
	ukey_resolver_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_ttl),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
