/*
 * userkeys: a strict reader of Authentication-Results, for the tests.
 * SPDX-License-Identifier: MIT
 */
#include "support_results.h"

#include <string.h>

#include "support_lines.h"

#define NAME "Authentication-Results: "

/* In the field without its folds; the first trouble stays. */
struct reader {
	const char *at;
	const char *trouble;
};

static void
fail(struct reader *in, const char *why)
{
	if (in->trouble == NULL)
		in->trouble = why;
	in->at = "";
}

static bool
is_tspecial(char c)
{
	return c != '\0' && strchr("()<>@,;:\\\"/[]?=", c) != NULL;
}

static bool
is_token_char(char c)
{
	return c > ' ' && c < 0x7F && !is_tspecial(c);
}

/* RFC 5322 3.2.3, and RFC 6531 3.3. */
static bool
is_atext(char c)
{
	return (unsigned char)c >= 0x80 ||
	    (c > ' ' && c < 0x7F && strchr("()<>[]:;@\\,.\"", c) == NULL);
}

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

static void
blanks(struct reader *in)
{
	while (*in->at == ' ' || *in->at == '\t')
		in->at++;
	if (*in->at == '(')
		fail(in, "a comment that nobody wrote");
}

static void
expect(struct reader *in, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(in->at, text, len) == 0)
		in->at += len;
	else
		fail(in, "an octet is missing");
}

static void
add(struct reader *in, char *to, size_t size, char c)
{
	size_t len = strlen(to);

	if (len + 1 == size) {
		fail(in, "longer than it may be");
		return;
	}
	to[len] = c;
	to[len + 1] = '\0';
}

static void
token(struct reader *in, char *to, size_t size)
{
	to[0] = '\0';
	if (!is_token_char(*in->at))
		fail(in, "expected a token");
	while (is_token_char(*in->at))
		add(in, to, size, *in->at++);
}

/* RFC 5322 3.2.4, without its DQUOTEs and backslashes. */
static void
quoted_string(struct reader *in, char *to, size_t size)
{
	to[0] = '\0';
	expect(in, "\"");
	while (*in->at != '"' && *in->at != '\0') {
		if (*in->at == '\\')
			in->at++;
		if (*in->at != '\0')
			add(in, to, size, *in->at++);
	}
	if (*in->at == '\0')
		fail(in, "a quoted-string without its end");
	else
		in->at++;
}

/* sub-domain 1*("." sub-domain) (RFC 6376 3.5, RFC 5321 4.1.2). */
static void
domain(struct reader *in, char *to, size_t size)
{
	unsigned labels = 0;
	const char *label;

	do {
		if (labels++ > 0)
			add(in, to, size, *in->at++);
		label = in->at;
		while (is_letter_or_digit(*in->at) || *in->at == '-')
			add(in, to, size, *in->at++);
		if (in->trouble == NULL && (in->at == label ||
		    *label == '-' || in->at[-1] == '-'))
			fail(in, "expected a domain's label");
	} while (*in->at == '.');
	if (labels < 2)
		fail(in, "expected a domain of two labels");
}

/* The length of a dot-atom at P. */
static size_t
dot_atom_len(const char *p)
{
	size_t i = 0;

	while (is_atext(p[i]) || (p[i] == '.' && i > 0 && p[i - 1] != '.'))
		i++;
	return i > 0 && p[i - 1] == '.' ? 0 : i;
}

/* pvalue: value / [ [ local-part ] "@" ] domain-name. */
static void
pvalue(struct reader *in, struct support_property *p)
{
	size_t size = sizeof(p->value), atom = dot_atom_len(in->at);

	p->value[0] = '\0';
	p->quoted = *in->at == '"';
	if (p->quoted)
		quoted_string(in, p->value, size);
	else if (in->at[atom] == '@')
		while (atom-- > 0)
			add(in, p->value, size, *in->at++);
	else
		token(in, p->value, size);
	if (*in->at != '@')
		return;
	add(in, p->value, size, *in->at++);
	domain(in, p->value, size);
}

static bool
is_one_of(const char *word, const char *const *words)
{
	while (*words != NULL && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

static bool
is_userkeys(const struct support_result *r)
{
	return strcmp(r->method, "userkeys") == 0;
}

/* Values that do not come from the message. */
static bool
is_word_of_ours(const struct support_property *p)
{
	static const struct {
		const char *name, *values[5];
	} words[] = {
		{ "policy.from", { "same", "other", "none", "many" } },
		{ "policy.advice", { "none", "quarantine", "reject" } },
		{ "policy.testing", { "y" } },
		{ "policy.time", { "unknown" } },
		{ "policy.action", { "quarantine" } },
		{ "policy.body", { "partial" } }
	};
	size_t i;

	if (strncmp(p->name, "policy.", 7) != 0)
		return true;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(p->name, words[i].name) == 0)
			return !p->quoted &&
			    is_one_of(p->value, words[i].values);
	return false;
}

static void
property(struct reader *in, struct support_result *r)
{
	static const char *const userkeys[] = { "smtp.mailfrom",
		"header.from", "header.s", "policy.from", "policy.advice",
		"policy.testing", "policy.time", "policy.action", NULL };
	static const char *const dkim[] = { "header.d", "header.i",
		"header.s", "header.b", "policy.body", "policy.testing",
		"policy.time", NULL };
	struct support_property *p = &r->property[r->properties];
	unsigned i;

	if (r->properties == SUPPORT_PROPERTIES_MAX) {
		fail(in, "too many properties");
		return;
	}
	token(in, p->name, sizeof(p->name)); /* a dot is a token's */
	if (!is_one_of(p->name, is_userkeys(r) ? userkeys : dkim))
		fail(in, "a property that nobody knows");
	for (i = 0; i < r->properties; i++)
		if (strcmp(p->name, r->property[i].name) == 0)
			fail(in, "a property twice");
	expect(in, "=");
	pvalue(in, p);
	if (!is_word_of_ours(p))
		fail(in, "a word that nobody knows");
	r->properties++;
}

static void
method(struct reader *in, struct support_result *r)
{
	static const char *const methods[] = { "userkeys", "dkim", NULL };
	static const char *const userkeys[] = { "pass", "fail", "permerror",
		"temperror", "none", NULL };
	static const char *const dkim[] = { "pass", "fail", "permerror",
		"temperror", "none", "policy", "neutral", NULL };

	token(in, r->method, sizeof(r->method));
	expect(in, "=");
	token(in, r->verdict, sizeof(r->verdict));
	if (!is_one_of(r->method, methods) ||
	    !is_one_of(r->verdict, is_userkeys(r) ? userkeys : dkim))
		fail(in, "a method or result that nobody knows");
}

/* A blank, or the end of the result. */
static bool
goes_on(struct reader *in)
{
	const char *start = in->at;

	blanks(in);
	if (*in->at == ';' || *in->at == '\0')
		return false;
	if (in->at == start)
		fail(in, "expected a blank");
	return *in->at != '\0';
}

static const char *
value_of(const struct support_result *r, const char *name)
{
	unsigned i;

	for (i = 0; i < r->properties; i++)
		if (strcmp(r->property[i].name, name) == 0)
			return r->property[i].value;
	return NULL;
}

/* PROTOCOL 6: a pass names its identity, and no author beside it. */
static void
identity(struct reader *in, const struct support_result *r)
{
	const char *from = value_of(r, "policy.from");

	if (is_userkeys(r) && from == NULL)
		fail(in, "no policy.from");
	else if (is_userkeys(r) && strcmp(from, "same") != 0 &&
	    value_of(r, "header.from") != NULL)
		fail(in, "header.from of another mailbox");
	if (strcmp(r->verdict, "pass") == 0 &&
	    value_of(r, is_userkeys(r) ? "smtp.mailfrom" : "header.d") ==
	    NULL && value_of(r, "header.from") == NULL)
		fail(in, "a pass without its identity");
}

static void
result(struct reader *in, struct support_result *r)
{
	memset(r, 0, sizeof(*r));
	expect(in, ";");
	blanks(in);
	method(in, r);
	if (!goes_on(in)) {
		identity(in, r);
		return;
	}
	if (strncmp(in->at, "reason=", 7) == 0) {
		in->at += 7;
		quoted_string(in, r->reason, sizeof(r->reason));
	} else {
		property(in, r);
	}
	while (goes_on(in))
		property(in, r);
	identity(in, r);
}

const char *
support_results_read(struct support_results *r, struct ukey_view field,
    const char *id)
{
	static char text[16384];
	struct reader in = { text, NULL };

	r->results = 0;
	in.trouble = support_lines_unfold(field, text, sizeof(text));
	if (in.trouble != NULL)
		return in.trouble;
	expect(&in, NAME);
	expect(&in, id);
	if (*in.at != ';')
		fail(&in, "another authserv-id, or no result");
	while (*in.at != '\0') {
		if (r->results == SUPPORT_RESULTS_MAX)
			return "too many results";
		result(&in, &r->result[r->results++]);
	}
	return in.trouble;
}

const char *
support_results_value(const struct support_results *r, unsigned i,
    const char *name)
{
	return i < r->results ? value_of(&r->result[i], name) : NULL;
}
