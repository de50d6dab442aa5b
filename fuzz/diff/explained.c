/*
 * userkeys: where libopendkim and we differ, by the rows of
 * docs/DIFFERENCES.md.  SPDX-License-Identifier: MIT
 */
#include <sys/types.h>

#include <opendkim/dkim.h>

#include "diff.h"

#define ANY (-1)

/* What a case may have about it. */
enum feature {
	NOTHING,
	NO_CRLF,      /* the message does not end with CRLF */
	LINE_ENDS,    /* a bare CR, a bare LF or a NUL in it */
	RECORD_LINES, /* CR or LF in the record */
	RECORD_NAME,  /* a tag in it whose name is none */
	TAG_NAME,     /* such a tag in the signature */
	SEMICOLON,    /* one in a field's name */
	RECORD_TWICE, /* a tag twice in it */
	RECORD_OCTETS, /* octets in it that are no text */
	TAG_OCTETS,   /* the same in the signature */
	TWO_SIGNATURES, /* another field that begins as a DKIM-Signature */
	TWO_ATS,      /* an "@" in the local-part of i= */
	OTHER_SPACE,  /* VT or FF in it, which isspace() takes for a blank */
	NAME_SPACE,   /* white space between a field's name and colon */
};

static const struct row {
	const char *name;
	int ours;   /* enum ukey_reason */
	int theirs; /* as of diff_opendkim() */
	enum feature feature;
} rows[] = {
	{ "end", UKEY_REASON_OK, ANY, NO_CRLF },
	{ "line-ends", UKEY_REASON_OK, ANY, LINE_ENDS },
	{ "partial-body", UKEY_REASON_PARTIAL_BODY, DIFF_PASS, NOTHING },
	{ "record-lines", UKEY_REASON_KEY_SYNTAX, DIFF_PASS, RECORD_LINES },
	{ "record-lines", UKEY_REASON_OK, ANY, RECORD_LINES },
	{ "h-name", UKEY_REASON_H_EMPTY, DIFF_PASS, NOTHING },
	{ "tag-lines", UKEY_REASON_TAG_LIST, DIFF_PASS, LINE_ENDS },
	{ "tag-name", UKEY_REASON_TAG_LIST, DIFF_PASS, TAG_NAME },
	{ "tag-name", UKEY_REASON_KEY_SYNTAX, DIFF_PASS, RECORD_NAME },
	{ "semicolon", UKEY_REASON_OK, DIFF_REFUSED + DKIM_STAT_SYNTAX,
	    SEMICOLON },
	{ "tag-value", UKEY_REASON_TAG_LIST, DIFF_PASS, TAG_OCTETS },
	{ "tag-value", UKEY_REASON_KEY_SYNTAX, DIFF_PASS, RECORD_OCTETS },
	{ "name-space", UKEY_REASON_OK, DIFF_REFUSED + DKIM_STAT_SYNTAX,
	    NAME_SPACE },
	{ "second", UKEY_REASON_OK, DIFF_REFUSED + DKIM_STAT_SYNTAX,
	    TWO_SIGNATURES },
	{ "two-ats", UKEY_REASON_OK, DKIM_SIGERROR_DOMAIN, TWO_ATS },
	{ "other-space", UKEY_REASON_OK, DKIM_SIGERROR_BADSIG, OTHER_SPACE },
	{ "identity", UKEY_REASON_IDENTITY, DIFF_PASS, NOTHING },
	{ "tag-octets", UKEY_REASON_OK, DIFF_REFUSED + DKIM_STAT_SYNTAX,
	    TAG_OCTETS },
	{ "tag-twice", UKEY_REASON_TAG_DUPLICATE, DIFF_PASS, NOTHING },
	{ "key-tag-twice", UKEY_REASON_KEY_SYNTAX, DIFF_PASS, RECORD_TWICE },
	{ "query", UKEY_REASON_QUERY, DIFF_PASS, NOTHING },
	{ "no-field", UKEY_REASON_HEADER_SYNTAX, DIFF_PASS, NOTHING },
	{ "line-ends", UKEY_REASON_LINE_ENDS, DIFF_PASS, LINE_ENDS },
	{ "line-ends", UKEY_REASON_BODY_LINE_ENDS, DIFF_PASS, LINE_ENDS },
	{ "number", UKEY_REASON_TIME, DIFF_PASS, NOTHING },
	{ "number", UKEY_REASON_LENGTH, DIFF_PASS, NOTHING },
	{ "case", UKEY_REASON_ALGORITHM, DIFF_PASS, NOTHING },
	{ "case", UKEY_REASON_CANON, DIFF_PASS, NOTHING },
	{ "case", UKEY_REASON_KEY_HASH, DIFF_PASS, NOTHING },
	{ "case", UKEY_REASON_KEY_SERVICE, DIFF_PASS, NOTHING },
	{ "key-type", UKEY_REASON_KEY_TYPE, DIFF_PASS, NOTHING },
	{ "record-octets", UKEY_REASON_OK, DKIM_SIGERROR_DNSSYNTAX,
	    RECORD_OCTETS },
};

static bool
has_line_ends(const struct diff_case *c)
{
	struct ukey_guard guard = { 0 };

	ukey_guard_push(&guard, (struct ukey_view) { c->message, c->len });
	ukey_guard_end(&guard);
	return (guard.seen & ~UKEY_GUARD_LONG_LINE) != 0;
}

static bool
record_twice(const char *record)
{
	struct ukey_view rest = { (const uint8_t *)record, strlen(record) };
	struct ukey_view tag;
	uint32_t seen = 0, bit;

	while (rest.data != NULL) {
		tag = ukey_view_cut(&rest, ';');
		tag = ukey_view_trim(ukey_view_cut(&tag, '='));
		bit = tag.len == 1 ? (uint32_t)1 << (tag.data[0] & 31) : 0;
		if (seen & bit)
			return true;
		seen |= bit;
	}
	return false;
}

/* Whether a tag's name in LIST is not ALPHA *(ALPHA / DIGIT / "_"). */
static bool
bad_name(struct ukey_view list)
{
	struct ukey_view tag;
	size_t i;

	while (list.data != NULL) {
		tag = ukey_view_cut(&list, ';');
		tag = ukey_view_trim(ukey_view_cut(&tag, '='));
		if (tag.len > 0 && !ukey_is_alpha(tag.data[0]))
			return true;
		for (i = 0; i < tag.len; i++)
			if (tag.data[i] != '_' && !ukey_is_alpha(tag.data[i])
			    && !ukey_is_digit(tag.data[i]))
				return true;
	}
	return false;
}

/* The body of the first field. */
static struct ukey_view
signature_of(const struct diff_case *c)
{
	struct ukey_view v = { c->message, c->len };
	size_t end = 1;

	(void)ukey_view_cut(&v, ':');
	while (end + 1 < v.len && (v.data[end - 1] != '\r' || v.data[end] !=
	    '\n' || ukey_is_wsp(v.data[end + 1])))
		end++;
	return ukey_view_part(v, 0, end + 1);
}

/* Whether the name of a field has a semicolon in it. */
static bool
name_semicolon(const struct diff_case *c)
{
	struct ukey_view v = { c->message, c->len }, line, name;

	while (v.data != NULL && (line = ukey_view_cut(&v, '\n')).len > 1) {
		name = ukey_view_cut(&line, ':');
		if (line.data != NULL && memchr(name.data, ';', name.len) !=
		    NULL && !ukey_is_wsp(name.data[0]))
			return true;
	}
	return false;
}

/* Whether an octet of V is neither ASCII text nor white space. */
static bool
bad_octet(struct ukey_view v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		if ((v.data[i] < ' ' && !ukey_is_fws(v.data[i])) ||
		    v.data[i] > 0x7E)
			return true;
	return false;
}

static bool
name_space(const struct diff_case *c)
{
	struct ukey_view v = { c->message, c->len }, line, name;

	while (v.data != NULL && (line = ukey_view_cut(&v, '\n')).len > 1) {
		name = ukey_view_cut(&line, ':');
		if (line.data != NULL && name.len > 0 && !ukey_is_wsp(
		    name.data[0]) && ukey_is_wsp(name.data[name.len - 1]))
			return true;
	}
	return false;
}

static bool
two_signatures(const struct diff_case *c)
{
	struct ukey_view v = { c->message, c->len }, line;
	unsigned count = 0;

	while (v.data != NULL && (line = ukey_view_cut(&v, '\n')).len > 1)
		count += ukey_view_equal_nocase(ukey_view_part(line, 0, 14),
		    UKEY_VIEW("DKIM-Signature"));
	return count > 1;
}

static bool
two_ats(struct ukey_view list)
{
	struct ukey_view tag, name;

	while (list.data != NULL) {
		tag = ukey_view_cut(&list, ';');
		name = ukey_view_trim(ukey_view_cut(&tag, '='));
		if (ukey_view_equal(name, UKEY_VIEW("i"))) {
			(void)ukey_view_cut(&tag, '@');
			return ukey_view_find(tag, '@') < tag.len;
		}
	}
	return false;
}

static bool
no_crlf(const struct diff_case *c)
{
	return c->len < 2 || c->message[c->len - 1] != '\n' ||
	    c->message[c->len - 2] != '\r';
}

static bool
other_space(const struct diff_case *c)
{
	return memchr(c->message, '\v', c->len) != NULL ||
	    memchr(c->message, '\f', c->len) != NULL;
}

static bool
record_has(const char *record, enum feature feature)
{
	struct ukey_view v = { (const uint8_t *)record, strlen(record) };

	switch (feature) {
	case RECORD_LINES:
		return strpbrk(record, "\r\n") != NULL;
	case RECORD_NAME:
		return bad_name(v);
	case RECORD_TWICE:
		return record_twice(record);
	default:
		return bad_octet(v);
	}
}

static bool
has(const struct diff_case *c, enum feature feature)
{
	switch (feature) {
	case NO_CRLF:
		return no_crlf(c);
	case LINE_ENDS:
		return has_line_ends(c);
	case RECORD_LINES:
	case RECORD_NAME:
	case RECORD_TWICE:
	case RECORD_OCTETS:
		return record_has(c->record, feature);
	case TAG_NAME:
		return bad_name(signature_of(c));
	case SEMICOLON:
		return name_semicolon(c);
	case TAG_OCTETS:
		return bad_octet(signature_of(c));
	case TWO_SIGNATURES:
		return two_signatures(c);
	case TWO_ATS:
		return two_ats(signature_of(c));
	case OTHER_SPACE:
		return other_space(c);
	case NAME_SPACE:
		return name_space(c);
	default:
		return true;
	}
}

const char *
diff_explained(const struct diff_case *c, enum ukey_reason ours, int theirs)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((rows[i].ours == ANY || rows[i].ours == (int)ours) &&
		    (rows[i].theirs == ANY || rows[i].theirs == theirs) &&
		    has(c, rows[i].feature))
			return rows[i].name;
	return NULL;
}
