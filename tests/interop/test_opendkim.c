/*
 * userkeys: OpenDKIM's library, both ways: what it signs we accept, what we
 * sign it accepts, over all canonicalizations and key sizes.
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
#include <sys/types.h>

#include <cmocka.h>
#include <opendkim/dkim.h>

#include "rsa_keys.h"
#include "support_dns.h"
#include "ukey.h"
#include "ukey_key.h"
#include "ukey_random.h"

#define NOW 1750000000
#define ALICE "alice@example.org"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *pem;
	unsigned bits;
} keys[] = {
	{ pem1_1024, 1024 }, { pem1_2048, 2048 }, { pem1_4096, 4096 }
};

static const char header[] =
    "Received: from a by b; Thu, 12 Jun 2025 10:00:00 +0000\r\n"
    "From:  Alice  <alice@example.org>\r\n"
    "To: bob@example.net,\r\n\t carol@example.net\r\n"
    "Subject: Caf\xC3\xA9  and \t more \r\n"
    "Date: Thu, 12 Jun 2025 10:00:00 +0000\r\n"
    "Message-ID: <1@example.org>\r\n\r\n";

/* Each ends with CRLF: libopendkim refuses a body that does not. */
static const char *const bodies[] = {
	"", "\r\n", "Hello\r\n", "Hello  there \r\n\r\n \t\r\n",
	" a\tb \r\n\r\n\r\nc\r\n\r\n", "\r\n\r\nx \r\n"
};

static const char *const canons[] = { "r/r", "r/s", "s/r", "s/s" };

/* What the present case works with. */
static struct {
	struct ukey_key *key;
	const char *pem;
	char record[1100];
	uint8_t message[8192];
	size_t len;
	bool user;
} now;

static void
set_key(const char *pem)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
	    "nopqrstuvwxyz0123456789+/";
	struct ukey_view text = { (const uint8_t *)pem, strlen(pem) };
	uint8_t der[UKEY_KEY_PUBLIC_MAX + 3] = { 0 };
	struct ukey_out out;
	size_t i, at;
	unsigned n;

	ukey_key_free(now.key);
	now.pem = pem;
	assert_int_equal(ukey_key_read(&now.key, text, ukey_random()), 0);
	ukey_out_init(&out, der, sizeof(der) - 3);
	assert_int_equal(ukey_key_write_public(now.key, &out), 0);
	at = (size_t)snprintf(now.record, sizeof(now.record),
	    "v=DKIM1; k=rsa; uk=reject:from; p=");
	for (i = 0; i < out.len; i += 3, at += 4) {
		n = (unsigned)(der[i] << 16 | der[i + 1] << 8 | der[i + 2]);
		now.record[at] = digits[n >> 18];
		now.record[at + 1] = digits[n >> 12 & 63];
		now.record[at + 2] = i + 1 < out.len ? digits[n >> 6 & 63] :
		    '=';
		now.record[at + 3] = i + 2 < out.len ? digits[n & 63] : '=';
	}
	now.record[at] = '\0';
}

static void
set_message(const char *body)
{
	now.len = (size_t)snprintf((char *)now.message, sizeof(now.message),
	    "%s%s", header, body);
}

/* Puts FIELD on top. */
static void
prepend(const void *field, size_t len)
{
	assert_true(now.len + len <= sizeof(now.message));
	memmove(now.message + len, now.message, now.len);
	memcpy(now.message, field, len);
	now.len += len;
}

static void
we_sign(const char *canon)
{
	struct ukey_sign_request q = { .domain = UKEY_VIEW("example.org"),
		.selector = UKEY_VIEW("sel"), .time = NOW,
		.header_canon = canon[0] == 'r', .body_canon = canon[2] == 'r'
	};
	uint8_t scratch[1024], digest[32], octets[512], field[4096];
	struct ukey_out signature, out;
	struct ukey_sign s;

	if (now.user) {
		q.selector = UKEY_VIEW("alice.userkeys");
		q.identity = UKEY_VIEW(ALICE);
	}
	ukey_out_init(&signature, octets, sizeof(octets));
	ukey_out_init(&out, field, sizeof(field));
	assert_int_equal(ukey_sign_init(&s, &q, scratch, sizeof(scratch)), 0);
	assert_int_equal(ukey_sign_push(&s, now.message, now.len), 0);
	assert_int_equal(ukey_sign_end(&s), 0);
	assert_int_equal(ukey_sign_digest(&s, &out, digest), 0);
	assert_int_equal(ukey_key_sign(now.key, digest, &signature), 0);
	assert_int_equal(ukey_sign_finish(&s, ukey_out_done(&signature),
	    &out), 0);
	prepend(field, out.len);
}

static enum ukey_verdict
we_verify(void)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];
	const struct support_record records[] = {
		{ "sel._domainkey.example.org", "TXT", now.record },
		{ "alice.userkeys.example.org", "TXT", now.record },
		{ "alice.userkeys._domainkey.example.org", "CNAME",
		    "alice.userkeys.example.org" },
		{ NULL, NULL, NULL }
	};
	struct ukey_judgement j;
	struct ukey_verify v;

	ukey_verify_init(&v, UKEY_VERIFY_DKIM, arena, sizeof(arena));
	ukey_verify_time(&v, NOW);
	ukey_verify_push(&v, now.message, now.len);
	ukey_verify_end(&v);
	support_dns_run(&v, records, false);
	ukey_verify_dkim(&v, 0, &j);
	return j.verdict;
}

static DKIM_CBSTAT
key_lookup(DKIM *dkim, DKIM_SIGINFO *sig, u_char *buf, size_t size)
{
	const char *selector = (const char *)dkim_sig_getselector(sig);

	(void)dkim;
	/* As the CNAME of PROTOCOL 3.4 would lead it. */
	assert_string_equal(selector, now.user ? "alice.userkeys" : "sel");
	snprintf((char *)buf, size, "%s", now.record);
	return DKIM_CBSTAT_CONTINUE;
}

static DKIM_LIB *
library(void)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	uint64_t fixed = NOW;
	u_int bits = 1024;

	assert_non_null(lib);
	(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME, &fixed,
	    sizeof(fixed));
	(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &bits,
	    sizeof(bits));
	(void)dkim_set_key_lookup(lib, key_lookup);
	return lib;
}

static DKIM_STAT
run(DKIM *dkim)
{
	DKIM_STAT status;
	bool testkey;

	status = dkim_chunk(dkim, now.message, now.len);
	if (status == DKIM_STAT_OK)
		status = dkim_chunk(dkim, NULL, 0);
	return status == DKIM_STAT_OK ? dkim_eom(dkim, &testkey) : status;
}

static void
opendkim_signs(const char *canon)
{
	DKIM_LIB *lib = library();
	DKIM_STAT status;
	DKIM *dkim;
	u_char *field;
	size_t len;

	dkim = dkim_sign(lib, (const u_char *)"t", NULL,
	    (dkim_sigkey_t)(uintptr_t)now.pem, (const u_char *)"sel",
	    (const u_char *)"example.org",
	    canon[0] == 'r' ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE,
	    canon[2] == 'r' ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE,
	    DKIM_SIGN_RSASHA256, -1, &status);
	assert_non_null(dkim);
	status = run(dkim);
	if (status != DKIM_STAT_OK)
		fail_msg("OpenDKIM does not sign: %d, %s", (int)status,
		    dkim_geterror(dkim));
	assert_int_equal(dkim_getsighdr_d(dkim, 16, &field, &len),
	    DKIM_STAT_OK);
	prepend("\r\n", 2);
	/* It gives folds as LF. */
	for (; len > 0; len--) {
		prepend(&field[len - 1], 1);
		if (field[len - 1] == '\n' && (len < 2 ||
		    field[len - 2] != '\r'))
			prepend("\r", 1);
	}
	prepend("DKIM-Signature: ", 16);
	dkim_free(dkim);
	dkim_close(lib);
}

static DKIM_STAT
opendkim_verifies(void)
{
	DKIM_LIB *lib = library();
	DKIM_STAT status;
	DKIM *dkim;

	dkim = dkim_verify(lib, (const u_char *)"t", NULL, &status);
	assert_non_null(dkim);
	status = run(dkim);
	dkim_free(dkim);
	dkim_close(lib);
	return status;
}

/* Calls CHECK for every key, canonicalization and body. */
static void
all(void (*check)(const char *canon, const char *body))
{
	size_t k, c, b;

	for (k = 0; k < COUNT(keys); k++) {
		set_key(keys[k].pem);
		for (c = 0; c < COUNT(canons); c++)
			for (b = 0; b < COUNT(bodies); b++) {
				set_message(bodies[b]);
				check(canons[c], bodies[b]);
			}
	}
}

static void
check_ours(const char *canon, const char *body)
{
	we_sign(canon);
	if (opendkim_verifies() != DKIM_STAT_OK)
		fail_msg("%s \"%s\": OpenDKIM refuses ours", canon, body);
	*(char *)memmem(now.message, now.len, "Caf", 3) = 'c';
	assert_int_equal(opendkim_verifies(), DKIM_STAT_BADSIG);
	assert_int_equal(we_verify(), UKEY_FAIL);
}

static void
check_theirs(const char *canon, const char *body)
{
	opendkim_signs(canon);
	if (opendkim_verifies() != DKIM_STAT_OK)
		fail_msg("%s \"%s\": it refuses its own", canon, body);
	if (we_verify() != UKEY_PASS)
		fail_msg("%s \"%s\": we refuse OpenDKIM's", canon, body);
}

static void
test_ours(void **state)
{
	(void)state;
	now.user = false;
	all(check_ours);
}

/* A user-key signature is DKIM to it. */
static void
test_user_keys(void **state)
{
	(void)state;
	now.user = true;
	all(check_ours);
}

static void
test_theirs(void **state)
{
	(void)state;
	now.user = false;
	all(check_theirs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_user_keys),
		cmocka_unit_test(test_theirs),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ukey_key_free(now.key);
	return failed;
}
