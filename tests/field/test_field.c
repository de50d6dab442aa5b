/*
 * userkeys: bugs of other mail software, each as a test that would have caught
 * it; the table is README.md.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_mail.h"
#include "support_port.h"
#include "support_vector.h"
#include "ukey_base64.h"
#include "ukey_session.h"

static uint32_t arena[UKEY_ARENA_SIZE / 4];

/* LEN octets in a block of that size, so that a sanitizer sees the next one. */
static uint8_t *
exact(const void *data, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0));

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

/* ---- row 5: TXT strings against RDLENGTH -------------------------------- */

#define QNAME "\1a\7example\3org"
#define RDATA_AT (12 + sizeof(QNAME) + 4 + 2 + 2 + 2 + 4 + 2)

static const uint8_t answer[] = "\0\0\x81\x80\0\1\0\1\0\0\0\0" QNAME
    "\0\0\x10\0\1\xC0\x0C\0\x10\0\1\0\0\0\x3C\0\x0E\5hello\7, world";

/* Octets of text in the answer with octet AT set to VALUE, or -1. */
static int
text_of(size_t at, uint8_t value)
{
	static const struct ukey_view name = { (const uint8_t *)QNAME,
		sizeof(QNAME) };
	size_t len = sizeof(answer) - 1;
	uint8_t *copy = exact(answer, len), text[64];
	struct ukey_dns_answer a;
	struct ukey_out out;
	int n = -1;

	copy[at] = value;
	ukey_out_init(&out, text, sizeof(text));
	if (ukey_dns_answer_read(&a, (struct ukey_view) { copy, len }, name,
	    0) == UKEY_DNS_RECORDS)
		while (ukey_dns_answer_next(&a, &out))
			n = (int)out.len;
	free(copy);
	return n;
}

static void
test_txt_lengths(void **state)
{
	size_t at, last = sizeof(answer) - 1;
	unsigned value;
	int n;

	(void)state;
	assert_int_equal(text_of(RDATA_AT, 5), 12);
	for (at = 0; at < last; at++)
		for (value = 0; value < 256; value++) {
			n = text_of(at, (uint8_t)value);
			assert_true(n <= 13); /* 14 with a length at least */
			/* Lengths that do not fill the record are no text. */
			if (at == RDATA_AT + 6 && value != 7)
				assert_int_equal(n, -1);
			if ((at == RDATA_AT - 1 || at == RDATA_AT - 2) &&
			    value != answer[at])
				assert_int_equal(n, -1);
		}
}

/* ---- row 7: bh= of every length, for every algorithm -------------------- */

static enum ukey_reason
judge_bh(const char *algorithm, size_t octets)
{
	static uint8_t zeros[128], digits[200], text[1024];
	struct ukey_judgement j;
	struct ukey_verify v;
	struct ukey_out out, o;
	uint8_t *copy;

	ukey_out_init(&out, digits, sizeof(digits));
	ukey_out_base64(&out, (struct ukey_view) { zeros, octets });
	ukey_out_init(&o, text, sizeof(text));
	ukey_out_text(&o, "DKIM-Signature: v=1; d=e.org; s=s; h=from; b=AAAA; "
	    "a=");
	ukey_out_text(&o, algorithm);
	ukey_out_text(&o, "; bh=");
	ukey_out_view(&o, ukey_out_done(&out));
	ukey_out_text(&o, "\r\nFrom: a@e.org\r\n\r\nHi\r\n");
	copy = exact(text, o.len);
	ukey_verify_init(&v, UKEY_VERIFY_DKIM, arena, sizeof(arena));
	ukey_verify_push(&v, copy, o.len);
	ukey_verify_end(&v);
	free(copy);
	/* What is refused for its form alone asks nothing. */
	if (ukey_verify_asking(&v))
		return UKEY_REASON_OK;
	ukey_verify_dkim(&v, 0, &j);
	assert_int_not_equal(j.verdict, UKEY_PASS);
	return j.reason;
}

static void
test_bh_lengths(void **state)
{
	size_t n;

	(void)state;
	for (n = 0; n <= 128; n++) {
		assert_int_equal(judge_bh("rsa-sha256", n), n == 32 ?
		    UKEY_REASON_OK : UKEY_REASON_BH_LENGTH);
		assert_int_equal(judge_bh("rsa-sha1", n), UKEY_REASON_SHA1);
		assert_int_not_equal(judge_bh("ed25519-sha256", n),
		    UKEY_REASON_OK);
		assert_int_not_equal(judge_bh("rsa-sha512", n),
		    UKEY_REASON_OK);
	}
}

/* ---- row 8: work has a bound before it is done -------------------------- */

/* A letter with COUNT signatures; how many questions it asks. */
static unsigned
questions(unsigned count, const char *selector, const char *record)
{
	static struct support_mail m;
	struct support_record records[] = { { NULL, "TXT", record },
		{ NULL, NULL, NULL } };
	struct ukey_verify v;
	unsigned i, asked;
	char name[64], s[16];

	support_mail_letter(&m);
	for (i = 0; i < count; i++) {
		snprintf(s, sizeof(s), selector, i);
		support_mail_sign(&m, s, NULL);
	}
	m.data[m.len - 4] ^= 1; /* none passes: none ends the search */
	snprintf(name, sizeof(name), "%s._domainkey.example.org", s);
	records[0].name = name;
	support_port_fail(0);
	ukey_verify_init(&v, UKEY_VERIFY_DKIM, arena, sizeof(arena));
	ukey_verify_push(&v, m.data, m.len);
	ukey_verify_end(&v);
	asked = support_dns_run(&v, records, false);
	assert_true(ukey_verify_done(&v));
	return asked;
}

static void
test_budget(void **state)
{
	static char modulus[5000];
	unsigned i;

	(void)state;
	assert_in_range(questions(30, "s%u", "v=DKIM1; p="), 1, 5);
	assert_int_equal(support_port_rsa_calls(), 0);
	assert_int_equal(questions(30, "same", support_mail_record(
	    "v=DKIM1; k=rsa;")), 1);
	assert_in_range(support_port_rsa_calls(), 1, UKEY_RSA_MAX);
	/* 16,384 bits of modulus in p=: over, before any big number. */
	i = (unsigned)snprintf(modulus, sizeof(modulus), "v=DKIM1; p=");
	memset(modulus + i, 'A', 2800);
	assert_int_equal(questions(3, "huge", modulus), 1);
	assert_int_equal(support_port_rsa_calls(), 0);
}

/* ---- row 11: where the header ends -------------------------------------- */

/* The octets of C's message as an MTA hands them on: fields, then the body. */
static void
push_split(struct ukey_verify *v, const struct support_vector *c)
{
	struct ukey_view m = { c->message, c->len }, raw;
	size_t at = 0, end;
	uint8_t *copy;

	while (at < m.len && m.data[at] != '\r') {
		end = at;
		do {
			end += 1 + ukey_view_find(ukey_view_part(m, end,
			    m.len), '\n');
		} while (end < m.len && (m.data[end - 2] != '\r' ||
		    m.data[end] == ' ' || m.data[end] == '\t'));
		raw = ukey_view_part(m, at, end);
		copy = exact(raw.data, raw.len);
		ukey_verify_field(v, (struct ukey_view) { copy, raw.len });
		free(copy);
		at = end;
	}
	ukey_verify_header_end(v);
	if (at + 2 < m.len)
		ukey_verify_body(v, m.data + at + 2, m.len - at - 2);
}

static void
judge(const struct support_vector *c, bool split, struct ukey_judgement *j)
{
	static uint32_t own[UKEY_ARENA_SIZE / 4];
	static const struct ukey_judgement none;
	struct ukey_view from = { (const uint8_t *)c->mail_from, 0 };
	struct ukey_verify v;
	unsigned i;

	ukey_verify_init(&v, c->flags, own, sizeof(own));
	from.len = from.data == NULL ? 0 : strlen(c->mail_from);
	if (from.data != NULL)
		ukey_verify_mail_from(&v, from, UKEY_VIEW_NONE);
	ukey_verify_time(&v, c->time);
	if (split)
		push_split(&v, c);
	else
		ukey_verify_push(&v, c->message, c->len);
	ukey_verify_end(&v);
	support_dns_run(&v, c->records, false);
	for (i = 0; i < 7; i++)
		j[i] = none;
	if (c->mail_from != NULL)
		ukey_verify_userkeys(&v, &j[0]);
	for (i = 0; i < ukey_verify_dkim_count(&v) && i < 6; i++)
		ukey_verify_dkim(&v, i, &j[1 + i]);
}

/* Exim bug 3036: what is header to the one is header to the other. */
static void
test_boundary(void **state)
{
	struct ukey_judgement whole[7], split[7];
	struct support_vector c;
	char **names;
	int i, k, n = support_vector_names(&names);

	(void)state;
	assert_true(n > 200);
	for (i = 0; i < n; i++) {
		support_vector_load(&c, names[i]);
		judge(&c, false, whole);
		judge(&c, true, split);
		for (k = 0; k < 7; k++)
			if (whole[k].reason != split[k].reason ||
			    whole[k].verdict != split[k].verdict ||
			    whole[k].relation != split[k].relation)
				fail_msg("%s, judgement %d: %s, but %s",
				    names[i], k,
				    ukey_reason_word(whole[k].reason),
				    ukey_reason_word(split[k].reason));
		support_vector_free(&c);
		free(names[i]);
	}
	free(names);
}

/* ---- row 16: base64 into outputs that just fit --------------------------- */

static void
test_base64_fits(void **state)
{
	uint8_t octets[71], digits[100], *text, *to;
	struct ukey_out out;
	struct ukey_view v;
	size_t n, size, len;

	(void)state;
	for (n = 0; n < sizeof(octets); n++)
		octets[n] = (uint8_t)(n * 37 + 200);
	for (n = 0; n < sizeof(octets); n++) {
		ukey_out_init(&out, digits, sizeof(digits));
		ukey_out_base64(&out, (struct ukey_view) { octets, n });
		text = exact(digits, out.len);
		v = (struct ukey_view) { text, out.len };
		assert_int_equal(ukey_base64_size(v), n);
		for (size = 0; size <= n + 1; size++) {
			to = exact(octets, size);
			memset(to, 0, size);
			if (ukey_base64_decode(v, to, size, &len)) {
				assert_true(size >= n && len == n);
				assert_memory_equal(to, octets, n);
			} else {
				assert_true(size < n);
			}
			free(to);
		}
		free(text);
	}
}

/* ---- row 1: which forged results go ------------------------------------- */

static void
test_survivors(void **state)
{
	static const bool forged[8] = { 0, 1, 1, 0, 1, 0, 0, 0 };
	const struct ukey_session_settings settings = {
		.authserv_id = UKEY_VIEW("mx.example.net") };
	unsigned i, gone[4] = { 0 }, n = 0;
	struct ukey_session s;
	uint8_t octets[UKEY_AUTHRES_FIELD_MAX];
	struct ukey_action a;
	struct ukey_out out;

	(void)state;
	ukey_session_init(&s, &settings, UKEY_ROLE_MX, arena, sizeof(arena));
	ukey_session_mail_from(&s, UKEY_VIEW("<>"), UKEY_VIEW_NONE);
	for (i = 0; i < 8; i++) {
		ukey_session_field(&s, forged[i] ?
		    UKEY_VIEW("Authentication-Results: mx.example.net; x=y\r\n")
		    : UKEY_VIEW("Authentication-Results: x.org; x=y\r\n"));
		ukey_session_field(&s, UKEY_VIEW("X: mx.example.net\r\n"));
	}
	ukey_session_header_end(&s);
	ukey_session_end(&s);
	ukey_out_init(&out, octets, sizeof(octets));
	while (ukey_session_action(&s, &a, &out))
		if (a.kind == UKEY_ACTION_DELETE && n < 4)
			gone[n++] = a.ordinal;
	assert_int_equal(n, 3);
	assert_int_equal(gone[0], 5);
	assert_int_equal(gone[1], 3);
	assert_int_equal(gone[2], 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_survivors),
		cmocka_unit_test(test_txt_lengths),
		cmocka_unit_test(test_bh_lengths),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_boundary),
		cmocka_unit_test(test_base64_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
