/*
 * The DKIM-Signature field: every rule of RFC 6376 3.5 and 6.1.1 that the
 * field alone can break.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_config.h"
#include "ukey_sigheader.h"

#define BH "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; "
#define GOOD "v=1; a=rsa-sha256; d=example.org; s=sel; h=From:To; " BH "b=AAAA"

static enum ukey_reason
parse(struct ukey_sigheader *sig, const char *text, uint8_t **copy)
{
	size_t len = strlen(text);

	*copy = malloc(len + (len == 0));
	memcpy(*copy, text, len);
	return ukey_sigheader_parse(sig, (struct ukey_view) { *copy, len });
}

static void
check(const char *text, enum ukey_reason want)
{
	struct ukey_sigheader sig;
	uint8_t *copy;
	enum ukey_reason got = parse(&sig, text, &copy);

	if (got != want)
		print_error("%s\n  gave %s, not %s\n", text,
		    ukey_reason_word(got), ukey_reason_word(want));
	assert_int_equal(got, want);
	free(copy);
}

/* GOOD with one tag more. */
static void
check_more(const char *tag, enum ukey_reason want)
{
	char text[20000];

	snprintf(text, sizeof(text), GOOD "; %s", tag);
	check(text, want);
}

static void
assert_view(struct ukey_view v, const char *want)
{
	assert_int_equal(v.len, strlen(want));
	assert_memory_equal(v.data, want, v.len);
}

static void
test_values(void **state)
{
	struct ukey_sigheader sig;
	uint8_t *copy;
	unsigned i;

	(void)state;
	assert_int_equal(parse(&sig, " v=1; a=rsa-sha256; c=relaxed/simple;"
	    "\r\n\td=example.org; s=a.b; i=x@sub.example.org; l=10; t=5;"
	    " x=9999999999; q=dns/txt; z=a; b= AA\r\n AA ; h=to : FROM;\r\n " BH
	    "\r\n", &copy), UKEY_REASON_OK);
	assert_view(sig.tag[UKEY_SIG_D], "example.org");
	assert_view(sig.tag[UKEY_SIG_S], "a.b");
	assert_view(sig.tag[UKEY_SIG_I], "x@sub.example.org");
	assert_view(sig.b_raw, " AA\r\n AA ");
	assert_int_equal(sig.l, 10);
	assert_int_equal(sig.x, 9999999999);
	for (i = 0; i < UKEY_SIG_TAGS; i++)
		assert_non_null(sig.tag[i].data);
	assert_int_equal(sig.header_canon, UKEY_CANON_RELAXED);
	assert_int_equal(sig.body_canon, UKEY_CANON_SIMPLE);
	assert_int_equal(sig.algorithm, UKEY_ALGORITHM_RSA_SHA256);
	free(copy);
}

static void
test_canon(void **state)
{
	static const struct {
		const char *c;
		int header, body;
	} cases[] = {
		{ "c=simple", 0, 0 }, { "c=relaxed", 1, 0 },
		{ "c=simple/relaxed", 0, 1 }, { "c=relaxed/relaxed", 1, 1 },
		{ "c= relaxed/simple ", 1, 0 }, { "z=", 0, 0 }
	};
	struct ukey_sigheader sig;
	char text[400];
	uint8_t *copy;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), GOOD ";%s", cases[i].c);
		assert_int_equal(parse(&sig, text, &copy), UKEY_REASON_OK);
		assert_int_equal(sig.header_canon, cases[i].header);
		assert_int_equal(sig.body_canon, cases[i].body);
		free(copy);
	}
	check_more("c=", UKEY_REASON_CANON);
	check_more("c=relaxed/", UKEY_REASON_CANON);
	check_more("c=nowsp", UKEY_REASON_CANON);
	check_more("c=simple/simple/simple", UKEY_REASON_CANON);
}

static void
test_required(void **state)
{
	static const char *const tags[] = { "v=1", "a=rsa-sha256", "b=AAAA",
		"bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"d=example.org", "h=from", "s=sel" };
	char text[400];
	size_t skip, i, len;

	(void)state;
	for (skip = 0; skip <= 7; skip++) {
		for (i = len = 0; i < 7; i++) {
			if (i != skip)
				len += (size_t)snprintf(text + len,
				    sizeof(text) - len, "%s;", tags[i]);
		}
		check(text, skip == 7 ? UKEY_REASON_OK :
		    UKEY_REASON_TAG_MISSING);
	}
}

static void
test_rules(void **state)
{
	static const struct {
		const char *text;
		enum ukey_reason want;
	} cases[] = {
		{ "v=2; " BH, UKEY_REASON_VERSION },
		{ "v=1; a=rsa-sha1; d=e.org; s=s; h=from; " BH "b=AAAA",
		    UKEY_REASON_SHA1 },
		{ "v=1; a=ed25519-sha256; d=e.org; s=s; h=from; " BH "b=AAAA",
		    UKEY_REASON_ALGORITHM },
		{ "v=1; a=rsa-sha512; d=e.org; s=s; h=from; " BH "b=AAAA",
		    UKEY_REASON_ALGORITHM },
		{ "v=1; a=rsa-sha256; d=e.org; s=s; h=from; bh=AAAA; b=AAAA",
		    UKEY_REASON_BH_LENGTH },
		{ "v=1; a=rsa-sha256; d=e.org; s=s; h=from; bh=; b=AAAA",
		    UKEY_REASON_BH_LENGTH },
		{ "v=1; a=rsa-sha256; d=e.org; s=s; h=from; " BH "b=",
		    UKEY_REASON_BASE64 },
		{ "v=1; a=rsa-sha256; d=e.org; s=s; h=from; " BH "b=A!AA",
		    UKEY_REASON_BASE64 },
		{ "v=1; a=rsa-sha256; d=e_x.org; s=s_1; h=from; " BH "b=AAAA",
		    UKEY_REASON_OK },
		{ "v=1; a=rsa-sha256; d=e%n.org; s=s; h=from; " BH "b=AAAA",
		    UKEY_REASON_DOMAIN },
		{ "v=1; a=rsa-sha256; d=; s=s; h=from; " BH "b=AAAA",
		    UKEY_REASON_DOMAIN },
		{ "v=1; a=rsa-sha256; d=e.org; s=a b; h=from; " BH "b=AAAA",
		    UKEY_REASON_SELECTOR },
		{ "v=1; a=rsa-sha256; d=e.org; s=a..b; h=from; " BH "b=AAAA",
		    UKEY_REASON_SELECTOR },
		{ "v=1; a=rsa-sha256; d=b\xC3\xBC.org; s=s; h=from; " BH
		    "b=AAAA", UKEY_REASON_U_LABEL },
		{ "v=1; a=rsa-sha256; d=e.org; s=s; h=to; " BH "b=AAAA",
		    UKEY_REASON_H_FROM },
		{ "v=1; a=rsa-sha256; d=e.org; s=s; h=; " BH "b=AAAA",
		    UKEY_REASON_H_EMPTY },
		{ "v=1; a=rsa-sha256; d=e.org; s=s; h=from:; " BH "b=AAAA",
		    UKEY_REASON_H_EMPTY },
		{ "v=1; a=rsa-sha256; d=e.org; s=s; h=from::to; " BH "b=AAAA",
		    UKEY_REASON_H_EMPTY },
		{ "v=1; a=rsa-sha256; d=e.org; s=s; h=fr om; " BH "b=AAAA",
		    UKEY_REASON_H_EMPTY },
		{ GOOD "; d=other.org", UKEY_REASON_TAG_DUPLICATE },
		{ GOOD "; zz=1; zz=1", UKEY_REASON_TAG_DUPLICATE },
		{ GOOD ";", UKEY_REASON_OK },
		{ GOOD "; ;", UKEY_REASON_TAG_LIST },
		{ "", UKEY_REASON_TAG_LIST }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].text, cases[i].want);
}

static void
test_more(void **state)
{
	static const struct {
		const char *tag;
		enum ukey_reason want;
	} cases[] = {
		{ "l=0", UKEY_REASON_OK },
		{ "l=-1", UKEY_REASON_LENGTH },
		{ "l=", UKEY_REASON_LENGTH },
		{ "l=1x", UKEY_REASON_LENGTH },
		{ "l=18446744073709551616", UKEY_REASON_LENGTH },
		{ "t=1", UKEY_REASON_OK },
		{ "t=999999999999; x=1000000000000", UKEY_REASON_OK },
		{ "t=5; x=5", UKEY_REASON_TIME },
		{ "t=5; x=4", UKEY_REASON_TIME },
		{ "x=", UKEY_REASON_TIME },
		{ "t=0x5", UKEY_REASON_TIME },
		{ "t=18446744073709551617", UKEY_REASON_TIME },
		{ "q=dns/txt", UKEY_REASON_OK },
		{ "q=other : dns/txt", UKEY_REASON_OK },
		{ "q=DNS/txt", UKEY_REASON_QUERY },
		{ "a =RSA-sha256", UKEY_REASON_TAG_DUPLICATE },
		{ "c=Simple", UKEY_REASON_CANON },
		{ "c=simple/RELAXED", UKEY_REASON_CANON },
		{ "l=9223372036854775807", UKEY_REASON_OK },
		{ "l=9223372036854775808", UKEY_REASON_LENGTH },
		{ "l=18446744073709551615", UKEY_REASON_LENGTH },
		{ "l=000000000000000000000000000007", UKEY_REASON_OK },
		{ "t=00000000000000000000000000001", UKEY_REASON_OK },
		{ "q=other", UKEY_REASON_QUERY },
		{ "q=", UKEY_REASON_QUERY },
		{ "i=@example.org", UKEY_REASON_OK },
		{ "i=a@EXAMPLE.org", UKEY_REASON_OK },
		{ "i=a@b.example.org", UKEY_REASON_OK },
		{ "i=a@xexample.org", UKEY_REASON_IDENTITY },
		{ "i=a@org", UKEY_REASON_IDENTITY },
		{ "i=example.org", UKEY_REASON_IDENTITY },
		{ "i=", UKEY_REASON_IDENTITY },
		{ "i=a@.example.org", UKEY_REASON_IDENTITY },
		{ "i=a@\xC3\xBC.example.org", UKEY_REASON_U_LABEL },
		{ "i=\"a@b\"@example.org", UKEY_REASON_OK }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_more(cases[i].tag, cases[i].want);
}

/* h= with COUNT names. */
static void
check_names(unsigned count, enum ukey_reason want)
{
	char text[2000];
	size_t len = (size_t)snprintf(text, sizeof(text),
	    "v=1; a=rsa-sha256; d=e.org; s=s; " BH "b=AAAA; h=from");

	while (--count > 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ":x");
	check(text, want);
}

static void
test_limits(void **state)
{
	char text[6000];

	(void)state;
	check_names(UKEY_H_NAMES_MAX, UKEY_REASON_OK);
	check_names(UKEY_H_NAMES_MAX + 1, UKEY_REASON_H_LIMIT);
	memset(text, 'x', 5000);
	memcpy(text, GOOD "; z=", strlen(GOOD "; z="));
	text[UKEY_TAG_LIST_MAX] = '\0';
	check(text, UKEY_REASON_OK);
	text[UKEY_TAG_LIST_MAX] = 'x';
	text[UKEY_TAG_LIST_MAX + 1] = '\0';
	check(text, UKEY_REASON_TAG_LIMIT);
}

static enum ukey_reason
judge_time(const struct ukey_sigheader *sig, uint64_t now, uint64_t earliest)
{
	return ukey_sigheader_time(sig, (struct ukey_time) { now, earliest });
}

static void
test_time(void **state)
{
	static const struct {
		bool t, x;
		uint64_t now, earliest;
		enum ukey_reason reason;
	} rows[] = {
		{ true, true, 0, 0, UKEY_REASON_OK },
		{ true, true, 2000300, 2000300, UKEY_REASON_OK },
		{ true, true, 2000301, 2000301, UKEY_REASON_EXPIRED },
		{ true, true, 0, 2000300, UKEY_REASON_OK },
		{ true, true, 0, 2000301, UKEY_REASON_EXPIRED },
		{ true, true, 999700, 999700, UKEY_REASON_OK },
		{ true, true, 999699, 999699, UKEY_REASON_FUTURE },
		{ true, true, 0, 1, UKEY_REASON_OK },
		{ false, true, 1, 1, UKEY_REASON_OK },
		{ false, false, 1, 1, UKEY_REASON_OK },
		{ true, false, UINT64_MAX, UINT64_MAX, UKEY_REASON_OK },
	};
	struct ukey_sigheader sig = { .t = 1000000, .x = 2000000 };
	static const uint8_t here[1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sig.tag[UKEY_SIG_T].data = rows[i].t ? here : NULL;
		sig.tag[UKEY_SIG_X].data = rows[i].x ? here : NULL;
		assert_int_equal(judge_time(&sig, rows[i].now,
		    rows[i].earliest), rows[i].reason);
	}
	sig.tag[UKEY_SIG_X] = UKEY_VIEW("1");
	sig.x = UINT64_MAX;
	assert_int_equal(judge_time(&sig, UINT64_MAX - 1, UINT64_MAX - 1),
	    UKEY_REASON_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_canon),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_more),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_time)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
