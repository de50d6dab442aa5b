/*
 * userkeys why: what the words of why= mean, and what to do about them.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_reason.h"
#include "why.h"

/* Words of the milter and its database; what each means, what to do. */
static const struct {
	const char *word, *meaning, *remedy;
} own[] = {
	{ "ukd-no-key", "the login may use the address, but it has no active "
	    "key", "userkeys ukd show ADDRESS; userkeys ukd rotate ADDRESS" },
	{ "ukd-denied", "the login may not use this address",
	    "if it should: userkeys ukd allow ADDRESS --login LOGIN" },
	{ "ukd-unknown", "nothing is known of the address, so it gets no "
	    "signature", "if it should: userkeys ukd add ADDRESS --login "
	    "LOGIN" },
	{ "ukd-busy", "another process held the User Key Database for too "
	    "long", "the client tries again; look for a command that hangs" },
	{ "ukd-damaged", "the User Key Database could not be read",
	    "userkeys ukd list says what is wrong" },
	{ "no-login", "the client did not log in, so it is not ours to sign",
	    "submit on the submission port, with a login" },
	{ "ukd-absent", "no User Key Database is configured, so nothing can be "
	    "signed", "see database in userkeys.conf" },
	{ "mta-gone", "the mail server hung up before the answer was out",
	    "nothing; it tries again" },
	{ "out-of-memory", "the system gave no memory", "the client tries "
	    "again" },
	{ "testing", "the owner's record says that it is being tested (t=y)",
	    "nothing; the result is only noted" },
	{ "own-results", "it came without a login and carries results of this "
	    "host, so it came from outside, is judged, and gets no signature",
	    "a content filter should hand mail back to a port without "
	    "milters: see POSTFIX.md" },
	{ "received", "it came without a login and has another host's Received "
	    "field, so it is judged, and gets no signature", "if its client "
	    "hands on mail of others as yours: hub-network in "
	    "userkeys.conf" },
	{ "local", "it came without a login and is passed, by local-mail",
	    "see local-mail in userkeys.conf" },
};

/* What to do about reasons that have to do with us or with the sender. */
static const struct {
	enum ukey_reason reason;
	const char *remedy;
} remedies[] = {
	{ UKEY_REASON_BODY_HASH, "something on the way changed the body: a "
	    "list, a scanner, a footer; verify before it does" },
	{ UKEY_REASON_SIGNATURE, "the header was changed on the way, or the "
	    "DNS has another key: at the sender, userkeys ukd check ADDRESS "
	    "tells" },
	{ UKEY_REASON_EXPIRED, "it was too long on the way, or a clock is "
	    "wrong" },
	{ UKEY_REASON_FUTURE, "a clock is wrong: the sender's or ours" },
	{ UKEY_REASON_NO_KEY, "its owner has not published the record: at the "
	    "sender, userkeys ukd records ADDRESS prints it" },
	{ UKEY_REASON_KEY_VERSION, "at the sender, userkeys check ADDRESS "
	    "shows what the DNS serves" },
	{ UKEY_REASON_NOT_USER_KEY, "at the sender, userkeys ukd records "
	    "ADDRESS prints the record with uk=" },
	{ UKEY_REASON_SENDER_DIFFERS, "the sending program must write its "
	    "address plainly, without %, ! or quotes" },
	{ UKEY_REASON_LINE_ENDS, "the sending program must end lines with "
	    "CRLF, and write no NUL" },
	{ UKEY_REASON_KEY_REVOKED, "the owner withdrew the key; the signer "
	    "must use the new one" },
	{ UKEY_REASON_LONG_LINE, "the sending program must fold lines; mail "
	    "servers would break this one" },
	{ UKEY_REASON_FROM_MISSING, "the sending program must write From" },
	{ UKEY_REASON_DNS_SERVFAIL, "try again; look at the domain's DNS "
	    "servers, and DNSSEC" },
	{ UKEY_REASON_DNS_TIMEOUT, "try again; look at the resolver in "
	    "resolv.conf" },
};

void
why_explain(struct ukey_view word, struct ukey_view action,
    const char **meaning, const char **remedy)
{
	size_t i, k;

	*meaning = *remedy = NULL;
	if (ukey_view_equal(word, UKEY_VIEW("ok")) &&
	    ukey_view_equal(action, UKEY_VIEW("sign"))) {
		*meaning = "it was signed";
		return;
	}
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (ukey_view_equal(word, cli_view(own[i].word))) {
			*meaning = own[i].meaning;
			*remedy = own[i].remedy;
			return;
		}
	for (i = 0; i < UKEY_REASON_COUNT; i++)
		if (ukey_view_equal(word, cli_view(ukey_reason_word(i))))
			break;
	if (i == UKEY_REASON_COUNT)
		return;
	*meaning = ukey_reason_meaning(i);
	for (k = 0; k < sizeof(remedies) / sizeof(remedies[0]); k++)
		if (remedies[k].reason == i)
			*remedy = remedies[k].remedy;
}
