/*
 * userkeys-milter: what the log and the counters keep of a message.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "worker.h"

#define LINE_SIZE 2200

static void
put(char *line, const char *name, const char *value)
{
	struct ukey_view v = { (const uint8_t *)value, strlen(value) };

	log_word(line, LINE_SIZE, name, v);
}

/* Which message it is, and from where; at MAIL Postfix has no queue id yet. */
static void
put_names(char *line, const struct connection *c)
{
	static const char *const purposes[] = { "none", "submit", "mx",
		"pass", "open" };

	if (c->queue_id[0] != '\0') {
		put(line, "queue", c->queue_id);
		put(line, "message-id", c->message_id);
	} else {
		put(line, "at", "mail");
	}
	put(line, "client", c->client[0] == '\0' ? "local" : c->client);
	put(line, "role", purposes[c->purpose]);
	put(line, "from", c->sender);
	if (c->login[0] != '\0')
		put(line, "login", c->login);
	if (c->outside != NULL)
		put(line, "outside", c->outside);
}

/* Why the message of C, a client of ours, was not signed, or "ok". */
static const char *
why_unsigned(const struct connection *c)
{
	enum ukey_reason reason = ukey_session_reason(&c->message->session);

	return reason == UKEY_REASON_NO_KEY && c->why != NULL ? c->why :
	    ukey_reason_word(reason);
}

void
journal_message(const struct connection *c, const char *action,
    const char *why)
{
	struct ukey_session *s = c->message == NULL ? NULL :
	    &c->message->session;
	struct ukey_verify *v = s == NULL ? NULL : ukey_session_verify(s);
	struct ukey_judgement j;
	char line[LINE_SIZE] = "", number[16];

	put_names(line, c);
	put(line, "action", action);
	snprintf(number, sizeof(number), "%u", c->removed);
	if (c->removed > 0)
		put(line, "results-removed", number);
	if (v != NULL) {
		ukey_verify_userkeys(v, &j);
		put(line, "userkeys", ukey_verdict_word(j.verdict));
		put(line, "advice", ukey_advice_word(j.advice));
		if (c->replacing && !c->bad)
			put(line, "notice", "added");
	}
	if (why == NULL)
		why = v != NULL ? ukey_reason_word(j.reason) :
		    why_unsigned(c);
	put(line, "why", why);
	log_line("%s", line);
}

void
journal_count(const struct connection *c)
{
	static const enum counter counters[] = { [UKEY_NONE] = COUNT_NONE,
		[UKEY_PASS] = COUNT_PASS, [UKEY_FAIL] = COUNT_FAIL,
		[UKEY_POLICY] = COUNT_FAIL, [UKEY_NEUTRAL] = COUNT_NONE,
		[UKEY_TEMPERROR] = COUNT_TEMPERROR,
		[UKEY_PERMERROR] = COUNT_PERMERROR };
	struct ukey_session *s = &c->message->session;
	struct ukey_judgement j;

	if (ukey_session_verify(s) == NULL) {
		count(ukey_session_reason(s) == UKEY_REASON_OK ?
		    COUNT_SIGNED : COUNT_UNSIGNED);
		return;
	}
	ukey_verify_userkeys(ukey_session_verify(s), &j);
	count(counters[j.verdict]);
}
