/*
 * userkeys: finds Authentication-Results fields that claim our authserv-id
 * (RFC 8601 2.2, 5).  SPDX-License-Identifier: MIT
 *
 * In doubt a field is claimed: it is nobody else's, and a reader of results
 * might take it for ours.
 */
#include "ukey_authres.h"

#include "ukey_mem.h"

enum state {
	NAME,        /* of the field */
	NAME_WSP,    /* behind it, the colon is due */
	LEAD,        /* before the id: white space and comments */
	COMMENT,
	COMMENT_PAIR, /* behind a backslash */
	TOKEN,       /* in the id */
	QUOTED,      /* in a quoted-string of the id */
	QUOTED_PAIR,
	OTHER,       /* not an Authentication-Results field */
	DECIDED      /* it is one; claims says whose */
};

static const char field_name[] = "authentication-results";

#define FIELD_NAME_LEN (sizeof(field_name) - 1)

void
ukey_authres_init(struct ukey_authres *a, struct ukey_view id)
{
	memset(a, 0, sizeof(*a));
	a->id = id;
}

static void
decide(struct ukey_authres *a, bool claims)
{
	a->state = DECIDED;
	a->claims = claims;
}

static void
in_name(struct ukey_authres *a, uint8_t c)
{
	if (a->state == NAME && a->matched < FIELD_NAME_LEN &&
	    ukey_lower(c) == (uint8_t)field_name[a->matched])
		a->matched++;
	else if (a->matched == FIELD_NAME_LEN && ukey_is_fws(c))
		a->state = NAME_WSP;
	else
		a->state = a->matched == FIELD_NAME_LEN && c == ':' ? LEAD :
		    OTHER;
	if (a->state == LEAD)
		a->matched = 0;
}

/* All of the id was there, and perhaps a dot behind it. */
static bool
is_whole(const struct ukey_authres *a)
{
	return a->matched == a->id.len || a->matched == a->id.len + 1;
}

/* One octet of the id; a dot may stand behind the last. */
static void
match(struct ukey_authres *a, uint8_t c)
{
	if (a->matched < a->id.len ?
	    ukey_lower(c) == ukey_lower(a->id.data[a->matched]) :
	    a->matched == a->id.len && c == '.')
		a->matched++;
	else
		decide(a, false);
}

/* RFC 2045 5.1: what goes on with a token. */
static bool
is_token(uint8_t c)
{
	static const char tspecials[] = "()<>@,;:\\\"/[]?=";

	return c > ' ' && c != 0x7F &&
	    ukey_view_find((struct ukey_view) { (const uint8_t *)tspecials,
		sizeof(tspecials) - 1 }, c) == sizeof(tspecials) - 1;
}

static void
in_token(struct ukey_authres *a, uint8_t c)
{
	if (c == '"')
		a->state = QUOTED;
	else if (is_token(c))
		match(a, c);
	else
		decide(a, is_whole(a));
}

static void
in_quoted(struct ukey_authres *a, uint8_t c)
{
	if (a->state == QUOTED && c == '\\') {
		a->state = QUOTED_PAIR;
		return;
	}
	if (a->state == QUOTED && c == '"') {
		a->state = TOKEN;
		if (is_whole(a))
			decide(a, true);
		return;
	}
	a->state = QUOTED;
	if (!ukey_is_fws(c))
		match(a, c);
}

static void
in_comment(struct ukey_authres *a, uint8_t c)
{
	if (a->state == COMMENT_PAIR) {
		a->state = COMMENT;
		return;
	}
	if (c == '\\')
		a->state = COMMENT_PAIR;
	if (c == ')' && --a->depth == 0)
		a->state = LEAD;
	if (c == '(' && ++a->depth == 0)
		decide(a, true); /* nobody nests like that in good faith */
}

static void
in_lead(struct ukey_authres *a, uint8_t c)
{
	if (ukey_is_fws(c))
		return;
	if (c == '(') {
		a->state = COMMENT;
		a->depth = 1;
		return;
	}
	a->state = TOKEN;
	in_token(a, c);
}

static void
octet(struct ukey_authres *a, uint8_t c)
{
	switch (a->state) {
	case NAME:
	case NAME_WSP:
		in_name(a, c);
		break;
	case LEAD:
		in_lead(a, c);
		break;
	case COMMENT:
	case COMMENT_PAIR:
		in_comment(a, c);
		break;
	case TOKEN:
		in_token(a, c);
		break;
	default:
		in_quoted(a, c);
		break;
	}
}

void
ukey_authres_push(struct ukey_authres *a, struct ukey_view octets)
{
	size_t i;

	for (i = 0; i < octets.len && a->state < OTHER; i++)
		octet(a, octets.data[i]);
}

bool
ukey_authres_end(struct ukey_authres *a)
{
	bool ours = a->state >= LEAD && a->state != OTHER;
	bool claims = ours && (a->state == DECIDED ? a->claims != 0 :
	    (a->state >= TOKEN && is_whole(a)));

	if (ours && a->ordinal < UINT16_MAX)
		a->ordinal++;
	if (ours && a->ordinal > UKEY_AUTHRES_MAX)
		claims = true;
	else if (claims)
		a->forged[(a->ordinal - 1) / 8] |=
		    (uint8_t)(1u << ((a->ordinal - 1) % 8));
	a->state = NAME;
	a->matched = 0;
	a->depth = 0;
	a->claims = claims;
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
