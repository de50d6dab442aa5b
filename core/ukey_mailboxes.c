/*
 * userkeys: the mailboxes of a From or Sender field (RFC 5322 3.4), where each
 * has one plain reading, and a refusal everywhere else.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_address.h"

#define COMMENTS_MAX 8

void
ukey_mailboxes_init(struct ukey_mailboxes *m, struct ukey_view body)
{
	*m = (struct ukey_mailboxes) { .in = ukey_cursor_of(body),
		.reason = UKEY_REASON_OK };
}

static struct ukey_view
rest(const struct ukey_mailboxes *m)
{
	return ukey_view_part(m->in.in, m->in.pos, m->in.in.len);
}

static bool
at_end(const struct ukey_mailboxes *m)
{
	return ukey_cursor_left(&m->in) == 0;
}

static bool
is_text(uint8_t c)
{
	return c >= ' ' && c != 0x7F;
}

/* White space; a CRLF only as a fold or as the field's end. */
static bool
skip_fws(struct ukey_mailboxes *m)
{
	while (!at_end(m) && ukey_is_fws(ukey_cursor_peek(&m->in))) {
		if (ukey_is_wsp(ukey_cursor_u8(&m->in)))
			continue;
		if (m->in.in.data[m->in.pos - 1] == '\n' ||
		    !ukey_cursor_accept(&m->in, '\n') ||
		    (!at_end(m) && !ukey_is_wsp(ukey_cursor_peek(&m->in))))
			return false;
	}
	return true;
}

static bool
skip_comment(struct ukey_mailboxes *m)
{
	unsigned depth = 0;
	uint8_t c;

	do {
		if (!skip_fws(m) || at_end(m))
			return false;
		c = ukey_cursor_u8(&m->in);
		depth += c == '(';
		depth -= c == ')';
		if (c == '\\')
			c = ukey_cursor_u8(&m->in);
		if (!is_text(c))
			return false;
	} while (depth > 0 && depth <= COMMENTS_MAX);
	return depth == 0;
}

static bool
skip_cfws(struct ukey_mailboxes *m)
{
	for (;;) {
		if (!skip_fws(m))
			return false;
		if (ukey_cursor_peek(&m->in) != '(')
			return true;
		if (!skip_comment(m))
			return false;
	}
}

/* A quoted-string of a display name: folds may stand in it. */
static bool
skip_quoted(struct ukey_mailboxes *m)
{
	uint8_t c;

	ukey_cursor_u8(&m->in);
	for (;;) {
		if (!skip_fws(m) || at_end(m))
			return false;
		c = ukey_cursor_u8(&m->in);
		if (c == '"')
			return true;
		if (c == '\\')
			c = ukey_cursor_u8(&m->in);
		if (!is_text(c))
			return false;
	}
}

/* A display name, or nothing: words, dots and comments. */
static bool
skip_phrase(struct ukey_mailboxes *m)
{
	size_t len;

	for (;;) {
		if (!skip_cfws(m))
			return false;
		if (ukey_cursor_accept(&m->in, '.'))
			continue;
		if (ukey_cursor_peek(&m->in) == '"') {
			if (!skip_quoted(m))
				return false;
			continue;
		}
		len = 0;
		while (!at_end(m) && len < rest(m).len &&
		    ukey_address_local_len(ukey_view_part(rest(m), len,
		    len + 1)) == 1)
			len++;
		if (len == 0)
			return true;
		ukey_cursor_take(&m->in, len);
	}
}

static bool
is_encoded_word(struct ukey_view v)
{
	return v.len >= 4 && v.data[0] == '=' && v.data[1] == '?' &&
	    v.data[v.len - 2] == '?' && v.data[v.len - 1] == '=';
}

static enum ukey_reason
read_addr_spec(struct ukey_mailboxes *m, struct ukey_address *a)
{
	struct ukey_view in = rest(m);
	size_t len = ukey_address_local_len(in);
	size_t i;

	a->local = ukey_view_part(in, 0, len);
	ukey_cursor_take(&m->in, len);
	if (len == 0 || is_encoded_word(a->local) ||
	    ukey_view_equal(a->local, UKEY_VIEW("\"\"")))
		return UKEY_REASON_FROM_SYNTAX;
	if (!ukey_cursor_accept(&m->in, '@'))
		return UKEY_REASON_FROM_UNQUALIFIED;
	in = rest(m);
	for (i = 0; i < in.len && (ukey_is_ldh(in.data[i]) ||
	    in.data[i] == '.'); i++)
		;
	a->domain = ukey_cursor_take(&m->in, i);
	return ukey_view_is_domain(a->domain, false) ? UKEY_REASON_OK :
	    UKEY_REASON_FROM_SYNTAX;
}

/* "<" was taken. */
static enum ukey_reason
read_angle(struct ukey_mailboxes *m, struct ukey_address *a)
{
	enum ukey_reason reason;

	if (!skip_fws(m))
		return UKEY_REASON_FROM_SYNTAX;
	reason = read_addr_spec(m, a);
	if (reason == UKEY_REASON_FROM_SYNTAX || !skip_fws(m) ||
	    !ukey_cursor_accept(&m->in, '>'))
		return UKEY_REASON_FROM_SYNTAX;
	return reason;
}

/* Whether a list element may end here. */
static bool
ends_element(struct ukey_mailboxes *m)
{
	uint8_t c;

	if (!skip_cfws(m))
		return false;
	c = ukey_cursor_peek(&m->in);
	return at_end(m) || c == ',' || (m->group && c == ';');
}

static enum ukey_reason
read_mailbox(struct ukey_mailboxes *m, struct ukey_address *a)
{
	size_t start = m->in.pos;
	enum ukey_reason reason = read_addr_spec(m, a);

	if (reason != UKEY_REASON_FROM_SYNTAX && ends_element(m))
		return reason;
	m->in.pos = start;
	if (!skip_phrase(m) || !ukey_cursor_accept(&m->in, '<'))
		return UKEY_REASON_FROM_SYNTAX;
	reason = read_angle(m, a);
	return ends_element(m) ? reason : UKEY_REASON_FROM_SYNTAX;
}

/* "name:" is taken and true; else nothing is. */
static bool
starts_group(struct ukey_mailboxes *m)
{
	size_t start = m->in.pos;

	if (!m->group && skip_phrase(m) && m->in.pos > start &&
	    ukey_cursor_accept(&m->in, ':'))
		return true;
	m->in.pos = start;
	m->in.bad = false;
	return false;
}

/* Takes a ";" that ends a group: behind a mailbox, or EMPTY. */
static bool
ends_group(struct ukey_mailboxes *m, bool empty)
{
	if (!m->group || !(m->after || empty) ||
	    !ukey_cursor_accept(&m->in, ';'))
		return false;
	m->group = false;
	m->after = true;
	return true;
}

/* Takes what stands between mailboxes, one piece; EMPTY: a group has just
 * begun.  False where a mailbox is due, or in trouble. */
static bool
skip_piece(struct ukey_mailboxes *m, bool *empty)
{
	if (ends_group(m, *empty))
		return true;
	if (!m->after) {
		if (!starts_group(m))
			return false;
		m->group = *empty = true;
		return true;
	}
	if (!ukey_cursor_accept(&m->in, ',')) {
		m->reason = UKEY_REASON_FROM_SYNTAX;
		return false;
	}
	m->after = *empty = false;
	return true;
}

/* Goes on to where a mailbox is due; false at the end, or in trouble. */
static bool
find_element(struct ukey_mailboxes *m)
{
	bool empty = false;

	do {
		if (!skip_cfws(m) || (at_end(m) && (m->group || !m->after)))
			m->reason = UKEY_REASON_FROM_SYNTAX;
		if (m->reason != UKEY_REASON_OK || at_end(m))
			return false;
	} while (skip_piece(m, &empty));
	return m->reason == UKEY_REASON_OK;
}

bool
ukey_mailboxes_next(struct ukey_mailboxes *m, struct ukey_address *a)
{
	if (m->reason != UKEY_REASON_OK || !find_element(m))
		return false;
	m->reason = read_mailbox(m, a);
	m->after = true;
	return m->reason == UKEY_REASON_OK;
}
