/*
 * userkeys: twin: how a transaction at the MX ends, by PROTOCOL 5.1, 6 and 8.
 * SPDX-License-Identifier: MIT
 */
#include "rewrite.h"

bool
is_sender_reason(const char *reason)
{
	static const char *const words[] = { "mail-from", "empty-local-part",
		"no-domain", "address-literal", "userkeys-domain",
		"sender-differs", "sender-length", "sender-octets",
		"u-label" };
	unsigned i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (word_is(reason, words[i]))
			return true;
	}
	return false;
}

static unsigned
advised(const struct twin_case *c, const char *advice)
{
	unsigned n = word_is(advice, "reject") ? 2 :
	    word_is(advice, "quarantine");

	return n < ceiling_of(c) ? n : ceiling_of(c);
}

/* 0: accepted, 1: quarantined, 2: not accepted, by REPLY. */
static unsigned
disposition(const struct twin_case *c, const struct twin_judgement *j,
    const char **reply)
{
	if (word_is(j->reason, "arena")) {
		*reply = "5.3.4 ";
		return ceiling_of(c) > 0 ? 2 : 0;
	}
	if (is_sender_reason(j->reason)) {
		*reply = word_is(j->reason, "u-label") ? "5.6.7 " : "5.1.7 ";
		return ceiling_of(c);
	}
	if (word_is(j->verdict, "temperror")) {
		*reply = "4.7.5 ";
		return ceiling_of(c) > 0 && (c->settings & 16) == 0 ? 2 : 0;
	}
	*reply = "5.7.1 ";
	return j->from_header || word_is(j->verdict, "pass") ? 0 :
	    advised(c, j->advice);
}

bool
ends_rightly(const struct twin_case *c, const struct twin_result *r)
{
	const char *reply;
	unsigned what = disposition(c, &r->user, &reply);
	const struct twin_event *last = &r->event[r->events - 1];
	unsigned i, actions = 0, marks = 0;

	if (r->events == 0)
		return false;
	for (i = 0; i < r->events; i++) {
		actions += ACTIONS >> r->event[i].what & 1;
		marks += r->event[i].what == TWIN_QUARANTINE;
	}
	if (what == 2)
		return last->what == TWIN_REPLY && actions == 1 &&
		    starts_with(last->text, reply) && last->code ==
		    (reply[0] == '4' ? 451u : reply[2] == '3' ? 552u : 550u);
	return last->what == TWIN_ACCEPT && marks == what &&
	    look_for(r, TWIN_REPLY, NULL) == NULL;
}
