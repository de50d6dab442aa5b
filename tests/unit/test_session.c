/*
 * userkeys: transactions: submission with every permission, the MX with every
 * policy.  SPDX-License-Identifier: MIT
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

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ID UKEY_VIEW("mx.example.net")

static uint32_t arena[UKEY_ARENA_SIZE / 4];

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* The user key database of these tests: Alice may be alice and sales, which
 * has no key; "later" is never known; the server's own mail may be all. */
static void
permit(struct ukey_session *s, unsigned id)
{
	struct ukey_view login, address;
	struct ukey_permit p = { .status = UKEY_PERMIT_DENIED };
	char text[300];

	if (!ukey_session_ask(s, id, &login, &address))
		return;
	snprintf(text, sizeof(text), "%.*s", (int)address.len, address.data);
	if (login.len == 0 || strstr(text, "alice@example.org") != NULL)
		p = (struct ukey_permit) { .status = UKEY_PERMIT_YES,
			.selector = UKEY_VIEW("alice.userkeys"), .key = 7 };
	else if (strstr(text, "sales@") != NULL)
		p.status = UKEY_PERMIT_NO_KEY;
	else if (strstr(text, "later@") != NULL)
		p.status = UKEY_PERMIT_LATER;
	assert_int_equal(ukey_session_permit(s, id, &p), UKEY_OK);
}

static void
permit_all(struct ukey_session *s, bool backwards)
{
	unsigned id;

	for (id = 0; id < UKEY_SESSION_ASKS; id++)
		permit(s, backwards ? UKEY_SESSION_ASKS - 1 - id : id);
}

/* Pushes FIELDS, one a line of text, folded lines with their field. */
static void
push_fields(struct ukey_session *s, const char *fields)
{
	struct ukey_view raw;
	const char *end;

	for (; *fields != '\0'; fields = end) {
		end = fields;
		do {
			end = strchr(end, '\n') + 1;
		} while (*end == ' ' || *end == '\t');
		raw = ukey_view_part(view(fields), 0, (size_t)(end - fields));
		assert_int_equal(ukey_session_field(s, raw), 0);
	}
}

static void
sign_digest(struct ukey_session *s, bool fail)
{
	struct ukey_view pem = view(pem1_1024);
	uint8_t octets[512];
	struct ukey_out out;
	struct ukey_key *k;
	const uint8_t *digest;
	uint64_t key;

	if (!ukey_session_digest(s, &key, &digest))
		return;
	assert_int_equal(key, 7);
	assert_false(ukey_session_done(s));
	ukey_out_init(&out, octets, sizeof(octets));
	if (!fail) {
		assert_int_equal(ukey_key_read(&k, pem, ukey_random()), 0);
		assert_int_equal(ukey_key_sign(k, digest, &out), 0);
		ukey_key_free(k);
	}
	assert_int_equal(ukey_session_signature(s, ukey_out_done(&out)), 0);
}

/* The actions as text: "-2 +DKIM-Signature ok", or "553 5.7.1 ...". */
static const char *
actions(struct ukey_session *s)
{
	static char text[4096];
	uint8_t octets[UKEY_AUTHRES_FIELD_MAX];
	struct ukey_action a;
	struct ukey_out out;
	size_t n = 0;

	text[0] = '\0';
	ukey_out_init(&out, octets, sizeof(octets));
	while (ukey_session_action(s, &a, &out)) {
		if (a.kind == UKEY_ACTION_DELETE)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "-%u ", a.ordinal);
		else if (a.kind == UKEY_ACTION_INSERT)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "+%.14s ", (const char *)a.text.data);
		else if (a.kind != UKEY_ACTION_REPLY)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    a.kind == UKEY_ACTION_ACCEPT ? "ok" : "hold ");
		else
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%u %.*s", a.code, (int)a.text.len,
			    (const char *)a.text.data);
	}
	assert_false(out.overflow);
	return text;
}

struct submission {
	const char *login, *from, *fields, *want;
	unsigned check;
	bool reject_unsigned, fail;
	enum ukey_reason reason;
};

#define FROM "From: Alice <alice@example.org>\r\n"
#define SIGNED "+DKIM-Signature ok"

static const struct submission submissions[] = {
	{ "alice", "<alice@example.org>", FROM, "+DKIM-Signature ok", 0, 0, 0,
	    UKEY_REASON_OK },
	{ "alice", "<alice@example.org>", "Authentication-Results: "
	    "mx.example.net; dkim=pass\r\nAuthentication-Results: x.y; "
	    "a=b\r\nauthentication-results: (c)MX.example.net.; dkim=\r\n"
	    FROM, "-3 -1 +DKIM-Signature ok", 0, 0, 0, UKEY_REASON_OK },
	{ "alice", "<bob@example.org>", FROM, "553 5.7.1 Login alice may not "
	    "send as bob@example.org: choose an address of yours", 0, 0, 0,
	    UKEY_REASON_NO_KEY },
	{ "alice", "<later@example.org>", FROM, "451 4.3.0 The key database "
	    "is not at hand: try again later", 0, 0, 0, UKEY_REASON_NO_KEY },
	{ "alice", "<sales@example.org>", "From: sales@example.org\r\n",
	    "ok", 0, 0, 0, UKEY_REASON_NO_KEY },
	{ "alice", "<sales@example.org>", "From: sales@example.org\r\n",
	    "550 5.7.1 The message cannot be signed: its sender has no active "
	    "key", 0, 1, 0, UKEY_REASON_NO_KEY },
	{ "alice", "<alice@example.org>", "From: bob@example.org\r\n",
	    "550 5.7.1 Login alice may not write bob@example.org in From or "
	    "Sender: choose an address of yours", 0, 0, 0,
	    UKEY_REASON_NO_KEY },
	{ "alice", "<alice@example.org>", "From: bob@example.org\r\n",
	    "+DKIM-Signature ok", UKEY_CHECK_DOMAIN, 0, 0, UKEY_REASON_OK },
	{ "alice", "<alice@example.org>", "From: bob@example.com\r\n",
	    "550 5.7.1 Login alice may not write bob@example.com in From or "
	    "Sender: choose an address of yours", UKEY_CHECK_DOMAIN, 0, 0,
	    UKEY_REASON_NO_KEY },
	{ "alice", "<alice@example.org>", "From: bob@example.com\r\n",
	    "+DKIM-Signature ok", UKEY_CHECK_OFF, 0, 0, UKEY_REASON_OK },
	{ "alice", "<alice@example.org>", FROM "Sender: eve@example.org\r\n",
	    "550 5.7.1 Login alice may not write eve@example.org in From or "
	    "Sender: choose an address of yours", 0, 0, 0,
	    UKEY_REASON_NO_KEY },
	{ "alice", "<alice@example.org>", "From: sales@example.org, "
	    "alice@example.org\r\n", "+DKIM-Signature ok", 0, 0, 0,
	    UKEY_REASON_OK },
	{ "alice", "<alice@example.org>", "From: later@example.org\r\n",
	    "451 4.3.0 The key database is not at hand: try again later", 0,
	    0, 0, UKEY_REASON_NO_KEY },
	{ "alice", "<alice@example.org>", "Subject: x\r\n", "ok", 0, 0, 0,
	    UKEY_REASON_FROM_MISSING },
	{ "alice", "<alice@example.org>", FROM FROM, "550 5.7.1 Login alice "
	    "may not write this From or Sender: there is more than one From "
	    "field", 0, 0, 0, UKEY_REASON_FROM_MANY },
	{ "alice", "<alice@example.org>", FROM FROM, "ok", UKEY_CHECK_OFF, 0,
	    0, UKEY_REASON_FROM_MANY },
	{ "alice", "<alice@example.org>", FROM FROM, "550 5.7.1 The message "
	    "cannot be signed: there is more than one From field",
	    UKEY_CHECK_OFF, 1, 0, UKEY_REASON_FROM_MANY },
	{ "alice", "<a b@c>", FROM, "553 5.1.7 The sender's address <a b@c>: "
	    "write it as name@domain", 0, 0, 0, UKEY_REASON_MAIL_FROM },
	{ "alice", "<>", FROM, "+DKIM-Signature ok", 0, 0, 0,
	    UKEY_REASON_OK },
	{ "alice", "<>", "From: bob@example.org\r\n", "550 5.7.1 Login alice "
	    "may not write bob@example.org in From or Sender: choose an "
	    "address of yours", 0, 0, 0, UKEY_REASON_NO_KEY },
	{ "", "<>", "From: postmaster@example.org\r\n", "+DKIM-Signature ok",
	    0, 0, 0, UKEY_REASON_OK },
	{ "alice", "<alice@example.org>", FROM, "451 4.3.0 The message could "
	    "not be signed: try again later", 0, 0, 1, UKEY_REASON_CRYPTO },
	{ "alice", "<alice@example.org>", "From: a@b.c, d@b.c, e@b.c, f@b.c, "
	    "g@b.c, h@b.c, i@b.c, j@b.c\r\n", "550 5.7.1 Login alice may not "
	    "write a@b.c in From or Sender: choose an address of yours", 0,
	    0, 0, UKEY_REASON_NO_KEY },
};

/* LATE: permissions are answered after the end, the last first. */
static void
run_submission(const struct submission *c, bool late)
{
	struct ukey_session_settings settings = { .authserv_id = ID,
		.header_canon = UKEY_CANON_RELAXED,
		.body_canon = UKEY_CANON_RELAXED, .expire = 604800,
		.from_check = (uint8_t)c->check,
		.reject_unsigned = c->reject_unsigned };
	struct ukey_session s;
	uint8_t octets[1024];
	struct ukey_action a;
	struct ukey_out out;

	ukey_session_init(&s, &settings, UKEY_ROLE_SUBMIT, arena,
	    UKEY_SUBMIT_ARENA);
	ukey_session_time(&s, SUPPORT_MAIL_TIME);
	assert_int_equal(ukey_session_login(&s, view(c->login)), 0);
	assert_int_equal(ukey_session_mail_from(&s, view(c->from),
	    UKEY_VIEW_NONE), 0);
	if (!late) {
		permit_all(&s, false);
		ukey_out_init(&out, octets, sizeof(octets));
		assert_int_equal(ukey_session_refused(&s, &a, &out),
		    strncmp(c->want, "553", 3) == 0 ||
		    strstr(c->from, "later") != NULL);
	}
	assert_null(ukey_session_verify(&s));
	push_fields(&s, c->fields);
	assert_int_equal(ukey_session_header_end(&s), 0);
	assert_int_equal(ukey_session_body(&s, "Hi\r\n", 4), 0);
	assert_int_equal(ukey_session_end(&s), 0);
	permit_all(&s, true);
	sign_digest(&s, c->fail);
	assert_true(ukey_session_done(&s));
	assert_int_equal(ukey_session_reason(&s), c->reason);
	assert_string_equal(actions(&s), c->want);
}

static void
test_submission(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(submissions); i++) {
		run_submission(&submissions[i], false);
		run_submission(&submissions[i], true);
	}
}

/* What submission signs, the MX finds good. */
static void
test_both(void **state)
{
	const struct support_record records[] = {
		{ "alice.userkeys.example.org", "TXT",
		    support_mail_record("v=DKIM1; uk=reject:from;") },
		{ NULL, NULL, NULL }
	};
	struct ukey_session_settings settings = { .authserv_id = ID,
		.header_canon = UKEY_CANON_RELAXED,
		.body_canon = UKEY_CANON_RELAXED, .no_dkim = true };
	static uint32_t other[UKEY_ARENA_SIZE / 4];
	struct ukey_session s, mx;
	uint8_t octets[64];
	struct ukey_action a;
	struct ukey_out out;

	(void)state;
	ukey_session_init(&s, &settings, UKEY_ROLE_SUBMIT, arena,
	    UKEY_SUBMIT_ARENA);
	ukey_session_time(&s, SUPPORT_MAIL_TIME);
	ukey_session_login(&s, view("alice"));
	ukey_session_mail_from(&s, view("alice@example.org"), UKEY_VIEW_NONE);
	push_fields(&s, FROM "Subject: x\r\n");
	ukey_session_header_end(&s);
	ukey_session_body(&s, "Hi\r\n", 4);
	ukey_session_end(&s);
	permit_all(&s, false);
	sign_digest(&s, false);
	ukey_out_init(&out, octets, sizeof(octets));
	assert_true(ukey_session_action(&s, &a, &out));
	ukey_session_init(&mx, &settings, UKEY_ROLE_MX, other, sizeof(other));
	ukey_session_time(&mx, SUPPORT_MAIL_TIME);
	ukey_session_mail_from(&mx, view("<alice@example.org>"),
	    UKEY_VIEW_NONE);
	assert_int_equal(ukey_session_field(&mx, a.text), 0);
	push_fields(&mx, FROM "Subject: x\r\n");
	ukey_session_header_end(&mx);
	ukey_session_body(&mx, "Hi\r\n", 4);
	ukey_session_end(&mx);
	support_dns_run(ukey_session_verify(&mx), records, false);
	assert_true(ukey_session_done(&mx));
	assert_string_equal(actions(&mx), "+Authentication ok");
}

/* Every ceiling with every advice, for mail that does not prove itself. */
static void
test_policy(void **state)
{
	static const char *const words[] = { "none", "quarantine", "reject" };
	static const char refused[] = "550 5.7.1 Refused on the advice of the "
	    "sender's domain: the message has no DKIM-Signature field";
	struct ukey_session_settings settings = { .authserv_id = ID };
	struct support_record records[] = { { "alice.userkeys.example.org",
		"TXT", NULL }, { NULL, NULL, NULL } };
	struct ukey_session s;
	unsigned ceiling, advice;
	char tags[64];

	(void)state;
	for (ceiling = 0; ceiling < 3; ceiling++)
		for (advice = 0; advice < 4; advice++) {
			settings.policy.ceiling = (enum ukey_advice)ceiling;
			snprintf(tags, sizeof(tags), "v=DKIM1; uk=%s;",
			    words[advice % 3]);
			records[0].data = support_mail_record(tags);
			records[0].type = advice == 3 ? "SERVFAIL" : "TXT";
			ukey_session_init(&s, &settings, UKEY_ROLE_MX, arena,
			    sizeof(arena));
			ukey_session_mail_from(&s,
			    view("<alice@example.org>"), UKEY_VIEW_NONE);
			push_fields(&s, "Authentication-Results: "
			    "mx.example.net; x=y\r\n" FROM);
			ukey_session_end(&s);
			support_dns_run(ukey_session_verify(&s), records,
			    false);
			if (advice == 3 && ceiling > 0)
				assert_non_null(strstr(actions(&s),
				    "451 4.7.5"));
			else if (advice == 2 && ceiling == 2)
				assert_string_equal(actions(&s), refused);
			else if (advice % 3 > 0 && ceiling > 0)
				assert_string_equal(actions(&s), "-1 "
				    "+Authentication +Authentication hold ok");
			else
				assert_string_equal(actions(&s), "-1 "
				    "+Authentication +Authentication ok");
		}
}

/* Any arena: a signature, or an answer that says why not. */
static void
test_arena(void **state)
{
	struct ukey_session_settings settings = { .authserv_id = ID };
	struct ukey_session s;
	size_t size, good = 0;
	const char *text;
	void *memory;

	(void)state;
	for (size = 0; size < UKEY_SUBMIT_ARENA; size += 36) {
		memory = malloc(size + (size == 0));
		assert_non_null(memory);
		ukey_session_init(&s, &settings, UKEY_ROLE_SUBMIT, memory,
		    size);
		if (ukey_session_login(&s, view("alice")) == 0 &&
		    ukey_session_mail_from(&s,
		    view("alice@example.org"), UKEY_VIEW_NONE) == 0) {
			push_fields(&s, FROM);
			ukey_session_header_end(&s);
			ukey_session_end(&s);
			permit_all(&s, false);
			sign_digest(&s, false);
			text = actions(&s);
			good += text[0] == '+';
			if (text[0] != '+')
				assert_int_equal(ukey_session_reason(&s),
				    UKEY_REASON_ARENA);
		}
		free(memory);
	}
	assert_true(good > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_submission),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
