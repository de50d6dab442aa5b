/*
 * userkeys: twin: how a submission ends, by PROTOCOL 4.
 * SPDX-License-Identifier: MIT
 *
 * A submission is signed, goes on unsigned, or is refused in one of few ways.
 * Of two that end alike the words may differ; what is signed is compared octet
 * for octet, whatever is said here.
 */
#include "rewrite.h"

enum end { SIGNED, UNSIGNED, BY_SENDER, BY_PATH, BY_FROM, BY_AUTHOR, CROWDED,
	LATER, UNTAKEN, CRYPTO, UNSIGNABLE, NO_END };

/* What is in a reply, of 0.1 or today. */
static enum end
end_by(const struct twin_event *e)
{
	static const struct {
		const char *words;
		enum end end;
	} rows[] = {
		{ " may not write this From or Sender: ", BY_AUTHOR },
		{ "5.7.1 Too many addresses", CROWDED },
		{ " may not write so many addresses", CROWDED },
		{ " may not write ", BY_FROM },
		{ "4.3.0 The key database is not at hand", LATER },
		{ "4.3.0 The message could not be taken", UNTAKEN },
		{ "4.3.0 The message could not be signed", CRYPTO },
		{ "5.7.1 The message cannot be signed: ", UNSIGNABLE },
	};
	unsigned i;

	if (e->code == 553)
		return starts_with(e->text, "5.1.7 ") ? BY_PATH : BY_SENDER;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (contains(e->text, rows[i].words))
			return rows[i].end;
	}
	return NO_END;
}

static enum end
end_of(const struct twin_result *r)
{
	const struct twin_event *reply = look_for(r, TWIN_REPLY, NULL);

	if (reply != NULL)
		return end_by(reply);
	return look_for(r, TWIN_INSERT, "DKIM-Signature:") != NULL ? SIGNED :
	    UNSIGNED;
}

/* from-check: 0 own, 1 domain, 2 off. */
static unsigned
from_check(const struct twin_case *c)
{
	return (c->settings >> 2 & 3) % 3;
}

/* Whether From or Sender are looked at, and cannot be read. */
static bool
checks_author(const struct twin_case *c, const struct twin_result *was)
{
	return !was->plain_author && (from_check(c) != 2 ||
	    twin_bare(c->sender).len == 0);
}

/* Whether an address of MAIL FROM's domain is asked about, which 0.1 took for
 * settled, or a domain, which no mailbox is. */
static bool
asks_rightly(const struct twin_case *c, const struct twin_result *was,
    const struct twin_result *is)
{
	struct twin_octets domain = domain_of(twin_bare(c->sender));
	const struct twin_event *e = is->event, *o;

	for (; e < is->event + is->events; e++) {
		if (e->what != TWIN_ASK)
			continue;
		for (o = was->event; o < was->event + was->events; o++) {
			if (o->what == TWIN_ASK && twin_same(o->more, e->more))
				break;
		}
		if (o == was->event + was->events && !checks_author(c, was) &&
		    !(from_check(c) == 1 && twin_same_nocase(domain_of(e->more),
		    domain)))
			return false;
	}
	return true;
}

/* Whether 0.1's end WAS may have become IS; R is what 0.1 gave. */
static bool
may_end(const struct twin_case *c, const struct twin_result *r, enum end was,
    enum end is)
{
	if (is == was)
		return true;
	if (is == UNTAKEN) /* an error of any call is for good */
		return look_for(r, TWIN_ERROR, NULL) != NULL;
	if (is == BY_PATH)
		return twin_bare(c->sender).len > 254 ||
		    (was == BY_SENDER && !word_is(r->path_reason, "ok"));
	if (is == BY_FROM && from_check(c) == 1 && was == LATER)
		return true;
	/* From or Sender that cannot be read goes no further */
	return checks_author(c, r) && (is == BY_FROM || is == CROWDED ||
	    is == LATER || (is == BY_AUTHOR && from_check(c) != 2));
}

/* The same for the answer to MAIL. */
static void
refuse_early(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	const struct twin_event *before = look_for(was, TWIN_REFUSED, NULL);
	const struct twin_event *after = look_for(is, TWIN_REFUSED, NULL);

	if (after != NULL && may_end(c, was, before == NULL ? UNSIGNED :
	    end_by(before), end_by(after)))
		adopt_events(was, is, 1u << TWIN_REFUSED);
}

bool
submission(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	enum end before = end_of(was), after = end_of(is);

	if (c->mode != TWIN_SUBMIT || !asks_rightly(c, was, is) ||
	    !(may_end(c, was, before, after) ||
	    ((after == UNSIGNED || after == UNSIGNABLE) &&
	    may_be_unsigned(c, is))))
		return false;
	adopt_events(was, is, 1u << TWIN_ASK | 1u << TWIN_REPLY |
	    (before == after ? 0 : 1u << TWIN_DIGEST | ACTIONS));
	refuse_early(c, was, is);
	if (before != after || checks_author(c, was) || (after != SIGNED &&
	    (may_be_unsigned(c, is) ||
	    word_is(is->sign_reason, "from-limit"))))
		was->sign_reason = is->sign_reason;
	return true;
}
