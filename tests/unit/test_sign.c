/*
 * userkeys: signing: what is written, what is refused, and what fails.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_port.h"
#include "ukey.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SENDER "Sender: s@example.org\r\n"
#define FROM "From: a@example.org\r\n"
/* A name longer than any that is signed. */
#define LONG "X-123456789-123456789-123456789-123456789"
#define HEADER "From: Alice <alice@example.org>\r\nSubject: x\r\n"

static const struct ukey_sign_request request = {
	.domain = { (const uint8_t *)"example.org", 11 },
	.selector = { (const uint8_t *)"alice.userkeys", 14 },
	.identity = { (const uint8_t *)"alice@example.org", 17 },
	.time = 1750000000, .expire = 1750600000,
	.header_canon = UKEY_CANON_RELAXED, .body_canon = UKEY_CANON_RELAXED
};

/* Pushes TEXT in pieces of STEP; the reason at the end. */
static enum ukey_reason
run(struct ukey_sign *s, const struct ukey_sign_request *q, const char *text,
    size_t step)
{
	static uint8_t scratch[1024];
	size_t len = strlen(text), at, n;
	uint8_t *piece;

	assert_int_equal(ukey_sign_init(s, q, scratch, sizeof(scratch)), 0);
	for (at = 0; at < len; at += n) {
		n = len - at < step ? len - at : step;
		piece = malloc(n);
		assert_non_null(piece);
		memcpy(piece, text + at, n);
		assert_int_equal(ukey_sign_push(s, piece, n), 0);
		free(piece);
	}
	assert_int_equal(ukey_sign_end(s), 0);
	return ukey_sign_reason(s);
}

static void
test_refused(void **state)
{
	static char longer[1100];
	static const struct {
		const char *text;
		enum ukey_reason reason;
		unsigned line;
	} cases[] = {
		{ HEADER "\r\nHi\r\n", UKEY_REASON_OK, 0 },
		{ "Subject: x\r\n\r\n", UKEY_REASON_FROM_MISSING, 0 },
		{ HEADER "From: b@c.d\r\n\r\n", UKEY_REASON_FROM_MANY, 0 },
		{ HEADER "subject: y\r\n\r\n", UKEY_REASON_FIELD_REPEATED,
		    0 },
		{ "From: alice\r\n\r\n", UKEY_REASON_FROM_UNQUALIFIED, 0 },
		{ "From: a@b.c, <\r\n\r\n", UKEY_REASON_FROM_SYNTAX, 0 },
		{ "From: nobody:;\r\n\r\n", UKEY_REASON_FROM_SYNTAX, 0 },
		{ HEADER "no field\r\n\r\n", UKEY_REASON_HEADER_SYNTAX, 0 },
		{ HEADER "X : y\r\n\r\n", UKEY_REASON_HEADER_SYNTAX, 0 },
		{ HEADER ": y\r\n\r\n", UKEY_REASON_HEADER_SYNTAX, 0 },
		{ HEADER "X\r\n\r\n", UKEY_REASON_HEADER_SYNTAX, 0 },
		{ HEADER LONG "\r\n\r\n", UKEY_REASON_HEADER_SYNTAX, 0 },
		{ HEADER LONG " x: y\r\n\r\n", UKEY_REASON_HEADER_SYNTAX,
		    0 },
		{ HEADER LONG ": y\r\n\r\nHi\r\n", UKEY_REASON_OK, 0 },
		{ HEADER "\r\na\rb\r\n", UKEY_REASON_BARE_CR, 4 },
		{ HEADER "\r\na\nb\r\n", UKEY_REASON_BARE_LF, 4 },
		{ HEADER "\r\nok\r\nend\r", UKEY_REASON_BARE_CR, 5 },
		{ longer, UKEY_REASON_LONG_LINE, 4 },
	};
	struct ukey_sign s;
	uint8_t digest[32], field[64];
	struct ukey_out out;
	size_t i, step;

	(void)state;
	memcpy(longer, HEADER "\r\n", sizeof(HEADER "\r\n"));
	memset(longer + strlen(longer), 'x', 999);
	for (i = 0; i < COUNT(cases); i++)
		for (step = 1; step < 2000; step = step * 7 + 1) {
			if (run(&s, &request, cases[i].text, step) !=
			    cases[i].reason)
				fail_msg("%s: %s", cases[i].text,
				    ukey_reason_word(ukey_sign_reason(&s)));
			assert_int_equal(ukey_sign_line(&s), cases[i].line);
			ukey_out_init(&out, field, sizeof(field));
			if (cases[i].reason != UKEY_REASON_OK)
				assert_int_equal(ukey_sign_digest(&s, &out,
				    digest), UKEY_ERR_ORDER);
		}
}

static void
test_nul(void **state)
{
	static const char text[] = HEADER "\r\na\0b\r\n";
	struct ukey_sign s;
	uint8_t scratch[256];

	(void)state;
	assert_int_equal(ukey_sign_init(&s, &request, scratch,
	    sizeof(scratch)), 0);
	ukey_sign_push(&s, text, sizeof(text) - 1);
	ukey_sign_end(&s);
	assert_int_equal(ukey_sign_reason(&s), UKEY_REASON_NUL);
}

static const char *
field_of(const char *text, const struct ukey_sign_request *q)
{
	static char field[4096];
	uint8_t digest[32], signature[32] = { 1 };
	struct ukey_sign s;
	struct ukey_out out;

	assert_int_equal(run(&s, q, text, 4096), UKEY_REASON_OK);
	ukey_out_init(&out, field, sizeof(field) - 1);
	assert_int_equal(ukey_sign_digest(&s, &out, digest), 0);
	assert_int_equal(ukey_sign_finish(&s, (struct ukey_view) { signature,
	    32 }, &out), 0);
	assert_int_equal(ukey_sign_finish(&s, (struct ukey_view) { signature,
	    32 }, &out), UKEY_ERR_ORDER);
	field[out.len] = '\0';
	return field;
}

/* How often NAME stands in h= of FIELD. */
static unsigned
times(const char *field, const char *name)
{
	const char *h = strstr(field, "h=From");
	struct ukey_view word, want = { (const uint8_t *)name, strlen(name) };
	struct ukey_view rest;
	unsigned count = 0;

	assert_non_null(h);
	rest = (struct ukey_view) { (const uint8_t *)h + 2,
		strcspn(h, ";") - 2 };
	while (rest.data != NULL) {
		word = ukey_view_trim(ukey_view_cut(&rest, ':'));
		count += ukey_view_equal_nocase(word, want);
	}
	return count;
}

/* Every tag, the order of h=, oversigning (PROTOCOL 4.2). */
static void
test_field(void **state)
{
	struct ukey_sign_request q = request;
	const char *field;
	char identity[200];

	(void)state;
	assert_string_equal(field_of("Sender: s@e.org\r\nX-Y: z\r\nDate: d\r\n"
	    HEADER "\r\n", &request), "DKIM-Signature: v=1; a=rsa-sha256; "
	    "c=relaxed/relaxed; d=example.org;\r\n"
	    "\ts=alice.userkeys; i=alice@example.org; t=1750000000; "
	    "x=1750600000;\r\n"
	    "\th=Sender:Date:From:Subject:From:Sender:Subject:Date:To:Cc:"
	    "Reply-To:\r\n"
	    "\tMIME-Version:Content-Type:Content-Transfer-Encoding;\r\n"
	    "\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n"
	    "\tb=AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n");
	q.time = q.expire = 0;
	q.identity.len = 0;
	q.header_canon = q.body_canon = UKEY_CANON_SIMPLE;
	field = field_of(HEADER "\r\n", &q);
	assert_non_null(strstr(field, "c=simple/simple"));
	assert_null(strstr(field, "i="));
	assert_null(strstr(field, "t="));
	assert_null(strstr(field, "x="));
	/* A long identity is folded, and encoded. */
	memset(identity, ';', sizeof(identity));
	memcpy(identity + 150, "@example.org", 12);
	q.identity = (struct ukey_view) { (uint8_t *)identity, 162 };
	field = field_of(HEADER "\r\n", &q);
	assert_non_null(strstr(field, "i==3B=3B"));
	assert_non_null(strstr(field, "=3B\r\n\t=3B"));
}

/* How often each name stands in h=: absent; absent, with oversign_absent;
 * present (PROTOCOL 4.2). */
static void
test_oversigned(void **state)
{
	static const struct {
		const char *name;
		unsigned absent, asked, present;
	} rows[] = {
		{ "From", 1, 1, 2 }, { "Subject", 1, 1, 2 }, { "To", 1, 1, 2 },
		{ "Cc", 1, 1, 2 }, { "Reply-To", 1, 1, 2 },
		{ "MIME-Version", 1, 1, 2 }, { "Content-Type", 1, 1, 2 },
		{ "Content-Transfer-Encoding", 1, 1, 2 },
		{ "Date", 0, 0, 2 }, { "Message-ID", 0, 0, 2 },
		{ "In-Reply-To", 0, 0, 1 }, { "References", 0, 0, 1 },
		{ "Sender", 0, 1, 2 }, { "Content-Disposition", 0, 1, 2 },
		{ "List-Id", 0, 1, 2 }, { "List-Help", 0, 1, 2 },
		{ "List-Unsubscribe", 0, 1, 2 },
		{ "List-Unsubscribe-Post", 0, 1, 2 },
		{ "List-Subscribe", 0, 1, 2 }, { "List-Post", 0, 1, 2 },
		{ "List-Owner", 0, 1, 2 }, { "List-Archive", 0, 1, 2 },
		{ "Resent-From", 0, 0, 0 }, { "Received", 0, 0, 0 },
		{ "Bcc", 0, 0, 0 }, { "X-Y", 0, 0, 0 },
	};
	struct ukey_sign_request q = request;
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		bool from = strcmp(rows[i].name, "From") == 0;

		snprintf(text, sizeof(text), FROM "\r\n");
		q.oversign_absent = false;
		assert_int_equal(times(field_of(text, &q), rows[i].name),
		    rows[i].absent + from);
		q.oversign_absent = true;
		assert_int_equal(times(field_of(text, &q), rows[i].name),
		    rows[i].asked + from);
		snprintf(text, sizeof(text), FROM "%s: a@b.c\r\n\r\n",
		    from ? "X" : rows[i].name);
		assert_int_equal(times(field_of(text, &q), rows[i].name),
		    rows[i].present);
		q.oversign_absent = false;
		assert_int_equal(times(field_of(text, &q), rows[i].name),
		    rows[i].present);
	}
}

static void
test_arguments(void **state)
{
	struct ukey_sign_request q;
	struct ukey_sign s;
	uint8_t scratch[64];
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		q = request;
		if (i == 0)
			q.domain.len = 0;
		if (i == 1)
			q.selector.len = 0;
		if (i == 2)
			q.header_canon = 2;
		if (i == 3)
			q.body_canon = 2;
		if (i == 4)
			q.expire = q.time;
		assert_int_equal(ukey_sign_init(&s, &q, scratch,
		    sizeof(scratch)), UKEY_ERR_ARGUMENT);
	}
}

/* Split by the caller; From and Sender for from-check; order of calls. */
static void
test_split(void **state)
{
	struct ukey_sign s;
	uint8_t scratch[64], digest[32], field[1024];
	struct ukey_out out;

	(void)state;
	assert_int_equal(ukey_sign_init(&s, &request, scratch,
	    sizeof(scratch)), 0);
	assert_int_equal(ukey_sign_body(&s, "x", 1), UKEY_ERR_ORDER);
	assert_int_equal(ukey_sign_field(&s, UKEY_VIEW(SENDER)), 0);
	assert_int_equal(ukey_sign_field(&s, UKEY_VIEW(FROM)), 0);
	assert_int_equal(ukey_sign_header_end(&s), 0);
	assert_int_equal(ukey_sign_header_end(&s), UKEY_ERR_ORDER);
	assert_int_equal(ukey_sign_field(&s, UKEY_VIEW(FROM)),
	    UKEY_ERR_ORDER);
	assert_memory_equal(ukey_sign_from(&s).data, " a@example.org\r\n",
	    16);
	assert_memory_equal(ukey_sign_sender(&s).data, " s@example.org\r\n",
	    16);
	ukey_out_init(&out, field, sizeof(field));
	assert_int_equal(ukey_sign_digest(&s, &out, digest), UKEY_ERR_ORDER);
	assert_int_equal(ukey_sign_body(&s, "x\r\n", 3), 0);
	assert_int_equal(ukey_sign_end(&s), 0);
	assert_int_equal(ukey_sign_end(&s), UKEY_ERR_ORDER);
	assert_int_equal(ukey_sign_push(&s, "x", 1), UKEY_ERR_ORDER);
	ukey_out_init(&out, field, 100);
	assert_int_equal(ukey_sign_digest(&s, &out, digest), UKEY_ERR_SPACE);
}

/* One field that would be two on its way is not signed. */
static void
test_not_one(void **state)
{
	static const char *const fields[] = { "X: a\r\nFrom: b@c\r\n",
		"X: a\r\n\r\n", "X: a", "X: a\n" };
	struct ukey_sign s;
	uint8_t scratch[64];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(fields); i++) {
		assert_int_equal(ukey_sign_init(&s, &request, scratch,
		    sizeof(scratch)), 0);
		ukey_sign_field(&s, UKEY_VIEW(FROM));
		ukey_sign_field(&s, (struct ukey_view) { (const uint8_t *)
		    fields[i], strlen(fields[i]) });
		ukey_sign_header_end(&s);
		ukey_sign_end(&s);
		assert_int_equal(ukey_sign_reason(&s), UKEY_REASON_BARE_LF);
	}
}

/* A scratch that is too small for From and Sender is "from-limit". */
static void
test_scratch(void **state)
{
	uint8_t *scratch;
	struct ukey_sign s;
	size_t size, need = strlen(" Alice <alice@example.org>\r\n");

	(void)state;
	for (size = 0; size <= need; size++) {
		scratch = malloc(size + (size == 0));
		assert_non_null(scratch);
		assert_int_equal(ukey_sign_init(&s, &request, scratch, size),
		    0);
		ukey_sign_push(&s, HEADER "\r\n", strlen(HEADER) + 2);
		ukey_sign_end(&s);
		assert_int_equal(ukey_sign_reason(&s), size < need ?
		    UKEY_REASON_FROM_LIMIT : UKEY_REASON_OK);
		assert_int_equal(ukey_sign_author(&s), ukey_sign_reason(&s));
		free(scratch);
	}
}

/* The n-th call of the port fails: an error, or "crypto", never a field. */
static void
test_crypto(void **state)
{
	struct ukey_sign s;
	uint8_t scratch[256], digest[32], field[1024];
	struct ukey_out out;
	unsigned n, total = 1;
	int err;

	(void)state;
	for (n = 0; n <= total; n++) {
		support_port_fail(n);
		err = ukey_sign_init(&s, &request, scratch, sizeof(scratch));
		if (err == 0) {
			ukey_sign_push(&s, HEADER "\r\nx\r\n",
			    strlen(HEADER) + 5);
			ukey_sign_end(&s);
			ukey_out_init(&out, field, sizeof(field));
			err = ukey_sign_digest(&s, &out, digest);
		}
		if (n == 0) {
			assert_int_equal(err, 0);
			total = support_port_calls();
		} else {
			assert_int_not_equal(err, 0);
			assert_int_equal(ukey_sign_finish(&s,
			    UKEY_VIEW("x"), &out), UKEY_ERR_ORDER);
		}
	}
	support_port_fail(0);
	assert_true(total > 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_oversigned),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_not_one),
		cmocka_unit_test(test_scratch),
		cmocka_unit_test(test_crypto),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
