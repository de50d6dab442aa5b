/*
 * userkeys: finds Authentication-Results fields that claim our authserv-id
 * (RFC 8601 2.2, 5; PROTOCOL 6.1).  SPDX-License-Identifier: MIT
 *
 * In doubt a field is claimed: it is nobody else's, and a reader of results
 * might take it for ours.
 */
#include "ukey_authres.h"

#include "ukey_mem.h"

enum state {
	NAME,     /* of the field */
	NAME_END, /* behind it; the colon is due */
	VALUE,
	OTHER     /* not an Authentication-Results field */
};

/* How far the strict reading of the id came. */
enum word {
	NO_WORD,
	IN_WORD,
	BEHIND_WORD, /* in white space or a comment */
	ID_READ      /* it has one */
};

/* How comments are read, and what a backslash hides: a parenthesis in them, or
 * outside too.  Without COMMENTS, parentheses are octets like others that are
 * no token's. */
enum { COMMENTS = 1, NESTED = 2, PAIRS = 4, PAIRS_OUTSIDE = 8 };
static const uint8_t rules[UKEY_AUTHRES_READINGS] = {
	COMMENTS | NESTED | PAIRS, /* RFC 5322 3.2.2 */
	COMMENTS | NESTED | PAIRS | PAIRS_OUTSIDE, COMMENTS | NESTED,
	COMMENTS | PAIRS, COMMENTS | PAIRS | PAIRS_OUTSIDE, COMMENTS,
	COMMENTS | NESTED | PAIRS_OUTSIDE, COMMENTS | PAIRS_OUTSIDE, 0
};
#define STRICT (COMMENTS | NESTED | PAIRS)

/* The reading of an id that is to stay: where it is, in its depth. */
enum { BEFORE_ID, IN_ID, BEHIND_ID, OVER };

static const char field_name[] = "authentication-results";

#define FIELD_NAME_LEN (sizeof(field_name) - 1)

static void
start_field(struct ukey_authres *a)
{
	unsigned i;

	memset(a->reading, 0, sizeof(a->reading));
	memset(&a->keep, 0, sizeof(a->keep));
	memset(&a->whole, 0, sizeof(a->whole));
	for (i = 0; i < UKEY_AUTHRES_READINGS; i++)
		a->reading[i].ids = UINT32_MAX;
	a->keep.ids = UINT32_MAX;
	a->state = NAME;
	a->matched = 0;
	a->word = NO_WORD;
	a->last = 0;
	a->quoted = a->odd = a->claims = false;
}

void
ukey_authres_init(struct ukey_authres *a, struct ukey_view id)
{
	memset(a, 0, sizeof(*a));
	a->id = id;
	start_field(a);
}

void
ukey_authres_also(struct ukey_authres *a,
    const struct ukey_authres_lists *lists)
{
	a->lists = lists;
}

/*
 * White space before the colon is passed over, as MTAs do.  With other octets
 * around the name no MTA counts the field, but some reader may.
 */
static void
around_name(struct ukey_authres *a, uint8_t c)
{
	bool before = a->matched == 0;

	if (c > ' ' && c < 0x7F) {
		a->state = OTHER;
		return;
	}
	a->state = before ? NAME : NAME_END;
	a->odd |= before || !ukey_is_fws(c);
}

/* The name, and the colon. */
static void
in_name(struct ukey_authres *a, uint8_t c)
{
	bool whole = a->matched == FIELD_NAME_LEN;

	if (a->state == NAME && !whole &&
	    ukey_lower(c) == (uint8_t)field_name[a->matched])
		a->matched++;
	else if (whole && c == ':')
		a->state = VALUE;
	else if (whole || a->matched == 0)
		around_name(a, c);
	else
		a->state = OTHER;
}

/* The ids of R in LIST, N from bit FIRST on, that go on with C; a dot may stand
 * behind one. */
static uint32_t
still(const struct ukey_authres_reading *r, const struct ukey_view *list,
    unsigned n, unsigned first, uint8_t c)
{
	uint32_t ids = 0;
	unsigned i;

	for (i = 0; i < n; i++) {
		if ((r->ids >> (first + i) & 1) == 0)
			continue;
		if (r->len < list[i].len ? ukey_lower(c) ==
		    ukey_lower(list[i].data[r->len]) : c == '.')
			ids |= (uint32_t)1 << (first + i);
	}
	return ids;
}

/* The octet C of a token; dots in front of the id are passed over. */
static void
match(const struct ukey_authres *a, struct ukey_authres_reading *r, uint8_t c)
{
	uint32_t ids = still(r, &a->id, 1, 0, c);

	if (r->len == 0 && c == '.')
		return;
	if (a->lists != NULL)
		ids |= still(r, a->lists->remove, a->lists->removes, 1, c);
	r->ids = ids;
	if (r->len < UINT8_MAX)
		r->len++;
}

/* Whether all octets of an id in LIST, N ids from bit FIRST on, were there. */
static bool
has_whole(const struct ukey_authres_reading *r, const struct ukey_view *list,
    unsigned n, unsigned first)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		if ((r->ids >> (first + i) & 1) && r->len >= list[i].len)
			return true;
	}
	return false;
}

static bool
is_whole(const struct ukey_authres *a, const struct ukey_authres_reading *r)
{
	return has_whole(r, &a->id, 1, 0) || (a->lists != NULL &&
	    has_whole(r, a->lists->remove, a->lists->removes, 1));
}

static void
in_comment(struct ukey_authres *a, struct ukey_authres_reading *r,
    uint8_t rule, uint8_t c)
{
	if (r->pair) {
		r->pair = false;
		return;
	}
	r->pair = c == '\\' && (rule & PAIRS);
	if (c == ')')
		r->depth = rule & NESTED ? (uint8_t)(r->depth - 1) : 0;
	if (c == '(' && (rule & NESTED) && ++r->depth == 0)
		a->claims = true; /* nobody nests like that in good faith */
}

/* An octet that is no token's, in no comment. */
static void
pass_over(struct ukey_authres *a, struct ukey_authres_reading *r,
    uint8_t rule, uint8_t c)
{
	if (is_whole(a, r) || (c >= 0x80 && r->len > 0))
		a->claims = true;
	if (c == '(' && (rule & COMMENTS) && !r->pair)
		r->depth = 1;
	r->pair = c == '\\' && (rule & PAIRS_OUTSIDE) && !r->pair;
}

/* One octet for one reading whose id is not known to be another one. */
static void
read_octet(struct ukey_authres *a, struct ukey_authres_reading *r,
    uint8_t rule, uint8_t c)
{
	if (r->depth > 0) {
		in_comment(a, r, rule, c);
	} else if (ukey_is_token(c)) {
		match(a, r, c);
		r->pair = false;
	} else {
		pass_over(a, r, rule, c);
	}
}

/* What an id, or the method and version in its place, is made of. */
static bool
is_word_octet(uint8_t c)
{
	return ukey_is_token(c) || c == '/' || c >= 0x80;
}

/* Where the strict reading stands with the id; C stands in no comment and no
 * quoted-string.  What has none, but "method=result" in its place, is
 * claimed. */
static void
read_word(struct ukey_authres *a, uint8_t c)
{
	if (a->word == ID_READ)
		return;
	if (is_word_octet(c)) {
		a->word = a->word == BEHIND_WORD ? ID_READ : IN_WORD;
	} else if (c == ';') {
		a->claims |= a->word == NO_WORD;
		a->word = ID_READ;
	} else if (c == '=') {
		a->claims |= a->word != NO_WORD;
	} else if (a->word == IN_WORD && (ukey_is_fws(c) || c == '(')) {
		a->word = BEHIND_WORD;
	}
}

/* The field as RFC 8601 reads it, to its end. */
static void
read_strictly(struct ukey_authres *a, uint8_t c)
{
	struct ukey_authres_reading *r = &a->whole;

	if (r->depth > 0) {
		in_comment(a, r, STRICT, c);
	} else if (!a->quoted) {
		read_word(a, c);
		a->quoted = c == '"';
		r->depth = c == '(';
	} else if (r->pair) {
		r->pair = false;
	} else {
		r->pair = c == '\\';
		a->quoted = c != '"';
		if (a->quoted && a->word == NO_WORD)
			a->word = IN_WORD;
	}
}

/* The id plainly: one token between white space, perhaps a version. */
static void
read_plainly(struct ukey_authres *a, uint8_t c)
{
	struct ukey_authres_reading *k = &a->keep;

	if (k->ids == 0 || k->depth == OVER)
		return;
	if (ukey_is_fws(c)) {
		k->depth = k->depth == BEFORE_ID ? BEFORE_ID : BEHIND_ID;
	} else if (c == ';') {
		k->depth = OVER;
	} else if (k->depth == BEHIND_ID || !ukey_is_token(c)) {
		if (k->depth != BEHIND_ID || !ukey_is_digit(c))
			k->ids = 0;
	} else {
		k->ids = still(k, a->lists->keep, a->lists->keeps, 0, c);
		k->depth = IN_ID;
		k->len += k->len < UINT8_MAX;
	}
}

static void
in_value(struct ukey_authres *a, uint8_t c)
{
	uint32_t undecided = 0;
	unsigned i;

	for (i = 0; i < UKEY_AUTHRES_READINGS; i++) {
		if (a->reading[i].ids == 0)
			continue;
		read_octet(a, &a->reading[i], rules[i], c);
		undecided |= a->reading[i].ids;
	}
	/* RFC 2047: what it says is for who decodes it */
	if (undecided != 0 && a->last == '=' && c == '?')
		a->claims = true;
	a->last = c;
	read_strictly(a, c);
	if (a->lists != NULL)
		read_plainly(a, c);
}

void
ukey_authres_push(struct ukey_authres *a, struct ukey_view octets)
{
	size_t i;

	for (i = 0; i < octets.len && a->state < OTHER; i++) {
		if (a->state == VALUE)
			in_value(a, octets.data[i]);
		else
			in_name(a, octets.data[i]);
	}
}

/* Whether the id is one that stays, and is written plainly. */
static bool
is_kept(const struct ukey_authres *a)
{
	const struct ukey_authres_lists *lists = a->lists;
	unsigned i;

	if (lists == NULL)
		return false;
	for (i = 0; i < lists->keeps; i++) {
		if ((a->keep.ids >> i & 1) &&
		    a->keep.len == lists->keep[i].len)
			return true;
	}
	return false;
}

/* Whether some reading ended with an id of ours, or where one may follow. */
static bool
may_be_ours(const struct ukey_authres *a)
{
	const struct ukey_authres_reading *r;
	unsigned i;

	for (i = 0; i < UKEY_AUTHRES_READINGS; i++) {
		r = &a->reading[i];
		if (r->ids != 0 && (r->depth > 0 || is_whole(a, r)))
			return true;
	}
	return false;
}

static bool
is_claimed(const struct ukey_authres *a)
{
	if (a->quoted || a->whole.depth > 0 || a->word == NO_WORD)
		return true; /* it cannot be read */
	return !is_kept(a) && (a->claims || may_be_ours(a) ||
	    (a->lists != NULL && a->lists->all));
}

bool
ukey_authres_end(struct ukey_authres *a)
{
	bool ours = a->state == VALUE, claims = ours && is_claimed(a);
	unsigned at;

	if (ours && !a->odd && a->ordinal < UINT16_MAX)
		a->ordinal++;
	if (ours && !a->odd && a->ordinal > UKEY_AUTHRES_MAX) {
		claims = true;
	} else if (claims && !a->odd) {
		at = a->ordinal - 1u;
		a->forged[at / 8] |= (uint8_t)(1u << at % 8);
	}
	start_field(a);
	return claims;
}

bool
ukey_authres_forged(const struct ukey_authres *a, unsigned ordinal)
{
	if (ordinal == 0 || ordinal > a->ordinal)
		return ordinal > UKEY_AUTHRES_MAX && a->ordinal == UINT16_MAX;
	if (ordinal > UKEY_AUTHRES_MAX)
		return true;
	return (a->forged[(ordinal - 1) / 8] >> ((ordinal - 1) % 8) & 1) != 0;
}
