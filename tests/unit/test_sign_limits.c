/*
 * userkeys: nothing is signed that our own verifier would refuse for its size
 * (PROTOCOL 4, 8): at the limit a signed message passes even when servers on
 * the way have added 32 fields and 8 kB; one octet or field more, and it is
 * not signed.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rsa_keys.h"
#include "support_mail.h"
#include "ukey_key.h"
#include "ukey_random.h"

#define FROM "From: alice@example.org\r\n"
#define ADDED_FIELDS 32
#define ADDED 8192 /* octets */

static uint8_t scratch[4096], field[4096];
static uint32_t arena[UKEY_ARENA_SIZE / 4];

static const struct ukey_sign_request request = {
	.domain = UKEY_VIEW("example.org"),
	.selector = UKEY_VIEW("alice.userkeys"),
	.identity = UKEY_VIEW("alice@example.org"),
	.time = SUPPORT_MAIL_TIME, .expire = SUPPORT_MAIL_TIME + 604800,
	.header_canon = UKEY_CANON_RELAXED, .body_canon = UKEY_CANON_RELAXED
};

/* The N-th field of a message, LEN octets of it, into TEXT. */
static struct ukey_view
nth_field(uint8_t *text, unsigned n, size_t len)
{
	char name[16];
	int used = snprintf(name, sizeof(name), "X-%u:", n);

	size_t at;

	memset(text, 'x', len);
	for (at = 500; at + 10 < len; at += 500)
		memcpy(text + at, "\r\n ", 3);
	memcpy(text, name, (size_t)used);
	memcpy(text + len - 2, "\r\n", 2);
	return (struct ukey_view) { text, len };
}

/* LEN octets in COUNT fields, From among them, to PUSH. */
static void
push_header(void *to, int (*push)(void *, struct ukey_view), unsigned count,
    size_t len)
{
	static uint8_t text[70000];
	size_t each = (len - strlen(FROM)) / (count - 1);
	size_t rest = len - strlen(FROM) - each * (count - 1);
	unsigned i;

	assert_int_equal(push(to, UKEY_VIEW(FROM)), 0);
	for (i = 1; i < count; i++)
		assert_int_equal(push(to, nth_field(text, i, each +
		    (i == 1 ? rest : 0))), 0);
}

static int
push_sign(void *to, struct ukey_view raw)
{
	return ukey_sign_field(to, raw);
}

static int
push_verify(void *to, struct ukey_view raw)
{
	return ukey_verify_field(to, raw);
}

/* Signs a header of COUNT fields and LEN octets into FIELD; the reason. */
static enum ukey_reason
sign(unsigned count, size_t len, struct ukey_out *out)
{
	struct ukey_view pem = { (const uint8_t *)pem1_1024,
		strlen(pem1_1024) };
	uint8_t digest[32], octets[512];
	struct ukey_out signature;
	static struct ukey_sign s;
	struct ukey_key *key;

	assert_int_equal(ukey_sign_init(&s, &request, scratch,
	    sizeof(scratch)), 0);
	push_header(&s, push_sign, count, len);
	assert_int_equal(ukey_sign_header_end(&s), 0);
	assert_int_equal(ukey_sign_end(&s), 0);
	ukey_out_init(out, field, sizeof(field));
	if (ukey_sign_digest(&s, out, digest) != UKEY_OK)
		return ukey_sign_reason(&s);
	ukey_out_init(&signature, octets, sizeof(octets));
	assert_int_equal(ukey_key_read(&key, pem, ukey_random()), 0);
	assert_int_equal(ukey_key_sign(key, digest, &signature), 0);
	ukey_key_free(key);
	assert_int_equal(ukey_sign_finish(&s, ukey_out_done(&signature), out),
	    0);
	return UKEY_REASON_OK;
}

/* What a verifier says of that message, to which servers added their most. */
static enum ukey_reason
verify(unsigned count, size_t len, const struct ukey_out *out)
{
	const struct support_record records[] = {
		{ "alice.userkeys.example.org", "TXT",
		    support_mail_record("v=DKIM1; uk=reject;") },
		{ NULL, NULL, NULL }
	};
	static uint8_t text[ADDED];
	static struct ukey_verify v;
	struct ukey_judgement j;
	unsigned i;

	ukey_verify_init(&v, 0, arena, sizeof(arena));
	ukey_verify_time(&v, SUPPORT_MAIL_TIME);
	ukey_verify_mail_from(&v, UKEY_VIEW("<alice@example.org>"),
	    UKEY_VIEW_NONE);
	for (i = 0; i < ADDED_FIELDS; i++)
		assert_int_equal(ukey_verify_field(&v, nth_field(text,
		    1000 + i, ADDED / ADDED_FIELDS)), 0);
	assert_int_equal(ukey_verify_field(&v, ukey_out_done(out)), 0);
	push_header(&v, push_verify, count, len);
	ukey_verify_end(&v);
	support_dns_run(&v, records, false);
	ukey_verify_userkeys(&v, &j);
	return j.reason;
}

static void
test_fields(void **state)
{
	struct ukey_out out;
	unsigned count;

	(void)state;
	for (count = 470; count < 490; count++) {
		enum ukey_reason reason = sign(count, 20000, &out);

		assert_int_equal(reason, count < 512 - ADDED_FIELDS ?
		    UKEY_REASON_OK : UKEY_REASON_FIELD_LIMIT);
		if (reason == UKEY_REASON_OK)
			assert_int_equal(verify(count, 20000, &out),
			    UKEY_REASON_OK);
	}
}

/* The largest LEN that is signed, in COUNT fields, passes; and it is near the
 * limit. */
static void
test_octets(void **state)
{
	struct ukey_out out;
	size_t len, last = 0;
	enum ukey_reason reason;
	unsigned count;

	(void)state;
	for (count = 2; count < 400; count = count * 7) {
		reason = UKEY_REASON_OK;
		for (len = 55000; reason == UKEY_REASON_OK; len++) {
			reason = sign(count, len, &out);
			if (reason == UKEY_REASON_OK)
				last = len;
		}
		assert_int_equal(reason, UKEY_REASON_HEADER_LIMIT);
		assert_int_equal(sign(count, last, &out), UKEY_REASON_OK);
		assert_int_equal(verify(count, last, &out), UKEY_REASON_OK);
		assert_true(last + out.len + ADDED <= 65536);
		assert_true(last + out.len + ADDED > 65536 - 720);
	}
	assert_int_equal(sign(2, 65536, &out), UKEY_REASON_HEADER_LIMIT);
}

/* The longest field that we write is within a verifier's tag-list. */
static void
test_own_field(void **state)
{
	static const char *const names[] = { "From", "Sender", "Subject",
		"Date", "To", "Cc", "Reply-To", "Message-ID", "In-Reply-To",
		"References", "MIME-Version", "Content-Type",
		"Content-Disposition", "Content-Transfer-Encoding", "List-Id",
		"List-Help", "List-Unsubscribe", "List-Unsubscribe-Post",
		"List-Subscribe", "List-Post", "List-Owner", "List-Archive" };
	char domain[254], selector[254], identity[300], raw[100];
	struct ukey_sign_request q = request;
	uint8_t digest[32];
	static struct ukey_sign s;
	struct ukey_out out;
	size_t i, len;

	(void)state;
	memset(domain, 'd', sizeof(domain));
	memset(selector, 's', sizeof(selector));
	memset(identity, ';', sizeof(identity));
	for (i = 63; i < 253; i += 64)
		domain[i] = selector[i] = '.';
	q.domain = (struct ukey_view) { (uint8_t *)domain, 253 };
	q.selector = (struct ukey_view) { (uint8_t *)selector, 253 };
	for (len = 250; len <= 254; len++) {
		memcpy(identity + len - 2, "@d", 2);
		q.identity = (struct ukey_view) { (uint8_t *)identity, len };
		q.oversign_absent = true;
		ukey_sign_init(&s, &q, scratch, sizeof(scratch));
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			snprintf(raw, sizeof(raw), "%s: a@b.c\r\n", names[i]);
			ukey_sign_field(&s, (struct ukey_view) {
				(uint8_t *)raw, strlen(raw) });
		}
		ukey_sign_header_end(&s);
		ukey_sign_end(&s);
		ukey_out_init(&out, field, sizeof(field));
		assert_int_equal(ukey_sign_digest(&s, &out, digest), 0);
		assert_true(out.len + 720 <= 4096);
		memset(identity + len - 2, ';', 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_own_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
