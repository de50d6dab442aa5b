/*
 * Authentication-Results: forged ones in all spellings, in every cut.
 * SPDX-License-Identifier: MIT
 *
 * What is claimed, with controls that stay:
 *   the id in RFC 8601's spellings: case, comments, quotes, folds, version, dot
 *   any octet that is no token's in front of, within or behind the id (each of
 *     the 256, at each place): blanks, VT, FF, controls, DEL, NUL, quotes,
 *     backslashes, separators, octets above 127; white space of Unicode
 *   comments that some readers end earlier or later: nested, with quoted-pairs
 *   an encoded-word where the id should be
 *   a comment or quoted-string without an end
 *   no id, "method=result" or nothing in its place
 *   blanks and other octets around the name of the field
 * What stays: longer and shorter ids, other hosts, other names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_authres.h"

#define ID UKEY_VIEW("mx.example.net")

static void
push(struct ukey_authres *a, const char *text, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0));

	memcpy(copy, text, len);
	ukey_authres_push(a, (struct ukey_view) { copy, len });
	free(copy);
}

static void
check_claims(const char *field, bool want)
{
	size_t len = strlen(field), cut, i;
	struct ukey_authres a;
	bool got;

	for (cut = 0; cut <= len + 1; cut++) {
		ukey_authres_init(&a, ID);
		if (cut <= len) {
			push(&a, field, cut);
			push(&a, field + cut, len - cut);
		} else {
			for (i = 0; i < len; i++)
				push(&a, field + i, 1);
		}
		got = ukey_authres_end(&a);
		if (got != want)
			print_error("%s\n", field);
		assert_int_equal(got, want);
		assert_int_equal(ukey_authres_forged(&a, 1), want &&
		    ((uint8_t)field[0] | 0x20) == 'a' &&
		    ukey_is_fws((uint8_t)field[22]) + (field[22] == ':'));
	}
}

/* The same of LEN octets, NUL among them, whole and octet by octet. */
static void
check_octets(const char *field, size_t len, bool want)
{
	struct ukey_authres a;
	bool got;
	size_t i;

	ukey_authres_init(&a, ID);
	push(&a, field, len);
	got = ukey_authres_end(&a);
	if (got != want)
		print_error("%.*s\n", (int)len, field);
	assert_int_equal(got, want);
	for (i = 0; i < len; i++)
		push(&a, field + i, 1);
	assert_int_equal(ukey_authres_end(&a), want);
}

#define AR "Authentication-Results:"

static const struct {
	const char *field;
	bool claims;
} cases[] = {
	{ AR " mx.example.net; dkim=pass\r\n", true },
	{ AR "mx.example.net;none\r\n", true },
	{ AR " MX.Example.NET; dkim=pass\r\n", true },
	{ AR " mx.example.net.; dkim=pass\r\n", true },
	{ AR " mx.example.net 1; dkim=pass\r\n", true },
	{ AR " mx.example.net/1; dkim=pass\r\n", true },
	{ AR " mx.example.net (c); dkim=pass\r\n", true },
	{ AR " mx.example.net(c); dkim=pass\r\n", true },
	{ AR " (c) mx.example.net; dkim=pass\r\n", true },
	{ AR " (a (b \\) ;) c)\r\n\t(d) mx.example.net;\r\n", true },
	{ AR "\r\n mx.example.net;\r\n dkim=pass\r\n", true },
	{ AR " \"mx.example.net\"; dkim=pass\r\n", true },
	{ AR " \"mx.exa\\mple.net\"; dkim=pass\r\n", true },
	{ AR " \"mx.example.net.\" 1; dkim=pass\r\n", true },
	{ AR " \"mx\".example.net; dkim=pass\r\n", true },
	{ AR " \"mx.example.net\"evil; dkim=pass\r\n", true },
	{ AR " \"mx.example.net; dkim=pass\r\n", true },
	{ AR " mx.example.net\r\n", true },
	{ AR " mx.example.net", true },
	{ AR " mx.example.net=x", true },
	{ "authentication-RESULTS : mx.example.net;\r\n", true },
	{ "Authentication-Results\t:\tmx.example.net;\r\n", true },
	{ "Authentication-Results\r\n : mx.example.net;\r\n", true },
	{ AR " mx.example.org; dkim=pass\r\n", false },
	{ AR " mx.example.net.evil.org; dkim=pass\r\n", false },
	{ AR " mx.example.nets; dkim=pass\r\n", false },
	{ AR " mx.example.net..; dkim=pass\r\n", true },
	{ AR " mx.example.net. evil.org; dkim=pass\r\n", true },
	{ AR " mx . example . net; dkim=pass\r\n", true },
	{ AR " m(c)x.example(c).net; dkim=pass\r\n", true },
	{ AR " mx\\.example.net; dkim=pass\r\n", true },
	{ AR " \"mx\".\"example.net\"; dkim=pass\r\n", true },
	{ AR " \"mx.example\r\n\t.net\"; dkim=pass\r\n", true },
	{ AR " (\\) mx.example.net; dkim=pass\r\n", true },
	{ AR " (a (b) mx.example.net; x=\"))\"\r\n", true },
	{ AR " (a (b\\) c) mx.example.net; x=y (\r\n", true },
	{ AR " (\\(c) mx.example.net; dkim=pass\r\n", true },
	/* each for one reading, where the strict one has another id */
	{ AR " (mx.example.net) x.org; dkim=pass\r\n", true },
	{ AR " (a (b) mx.example.net; dkim=pass) c) x.org; x=y\r\n", true },
	{ AR " (a \\) mx.example.net; dkim=pass) x.org; x=y\r\n", true },
	{ AR " \\(mx.example.net; dkim=pass) x.org; x=y\r\n", true },
	{ AR " \\(a \\) mx.example.net; dkim=pass) x.org; x=y\r\n", true },
	{ AR " (a (b\\) c) mx.example.net; dkim=pass) x.org; x=y\r\n", true },
	{ AR " ) mx.example.net; dkim=pass\r\n", true },
	{ AR " ;mx.example.net; dkim=pass\r\n", true },
	{ AR " .mx.example.net; dkim=pass\r\n", true },
	{ AR " =?utf-8?q?mx.example.net?=; dkim=pass\r\n", true },
	{ AR " =?utf-8?b?bXguZXhhbXBsZS5uZXQ=?=; dkim=pass\r\n", true },
	{ AR " mx.=?utf-8?q?example?=.net; dkim=pass\r\n", true },
	{ AR " (=?utf-8?q?=29?= mx.example.net; x=y) a.b;\r\n", true },
	{ AR " \xC2\xA0mx.example.net; dkim=pass\r\n", true },
	{ AR " \xC2\x85mx.example.net; dkim=pass\r\n", true },
	{ AR " \xE2\x80\x83mx.example.net; dkim=pass\r\n", true },
	{ AR " mx.example.net\xE2\x80\xA8; dkim=pass\r\n", true },
	{ AR " mx.exam\xE2\x80\x8Bple.net; dkim=pass\r\n", true },
	{ AR " mx.example\xEF\xBC\x8Enet; dkim=pass\r\n", true },
	{ AR " dkim=pass header.d=victim.example\r\n", true },
	{ AR " dkim = pass header.d=victim.example\r\n", true },
	{ AR " dkim/1=pass header.d=victim.example\r\n", true },
	{ AR " (c) spf (d) =pass smtp.mailfrom=a@b.c\r\n", true },
	{ AR " \"dkim\"=pass\r\n", true },
	{ AR " ; dkim=pass header.d=victim.example\r\n", true },
	{ AR " \"\"; dkim=pass header.d=victim.example\r\n", true },
	{ AR " x.org; dkim=pass reason=\"abc\r\n", true },
	{ AR " x.org; dkim=pass (abc\r\n", true },
	{ AR " x.org; dkim=pass (abc\\)\r\n", true },
	{ AR " (x.org\r\n", true }, { AR " x.org (\r\n", true },
	{ "Authentication-Results\x0B: mx.example.net;\r\n", true },
	{ "Authentication-Results\xC2\xA0: mx.example.net;\r\n", true },
	{ "\x0C" AR " mx.example.net;\r\n", true },
	{ AR " x.org; dkim=pass (a \\( b)\r\n", false },
	{ AR " x.org; dkim=pass reason=\"\\\"(\" (\")\r\n", false },
	{ AR " (a (b \\) c)) x.org; dkim=pass\r\n", false },
	{ AR " x.org 1; dkim=pass\r\n", false },
	{ AR " x.org from=a.b; dkim=pass\r\n", false },
	{ AR " x.org (mx.example.net); dkim=pass\r\n", false },
	{ AR " x.org; none\r\n", false }, { AR " x.org\r\n", false },
	{ AR " x mx.example.net; dkim=pass\r\n", false },
	{ AR " mx; dkim=pass\r\n", false },
	{ AR " mx.; example=pass\r\n", false },
	{ AR " x.org; header.b==?a?\r\n", false },
	{ AR " \x0B\"x.org\"; dkim=pass\r\n", false },
	{ "ARC-" AR " i=1; mx.example.net; dkim=pass\r\n", false },
	{ AR " mx.example.ne; dkim=pass\r\n", false },
	{ AR " amx.example.net; dkim=pass\r\n", false },
	{ AR " (mx.example.net); x.org; dkim=pass\r\n", true },
	{ AR " x.org; dkim=pass reason=\"mx.example.net\"\r\n", false },
	{ AR " mx.(c)example.net; dkim=pass\r\n", true },
	{ AR " (mx.example.net; dkim=pass\r\n", true },
	{ AR "\r\n", true }, { AR " (c)\r\n", true },
	{ "X-" AR " mx.example.net;\r\n", false },
	{ "Authentication-Result: mx.example.net;\r\n", false },
	{ "Authentication-Resultss: mx.example.net;\r\n", false },
	{ "Authentication- Results: mx.example.net;\r\n", false },
	{ "", false }
};

static void
test_claims(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_claims(cases[i].field, cases[i].claims);
}

/* Each octet that is no token's, at each place of each id: ours is claimed
 * still, others are not; but for what begins as ours does, up to an octet
 * above 127, behind which a reader may see anything. */
static void
test_octets(void **state)
{
	static const char *const others[] = { "xmx.example.net",
		"mx.example.ne", "mx.example.com", "x.org", "example.net" };
	static const char ours[] = "mx.example.net";
	char field[100];
	size_t at, k, n = 0;
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		if (c > ' ' && c < 0x7F && strchr("()<>@,;:\\\"/[]?=", c) ==
		    NULL)
			continue;
		n++;
		for (at = 0; at < sizeof(ours); at++) {
			snprintf(field, sizeof(field), AR " %.*s?%s; x=y\r\n",
			    (int)at, ours, ours + at);
			field[strlen(AR) + 1 + at] = (char)c;
			check_octets(field, strlen(AR) + at + strlen(ours +
			    at) + 9, true);
		}
		for (k = 0; k < 5 && strchr("(\"=;", c) == NULL; k++)
			for (at = 0; at < strlen(others[k]); at++) {
				snprintf(field, sizeof(field),
				    AR " %.*s?%s; x=y\r\n", (int)at,
				    others[k], others[k] + at);
				field[strlen(AR) + 1 + at] = (char)c;
				check_octets(field, strlen(AR) +
				    strlen(others[k]) + 9, c >= 0x80 &&
				    at > 0 && strncmp(others[k], ours, at)
				    == 0);
			}
	}
	assert_int_equal(n, 256 - (0x7F - 0x21) + 15);
}

/* OpenDKIM #434: a field larger than any buffer; and deep nesting. */
static void
test_large(void **state)
{
	struct ukey_authres a;
	size_t n;

	(void)state;
	for (n = 1; n <= 70000; n = n * 3 + 1) {
		size_t i;

		ukey_authres_init(&a, ID);
		push(&a, AR " (", strlen(AR " ("));
		for (i = 0; i < n; i++)
			push(&a, "x", 1);
		push(&a, ") mx.example.net; dkim=pass\r\n", 29);
		assert_true(ukey_authres_end(&a));
		ukey_authres_init(&a, ID);
		push(&a, AR, strlen(AR));
		for (i = 0; i < n; i++)
			push(&a, "(", 1);
		for (i = 0; i < n; i++)
			push(&a, ")", 1);
		push(&a, "mx.example.net;", 15);
		assert_true(ukey_authres_end(&a));
	}
}

/* CVE-2022-48521: ordinals of several forged fields, and other fields. */
static void
test_ordinals(void **state)
{
	static const bool forged[8] = { 0, 1, 1, 0, 1, 0, 0, 1 };
	struct ukey_authres a;
	unsigned i;

	(void)state;
	ukey_authres_init(&a, ID);
	for (i = 0; i < 8; i++) {
		push(&a, "Subject: mx.example.net\r\n", 25);
		assert_false(ukey_authres_end(&a));
		push(&a, AR, strlen(AR));
		push(&a, forged[i] ? "mx.example.net" : "x.org",
		    forged[i] ? 14 : 5);
		assert_int_equal(ukey_authres_end(&a), forged[i]);
	}
	for (i = 0; i < 8; i++)
		assert_int_equal(ukey_authres_forged(&a, i + 1), forged[i]);
	assert_false(ukey_authres_forged(&a, 0));
	assert_false(ukey_authres_forged(&a, 9));
}

/* What else goes, and what stays: only an id that is written plainly. */
static void
test_lists(void **state)
{
	static const struct ukey_view remove[] = { { (const uint8_t *)"old.e",
		5 }, { (const uint8_t *)"mx", 2 } };
	static const struct ukey_view keep[] = { { (const uint8_t *)"f.local",
		7 }, { (const uint8_t *)"mx.example.net", 14 } };
	static const struct {
		const char *id;
		bool list, all, both; /* deleted with the one, the other */
	} fields[] = {
		{ " old.e;", 1, 1, 1 }, { " OLD.E. 1;", 1, 1, 1 },
		{ " o\x01ld.e;", 1, 1, 1 }, { " mx;", 1, 1, 1 },
		{ " mx.example.net;", 1, 1, 0 }, { "mx.example.net", 1, 1, 0 },
		{ " mx.example.net.;", 1, 1, 1 },
		{ " \"mx.example.net\";", 1, 1, 1 },
		{ " mx.example.net (c);", 1, 1, 1 },
		{ " mx.example.net 1 ;", 1, 1, 0 },
		{ " mx.example.net 1 x;", 1, 1, 1 },
		{ " mx.example.net; x=\"", 1, 1, 1 }, { " f.local;", 0, 1, 0 },
		{ " f.local; (", 1, 1, 1 }, { " f.local/1;", 0, 1, 1 },
		{ " xf.local;", 0, 1, 1 }, { " f.locals;", 0, 1, 1 },
		{ "\r\n\tF.LOCAL\r\n 1;", 0, 1, 0 },
		{ " mxx;", 0, 1, 1 }, { " x.org;", 0, 1, 1 }
	};
	struct ukey_authres_lists lists = { remove, keep, 2, 0, false };
	struct ukey_authres a;
	char field[80];
	size_t i;

	(void)state;
	for (i = 0; i < 3 * sizeof(fields) / sizeof(fields[0]); i++) {
		lists.all = i % 3 > 0;
		lists.keeps = i % 3 == 2 ? 2 : 0;
		snprintf(field, sizeof(field), AR "%s\r\n",
		    fields[i / 3].id);
		ukey_authres_init(&a, ID);
		ukey_authres_also(&a, &lists);
		push(&a, field, strlen(field));
		if (ukey_authres_end(&a) != (i % 3 == 0 ? fields[i / 3].list :
		    i % 3 == 1 ? fields[i / 3].all : fields[i / 3].both))
			fail_msg("%s with lists %u", field, (unsigned)i % 3);
	}
}

/* Beyond the bitmap every such field goes, whoever claims it. */
static void
test_many(void **state)
{
	struct ukey_authres a;
	unsigned i;

	(void)state;
	ukey_authres_init(&a, ID);
	for (i = 1; i <= UKEY_AUTHRES_MAX + 100; i++) {
		push(&a, AR " x.org; dkim=none\r\n", strlen(AR) + 19);
		assert_int_equal(ukey_authres_end(&a), i > UKEY_AUTHRES_MAX);
	}
	assert_false(ukey_authres_forged(&a, UKEY_AUTHRES_MAX));
	assert_true(ukey_authres_forged(&a, UKEY_AUTHRES_MAX + 1));
	for (; i <= 70000; i++) {
		push(&a, AR, strlen(AR));
		assert_true(ukey_authres_end(&a));
	}
	assert_true(ukey_authres_forged(&a, 69999));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_ordinals),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_many)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
