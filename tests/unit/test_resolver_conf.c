/*
 * userkeys: which name servers are asked: resolv.conf in its shapes (comments
 * behind a server, zones, options, CRLF, lines that are none), a file that is
 * not there, appears, changes, is empty for a moment; and lists.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ukey_resolver.h"
#include "ukey_resolver_conf.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define DEFAULT "127.0.0.1:53"

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* Servers, and a part of what is said of the first that is of no use. */
static const struct {
	const char *text, *source, *trouble;
} file_cases[] = {
	{ "", DEFAULT, "" },
	{ "\n# none\nsearch example.org\n", DEFAULT, "" },
	{ "nameserver 10.9.0.2\n", "10.9.0.2:53", "" },
	{ "nameserver\t10.9.0.2", "10.9.0.2:53", "" },
	{ "nameserver 10.9.0.2 \r\nsearch lan\r", "10.9.0.2:53", "" },
	{ "nameserver 10.9.0.2 # was 10.9.0.77 until May\n",
	    "10.9.0.2:53", "" },
	{ "nameserver 10.9.0.2 10.9.0.77\n", "10.9.0.2:53", "" },
	{ "nameserver 10.9.0.2;10.9.0.77\n", "", "not an IP" },
	{ "#nameserver 10.9.0.1\n;nameserver 10.9.0.2\n"
	    "nameserver 10.9.0.3\n", "10.9.0.3:53", "" },
	{ " nameserver 10.9.0.1\n", DEFAULT, "" },
	{ "nameservers 10.9.0.1\n", DEFAULT, "" },
	{ "NAMESERVER 10.9.0.1\n", DEFAULT, "" },
	{ "search a nameserver 10.9.0.1\n", DEFAULT, "" },
	{ "nameserver ::1\nnameserver 2001:db8::1\n",
	    "[::1]:53, [2001:db8::1]:53", "" },
	{ "nameserver 1.1.1.1\nnameserver 1.1.1.2\n"
	    "nameserver 1.1.1.3\nnameserver 1.1.1.4\n"
	    "nameserver none\n",
	    "1.1.1.1:53, 1.1.1.2:53, 1.1.1.3:53", "" },
	{ "nameserver fe80::1%lo\n", "[fe80::1%lo]:53", "" },
	{ "nameserver fe80::1%1\n", "[fe80::1%1]:53", "" },
	/* Left out, and said; never this host instead. */
	{ "nameserver\n", "", "line 1: name server \"\" is left" },
	{ "nameserver localhost\n", "", "\"localhost\"" },
	{ "nameserver 10.9.0\n", "", "not an IP address" },
	{ "nameserver 10.9.0.2:53\n", "", "not an IP address" },
	{ "nameserver [::1]:53\n", "", "not an IP address" },
	{ "nameserver 10.9.0.2%lo\n", "", "not an IP address" },
	{ "nameserver fe80::1\n", "", "needs its interface" },
	{ "nameserver fe80::1%\n", "", "no such interface" },
	{ "nameserver fe80::1%nix0\n", "", "no such interface" },
	{ "nameserver fe80::1%0\n", "", "no such interface" },
	{ "nameserver fe80::1%lo:1\n", "", "no such interface" },
	{ "nameserver fe80::1%lo,::1\n", "", "no such interface" },
	{ "nameserver fe80::1%99999999999\n", "", "no such inter" },
	{ "\nnameserver x\033[2J\nnameserver 10.9.0.2\n",
	    "10.9.0.2:53", "line 2: name server \"x?[2J\"" },
	{ "nameserver fe80::1%nix0\nnameserver 10.9.0.2\n",
	    "10.9.0.2:53", "line 1" },
};

static void
test_servers(void **state)
{
	struct ukey_resolver_conf c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(file_cases); i++) {
		ukey_resolver_conf_parse(&c, view(file_cases[i].text));
		if (strcmp(c.source, file_cases[i].source) != 0 ||
		    strstr(c.trouble, file_cases[i].trouble) == NULL ||
		    (file_cases[i].trouble[0] == '\0') !=
		    (c.trouble[0] == '\0'))
			fail_msg("%s: \"%s\" \"%s\"", file_cases[i].text,
			    c.source, c.trouble);
		assert_int_equal(c.is_default, strcmp(c.source, DEFAULT) ==
		    0);
	}
	ukey_resolver_conf_parse(&c, view("nameserver fe80::1%lo\n"));
	assert_int_equal(c.server[0].addr.v6.sin6_scope_id,
	    if_nametoindex("lo"));
	ukey_resolver_conf_parse(&c, view("nameserver fe80::1%7\n"));
	assert_int_equal(c.server[0].addr.v6.sin6_scope_id, 7);
}

static void
test_options(void **state)
{
	static const struct {
		const char *text;
		unsigned try_ms, tries;
		bool trust_ad, tcp_only;
	} cases[] = {
		{ "options edns0 rotate ndots:2\n", 0, 0, false, false },
		{ "options timeout:1 attempts:3 trust-ad use-vc\r\n", 1000, 3,
		    true, true },
		{ "options timeout:1\noptions attempts:5\n", 1000, 5, false,
		    false },
		{ "options timeout:0 attempts:0\n", 0, 0, false, false },
		{ "options timeout:31 attempts:6\n", 0, 0, false, false },
		{ "options timeout: attempts:x\n", 0, 0, false, false },
		{ "options timeout:02\n", 2000, 0, false, false },
		{ "options # trust-ad use-vc\n", 0, 0, false, false },
		{ "options attempts:1 ;timeout:1\n", 0, 1, false, false },
		{ "#options trust-ad\n options use-vc\n", 0, 0, false,
		    false },
	};
	struct ukey_resolver_conf c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		ukey_resolver_conf_parse(&c, view(cases[i].text));
		if (c.try_ms != cases[i].try_ms ||
		    c.tries != cases[i].tries ||
		    c.trust_ad != cases[i].trust_ad ||
		    c.tcp_only != cases[i].tcp_only)
			fail_msg("%s: %u %u %d %d", cases[i].text, c.try_ms,
			    c.tries, c.trust_ad, c.tcp_only);
	}
}

static void
test_list(void **state)
{
	static const struct {
		const char *list, *want; /* servers, or a part of the error */
		bool good;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1:53", true },
		{ "192.0.2.1:5353, ::1 ,[::1]:54",
		    "192.0.2.1:5353, [::1]:53, [::1]:54", true },
		{ "[fe80::1%lo]:53,fe80::2%lo",
		    "[fe80::1%lo]:53, [fe80::2%lo]:53", true },
		{ "[fe80::1]:53", "\"[fe80::1]:53\": a link-local", false },
		{ "[fe80::1%nix0]:53", "\"[fe80::1%nix0]:53\": there is no "
		    "such interface", false },
		{ "localhost", "\"localhost\": not an IP address", false },
		{ "1.1.1.1:0", "\"1.1.1.1:0\": not an IP", false },
		{ "1.1.1.1:65536", "not an IP", false },
		{ "[::1]53", "\"[::1]53\": not an IP", false },
		{ "[::1", "not an IP", false },
		{ "", "\"\": not an IP", false },
		{ "1.1.1.1,", "\"\": not an IP", false },
		{ "1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1", "more than 4",
		    false },
	};
	char err[UKEY_RESOLVER_ERROR_SIZE], many[1000];
	struct ukey_resolver_conf c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		err[0] = '\0';
		if (ukey_resolver_conf_list(&c, cases[i].list, err,
		    sizeof(err)) != cases[i].good || (cases[i].good ?
		    strcmp(c.source, cases[i].want) != 0 :
		    strstr(err, cases[i].want) == NULL))
			fail_msg("%s: \"%s\" \"%s\"", cases[i].list,
			    c.source, err);
	}
	memset(many, '1', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_false(ukey_resolver_conf_list(&c, many, err, sizeof(err)));
	assert_non_null(strstr(err, "too long"));
}

/* ---- the file ------------------------------------------------------------ */

static char folder[] = "/tmp/ukey-conf-XXXXXX", path[64], other[64];
static uint64_t now = 1;

static uint64_t
tell(void *state)
{
	(void)state;
	return now;
}

static void
put_file(const char *to, const char *text)
{
	FILE *f = fopen(to, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* A question, a second later: whom does R ask? */
static const char *
source(struct ukey_resolver *r)
{
	static const uint8_t wire[] = "\1a";
	const struct ukey_view name = { wire, sizeof(wire) };
	uint8_t octets[UKEY_DNS_QUERY_MAX];
	struct ukey_out query;

	now += 1000;
	ukey_out_init(&query, octets, sizeof(octets));
	ukey_dns_query_write(&query, 0, name);
	assert_int_equal(ukey_resolver_ask(r, ukey_out_done(&query), r, 0,
	    100), UKEY_OK);
	ukey_resolver_cancel(r, r);
	return ukey_resolver_source(r);
}

static struct ukey_resolver *
open_resolver(bool keep)
{
	const struct ukey_resolver_settings settings = { .resolv_conf = path,
		.keep_servers = keep, .clock = tell };
	char err[UKEY_RESOLVER_ERROR_SIZE];

	return ukey_resolver_dns(NULL, &settings, NULL, err, sizeof(err));
}

/* A link to nowhere, then the file, then others in its place. */
static void
test_changes(void **state)
{
	struct ukey_resolver *r, *kept;
	struct ukey_resolver_conf c;
	char text[UKEY_RESOLVER_ERROR_SIZE];

	(void)state;
	assert_int_equal(symlink(other, path), 0);
	r = open_resolver(false);
	kept = open_resolver(true);
	assert_non_null(r);
	assert_string_equal(source(r), DEFAULT);
	assert_non_null(ukey_resolver_trouble(r, text, sizeof(text)));
	assert_non_null(strstr(text, "there is no such file"));
	assert_null(ukey_resolver_trouble(r, text, sizeof(text)));

	put_file(other, "nameserver 10.9.0.1\n");
	assert_string_equal(source(r), "10.9.0.1:53");
	now -= 1000; /* no more than once a second */
	put_file(other, "nameserver 10.9.0.2\n");
	assert_string_equal(source(r), "10.9.0.1:53");
	assert_string_equal(source(r), "10.9.0.2:53");

	/* In the middle of being written, gone for a moment, unreadable. */
	put_file(other, "");
	assert_string_equal(source(r), "10.9.0.2:53");
	put_file(other, "nameserver 10.9.0.3\n");
	assert_string_equal(source(r), "10.9.0.3:53");
	unlink(other);
	assert_string_equal(source(r), "10.9.0.3:53");
	assert_string_equal(source(r), DEFAULT);
	mkdir(other, 0700);
	assert_string_equal(source(r), DEFAULT);
	rmdir(other);

	put_file(other, "nameserver fe80::1%nix0\n");
	assert_string_equal(source(r), "");
	assert_non_null(ukey_resolver_trouble(r, text, sizeof(text)));
	assert_non_null(strstr(text, path));
	assert_non_null(strstr(text, "fe80::1%nix0"));

	/* Who does not look is told. */
	assert_string_equal(source(kept), DEFAULT);
	assert_true(ukey_resolver_conf_list(&c, "10.9.0.9", text,
	    sizeof(text)));
	ukey_resolver_use(kept, &c);
	assert_string_equal(source(kept), "10.9.0.9:53");
	ukey_resolver_free(r);
	ukey_resolver_free(kept);
	unlink(other);
	unlink(path);
}

/* What is there and cannot be read asks nobody. */
static void
test_unreadable(void **state)
{
	char err[UKEY_RESOLVER_ERROR_SIZE], *large = malloc(40001);
	struct ukey_resolver_conf c = { .servers = 1 };

	(void)state;
	assert_non_null(large);
	memset(large, '#', 40000);
	large[40000] = '\0';
	put_file(path, large);
	free(large);
	assert_false(ukey_resolver_conf_read(&c, path, err, sizeof(err)));
	assert_non_null(strstr(err, "cannot be read"));
	assert_int_equal(c.servers, 1);
	unlink(path);
	mkdir(path, 0700);
	assert_false(ukey_resolver_conf_read(&c, path, err, sizeof(err)));
	assert_null(open_resolver(false));
	rmdir(path);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/resolv.conf", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
