/*
 * userkeys: twin: what is meant to differ from 0.1.
 * SPDX-License-Identifier: MIT
 *
 * Each entry rewrites what 0.1 gave to what is asked for now, under the
 * narrowest condition that can be written down; what is left must be equal.
 * An entry that only says "anything may differ here" is no entry.
 */
#include "rewrite.h"

/* One change that was meant. */
struct change {
	const char *name, *section, *why; /* PROTOCOL's section; a sentence */
	/* Whether it takes effect: WAS is rewritten then. */
	bool (*rewrite)(const struct twin_case *c, struct twin_result *was,
	    const struct twin_result *is);
};

static bool
is_sender_reason(const char *reason)
{
	static const char *const words[] = { "mail-from", "empty-local-part",
		"no-domain", "address-literal", "userkeys-domain",
		"sender-length", "u-label" };
	unsigned i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (word_is(reason, words[i]))
			return true;
	}
	return false;
}

/* ---- the sender --------------------------------------------------------- */

static bool
no_mailbox(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	(void)c;
	(void)is;
	if (!was->judged || !word_is(was->user.verdict, "none") ||
	    !is_sender_reason(was->user.reason))
		return false;
	was->user.verdict = "permerror";
	edit_field("userkeys=", "userkeys=none", "userkeys=permerror");
	return true;
}

/* Its domain's keys have names of 11 octets and a label more. */
static bool
is_too_long(struct twin_octets address)
{
	return address.len > 254 || domain_of(address).len > 253 - 11 - 63;
}

/* The address that would be the sender's. */
static bool
sender_too_long(const struct twin_case *c, const struct twin_result *was)
{
	struct twin_octets bare = twin_bare(c->sender);
	size_t author = was->user.view[TWIN_AUTHOR_LOCAL].octets.len + 1 +
	    was->user.view[TWIN_AUTHOR_DOMAIN].octets.len;

	return is_too_long(bare) || (bare.len == 0 && (author > 254 ||
	    is_too_long(was->user.view[TWIN_AUTHOR_DOMAIN].octets)));
}

static bool
sender_length(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	struct twin_judgement *j = &was->user;
	unsigned i;

	if (!word_is(is->user.reason, "sender-length") || !is->judged ||
	    !sender_too_long(c, was))
		return false;
	set_verdict(j, "permerror", "sender-length");
	drop_signature(j);
	drop_advice(j);
	for (i = TWIN_SENDER_LOCAL; i <= TWIN_SENDER_DOMAIN; i++)
		j->view[i] = (struct twin_view) { { NULL, 0 }, 0 };
	if (j->relation == 1) /* of two who are the same there is one left */
		j->relation = 2;
	was->replay = is->replay;
	/* nobody is asked about it: what plain DKIM asks is left */
	adopt_events(was, is, 1u << TWIN_OPEN | 1u << TWIN_QUESTION |
	    1u << TWIN_RSA | 1u << TWIN_INSERT);
	return true;
}

static bool
sender_ceiling(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	bool u_label = word_is(is->user.reason, "u-label");

	if (c->mode != TWIN_MX || !is_sender_reason(is->user.reason) ||
	    !word_is(was->user.reason, is->user.reason) || ceiling_of(c) == 0)
		return false;
	if (ceiling_of(c) == 1)
		edit_field("userkeys=", "", " policy.action=quarantine");
	dispose(was, is, ceiling_of(c), 550, ceiling_of(c) == 1 ? NULL :
	    u_label ? "5.6.7 " : "5.1.7 ");
	return true;
}

static bool
too_large(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	if (c->mode != TWIN_MX || !word_is(is->user.reason, "arena") ||
	    !word_is(was->user.reason, "arena") || ceiling_of(c) == 0)
		return false;
	dispose(was, is, 2, 552, "5.3.4 ");
	return true;
}

/* The login is asked about the mailbox, and told it, not the argument. */
static bool
asked_mailbox(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	struct twin_octets bare = twin_bare(c->sender);
	bool done = false;
	unsigned i;

	if (c->mode != TWIN_SUBMIT || twin_same(bare, c->sender))
		return false;
	for (i = 0; i < was->events && i < is->events; i++) {
		struct twin_event *e = &was->event[i];

		if (e->what != is->event[i].what)
			break;
		if (e->what == TWIN_ASK && twin_same(e->more, c->sender)) {
			e->more = bare;
			done = true;
		} else if (done && e->code == 553 &&
		    contains(is->event[i].text, "may not send as ")) {
			e->text = is->event[i].text;
		}
	}
	return done;
}

static const struct change changes[] = {
	{ "sender-permerror", "1", "a sender without local-part or domain, or "
	    "at an address literal, is permerror: only <> is nobody",
	    no_mailbox },
	{ "sender-length", "2, 6", "an address that is longer than 254 octets "
	    "or has no room for a key's name is permerror, nobody is asked",
	    sender_length },
	{ "sender-ceiling", "5.1", "of a sender that is no mailbox nobody can "
	    "be asked: the ceiling decides", sender_ceiling },
	{ "arena-refused", "8", "what needs more memory than there is is 552 "
	    "5.3.4 above note", too_large },
	{ "asked-mailbox", "5.1", "permission is asked for the mailbox, "
	    "without brackets and route", asked_mailbox },
	{ NULL, NULL, NULL, NULL }
};

#define CHANGES (sizeof(changes) / sizeof(changes[0]))

const char **
twin_changed(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	static const char *names[CHANGES + 1];
	const struct change *change;
	unsigned n = 0;

	edits_start();
	for (change = changes; change->name != NULL; change++) {
		if (change->rewrite(c, was, is))
			names[n++] = change->name;
	}
	edits_make(was, is);
	names[n] = NULL;
	return names;
}
