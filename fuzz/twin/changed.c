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
is_ascii(struct twin_octets v)
{
	size_t i = 0;

	while (i < v.len && v.data[i] >= ' ' && v.data[i] < 0x7F)
		i++;
	return i == v.len;
}

static bool
sender_no_ascii(const struct twin_case *c, const struct twin_result *was)
{
	struct twin_octets bare = twin_bare(c->sender);

	return bare.len > 0 ? !is_ascii(bare) :
	    !is_ascii(was->user.view[TWIN_AUTHOR_LOCAL].octets);
}

/* A sender without a name that can be asked for or told. */
static bool
sender_refused(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	struct twin_judgement *j = &was->user;
	unsigned i;
	bool length = word_is(is->user.reason, "sender-length");
	bool octets = word_is(is->user.reason, "sender-octets");

	if (!is->judged || !((length && sender_too_long(c, was)) ||
	    (octets && sender_no_ascii(c, was))))
		return false;
	set_verdict(j, "permerror", is->user.reason);
	drop_signature(j);
	drop_advice(j);
	if (is->user.view[TWIN_SENDER_DOMAIN].octets.len == 0) {
		for (i = TWIN_SENDER_LOCAL; i <= TWIN_SENDER_DOMAIN; i++)
			j->view[i] = (struct twin_view) { { NULL, 0 }, 0 };
		if (j->relation == 1) /* of two there is one left */
			j->relation = 2;
	}
	was->replay = is->replay;
	/* nobody is asked about it: what plain DKIM asks is left */
	adopt_events(was, is, 1u << TWIN_OPEN | 1u << TWIN_QUESTION |
	    1u << TWIN_RSA);
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

/* Whether A stands in B. */
static bool
is_part(struct twin_octets a, struct twin_octets b)
{
	size_t i = 0;

	while (i + a.len <= b.len && !twin_same(a,
	    (struct twin_octets) { b.data + i, a.len }))
		i++;
	return i + a.len <= b.len;
}

/* What ukey_sign_from() and _sender() give of what is not signed. */
static bool
kept_author(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	const struct twin_event *now;
	unsigned i;

	if (c->mode != TWIN_SIGN || word_is(is->sign_reason, "ok"))
		return false;
	if (word_is(was->sign_reason, "arena") &&
	    word_is(is->sign_reason, "from-limit"))
		was->sign_reason = is->sign_reason;
	for (i = 0; i < was->events && i < is->events; i++) {
		now = &is->event[i];
		if (now->what == TWIN_FIELD && now->number == 1 &&
		    (now->text.len + now->more.len == TWIN_SCRATCH ||
		    (is_part(was->event[i].text, now->text) &&
		    is_part(was->event[i].more, now->more))))
			was->event[i] = *now;
	}
	return true;
}

/* ---- the results -------------------------------------------------------- */

/* Whether 0.1's judgement of the sender was another one. */
static bool rejudged;

/* A reply is no end of an accepted message's actions, nor the other way. */
static bool
ending(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	bool replied = look_for(was, TWIN_REPLY, NULL) != NULL;
	bool replies = look_for(is, TWIN_REPLY, NULL) != NULL;

	if (c->mode != TWIN_MX || !ends_rightly(c, is) || (!rejudged &&
	    !word_is(is->user.reason, "arena") &&
	    !is_sender_reason(is->user.reason)))
		return false;
	adopt_events(was, is, replied != replies ? ACTIONS :
	    1u << TWIN_QUARANTINE | 1u << TWIN_REPLY);
	return true;
}

static bool
results(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	if (c->mode != TWIN_MX || !results_say(is) ||
	    look_for(was, TWIN_INSERT, NULL) == NULL)
		return false;
	adopt_events(was, is, 1u << TWIN_INSERT);
	return true;
}

/* Whether a record may say t=y. */
static bool
says_testing(struct twin_octets record)
{
	return contains(record, "t") && contains(record, "y");
}

static bool
dkim_testing(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	bool done = false;
	unsigned i;

	for (i = 0; i < was->dkims && i < is->dkims; i++) {
		if (!is->dkim[i].testing || (!says_testing(c->record[0]) &&
		    !says_testing(c->record[1]) && c->script.len == 0))
			continue;
		was->dkim[i].testing = done = true;
	}
	return done;
}

static const struct change changes[] = {
	{ "line-ends", "5.1", "a bare CR, a bare LF or a NUL in the header is "
	    "permerror in both methods, and nothing is judged",
	    header_line_ends },
	{ "odd-tags", "8", "a= and c= are read with case; leading zeros are no "
	    "fault, an l= beyond all bodies is", odd_tags },
	{ "vendor-limits", "8", "over a vendor's lower limit a judgement is "
	    "temperror arena, whatever the limit", vendor_limits },
	{ "places", "5.2", "what is refused before its key is asked for takes "
	    "no place; at most five are told", places },
	{ "renamed", "3, 5", "records that are there but do not fit, and line "
	    "ends in the body, have reasons of their own", renamed },
	{ "sender-permerror", "1", "a sender without local-part or domain, or "
	    "at an address literal, is permerror: only <> is nobody",
	    no_mailbox },
	{ "sender-refused", "2, 6", "an address over 254 octets, without room "
	    "for a key's name or that is no text is permerror, and nobody is "
	    "asked", sender_refused },
	{ "asked-mailbox", "5.1", "permission is asked for the mailbox, "
	    "without brackets and route", asked_mailbox },
	{ "submission", "4", "From and Sender that are not read to their end "
	    "are refused, an error is for good, replies name login and "
	    "mailbox", submission },
	{ "signed-more", "4", "Sender, Content-Disposition and List- fields "
	    "are oversigned where they are present", signed_more },
	{ "signs-no-more", "4", "what a verifier might refuse when servers "
	    "have added to it is not signed", signs_no_more },
	{ "kept-author", "4", "of several From or Sender fields all are kept, "
	    "and a want of room is from-limit", kept_author },
	{ "claims", "6", "a results field is claimed unless it is another "
	    "host's to every reader", claims },
	{ "dkim-testing", "6", "t=y is told of plain DKIM, too", dkim_testing },
	{ "ending", "5.1, 6, 8", "of a sender that is no mailbox the ceiling "
	    "decides, want of memory is 552 above note; what is judged "
	    "otherwise ends otherwise", ending },
	{ "results", "6", "our fields are other ones, dkim on top: each says "
	    "the judgements, and nothing else, in RFC 8601's grammar",
	    results },
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

	rejudged = !word_is(was->user.reason, is->user.reason) ||
	    !word_is(was->user.verdict, is->user.verdict) ||
	    !word_is(was->user.advice, is->user.advice);
	for (change = changes; change->name != NULL; change++) {
		if (change->rewrite(c, was, is))
			names[n++] = change->name;
	}
	names[n] = NULL;
	return names;
}
