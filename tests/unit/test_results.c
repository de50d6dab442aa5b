/*
 * Our results through a transaction at the MX: always both fields, each read
 * strictly, each whole, whatever MAIL FROM, From and the signatures say; and
 * where they have no room, no answer but "later".  SPDX-License-Identifier: MIT
 *
 * Shapes: octets that are no text, behind a backslash or not; addresses at and
 * over 254 octets; quoted-strings that hold a result; a From over any limit, of
 * other mailboxes, in a null sender's message; signatures whose tags are longer
 * than any value, twenty of them; signatures refused by their tags above one
 * that holds; keys with t=y; each size of the room for a field.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_mail.h"
#include "support_results.h"

static uint32_t arena[UKEY_ARENA_SIZE / 4];

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* What a transaction left: the fields, in the order in which they stand in the
 * header, and its end. */
struct left {
	struct support_results field[2];
	unsigned fields;
	bool quarantine;
	unsigned code; /* 0: accepted */
};

static void
take(struct left *l, const struct ukey_action *a)
{
	const char *trouble;

	if (a->kind == UKEY_ACTION_INSERT) {
		assert_true(l->fields < 2);
		l->field[1] = l->field[0]; /* what is inserted goes on top */
		trouble = support_results_read(&l->field[0], a->text,
		    "mx.example.net");
		if (trouble != NULL)
			print_error("%s: %.*s", trouble, (int)a->text.len,
			    (const char *)a->text.data);
		assert_null(trouble);
		l->fields++;
	}
	l->quarantine |= a->kind == UKEY_ACTION_QUARANTINE;
	if (a->kind == UKEY_ACTION_REPLY)
		l->code = a->code;
}

/* Runs MESSAGE from PATH through a transaction, the text of its actions in
 * ROOM octets. */
static const struct left *
run_in(const char *path, struct ukey_view message,
    const struct support_record *records, size_t room)
{
	static const struct ukey_session_settings settings = {
		.authserv_id = { (const uint8_t *)"mx.example.net", 14 },
		.policy = { .ceiling = UKEY_ADVICE_QUARANTINE } };
	static struct left l;
	static struct ukey_session s;
	struct ukey_event e;
	struct ukey_message splitter;
	struct ukey_action a;
	struct ukey_out out;
	uint8_t *octets = malloc(room + (room == 0));
	static uint8_t field[70000];
	size_t len = 0;

	memset(&l, 0, sizeof(l));
	ukey_session_init(&s, &settings, UKEY_ROLE_MX, arena, sizeof(arena));
	ukey_session_time(&s, SUPPORT_MAIL_TIME);
	ukey_session_mail_from(&s, view(path), UKEY_VIEW_NONE);
	ukey_message_init(&splitter);
	while ((e = ukey_message_next(&splitter, &message)).kind !=
	    UKEY_EVENT_NONE) {
		if (e.kind == UKEY_EVENT_FIELD) {
			assert_true(len + e.octets.len <= sizeof(field));
			memcpy(field + len, e.octets.data, e.octets.len);
			len += e.octets.len;
		} else if (e.kind == UKEY_EVENT_FIELD_END) {
			ukey_session_field(&s, (struct ukey_view) { field,
			    len });
			len = 0;
		} else if (e.kind == UKEY_EVENT_HEADER_END) {
			ukey_session_header_end(&s);
		} else {
			ukey_session_body(&s, e.octets.data, e.octets.len);
		}
	}
	ukey_session_end(&s);
	support_dns_run(ukey_session_verify(&s), records, false);
	ukey_out_init(&out, octets, room);
	while (ukey_session_action(&s, &a, &out))
		take(&l, &a);
	free(octets);
	return &l;
}

static const struct left *
run(const char *path, struct ukey_view message,
    const struct support_record *records)
{
	const struct left *l = run_in(path, message, records,
	    UKEY_AUTHRES_FIELD_MAX);

	assert_int_equal(l->code, 0);
	assert_int_equal(l->fields, 2);
	assert_string_equal(l->field[0].result[0].method, "dkim");
	assert_int_equal(l->field[1].results, 1);
	assert_string_equal(l->field[1].result[0].method, "userkeys");
	return l;
}

static void
check_user(const struct left *l, const char *verdict, const char *reason,
    const char *name, const char *identity)
{
	const struct support_result *r = &l->field[1].result[0];
	const char *got = name == NULL ? NULL :
	    support_results_value(&l->field[1], 0, name);

	assert_string_equal(r->verdict, verdict);
	assert_string_equal(r->reason, reason);
	if (name != NULL && identity == NULL)
		assert_null(got);
	else if (name != NULL)
		assert_string_equal(got, identity);
}

#define ALICE "From: alice@example.org\r\n"

/* A message without a signature, from each PATH. */
static void
test_senders(void **state)
{
	static const struct {
		const char *path, *from, *verdict, *reason, *name, *identity;
	} cases[] = {
		{ "<alice@example.org>", ALICE, "none", "no-signature",
		    "smtp.mailfrom", "alice@example.org" },
		{ "<\"; dkim=pass header.d=b.example; x=\"@e.org>", ALICE,
		    "none", "no-signature", "smtp.mailfrom",
		    "; dkim=pass header.d=b.example; x=@e.org" },
		{ "<\"a\\\xC2\x85\"@e.org>", "From: \"; dkim=pass header.d="
		    "b.example; x=\"@e.org\r\n", "permerror",
		    "sender-octets", "smtp.mailfrom", NULL },
		{ "<\"a\xC2\x85\"@e.org>", ALICE, "permerror",
		    "sender-octets", "smtp.mailfrom", NULL },
		{ "<a\x80@e.org>", ALICE, "permerror", "sender-octets",
		    "smtp.mailfrom", NULL },
		{ "<a\xE2\x80\xA8@e.org>", ALICE, "permerror",
		    "sender-octets", "smtp.mailfrom", NULL },
		{ "<\"a\\\xFF\"@e.org>", ALICE, "permerror",
		    "sender-octets", "smtp.mailfrom", NULL },
		{ "<alice@example.org>", "From: bob@example.org\r\n", "none",
		    "no-signature", "header.from", NULL },
		{ "<alice@example.org>", "From: a@e.org, alice@example.org"
		    "\r\n", "none", "no-signature", "header.from", NULL },
		{ "<alice@example.org>", "From: Alice+x@EXAMPLE.org\r\n",
		    "none", "no-signature", "header.from",
		    "Alice+x@EXAMPLE.org" },
		{ "<alice@example.org>", "From: \"alice+\xC2\x85\"@example.org"
		    "\r\n", "none", "no-signature", "header.from", NULL },
		{ "<>", ALICE, "none", "null-sender", "header.from",
		    "alice@example.org" },
		{ "<>", "From: a@e.org, b@e.org\r\n", "none", "null-sender",
		    "header.from", NULL },
		{ "<>", "From: \"a\\\xC2\x85\"@e.org\r\n", "none",
		    "null-sender", "header.from", NULL }
	};
	static const struct support_record records[] = {
		{ NULL, NULL, NULL } };
	char message[600];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(message, sizeof(message), "%sSubject: x\r\n\r\nHi\r\n",
		    cases[i].from);
		check_user(run(cases[i].path, view(message), records),
		    cases[i].verdict, cases[i].reason, cases[i].name,
		    cases[i].identity);
	}
}

/* A signed message of a mailbox of LEN octets as an address. */
static const struct left *
long_identity(size_t len)
{
	static char address[300], path[310], name[300], selector[100];
	struct support_record records[] = { { name, "TXT", NULL },
		{ NULL, NULL, NULL } };
	static struct support_mail m;
	uint8_t label[UKEY_LABEL_MAX];
	size_t local = len - strlen("@example.org"), n;

	memset(address, 'a', local);
	snprintf(address + local, sizeof(address) - local, "@example.org");
	n = ukey_label_write((struct ukey_view) { (uint8_t *)address, local },
	    false, label);
	snprintf(selector, sizeof(selector), "%.*s.userkeys", (int)n, label);
	snprintf(name, sizeof(name), "%s.example.org", selector);
	snprintf(path, sizeof(path), "<%s>", address);
	records[0].data = support_mail_record("v=DKIM1; uk=reject;");
	support_mail_letter(&m);
	support_mail_sign(&m, selector, address);
	return run(path, (struct ukey_view) { m.data, m.len }, records);
}

/* A pass is never written without its identity. */
static void
test_identity_length(void **state)
{
	const struct left *l;

	(void)state;
	l = long_identity(254);
	assert_string_equal(l->field[1].result[0].verdict, "pass");
	assert_int_equal(strlen(support_results_value(&l->field[1], 0,
	    "smtp.mailfrom")), 254);
	check_user(long_identity(255), "permerror", "sender-length",
	    "smtp.mailfrom", NULL);
}

/* An unsigned message of Alice's with COUNT signatures of nobody above it,
 * whose tags have LEN octets. */
static struct ukey_view
junk(unsigned count, int len)
{
	static char text[80000];
	size_t n = 0;

	while (count-- > 0)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "DKIM-Signature: v=1; a=rsa-sha256; d=%0*d; s=%0*d; "
		    "i=\"%0*d\"@x;\r\n h=from; bh=AA==; b=/\"%0*d\r\n", len, 0,
		    len, 0, len, 0, len, 0);
	snprintf(text + n, sizeof(text) - n, ALICE "\r\nHi\r\n");
	return view(text);
}

/* However many and long they are, both fields are there, with the mark. */
static void
test_junk(void **state)
{
	static const struct support_record records[] = {
		{ "alice.userkeys.example.org", "TXT",
		    "v=DKIM1; uk=reject; p=" }, { NULL, NULL, NULL } };
	static const int lengths[] = { 1, 60, 63, 125, 250, 256, 700, 900 };
	struct ukey_view message;
	const struct left *l;
	unsigned count;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (count = 1; count <= 20; count += 19) {
			message = junk(count, lengths[i]);
			l = run("<alice@example.org>", message, records);
			assert_true(l->quarantine);
			assert_string_equal(support_results_value(
			    &l->field[1], 0, "policy.action"), "quarantine");
			assert_int_equal(l->field[0].results,
			    count == 1 || message.len > UKEY_HEADER_MAX ? 1 :
			    UKEY_DKIM_MAX);
		}
}

/* Whatever there is room for: both fields, or a reply that puts it off. */
static void
test_room(void **state)
{
	static const struct support_record records[] = { { NULL, NULL, NULL } };
	struct ukey_view message = junk(20, 60);
	const struct left *l;
	size_t size;

	(void)state;
	for (size = 0; size < 2000; size += 7) {
		l = run_in("<alice@example.org>", message, records, size);
		assert_true(l->code == 451 ||
		    (l->code == 0 && l->fields == 2));
	}
	assert_int_equal(l->code, 0);
}

/* t=y is told for dkim, too, whether the signature holds or not. */
static void
test_testing(void **state)
{
	struct support_record records[] = {
		{ "alice.userkeys._domainkey.example.org", "TXT", NULL },
		{ NULL, NULL, NULL } };
	static struct support_mail m;
	const char *testing;
	const struct left *l;
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		records[0].data = support_mail_record(i & 1 ? "t=s:y;" : "");
		support_mail_letter(&m);
		support_mail_sign(&m, "alice.userkeys", NULL);
		l = run("<bob@example.org>", (struct ukey_view) { m.data,
		    i & 2 ? m.len - 4 : m.len }, records);
		assert_string_equal(l->field[0].result[0].verdict,
		    i & 2 ? "fail" : "pass");
		testing = support_results_value(&l->field[0], 0,
		    "policy.testing");
		assert_int_equal(testing != NULL, i & 1);
	}
}

/* Signatures that their tags refuse hide none that holds, however many stand
 * above it; they are shown where there is room. */
static void
test_refused(void **state)
{
	static const char *const tags[] = { "v=1; a=ed25519-sha256; d=e.org; "
		"s=s; h=from; bh=AA==; b=AA==", "v=1; a=rsa-sha1; d=e.org; "
		"s=s; h=from; bh=AA==; b=AA==", "v=2; x", "=" };
	struct support_record records[] = {
		{ "alice.userkeys._domainkey.example.org", "TXT", NULL },
		{ NULL, NULL, NULL } };
	static struct support_mail m;
	static char text[20000];
	struct ukey_view all = { (uint8_t *)text, 0 };
	unsigned i, k, count, passes;
	const struct left *l;
	size_t n;

	(void)state;
	records[0].data = support_mail_record("");
	support_mail_letter(&m);
	support_mail_sign(&m, "alice.userkeys", NULL);
	for (i = 0; i < 4; i++)
		for (count = 1; count < 20; count += 3) {
			for (n = 0, k = 0; k < count; k++)
				n += (size_t)snprintf(text + n, sizeof(text) -
				    n, "DKIM-Signature: %s\r\n", tags[i]);
			memcpy(text + n, m.data, m.len);
			all.len = n + m.len;
			l = run("<bob@example.org>", all, records);
			for (passes = 0, k = 0; k < l->field[0].results; k++)
				passes += strcmp(l->field[0].result[k].verdict,
				    "pass") == 0;
			assert_int_equal(passes, 1);
			assert_int_equal(l->field[0].results,
			    count < 4 ? count + 1 : UKEY_DKIM_MAX);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_identity_length),
		cmocka_unit_test(test_junk),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_testing),
		cmocka_unit_test(test_refused)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
