/*
 * userkeys: writes Authentication-Results (RFC 8601 2.2, PROTOCOL 6).
 * SPDX-License-Identifier: MIT
 *
 * Values come from the message.  They are written as a token where they are
 * one, else as a quoted-string of printable octets: nothing in them can end
 * the value, the result or the field.
 */
#include "ukey_authres.h"

#include "ukey_name.h"

#define B_SHOWN 8 /* characters of b= (RFC 6008 4) */
/* Octets of a value as written: a line has room for 998.  What was read
 * strictly is 766 at most; what was not may have any length. */
#define VALUE_SHOWN 900

/* RFC 2045 5.1: printable, but none of the tspecials; "@" and "/" have their
 * place in RFC 8601's pvalue and are let through. */
static bool
is_token(uint8_t c)
{
	static const char tspecials[] = "()<>,;:\\\"[]?=";
	size_t i = 0;

	if (c <= ' ' || c >= 0x7F)
		return false;
	while (tspecials[i] != '\0' && (uint8_t)tspecials[i] != c)
		i++;
	return tspecials[i] == '\0';
}

static bool
is_plain(struct ukey_view v)
{
	size_t i = 0;

	while (i < v.len && is_token(v.data[i]))
		i++;
	return i == v.len && i > 0;
}

/* V's characters, without what is none; escaped when they stand in DQUOTEs
 * of ours. */
static void
characters(struct ukey_out *out, struct ukey_view v, bool escape)
{
	size_t len, room = VALUE_SHOWN;

	while (v.len > 0 && room > 4) {
		len = ukey_utf8_len(v);
		if (escape && (v.data[0] == '"' || v.data[0] == '\\')) {
			ukey_out_octet(out, '\\');
			room--;
		}
		ukey_out_view(out, ukey_view_part(v, 0, len));
		room -= len;
		v = ukey_view_part(v, len > 0 ? len : 1, v.len);
	}
}

static void
value(struct ukey_out *out, struct ukey_view v)
{
	if (is_plain(v)) {
		ukey_out_view(out, ukey_view_part(v, 0, VALUE_SHOWN));
		return;
	}
	ukey_out_octet(out, '"');
	characters(out, v, true);
	ukey_out_octet(out, '"');
}

static struct ukey_view
text_view(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0')
		len++;
	return (struct ukey_view) { (const uint8_t *)text, len };
}

static void
property(struct ukey_out *out, const char *name, struct ukey_view v)
{
	ukey_out_fold(out, text_view(name).len + v.len + 3, ' ');
	ukey_out_text(out, name);
	ukey_out_octet(out, '=');
	value(out, v);
}

static void
property_text(struct ukey_out *out, const char *name, const char *text)
{
	property(out, name, text_view(text));
}

/* local@domain: a pvalue of its own, the strict parser's quoted-string
 * included (RFC 8601 2.2). */
static void
property_address(struct ukey_out *out, const char *name,
    const struct ukey_address *a)
{
	if (a->domain.len == 0)
		return;
	ukey_out_fold(out, text_view(name).len + a->local.len +
	    a->domain.len + 2, ' ');
	ukey_out_text(out, name);
	ukey_out_octet(out, '=');
	characters(out, a->local, false);
	ukey_out_octet(out, '@');
	ukey_out_view(out, a->domain);
}

static void
start(struct ukey_out *out, struct ukey_view id)
{
	out->line = out->len;
	ukey_out_text(out, "Authentication-Results: ");
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
	property_address(out, "header.from", &j->author);
	if (j->selector.len > 0)
		property(out, "header.s", j->selector);
	property_text(out, "policy.from", relations[j->relation]);
	property_text(out, "policy.advice", ukey_advice_word(j->advice));
	if (j->testing)
		property_text(out, "policy.testing", "y");
	if (j->time_unknown)
		property_text(out, "policy.time", "unknown");
	if (disposition == UKEY_QUARANTINE)
		property_text(out, "policy.action", "quarantine");
	ukey_out_text(out, "\r\n");
}

/* The first characters of b=, without folding (RFC 6008 4). */
static void
property_b(struct ukey_out *out, struct ukey_view b)
{
	uint8_t start_of_b[B_SHOWN];
	size_t i, len = 0;

	for (i = 0; i < b.len && len < B_SHOWN; i++) {
		if (!ukey_is_fws(b.data[i]))
			start_of_b[len++] = b.data[i];
	}
	property(out, "header.b", (struct ukey_view) { start_of_b, len });
}

void
ukey_authres_dkim_result(struct ukey_out *out, const struct ukey_judgement *j)
{
	result(out, "dkim", j->verdict, j->reason);
	if (j->domain.len > 0)
		property(out, "header.d", j->domain);
	if (j->identity.len > 0)
		property(out, "header.i", j->identity);
	if (j->selector.len > 0)
		property(out, "header.s", j->selector);
	if (j->b.len > 0)
		property_b(out, j->b);
	if (j->partial_body)
		property_text(out, "policy.body", "partial");
}

void
ukey_authres_dkim(struct ukey_out *out, struct ukey_view id,
    const struct ukey_verify *v)
{
	unsigned count = ukey_verify_dkim_count(v);
	struct ukey_judgement j;
	unsigned i;

	start(out, id);
	for (i = 0; i < count; i++) {
		ukey_verify_dkim(v, i, &j);
		ukey_authres_dkim_result(out, &j);
	}
	if (count == 0)
		result(out, "dkim", UKEY_NONE, UKEY_REASON_OK);
	ukey_out_text(out, "\r\n");
}
