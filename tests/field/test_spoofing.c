/*
 * userkeys: the messages of the cases spoof-* on submission: Alice, who is
 * authenticated and may use her own address alone, gets a signature only for
 * one plain From that is hers; else a refusal, or no signature, with a reason.
 * What a verifier makes of the same messages stands in the cases.
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rsa_keys.h"
#include "support_vector.h"
#include "ukey_key.h"
#include "ukey_random.h"
#include "ukey_session.h"

/* What happens: a signature, or the reason why there is none, or the SMTP
 * reply's code, and why From or Sender cannot be read. */
static const struct {
	const char *name, *want;
} cases[] = {
	{ "client-a1", "550 from-many" }, { "client-a2", "550" },
	{ "client-a3", "550" }, { "server-a1", "553" }, { "server-a2", "553" },
	{ "server-a3", "550" }, { "server-a4", "550" }, { "server-a5", "553" },
	{ "server-a6", "553" }, { "server-a7", "553" },
	{ "server-a8", "550 from-many" }, { "server-a9", "550" },
	{ "server-a10", "550 header-syntax" },
	{ "server-a11", "550 header-syntax" },
	{ "server-a12", "550 header-syntax" },
	{ "server-a13", "550 header-syntax" }, { "server-a14", "550" },
	{ "server-a15", "550 from-syntax" },
	{ "server-a16", "550 from-syntax" },
	{ "server-a17", "550 from-syntax" }, { "server-a18", "550" },
	{ "server-a19", "550 from-syntax" }, { "comment-behind", "signed" },
	{ "comment-nested", "signed" },
	{ "comment-within", "550 from-syntax" },
	{ "comment-open", "550 from-syntax" }, { "quoted-local", "signed" },
	{ "quoted-pair", "signed" }, { "quoted-address", "550" },
	{ "display-quoted", "signed" }, { "display-bare", "550 from-syntax" },
	{ "display-coded", "signed" }, { "coded-local", "550 from-syntax" },
	{ "nul", "550 nul" }, { "nul-name", "550 header-syntax" },
	{ "bare-cr", "550 bare-cr" }, { "group", "signed" },
	{ "group-empty", "550 from-syntax" }, { "group-quoted", "signed" },
	{ "group-bare", "550 from-syntax" }, { "group-two", "550" },
	{ "group-and-one", "550" }, { "group-open", "550 from-syntax" },
	{ "look-alike", "header-syntax" }, { "look-alike-dash", "signed" },
	{ "resent", "signed" }, { "name-case", "signed" },
	{ "name-tab", "550 header-syntax" }, { "folded-value", "signed" },
	{ "folded-address", "550 from-syntax" },
	{ "unqualified", "550 from-unqualified" },
	{ "literal", "550 from-syntax" }, { "u-label", "550 from-syntax" },
	{ "dot-at-the-end", "550 from-syntax" },
	{ "empty", "550 from-syntax" }, { "two-angles", "550 from-syntax" },
	{ "semicolon", "550 from-syntax" }, { "percent", "550" },
	{ "missing", "from-missing" }
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static uint32_t arena[UKEY_SUBMIT_ARENA / 4];

/* Alice may be alice@example.org, in any spelling of that mailbox. */
static void
permit_all(struct ukey_session *s)
{
	static const struct ukey_permit yes = { .status = UKEY_PERMIT_YES,
		.selector = UKEY_VIEW("alice.userkeys"), .key = 7 };
	static const struct ukey_permit no = { .status = UKEY_PERMIT_DENIED };
	struct ukey_view login, text;
	uint8_t local[UKEY_LOCAL_MAX], label[UKEY_LABEL_MAX];
	struct ukey_address a;
	struct ukey_view v;
	unsigned id;
	bool hers;

	for (id = 0; id < UKEY_SESSION_ASKS; id++) {
		if (!ukey_session_ask(s, id, &login, &text))
			continue;
		hers = ukey_address_parse(text, &a) == UKEY_REASON_OK &&
		    ukey_view_equal_nocase(a.domain,
		    UKEY_VIEW("example.org"));
		v.data = local;
		v.len = hers ? ukey_address_unquote(a.local, local) : 0;
		hers = hers && ukey_label_write(v, false, label) == 5 &&
		    memcmp(label, "alice", 5) == 0;
		ukey_session_permit(s, id, hers ? &yes : &no);
	}
}

static void
sign(struct ukey_session *s)
{
	struct ukey_view pem = { (const uint8_t *)pem1_1024,
		sizeof(pem1_1024) - 1 };
	uint8_t octets[UKEY_KEY_SIGNATURE_MAX];
	const uint8_t *digest;
	struct ukey_key *key;
	struct ukey_out out;
	uint64_t id;

	if (!ukey_session_digest(s, &id, &digest))
		return;
	assert_int_equal(ukey_key_read(&key, pem, ukey_random()), 0);
	ukey_out_init(&out, octets, sizeof(octets));
	assert_int_equal(ukey_key_sign(key, digest, &out), 0);
	assert_int_equal(ukey_session_signature(s, ukey_out_done(&out)), 0);
	ukey_key_free(key);
}

/* The fields of MESSAGE but DKIM-Signature, then its body. */
static void
push(struct ukey_session *s, struct ukey_view message)
{
	struct ukey_view raw;
	size_t at, end;

	for (at = 0; message.data[at] != '\r'; at = end) {
		end = at;
		do {
			end += 1 + ukey_view_find(ukey_view_part(message, end,
			    message.len), '\n');
		} while (message.data[end] == ' ' ||
		    message.data[end] == '\t');
		raw = ukey_view_part(message, at, end);
		if (ukey_view_find(raw, ':') != 14 ||
		    memcmp(raw.data, "DKIM-Signature", 14) != 0)
			ukey_session_field(s, raw);
	}
	ukey_session_header_end(s);
	ukey_session_body(s, message.data + at + 2, message.len - at - 2);
	ukey_session_end(s);
}

/* What the session does in the end, as in the table. */
static const char *
outcome(struct ukey_session *s)
{
	static char text[96];
	uint8_t octets[UKEY_AUTHRES_FIELD_MAX];
	const char *what = ukey_reason_word(ukey_session_reason(s));
	const char *why = strcmp(what, "no-key") == 0 ||
	    strcmp(what, "mail-from") == 0 ? "" : what;
	struct ukey_action a;
	struct ukey_out out;

	ukey_out_init(&out, octets, sizeof(octets));
	while (ukey_session_action(s, &a, &out)) {
		if (a.kind == UKEY_ACTION_INSERT)
			what = "signed";
		if (a.kind != UKEY_ACTION_REPLY)
			continue;
		snprintf(text, sizeof(text), "%u%s%.40s", a.code,
		    why[0] == '\0' ? "" : " ", why);
		assert_true(a.text.len > 20);
		what = text;
	}
	return what;
}

static const char *
submit(const struct support_vector *c)
{
	const struct ukey_session_settings settings = {
		.authserv_id = UKEY_VIEW("mx.example.net"),
		.header_canon = UKEY_CANON_RELAXED,
		.body_canon = UKEY_CANON_RELAXED };
	struct ukey_view path = UKEY_VIEW("<alice@example.org>");
	struct ukey_view message = { c->message, c->len };
	static struct ukey_session s;

	if (c->mail_from != NULL)
		path = (struct ukey_view) { (const uint8_t *)c->mail_from,
			strlen(c->mail_from) };
	ukey_session_init(&s, &settings, UKEY_ROLE_SUBMIT, arena,
	    sizeof(arena));
	ukey_session_time(&s, c->time);
	ukey_session_login(&s, UKEY_VIEW("alice"));
	ukey_session_mail_from(&s, path, UKEY_VIEW_NONE);
	permit_all(&s);
	push(&s, message);
	permit_all(&s);
	sign(&s);
	assert_true(ukey_session_done(&s));
	return outcome(&s);
}

static void
test_submission(void **state)
{
	struct support_vector c;
	unsigned bad = 0;
	const char *got;
	char name[64];
	size_t i;

	(void)state;
	for (i = 0; i < CASES; i++) {
		snprintf(name, sizeof(name), "spoof-%s", cases[i].name);
		support_vector_load(&c, name);
		got = submit(&c);
		if (strcmp(got, cases[i].want) != 0) {
			print_error("%s: %s, wanted %s\n", name, got,
			    cases[i].want);
			bad++;
		}
		support_vector_free(&c);
	}
	assert_int_equal(bad, 0);
}

/* Every case of the vectors is in the table above. */
static void
test_all_there(void **state)
{
	size_t found = 0;
	char **names;
	int i, n = support_vector_names(&names);

	(void)state;
	for (i = 0; i < n; i++) {
		found += strncmp(names[i], "spoof-", 6) == 0;
		free(names[i]);
	}
	free(names);
	assert_int_equal(found, CASES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_submission),
		cmocka_unit_test(test_all_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
