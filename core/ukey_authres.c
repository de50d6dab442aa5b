/*
 * userkeys: writes Authentication-Results (RFC 8601 2.2, PROTOCOL 6).
 * SPDX-License-Identifier: MIT
 *
 * Values come from the message.  Each is written whole, as a pvalue of its
 * own, or not at all: nothing is cut, and nothing is taken out of it, so that
 * no value names somebody else and none ends its result or the field.
 */
#include "ukey_authres.h"

#include "ukey_sender.h"

#define FIELD_NAME "Authentication-Results: "
#define FIELD_END "\r\n"
#define B_SHOWN 8 /* characters of b= (RFC 6008 4) */

/*
 * The longest that each part can be, so that both fields fit in
 * UKEY_AUTHRES_FIELD_MAX octets whatever the message says.
 */
#define VALUE_MAX 256 /* 254 octets in DQUOTEs */
/* Addresses are never left out for their escapes: in DQUOTEs, each octet
 * escaped. */
#define ADDRESS_MAX (2 * UKEY_SENDER_MAX + 2)
#define LENGTH(literal) (sizeof(literal) - 1)
#define FOLD LENGTH("\r\n\t")
#define PROPERTY(name, value) (FOLD + LENGTH(name) + LENGTH("=") + (value))
#define REASON_WORD(name, word, verdict, meaning, source) \
	char name[sizeof(word)];
union reason_words {
	UKEY_REASONS(REASON_WORD)
};
#define RESULT(method) (LENGTH(";") + FOLD + LENGTH(method) + \
	LENGTH("=permerror reason=\"\"") + sizeof(union reason_words) - 1)
#define START (LENGTH(FIELD_NAME) + UKEY_AUTHSERV_ID_MAX)

#define USERKEYS_MAX (START + RESULT("userkeys") + \
	PROPERTY("smtp.mailfrom", ADDRESS_MAX) + \
	PROPERTY("header.from", ADDRESS_MAX) + \
	PROPERTY("header.s", VALUE_MAX) + \
	PROPERTY("policy.from", LENGTH("other")) + \
	PROPERTY("policy.advice", LENGTH("quarantine")) + \
	PROPERTY("policy.testing", LENGTH("y")) + \
	PROPERTY("policy.time", LENGTH("unknown")) + \
	PROPERTY("policy.action", LENGTH("quarantine")) + LENGTH(FIELD_END))
#define DKIM_RESULT_MAX (RESULT("dkim") + \
	PROPERTY("header.d", VALUE_MAX) + \
	PROPERTY("header.i", VALUE_MAX) + \
	PROPERTY("header.s", VALUE_MAX) + \
	PROPERTY("header.b", 2 * B_SHOWN + 2) + \
	PROPERTY("policy.body", LENGTH("partial")) + \
	PROPERTY("policy.testing", LENGTH("y")) + \
	PROPERTY("policy.time", LENGTH("unknown")))
#define DKIM_MAX (START + UKEY_DKIM_MAX * DKIM_RESULT_MAX + LENGTH(FIELD_END))

typedef char both_fields_fit[USERKEYS_MAX <= UKEY_AUTHRES_FIELD_MAX &&
    DKIM_MAX <= UKEY_AUTHRES_FIELD_MAX ? 1 : -1];
/* A line of one value, and ";" behind it (RFC 5322 2.1.1). */
typedef char lines_fit[PROPERTY("smtp.mailfrom", ADDRESS_MAX) + 1 <= 998
    ? 1 : -1];

static bool
is_token(struct ukey_view v)
{
	size_t i = 0;

	while (i < v.len && ukey_is_token(v.data[i]))
		i++;
	return i == v.len && i > 0;
}

/* "[local-part] @ domain-name" of RFC 8601 2.2; such a domain has a dot (RFC
 * 6376 3.5). */
static bool
is_address(struct ukey_view v)
{
	size_t at = v.data[0] == '@' ? 0 : ukey_address_local_len(v);
	struct ukey_view domain = ukey_view_part(v, at + 1, v.len);

	return at < v.len && v.data[at] == '@' &&
	    ukey_view_is_domain(domain, false) &&
	    ukey_view_find(domain, '.') < domain.len;
}

static bool
needs_escape(uint8_t c)
{
	return c == '"' || c == '\\';
}

static void
quoted(struct ukey_out *out, struct ukey_view v)
{
	size_t i;

	ukey_out_octet(out, '"');
	for (i = 0; i < v.len; i++) {
		if (needs_escape(v.data[i]))
			ukey_out_octet(out, '\\');
		ukey_out_octet(out, v.data[i]);
	}
	ukey_out_octet(out, '"');
}

static size_t
quoted_len(struct ukey_view v)
{
	size_t i, len = v.len + 2;

	for (i = 0; i < v.len; i++)
		len += needs_escape(v.data[i]);
	return len;
}

static struct ukey_view
text_view(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0')
		len++;
	return (struct ukey_view) { (const uint8_t *)text, len };
}

/* NAME=V; nothing where V is no text, or longer than MOST as a pvalue. */
static void
property(struct ukey_out *out, const char *name, struct ukey_view v,
    size_t most)
{
	bool bare = v.len > 0 && (is_token(v) || is_address(v));
	size_t len = bare ? v.len : quoted_len(v);

	if (v.len == 0 || len > most || !ukey_view_is_text(v))
		return;
	ukey_out_fold(out, text_view(name).len + 1 + len, ' ');
	ukey_out_text(out, name);
	ukey_out_octet(out, '=');
	if (bare)
		ukey_out_view(out, v);
	else
		quoted(out, v);
}

static void
property_text(struct ukey_out *out, const char *name, const char *text)
{
	property(out, name, text_view(text), VALUE_MAX);
}

/* LOCAL, a quoted-string, quoted again with no more backslashes than that
 * takes. */
static void
quoted_again(struct ukey_out *out, struct ukey_view local)
{
	size_t i;

	ukey_out_octet(out, '"');
	for (i = 1; i + 1 < local.len; i++) {
		if (local.data[i] == '\\' && i + 2 < local.len)
			i++;
		if (needs_escape(local.data[i]))
			ukey_out_octet(out, '\\');
		ukey_out_octet(out, local.data[i]);
	}
	ukey_out_octet(out, '"');
}

static void
property_address(struct ukey_out *out, const char *name,
    const struct ukey_address *a)
{
	uint8_t octets[UKEY_SENDER_MAX];
	struct ukey_out text;

	if (a->domain.len == 0)
		return;
	ukey_out_init(&text, octets, sizeof(octets));
	if (a->local.len > 0 && a->local.data[0] == '"')
		quoted_again(&text, a->local);
	else
		ukey_out_view(&text, a->local);
	ukey_out_octet(&text, '@');
	ukey_out_view(&text, a->domain);
	property(out, name, ukey_out_done(&text), ADDRESS_MAX);
}

/* The tag V, of which white space and folding are no part, up to MOST octets
 * of it; nothing where it is longer than values are. */
static void
property_tag(struct ukey_out *out, const char *name, struct ukey_view v,
    size_t most)
{
	uint8_t octets[VALUE_MAX];
	struct ukey_out text;
	size_t i;

	ukey_out_init(&text, octets, sizeof(octets));
	for (i = 0; i < v.len && text.len < most; i++) {
		if (!ukey_is_fws(v.data[i]))
			ukey_out_octet(&text, v.data[i]);
	}
	property(out, name, ukey_out_done(&text), VALUE_MAX);
}

static void
start(struct ukey_out *out, struct ukey_view id)
{
	out->line = out->len;
	if (id.len > UKEY_AUTHSERV_ID_MAX)
		out->overflow = true;
	ukey_out_text(out, FIELD_NAME);
	ukey_out_view(out, id);
}

/* "; method=verdict reason=..." on a new line. */
static void
result(struct ukey_out *out, const char *method, enum ukey_verdict verdict,
    enum ukey_reason reason)
{
	ukey_out_octet(out, ';');
	ukey_out_fold(out, UKEY_FOLD_COLUMN, 0);
	ukey_out_text(out, method);
	ukey_out_octet(out, '=');
	ukey_out_text(out, ukey_verdict_word(verdict));
	if (reason == UKEY_REASON_OK)
		return;
	ukey_out_text(out, " reason=\"");
	ukey_out_text(out, ukey_reason_word(reason));
	ukey_out_octet(out, '"');
}

void
ukey_authres_userkeys(struct ukey_out *out, struct ukey_view id,
    const struct ukey_judgement *j, enum ukey_disposition disposition)
{
	static const char *const relations[] = { "none", "same", "other",
		"many" };

	start(out, id);
	result(out, "userkeys", j->verdict, j->reason);
	if (!j->from_header)
		property_address(out, "smtp.mailfrom", &j->sender);
	if (j->relation == UKEY_FROM_SAME)
		property_address(out, "header.from", &j->author);
	property(out, "header.s", j->selector, VALUE_MAX);
	property_text(out, "policy.from", relations[j->relation]);
	property_text(out, "policy.advice", ukey_advice_word(j->advice));
	if (j->testing)
		property_text(out, "policy.testing", "y");
	if (j->time_unknown)
		property_text(out, "policy.time", "unknown");
	if (disposition == UKEY_QUARANTINE)
		property_text(out, "policy.action", "quarantine");
	ukey_out_text(out, FIELD_END);
}

void
ukey_authres_dkim_result(struct ukey_out *out, const struct ukey_judgement *j)
{
	result(out, "dkim", j->verdict, j->reason);
	property_tag(out, "header.d", j->domain, SIZE_MAX);
	property_tag(out, "header.i", j->identity, SIZE_MAX);
	property_tag(out, "header.s", j->selector, SIZE_MAX);
	property_tag(out, "header.b", j->b, B_SHOWN);
	if (j->partial_body)
		property_text(out, "policy.body", "partial");
	if (j->testing)
		property_text(out, "policy.testing", "y");
	if (j->time_unknown)
		property_text(out, "policy.time", "unknown");
}

void
ukey_authres_dkim(struct ukey_out *out, struct ukey_view id,
    const struct ukey_verify *v)
{
	unsigned i, count = ukey_verify_dkim_count(v);
	struct ukey_judgement j;

	start(out, id);
	for (i = 0; i < count; i++) {
		ukey_verify_dkim(v, i, &j);
		ukey_authres_dkim_result(out, &j);
	}
	if (count == 0)
		result(out, "dkim", UKEY_NONE, UKEY_REASON_OK);
	ukey_out_text(out, FIELD_END);
}
