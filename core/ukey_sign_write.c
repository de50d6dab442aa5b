/*
 * userkeys: the signature field that signing writes, and the names that are
 * signed (PROTOCOL 4, RFC 6376 3.5).  SPDX-License-Identifier: MIT
 */
#include "ukey_sign_parts.h"

/* How often a name stands in h=. */
enum oversign {
	PRESENT,    /* once if present */
	EVER,       /* once more than present: nothing can be added */
	IF_PRESENT, /* the same, but left out when absent: added by servers */
	ON_REQUEST  /* the same, but when absent it is for the request to say:
	             * added by lists */
};

static const struct row {
	const char *name; /* at most UKEY_SIGN_NAME_MAX characters */
	enum oversign oversign;
} rows[UKEY_SIGN_FIELDS] = { /* PROTOCOL 4 */
	{ "From", EVER }, { "Sender", ON_REQUEST }, { "Subject", EVER },
	{ "Date", IF_PRESENT }, { "To", EVER }, { "Cc", EVER },
	{ "Reply-To", EVER }, { "Message-ID", IF_PRESENT },
	{ "In-Reply-To", PRESENT }, { "References", PRESENT },
	{ "MIME-Version", EVER }, { "Content-Type", EVER },
	{ "Content-Disposition", ON_REQUEST },
	{ "Content-Transfer-Encoding", EVER },
	{ "List-Id", ON_REQUEST }, { "List-Help", ON_REQUEST },
	{ "List-Unsubscribe", ON_REQUEST },
	{ "List-Unsubscribe-Post", ON_REQUEST },
	{ "List-Subscribe", ON_REQUEST }, { "List-Post", ON_REQUEST },
	{ "List-Owner", ON_REQUEST }, { "List-Archive", ON_REQUEST }
};

static size_t
text_len(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0')
		len++;
	return len;
}

static struct ukey_view
row_name(unsigned row)
{
	return (struct ukey_view) { (const uint8_t *)rows[row].name,
		text_len(rows[row].name) };
}

unsigned
ukey_sign_row(struct ukey_view name)
{
	unsigned row = 0;

	while (row < UKEY_SIGN_FIELDS &&
	    !ukey_view_equal_nocase(name, row_name(row)))
		row++;
	return row;
}

/* "; name=" behind the previous tag, on a new line if LEN more do not fit. */
static void
tag(struct ukey_out *out, const char *name, size_t len)
{
	ukey_out_octet(out, ';');
	ukey_out_fold(out, text_len(name) + 1 + len, ' ');
	ukey_out_text(out, name);
	ukey_out_octet(out, '=');
}

static void
tag_view(struct ukey_out *out, const char *name, struct ukey_view value)
{
	tag(out, name, value.len + 1);
	ukey_out_view(out, value);
}

static void
tag_number(struct ukey_out *out, const char *name, uint64_t value)
{
	if (value == 0)
		return;
	tag(out, name, 12);
	ukey_out_number(out, value);
}

#define PIECE 22 /* octets of a local-part; 66 when all are encoded */

/* i= with its local-part in pieces, since a long one passes the length of a
 * line: FWS may stand in it (RFC 6376 2.11), but not in the domain. */
static void
tag_identity(struct ukey_out *out, struct ukey_view identity)
{
	size_t end = identity.len, at;
	uint8_t octets[3 * PIECE];
	struct ukey_out piece;

	if (identity.len == 0)
		return;
	while (end > 0 && identity.data[end - 1] != '@')
		end--;
	tag(out, "i", identity.len + 1);
	for (at = 0; at + 1 < end; at += PIECE) {
		ukey_out_init(&piece, octets, sizeof(octets));
		ukey_dqp_encode(&piece, ukey_view_part(identity, at,
		    at + PIECE < end ? at + PIECE : end - 1));
		ukey_out_fold(out, piece.len, 0);
		ukey_out_view(out, ukey_out_done(&piece));
	}
	ukey_out_fold(out, identity.len - end + 2, 0);
	ukey_out_octet(out, '@');
	ukey_out_view(out, ukey_view_part(identity, end, identity.len));
}

static void
h_name(struct ukey_out *out, unsigned row, bool *first)
{
	struct ukey_view name = row_name(row);

	if (!*first) {
		ukey_out_octet(out, ':');
		ukey_out_fold(out, name.len + 1, 0);
	}
	ukey_out_view(out, name);
	*first = false;
}

/* Whether ROW stands in h= once more than it is present. */
static bool
is_oversigned(const struct ukey_sign *s, unsigned row)
{
	bool present = s->seen >> row & 1;

	switch (rows[row].oversign) {
	case EVER:
		return true;
	case IF_PRESENT:
		return present;
	case ON_REQUEST:
		return present || s->request.oversign_absent;
	default:
		return false;
	}
}

static void
tag_h(const struct ukey_sign *s, struct ukey_out *out)
{
	bool first = true;
	unsigned i;

	tag(out, "h", row_name(s->order[0]).len + 1);
	for (i = 0; i < s->orders; i++)
		h_name(out, s->order[i], &first);
	for (i = 0; i < UKEY_SIGN_FIELDS; i++) {
		if (is_oversigned(s, i))
			h_name(out, i, &first);
	}
}

void
ukey_sign_write(const struct ukey_sign *s, struct ukey_out *out)
{
	static const char *const canons[] = { "simple", "relaxed" };
	const uint8_t *bh = (const uint8_t *)&s->body;

	ukey_out_text(out, "DKIM-Signature: v=1; a=rsa-sha256; c=");
	ukey_out_text(out, canons[s->request.header_canon]);
	ukey_out_octet(out, '/');
	ukey_out_text(out, canons[s->request.body_canon]);
	tag_view(out, "d", s->request.domain);
	tag_view(out, "s", s->request.selector);
	tag_identity(out, s->request.identity);
	tag_number(out, "t", s->request.time);
	tag_number(out, "x", s->request.expire);
	tag_h(s, out);
	tag(out, "bh", 45);
	ukey_out_base64(out, (struct ukey_view) { bh, UKEY_SHA256_LEN });
	tag(out, "b", UKEY_FOLD_COLUMN); /* always a line of its own */
}
