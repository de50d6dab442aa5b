/*
 * What the MX answers where nobody can be asked for advice: a sender that is no
 * mailbox, a message that is too large for this system (PROTOCOL 5.2, 8).
 * SPDX-License-Identifier: MIT
 *
 * The milter's test tries the table of PROTOCOL 5.2; here are the texts, which
 * name what is wrong and the remedy, and memory that is lower than the
 * protocol wants.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_dns.h"
#include "ukey.h"

static uint32_t arena[UKEY_ARENA_SIZE / 4];

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* How a message from PATH ends: "ok", "hold ok", or the refusal. */
static const char *
answer(const char *path, enum ukey_advice ceiling, bool lenient, size_t size)
{
	static const struct support_record none[] = { { NULL, NULL, NULL } };
	static const char field[] = "From: alice@example.org\r\n";
	struct ukey_session_settings settings = { .authserv_id =
		UKEY_VIEW("mx.example.net"), .policy = { ceiling, lenient } };
	static char text[600];
	uint8_t octets[4096];
	struct ukey_session s;
	struct ukey_action a;
	struct ukey_out out;
	const char *hold = "";

	ukey_session_init(&s, &settings, UKEY_ROLE_MX, arena, size);
	ukey_session_mail_from(&s, view(path), UKEY_VIEW_NONE);
	ukey_session_field(&s, view(field));
	ukey_session_end(&s);
	support_dns_run(ukey_session_verify(&s), none, false);
	ukey_out_init(&out, octets, sizeof(octets));
	text[0] = '\0';
	while (ukey_session_action(&s, &a, &out)) {
		if (a.kind == UKEY_ACTION_QUARANTINE)
			hold = "hold ";
		if (a.kind == UKEY_ACTION_ACCEPT)
			snprintf(text, sizeof(text), "%sok", hold);
		if (a.kind == UKEY_ACTION_REPLY)
			snprintf(text, sizeof(text), "%u %.*s", a.code,
			    (int)a.text.len, (const char *)a.text.data);
	}
	return text;
}

#define PLAIN ": write MAIL FROM:<local-part@domain> in its plain form"
#define CHECKED "The sender cannot be checked: "

static const struct {
	const char *path, *reply;
} senders[] = {
	{ "<a b@e.org>", "550 5.1.7 " CHECKED
	    "the sender address is malformed" PLAIN },
	{ "<@e.org>", "550 5.1.7 " CHECKED
	    "the sender address has no local-part" PLAIN },
	{ "<alice>", "550 5.1.7 " CHECKED
	    "the sender address has no domain" PLAIN },
	{ "<a@[192.0.2.1]>", "550 5.1.7 " CHECKED
	    "the sender's domain is an address literal" PLAIN },
	{ "<a@userkeys.e.org>", "550 5.1.7 " CHECKED
	    "the domain begins with the reserved label userkeys" PLAIN },
	{ "<a@\xC3\xBC.org>", "550 5.6.7 " CHECKED "the domain has "
	    "non-ASCII labels: use its A-label (xn--) form" }
};

static void
test_senders(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		assert_string_equal(answer(senders[i].path, UKEY_ADVICE_NONE,
		    false, sizeof(arena)), "ok");
		assert_string_equal(answer(senders[i].path,
		    UKEY_ADVICE_QUARANTINE, false, sizeof(arena)), "hold ok");
		assert_string_equal(answer(senders[i].path,
		    UKEY_ADVICE_REJECT, true, sizeof(arena)),
		    senders[i].reply);
	}
	assert_string_equal(answer("<>", UKEY_ADVICE_REJECT, false,
	    sizeof(arena)), "ok");
	assert_string_equal(answer("<a@e.org>", UKEY_ADVICE_REJECT, false,
	    sizeof(arena)), "ok");
}

/* Too little memory, from none at all: never an accept above note. */
static void
test_arena(void **state)
{
	const char *got;
	unsigned lenient, refused = 0;
	size_t size;

	(void)state;
	for (size = 0; size < 1200; size += 4)
	for (lenient = 0; lenient < 2; lenient++) {
		got = answer("<alice@example.org>", UKEY_ADVICE_REJECT,
		    lenient, size);
		if (refused == 0 || strcmp(got, "ok") != 0) {
			assert_string_equal(got, "552 5.3.4 The message is "
			    "too large to be checked: the message needs more "
			    "memory than this system lends: make its header "
			    "smaller");
			refused++;
			assert_string_equal(answer("<alice@example.org>",
			    UKEY_ADVICE_NONE, lenient, size), "ok");
			assert_string_equal(answer("<alice@example.org>",
			    UKEY_ADVICE_QUARANTINE, lenient, size), got);
		}
	}
	assert_in_range(refused, 2 * 200 / 4, 2 * 600 / 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_arena)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
