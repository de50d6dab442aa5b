/*
 * userkeys: one address from MAIL FROM, strictly (RFC 5321 4.1.2).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_address.h"

/* atext of RFC 5322 3.2.3, and UTF-8 octets (RFC 6531 3.3). */
static bool
is_atext(uint8_t c)
{
	/* a bit for each octet below 0x80 */
	static const uint32_t ascii[] = { 0, 0xA3FFACFA, 0xC7FFFFFE,
		0x7FFFFFFF };

	return c >= 0x80 || (ascii[c / 32] >> c % 32 & 1) != 0;
}

static size_t
dot_string_len(struct ukey_view v)
{
	size_t i = 0;

	while (i < v.len && (is_atext(v.data[i]) ||
	    (v.data[i] == '.' && i > 0 && v.data[i - 1] != '.')))
		i++;
	return i > 0 && v.data[i - 1] == '.' ? 0 : i;
}

static size_t
quoted_string_len(struct ukey_view v)
{
	size_t i;

	for (i = 1; i < v.len && v.data[i] != '"'; i++) {
		if (v.data[i] == '\\')
			i++;
		if (i == v.len || v.data[i] < ' ' || v.data[i] == 0x7F)
			return 0;
	}
	return i < v.len ? i + 1 : 0;
}

size_t
ukey_address_local_len(struct ukey_view v)
{
	if (v.len > 0 && v.data[0] == '"')
		return quoted_string_len(v);
	return dot_string_len(v);
}

size_t
ukey_address_unquote(struct ukey_view local, uint8_t *out)
{
	bool quoted = local.len >= 2 && local.data[0] == '"';
	size_t end = quoted ? local.len - 1 : local.len;
	size_t i, len = 0;

	for (i = quoted; i < end; i++) {
		if (quoted && local.data[i] == '\\')
			i++;
		if (len == UKEY_LOCAL_MAX)
			return 0;
		out[len++] = local.data[i];
	}
	return len;
}

/* Drops "@a,@b:" (RFC 5321 4.1.2 A-d-l); false when it is malformed. */
static bool
drop_route(struct ukey_view *path)
{
	size_t colon = ukey_view_find(*path, ':');
	struct ukey_view route = ukey_view_part(*path, 0, colon);
	struct ukey_view hop;

	if (path->len == 0 || path->data[0] != '@' || colon == path->len)
		return true;
	while (route.data != NULL) {
		hop = ukey_view_cut(&route, ',');
		if (hop.len < 2 || hop.data[0] != '@' ||
		    !ukey_view_is_domain(ukey_view_part(hop, 1, hop.len),
		    false))
			return false;
	}
	*path = ukey_view_part(*path, colon + 1, path->len);
	return true;
}

static bool
is_u_label_domain(struct ukey_view domain)
{
	bool high = false;
	size_t i;

	for (i = 0; i < domain.len; i++) {
		uint8_t c = domain.data[i];

		if (c < 0x80 && c != '.' && !ukey_is_ldh(c))
			return false;
		high |= c >= 0x80;
	}
	return high;
}

static enum ukey_reason
check_domain(struct ukey_view domain)
{
	struct ukey_view rest = domain;

	if (domain.len == 0)
		return UKEY_REASON_NO_DOMAIN;
	if (domain.data[0] == '[')
		return ukey_view_find(domain, ']') == domain.len - 1 ?
		    UKEY_REASON_ADDRESS_LITERAL : UKEY_REASON_MAIL_FROM;
	if (is_u_label_domain(domain))
		return UKEY_REASON_U_LABEL;
	if (!ukey_view_is_domain(domain, false))
		return UKEY_REASON_MAIL_FROM;
	if (ukey_view_equal_nocase(ukey_view_cut(&rest, '.'),
	    UKEY_VIEW("userkeys")))
		return UKEY_REASON_USERKEYS_DOMAIN;
	return UKEY_REASON_OK;
}

/* What stands between the angle brackets. */
static enum ukey_reason
parse_mailbox(struct ukey_view mailbox, struct ukey_address *a)
{
	uint8_t octets[UKEY_LOCAL_MAX];
	size_t len = ukey_address_local_len(mailbox);

	if (mailbox.data[0] == '@' ||
	    ukey_view_equal(ukey_view_part(mailbox, 0, len),
	    UKEY_VIEW("\"\"")))
		return UKEY_REASON_EMPTY_LOCAL;
	a->local = ukey_view_part(mailbox, 0, len);
	if (len == 0 || ukey_address_unquote(a->local, octets) == 0)
		return UKEY_REASON_MAIL_FROM;
	if (len == mailbox.len)
		return UKEY_REASON_NO_DOMAIN;
	if (mailbox.data[len] != '@')
		return UKEY_REASON_MAIL_FROM;
	a->domain = ukey_view_part(mailbox, len + 1, mailbox.len);
	return check_domain(a->domain);
}

enum ukey_reason
ukey_address_parse(struct ukey_view path, struct ukey_address *a)
{
	*a = (struct ukey_address) { { NULL, 0 }, { NULL, 0 } };
	if (path.len > 0 && path.data[0] == '<') {
		if (path.len < 2 || path.data[path.len - 1] != '>')
			return UKEY_REASON_MAIL_FROM;
		path = ukey_view_part(path, 1, path.len - 1);
	}
	if (path.len == 0)
		return UKEY_REASON_NULL_SENDER;
	if (!drop_route(&path) || path.len == 0)
		return UKEY_REASON_MAIL_FROM;
	return parse_mailbox(path, a);
}

struct ukey_view
ukey_address_text(const struct ukey_address *a)
{
	return (struct ukey_view) { a->local.data, (size_t)(a->domain.data +
	    a->domain.len - a->local.data) };
}

void
ukey_address_move(struct ukey_address *a, const uint8_t *copy)
{
	size_t len = ukey_address_text(a).len;

	a->local.data = copy;
	a->domain.data = copy + len - a->domain.len;
}
