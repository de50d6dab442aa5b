/*
 * userkeys: twin: what is judged otherwise now (PROTOCOL 5 and 8).
 * SPDX-License-Identifier: MIT
 */
#include "rewrite.h"

#include <string.h>

#ifdef UKEY_SIGNATURES_MAX
#define PLACES (UKEY_SIGNATURES_MAX < 5 ? UKEY_SIGNATURES_MAX : 5)
#define LIMITED true
#else
#define PLACES 5
#define LIMITED false
#endif

#define ALIGNED 5 /* candidates that are judged */
#define DNS (1u << TWIN_OPEN | 1u << TWIN_QUESTION | 1u << TWIN_RSA)

/* What a signature is refused for before its key is asked for. */
static const char *const before_key[] = { "tag-list", "tag-duplicate",
	"tag-limit", "version", "tag-missing", "domain", "u-label",
	"selector", "sha1", "canonicalization", "h-empty", "h-from", "h-limit",
	"length", "time", "query", "identity", "base64", "bh-length",
	"signature-length", "expired", "future", "algorithm", "arena",
	"length-used", NULL };

static bool
is_one_of(const char *reason, const char *const *words)
{
	while (*words != NULL && !word_is(reason, *words))
		words++;
	return *words != NULL;
}

static bool
says_nothing(const struct twin_judgement *j)
{
	unsigned i = 0;

	while (i < TWIN_SENDER_LOCAL && j->view[i].octets.len == 0)
		i++;
	return i == TWIN_SENDER_LOCAL;
}

/* ---- octets of the header ----------------------------------------------- */

/* Whether a CR or LF of V stands alone, there is a NUL, or no CRLF ends it. */
static bool
has_trouble(struct twin_octets v)
{
	size_t i;
	uint8_t before;

	for (i = 0; i < v.len; i++) {
		before = i > 0 ? v.data[i - 1] : 0;
		if (v.data[i] == 0 || (v.data[i] == '\n') != (before == '\r'))
			return true;
	}
	return v.len > 0 && v.data[v.len - 1] != '\n';
}

/* The header, as far as 0.1's splitter or the harness's own takes it. */
static struct twin_octets
header_of(const struct twin_case *c)
{
	struct twin_octets rest = c->message, header = c->message;
	size_t i;

	if (c->mode != TWIN_VERIFY) {
		while (twin_field(&rest).len > 0)
			continue;
		header.len -= rest.len;
		return header;
	}
	for (i = 0; i + 4 <= header.len; i++) {
		if (memcmp(header.data + i, "\r\n\r\n", 4) == 0)
			header.len = i + 2;
	}
	return header;
}

bool
header_line_ends(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	const struct twin_judgement *j = &is->user;

	if (!is->judged || !has_trouble(header_of(c)) || is->dkims > 1 ||
	    (is->dkims == 1 && (!word_is(is->dkim[0].reason, "line-ends") ||
	    !says_nothing(&is->dkim[0]))) || word_is(j->verdict, "pass") ||
	    !says_nothing(j) || j->relation != 0 ||
	    look_for(is, TWIN_RSA, NULL) != NULL)
		return false;
	was->user = *j;
	was->dkims = is->dkims;
	was->dkim[0] = is->dkim[0];
	was->replay = is->replay;
	memcpy(was->replay_id, is->replay_id, sizeof(was->replay_id));
	adopt_events(was, is, DNS);
	return true;
}

/* ---- words -------------------------------------------------------------- */

static bool
rename_reason(struct twin_judgement *was, const struct twin_judgement *is)
{
	static const char *const records[] = { "key-version", "not-user-key",
		"key-syntax", NULL };

	if (!word_is(was->verdict, is->verdict) ||
	    !((word_is(was->reason, "no-key") &&
	    is_one_of(is->reason, records)) ||
	    (word_is(was->reason, "line-ends") &&
	    word_is(is->reason, "body-line-ends"))))
		return false;
	was->reason = is->reason;
	return true;
}

bool
renamed(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	bool done = rename_reason(&was->user, &is->user);
	unsigned i;

	(void)c;
	if (word_is(is->user.reason, "length-used") &&
	    is_one_of(was->user.reason, before_key)) {
		set_verdict(&was->user, is->user.verdict, is->user.reason);
		done = true; /* l= is looked at before other faults */
	}
	for (i = 0; i < was->dkims && i < is->dkims; i++)
		done |= rename_reason(&was->dkim[i], &is->dkim[i]);
	return done;
}

/* ---- places ------------------------------------------------------------- */

static unsigned
count_signatures(const struct twin_case *c)
{
	static const struct twin_octets name = {
		(const uint8_t *)"dkim-signature", 14 };
	struct twin_octets rest = header_of(c), field;
	unsigned n = 0;

	while ((field = twin_field(&rest)).len > 0) {
		field.len = field.len < 14 ? field.len : 14;
		n += twin_same_nocase(field, name);
	}
	return n;
}

/* How many of them may be of the sender's mailbox. */
static unsigned
count_selectors(const struct twin_case *c)
{
	static const struct twin_octets word = { (const uint8_t *)"userkeys",
		8 };
	struct twin_octets v = header_of(c);
	unsigned n = 0;

	for (; v.len >= 8; v.data++, v.len--)
		n += twin_same_nocase((struct twin_octets) { v.data, 8 },
		    word);
	return n;
}

/* Puts IS's results of plain DKIM in the place of WAS's. */
static void
adopt_dkim(struct twin_result *was, const struct twin_result *is)
{
	was->dkims = is->dkims;
	memcpy(was->dkim, is->dkim, sizeof(was->dkim));
	adopt_events(was, is, DNS);
}

static void
adopt_user(struct twin_result *was, const struct twin_result *is)
{
	if (word_is(was->user.verdict, "pass"))
		return;
	was->user = is->user;
	was->replay = is->replay;
	memcpy(was->replay_id, is->replay_id, sizeof(was->replay_id));
	adopt_events(was, is, DNS);
}

/* What is refused before a key is asked for takes no place, so others get
 * theirs; what got none is not told. */
bool
places(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	unsigned i, refused = 0;

	if (!is->judged || count_signatures(c) <= PLACES ||
	    is->dkims > PLACES)
		return false;
	for (i = 0; i < is->dkims; i++) {
		if (word_is(is->dkim[i].reason, "signature-limit"))
			return false;
	}
	for (i = 0; i < was->dkims && i < PLACES; i++)
		refused += is_one_of(was->dkim[i].reason, before_key);
	if (refused > 0)
		adopt_dkim(was, is);
	else if (was->dkims > PLACES)
		was->dkims = PLACES;
	if (refused > 0 || count_selectors(c) > ALIGNED)
		adopt_user(was, is);
	return true;
}

/* ---- tags that are read otherwise --------------------------------------- */

static bool
has_upper(struct twin_octets v)
{
	size_t i = 0;

	while (i < v.len && (v.data[i] < 'A' || v.data[i] > 'Z'))
		i++;
	return i < v.len;
}

/* Whether J's a= and c= are as they must be: with case. */
static bool
minds_case(const struct twin_judgement *j)
{
	if (has_upper(j->view[TWIN_A].octets))
		return !word_is(j->verdict, "pass") &&
		    is_one_of(j->reason, before_key);
	return !has_upper(j->view[TWIN_C].octets) ||
	    (!word_is(j->verdict, "pass") && is_one_of(j->reason, before_key));
}

/* Whether a number in V has so many digits that it was refused, or is refused
 * now. */
static bool
has_long_number(struct twin_octets v)
{
	size_t i, digits = 0;

	for (i = 0; i < v.len && digits < 19; i++)
		digits = v.data[i] >= '0' && v.data[i] <= '9' ? digits + 1 : 0;
	return digits == 19;
}

static size_t
skip_blanks(struct twin_octets v, size_t i)
{
	while (i < v.len && v.data[i] != 0 &&
	    strchr(" \t\r\n", v.data[i]) != NULL)
		i++;
	return i;
}

/* Whether there is a tag q= with a large letter in V. */
static bool
has_upper_query(struct twin_octets v)
{
	size_t i, at;

	for (i = 0; i < v.len; i++) {
		if (v.data[i] != ';' && v.data[i] != ':')
			continue;
		at = skip_blanks(v, i + 1);
		if (at == v.len || v.data[at] != 'q')
			continue;
		at = skip_blanks(v, at + 1);
		if (at == v.len || v.data[at] != '=')
			continue;
		for (; at < v.len && v.data[at] != ';'; at++) {
			if (v.data[at] >= 'A' && v.data[at] <= 'Z')
				return true;
		}
	}
	return false;
}

bool
odd_tags(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	bool odd = has_long_number(header_of(c)) ||
	    has_upper_query(header_of(c));
	unsigned i;

	if (!is->judged)
		return false;
	for (i = 0; i < was->dkims; i++)
		odd |= has_upper(was->dkim[i].view[TWIN_A].octets) ||
		    has_upper(was->dkim[i].view[TWIN_C].octets);
	odd |= has_upper(was->user.view[TWIN_A].octets) ||
	    has_upper(was->user.view[TWIN_C].octets);
	for (i = 0; i < is->dkims; i++) {
		if (!minds_case(&is->dkim[i]))
			return false;
	}
	if (!odd || !minds_case(&is->user))
		return false;
	adopt_dkim(was, is);
	if (has_upper(was->user.view[TWIN_A].octets) ||
	    has_upper(was->user.view[TWIN_C].octets))
		set_verdict(&was->user, "none", ""); /* it is no pass now */
	adopt_user(was, is);
	return true;
}

/* ---- lower limits ------------------------------------------------------- */

/* Over a vendor's lower limit a judgement is temperror arena, and each other
 * one is as it was; what takes no memory now is judged. */
static bool
is_limited(const struct twin_judgement *was, const struct twin_judgement *is)
{
	return word_is(is->reason, "arena") != word_is(was->reason, "arena");
}

bool
vendor_limits(const struct twin_case *c, struct twin_result *was,
    const struct twin_result *is)
{
	bool done = false;
	unsigned i;

	(void)c;
	if (!LIMITED || !is->judged || is->dkims > was->dkims)
		return false;
	for (i = 0; i < is->dkims; i++) {
		if (!is_limited(&was->dkim[i], &is->dkim[i]))
			continue;
		was->dkim[i] = is->dkim[i];
		done = true;
	}
	/* which of several signatures it comes from is no matter */
	if (is_limited(&was->user, &is->user) ||
	    word_is(is->user.reason, "arena")) {
		was->user = is->user;
		was->replay = is->replay;
		memcpy(was->replay_id, is->replay_id, sizeof(was->replay_id));
		done = true;
	}
	if (done)
		adopt_events(was, is, DNS);
	return done;
}
