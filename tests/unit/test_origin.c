/*
 * userkeys: mail without a login: what shows that it came from outside
 * (PROTOCOL 4.3).  SPDX-License-Identifier: MIT
 *
 * The shapes: our results in any spelling (the recogniser's own test has them
 * all), results of others, Received by SMTP, by another host's program, by a
 * program of this host; with comments in front, folded, in any case, under
 * "Received :"; with no name of this host; from a hub.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ukey.h"

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

static const struct {
	const char *field;
	enum ukey_origin_sign found;
} cases[] = {
	{ "From: a@b.c\r\n", UKEY_ORIGIN_HERE },
	{ "Authentication-Results: mx.example.net; dkim=pass\r\n",
	    UKEY_ORIGIN_RESULTS },
	{ "authentication-results: (x) \"MX.example.net\" 1; none\r\n",
	    UKEY_ORIGIN_RESULTS },
	{ "Authentication-Results: (x\r\n", UKEY_ORIGIN_RESULTS },
	{ "Authentication-Results: other.example; dkim=pass\r\n",
	    UKEY_ORIGIN_HERE },
	{ "Received: from evil.example (evil.example [192.0.2.1])\r\n"
	    "\tby mail.example.net (Postfix) with ESMTP id 1; date\r\n",
	    UKEY_ORIGIN_RECEIVED },
	{ "RECEIVED: from x by mail.example.net; date\r\n",
	    UKEY_ORIGIN_RECEIVED },
	{ "Received : from x by mail.example.net; date\r\n",
	    UKEY_ORIGIN_RECEIVED },
	{ "Received:\r\n", UKEY_ORIGIN_RECEIVED },
	{ "Received: (from root@localhost)\r\n\tby mail.example.net "
	    "(8.17.1/8.17.1/Submit) id 1; date\r\n", UKEY_ORIGIN_HERE },
	{ "Received: by mail.example.net (Postfix, from userid 0) id 1; date"
	    "\r\n", UKEY_ORIGIN_HERE },
	{ "Received:BY(c)Mail.Example.NET;date\r\n", UKEY_ORIGIN_HERE },
	{ "Received: (a \\) (b)) by mail.example.net; date\r\n",
	    UKEY_ORIGIN_HERE },
	{ "Received: (a by mail.example.net; date\r\n",
	    UKEY_ORIGIN_RECEIVED },
	{ "Received: by other.example id 1; date\r\n", UKEY_ORIGIN_RECEIVED },
	{ "Received: by mail.example.net.evil.example; date\r\n",
	    UKEY_ORIGIN_RECEIVED },
	{ "Received: bymail.example.net; date\r\n", UKEY_ORIGIN_RECEIVED },
	{ "X-Received: from x by y; date\r\n", UKEY_ORIGIN_HERE },
};

static void
test_cases(void **state)
{
	struct ukey_origin o;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ukey_origin_init(&o, UKEY_VIEW("mx.example.net"),
		    UKEY_VIEW("mail.example.net"));
		ukey_origin_field(&o, UKEY_VIEW("Subject: x\r\n"));
		ukey_origin_field(&o, view(cases[i].field));
		ukey_origin_field(&o, UKEY_VIEW("To: x\r\n"));
		if (ukey_origin_sign(&o, false) != cases[i].found)
			fail_msg("%s: %d", cases[i].field,
			    ukey_origin_sign(&o, false));
		assert_int_equal(ukey_origin_sign(&o, true),
		    cases[i].found == UKEY_ORIGIN_RESULTS ?
		    UKEY_ORIGIN_RESULTS : UKEY_ORIGIN_HERE);
	}
	/* Without a name of ours no Received is ours. */
	ukey_origin_init(&o, UKEY_VIEW("mx.example.net"), UKEY_VIEW(""));
	ukey_origin_field(&o, UKEY_VIEW("Received: by ; date\r\n"));
	assert_int_equal(ukey_origin_sign(&o, false), UKEY_ORIGIN_RECEIVED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
