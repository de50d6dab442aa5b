/*
 * Authentication-Results: ours, with hostile values, read strictly.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_results.h"
#include "ukey_authres.h"

#define ID UKEY_VIEW("mx.example.net")

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

static void
check_text(const struct ukey_out *out, const char *want)
{
	assert_false(out->overflow);
	if (out->len != strlen(want) || memcmp(out->data, want, out->len) != 0)
		print_error("%.*s", (int)out->len, out->data);
	assert_int_equal(out->len, strlen(want));
	assert_memory_equal(out->data, want, out->len);
}

/* What a strict reader makes of the field in OUT. */
static const struct support_results *
read_field(const struct ukey_out *out)
{
	static struct support_results r;
	const char *trouble = support_results_read(&r, ukey_out_done(out),
	    "mx.example.net");

	if (trouble != NULL)
		print_error("%s: %.*s", trouble, (int)out->len, out->data);
	assert_null(trouble);
	return &r;
}

/* The field with the result of J, in OCTETS, read strictly. */
static const struct support_results *
write_userkeys(const struct ukey_judgement *j, struct ukey_out *out)
{
	static uint8_t octets[UKEY_AUTHRES_FIELD_MAX];

	ukey_out_init(out, octets, sizeof(octets));
	ukey_authres_userkeys(out, ID, j, UKEY_ACCEPT);
	return read_field(out);
}

static void
dkim_field(const struct ukey_judgement *j, unsigned count,
    struct ukey_out *out)
{
	static uint8_t octets[UKEY_AUTHRES_FIELD_MAX];

	ukey_out_init(out, octets, sizeof(octets));
	ukey_out_text(out, "Authentication-Results: mx.example.net");
	while (count-- > 0)
		ukey_authres_dkim_result(out, j);
	ukey_out_text(out, "\r\n");
}

static const struct support_results *
write_dkim(const struct ukey_judgement *j, struct ukey_out *out)
{
	dkim_field(j, 1, out);
	return read_field(out);
}

static void
test_write_userkeys(void **state)
{
	struct ukey_judgement j = { .verdict = UKEY_PASS,
		.reason = UKEY_REASON_OK, .selector = view("alice.userkeys"),
		.sender = { view("alice"), view("example.org") },
		.author = { view("alice"), view("example.org") },
		.relation = UKEY_FROM_SAME, .advice = UKEY_ADVICE_REJECT };
	uint8_t octets[1024];
	struct ukey_out out;
	size_t size;

	(void)state;
	write_userkeys(&j, &out);
	check_text(&out, "Authentication-Results: mx.example.net;\r\n"
	    "\tuserkeys=pass smtp.mailfrom=alice@example.org "
	    "header.from=alice@example.org\r\n"
	    "\theader.s=alice.userkeys policy.from=same "
	    "policy.advice=reject\r\n");
	size = out.len;
	while (--size > 0) {
		ukey_out_init(&out, octets, size);
		ukey_authres_userkeys(&out, ID, &j, UKEY_ACCEPT);
		assert_true(out.overflow);
	}
	j = (struct ukey_judgement) { .verdict = UKEY_FAIL,
		.reason = UKEY_REASON_BODY_HASH, .testing = true,
		.time_unknown = true, .relation = UKEY_FROM_MANY,
		.sender = { view("\"a;b\""), view("e.org") } };
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_authres_userkeys(&out, ID, &j, UKEY_QUARANTINE);
	check_text(&out, "Authentication-Results: mx.example.net;\r\n"
	    "\tuserkeys=fail reason=\"body-hash\" smtp.mailfrom=\"a;b\"@e.org "
	    "policy.from=many\r\n\tpolicy.advice=none policy.testing=y "
	    "policy.time=unknown\r\n\tpolicy.action=quarantine\r\n");
	read_field(&out);
}

/* An author who is not the sender is never shown beside the result, and that
 * of a null sender is its identity (PROTOCOL 6). */
static void
test_header_from(void **state)
{
	static const enum ukey_relation relations[] = { UKEY_FROM_NONE,
		UKEY_FROM_SAME, UKEY_FROM_OTHER, UKEY_FROM_MANY };
	struct ukey_judgement j = { .verdict = UKEY_PASS,
		.sender = { view("alice"), view("example.org") },
		.author = { view("ceo"), view("example.org") } };
	const struct support_results *r;
	struct ukey_out out;
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		j.relation = relations[i];
		r = write_userkeys(&j, &out);
		assert_int_equal(support_results_value(r, 0, "header.from") !=
		    NULL, relations[i] == UKEY_FROM_SAME);
	}
	j.relation = UKEY_FROM_SAME;
	j.from_header = true;
	r = write_userkeys(&j, &out);
	assert_null(support_results_value(r, 0, "smtp.mailfrom"));
	assert_string_equal(support_results_value(r, 0, "header.from"),
	    "ceo@example.org");
}

static void
test_write_dkim(void **state)
{
	struct ukey_judgement j = { .verdict = UKEY_PASS,
		.reason = UKEY_REASON_OK, .domain = view("example.org"),
		.selector = view("alice.userkeys"),
		.identity = view("alice@example.org"),
		.b = view("\r\n\tKq2x\r\n\tV8mAZZZZ") };
	const struct support_results *r;
	struct ukey_out out;

	(void)state;
	write_dkim(&j, &out);
	check_text(&out, "Authentication-Results: mx.example.net;"
	    "\r\n\tdkim=pass header.d=example.org "
	    "header.i=alice@example.org\r\n\theader.s=alice.userkeys "
	    "header.b=Kq2xV8mA\r\n");
	j.testing = j.time_unknown = j.partial_body = true;
	r = write_dkim(&j, &out);
	assert_string_equal(support_results_value(r, 0, "policy.testing"),
	    "y");
	assert_string_equal(support_results_value(r, 0, "policy.time"),
	    "unknown");
	assert_string_equal(support_results_value(r, 0, "policy.body"),
	    "partial");
}

/*
 * A tag's value is a pvalue of RFC 8601 2.2, whole, or not there (want NULL):
 * each tspecial alone, "@" in and out of its place, local-parts that are no
 * dot-atom, domains that are none, white space and folding (of which tags are
 * free), controls of ASCII and of Unicode, octets that are no UTF-8, line
 * separators, and what would end the value, the result or the field.
 */
static const struct {
	const char *value, *want;
} values[] = {
	{ "e.org", "e.org" }, { "%n%s", "%n%s" },
	{ "a!#$%&'*+-._`{|}~", "a!#$%&'*+-._`{|}~" }, { "a/b", "\"a/b\"" },
	{ "a=b", "\"a=b\"" }, { "a?b", "\"a?b\"" }, { "a(b", "\"a(b\"" },
	{ "a)b", "\"a)b\"" }, { "a<b", "\"a<b\"" }, { "a>b", "\"a>b\"" },
	{ "a,b", "\"a,b\"" }, { "a;b", "\"a;b\"" }, { "a:b", "\"a:b\"" },
	{ "a[b", "\"a[b\"" }, { "a]b", "\"a]b\"" }, { "a\"b", "\"a\\\"b\"" },
	{ "a\\b", "\"a\\\\b\"" }, { "\"", "\"\\\"\"" }, { "\\", "\"\\\\\"" },
	{ "a@e.org", "a@e.org" }, { "a/b=c@e.org", "a/b=c@e.org" },
	{ "@e.org", "@e.org" }, { "a@b", "\"a@b\"" }, { "@b", "\"@b\"" },
	{ "a@", "\"a@\"" }, { "@", "\"@\"" },
	{ "a..b@e.org", "\"a..b@e.org\"" }, { "a.@e.org", "\"a.@e.org\"" },
	{ ".a@e.org", "\".a@e.org\"" }, { "a@b@e.org", "\"a@b@e.org\"" },
	{ "a@e..org", "\"a@e..org\"" }, { "a@e.org.", "\"a@e.org.\"" },
	{ "a@-e.org", "\"a@-e.org\"" }, { "a@e_f.org", "\"a@e_f.org\"" },
	{ "a@[1.2.3.4]", "\"a@[1.2.3.4]\"" },
	{ "\"a;b\"@e.org", "\"a;b\"@e.org" },
	{ "\"a\"b@e.org", "\"\\\"a\\\"b@e.org\"" },
	{ "b\xC3\xBC", "\"b\xC3\xBC\"" },
	{ "b\xC3\xBC@e.org", "b\xC3\xBC@e.org" },
	{ "a@\r\n\te.org", "a@e.org" }, { " e.org\t", "e.org" },
	{ "e.org; dkim=pass", "\"e.org;dkim=pass\"" },
	{ "e.org\r\nX-Evil: x", "\"e.orgX-Evil:x\"" },
	{ "e\"; dkim=pass \"", "\"e\\\";dkim=pass\\\"\"" },
	{ "e.org\x0B", NULL }, { "\x0C;e.org", NULL }, { "e\x1B[31m", NULL },
	{ "e\x7F", NULL }, { "\x01", NULL }, { "b\xC3", NULL },
	{ "\x80", NULL }, { "\xE0\x80\x80", NULL }, { "\xED\xA0\x80", NULL },
	{ "\xF5q", NULL }, { "\xC2\x85", NULL }, { "\\\xC2\x85", NULL },
	{ "\xE2\x80\xA8", NULL }, { "x\xE2\x80\xA9y", NULL }, { "", NULL },
	{ " \r\n ", NULL }
};

static void
test_values(void **state)
{
	struct ukey_out out;
	char want[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const struct ukey_judgement j = { .verdict = UKEY_PERMERROR,
			.reason = UKEY_REASON_DOMAIN,
			.identity = view(values[i].value) };

		write_dkim(&j, &out);
		snprintf(want, sizeof(want), "Authentication-Results: "
		    "mx.example.net;\r\n\tdkim=permerror reason=\"domain\""
		    "%s%s\r\n", values[i].want == NULL ? "" : " header.i=",
		    values[i].want == NULL ? "" : values[i].want);
		check_text(&out, want);
	}
}

/* RFC 6008, RFC 2045 5.1: one signature in eight has a "/" there. */
static void
test_header_b(void **state)
{
	static const struct {
		const char *b, *want;
	} cases[] = {
		{ "H41E/yF2zzzz", "H41E/yF2" }, { "H41EByF2/zzz", "H41EByF2" },
		{ "AB==", "AB==" }, { "A+CDEFGH", "A+CDEFGH" },
		{ "a\"; d=\"", "a\";d=\"" }, { "ab\x01", "" }
	};
	struct ukey_out out;
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ukey_judgement j = { .verdict = UKEY_FAIL,
			.b = view(cases[i].b) };

		got = support_results_value(write_dkim(&j, &out), 0,
		    "header.b");
		assert_string_equal(got == NULL ? "" : got, cases[i].want);
	}
}

/*
 * The identity is quoted again, or left out whole: backslashes that escape
 * nothing, those that would escape our DQUOTE once an octet is dropped,
 * domains of one label, octets that are no text, and one octet too many.
 */
static void
test_addresses(void **state)
{
	static const struct {
		const char *local, *domain, *want; /* of the field; NULL: out */
	} cases[] = {
		{ "alice", "e.org", "alice@e.org" },
		{ "\"a b\"", "e.org", "\"a b\"@e.org" },
		{ "\"\\a\\b\"", "e.org", "\"ab\"@e.org" },
		{ "\"a\\\"b\"", "e.org", "\"a\\\"b\"@e.org" },
		{ "\"a\\\\\"", "e.org", "\"a\\\\\"@e.org" },
		{ "\"; dkim=pass; x=\"", "e.org",
		    "\"; dkim=pass; x=\"@e.org" },
		{ "\"a\\\xC2\x85\"", "e.org", NULL },
		{ "\"a\xC2\x85\"", "e.org", NULL },
		{ "a\xC2\x85", "e.org", NULL }, { "a\xC3", "e.org", NULL },
		{ "\"a\\\xC3\"", "e.org", NULL },
		{ "\"a\xE2\x80\xA8\"", "e.org", NULL },
		{ "jos\xC3\xA9", "e.org", "jos\xC3\xA9@e.org" },
		{ "alice", "localhost", "\"alice@localhost\"" },
		{ "\"a b\"", "localhost", "\"\\\"a b\\\"@localhost\"" }
	};
	struct ukey_judgement j = { .verdict = UKEY_FAIL };
	struct ukey_out out;
	char want[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		j.sender = (struct ukey_address) { view(cases[i].local),
			view(cases[i].domain) };
		write_userkeys(&j, &out);
		snprintf(want, sizeof(want), "\r\n\tuserkeys=fail %s%s ",
		    cases[i].want == NULL ? "" : "smtp.mailfrom=",
		    cases[i].want == NULL ? "policy.from=none" :
		    cases[i].want);
		ukey_out_octet(&out, 0);
		if (strstr((char *)out.data, want) == NULL)
			print_error("%s: %s", want, (char *)out.data);
		assert_non_null(strstr((char *)out.data, want));
	}
}

/* An address is there whole up to 254 octets, a tag up to 256 as written; one
 * more, and they are not there at all. */
static void
test_limits(void **state)
{
	static char text[260];
	struct ukey_judgement j = { .verdict = UKEY_FAIL };
	const struct support_results *r;
	struct ukey_out out;
	size_t len;

	(void)state;
	memset(text, 'a', sizeof(text));
	for (len = 253; len < 258; len++) {
		j.domain = (struct ukey_view) { (uint8_t *)text, len };
		j.sender.local = (struct ukey_view) { (uint8_t *)text,
			len - 6 };
		j.sender.domain = view("e.org");
		r = write_dkim(&j, &out);
		assert_int_equal(support_results_value(r, 0, "header.d") !=
		    NULL, len <= 256);
		r = write_userkeys(&j, &out);
		assert_int_equal(support_results_value(r, 0,
		    "smtp.mailfrom") != NULL, len <= 254);
	}
}

/* The largest field that there can be: five results, each value as long as it
 * may be; and that of a user key, every octet of its addresses escaped.  Both
 * fit, their lines too. */
static void
test_largest(void **state)
{
	static char text[254], id[253], local[252];
	static uint8_t octets[UKEY_AUTHRES_FIELD_MAX];
	struct ukey_judgement j = { .verdict = UKEY_PERMERROR,
		.reason = UKEY_REASON_SIGNATURE_LENGTH, .testing = true,
		.time_unknown = true, .partial_body = true,
		.relation = UKEY_FROM_SAME,
		.advice = UKEY_ADVICE_QUARANTINE };
	struct ukey_view line, rest, own = { (uint8_t *)text, 0 };
	struct ukey_out out;
	unsigned i;

	(void)state;
	memset(text, '\\', sizeof(text));
	memset(local, '\\', sizeof(local));
	memset(id, 'x', sizeof(id));
	local[0] = local[249] = '"';
	j.domain = j.identity = j.selector = j.b =
	    (struct ukey_view) { (uint8_t *)text, 127 };
	j.sender.local = (struct ukey_view) { (uint8_t *)local, 250 };
	j.sender.domain = view("lan");
	j.author = j.sender;
	dkim_field(&j, UKEY_DKIM_MAX, &out);
	assert_int_equal(read_field(&out)->results, UKEY_DKIM_MAX);
	for (rest = ukey_out_done(&out); rest.data != NULL;) {
		line = ukey_view_cut(&rest, '\n');
		assert_true(line.len <= 998);
	}
	assert_true(out.len > 4600);
	ukey_out_init(&out, octets, sizeof(octets));
	ukey_authres_userkeys(&out, (struct ukey_view) { (uint8_t *)id, 253 },
	    &j, UKEY_QUARANTINE);
	assert_false(out.overflow);
	assert_true(out.len > 1000);
	for (i = 0; i < 2; i++) { /* an id that is too long is no id */
		ukey_out_init(&out, octets, sizeof(octets));
		own.len = 253 + i;
		ukey_authres_userkeys(&out, own, &j, UKEY_ACCEPT);
		assert_int_equal(out.overflow, i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_userkeys),
		cmocka_unit_test(test_header_from),
		cmocka_unit_test(test_write_dkim),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_header_b),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_largest)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
