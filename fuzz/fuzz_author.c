/*
 * userkeys: fuzz: From and Sender on submission: what is accepted shows no
 * reader a mailbox that has an entry which the login may not use.
 * SPDX-License-Identifier: MIT
 *
 * Input: settings, the sender, then the header.  alice may use a@e.org, nobody
 * here c@e.org.  The oracle does not know the strict parser: it leaves out
 * quoted-strings and comments and then takes each text around an "@" for an
 * address; of fields whose names only some read so, or that are not alone, and
 * where quotes or comments stay open, it leaves out nothing.
 */
#include "help_session.h"

#include "ukey_name.h"

#define OURS UKEY_VIEW("e.org")

static const struct ukey_view senders[][2] = {
	{ UKEY_VIEW("alice"), UKEY_VIEW("<a@e.org>") },
	{ UKEY_VIEW("alice"), UKEY_VIEW("<>") },
	{ UKEY_VIEW("dave"), UKEY_VIEW("<d@e.org>") },
	{ UKEY_VIEW("dave"), UKEY_VIEW("<d@x.org>") },
};

static void
permit(struct ukey_session *s)
{
	struct ukey_view login, text, local;
	struct ukey_permit p;
	struct ukey_address a;
	uint8_t octets[UKEY_LOCAL_MAX];
	unsigned id;
	bool mailbox, own;

	for (id = 0; id < UKEY_SESSION_ASKS; id++) {
		if (!ukey_session_ask(s, id, &login, &text))
			continue;
		mailbox = ukey_view_find(text, '@') < text.len &&
		    ukey_address_parse(text, &a) == UKEY_REASON_OK;
		own = ukey_view_equal_nocase(mailbox ? a.domain : text, OURS);
		p = (struct ukey_permit) { .status = UKEY_PERMIT_UNKNOWN,
			.selector = UKEY_VIEW("a.userkeys"),
			.stranger = !own && ukey_view_equal(login,
			    UKEY_VIEW("dave")) };
		if (mailbox && own) {
			local = (struct ukey_view) { octets,
				ukey_address_unquote(a.local, octets) };
			if (ukey_local_equal(local, UKEY_VIEW("a"), false))
				p.status = ukey_view_equal(login,
				    UKEY_VIEW("alice")) ? UKEY_PERMIT_YES :
				    UKEY_PERMIT_DENIED;
			if (ukey_local_equal(local, UKEY_VIEW("c"), false))
				p.status = UKEY_PERMIT_DENIED;
		}
		MUST(ukey_session_permit(s, id, &p) == 0);
	}
}

/* ---- the lenient reader -------------------------------------------------- */

static uint8_t seen[8][4096]; /* values of what may be From or Sender */
static size_t seen_len[8];
static unsigned seen_count, froms, others;

static bool
is_word(uint8_t c)
{
	static const struct ukey_view ends = UKEY_VIEW("<>,;:()[]@\"\\");

	return c > ' ' && c != 0x7F && ukey_view_find(ends, c) == ends.len;
}

/* The name without what is no name's octet. */
static void
read_field(struct ukey_view raw)
{
	struct ukey_view value = raw, name = ukey_view_cut(&value, ':'), v;
	uint8_t octets[7];
	size_t i, len = 0;

	for (i = 0; i < name.len; i++)
		if (name.data[i] > ' ' && name.data[i] < 0x7F && len < 7)
			octets[len++] = name.data[i];
	v = (struct ukey_view) { octets, len };
	if (value.data == NULL || seen_count == 8 ||
	    (!ukey_view_equal_nocase(v, UKEY_VIEW("From")) &&
	    !ukey_view_equal_nocase(v, UKEY_VIEW("Sender"))))
		return;
	if (len == 4 && len == name.len)
		froms++;
	else if (len == name.len)
		others++;
	else
		froms += 2; /* no field of that name */
	len = value.len < sizeof(seen[0]) ? value.len : sizeof(seen[0]);
	if (len > 0)
		memcpy(seen[seen_count], value.data, len);
	seen_len[seen_count++] = len;
}

/* Whether a reader of quoted-strings and comments is in one, behind what he
 * has read. */
struct reader {
	bool quoted; /* never in a comment */
	unsigned depth;
};

static void
read_octet(struct reader *r, uint8_t c)
{
	if (c == '"' && r->depth == 0)
		r->quoted = !r->quoted;
	else if (c == '(' && !r->quoted)
		r->depth++;
	else if (c == ')' && r->depth > 0)
		r->depth--;
}

/* Blanks out quoted-strings and comments of a value that has them whole. */
static void
blank_out(uint8_t *value, size_t len)
{
	static uint8_t copy[4096];
	struct reader r = { false, 0 };
	bool inside;
	size_t i;

	memcpy(copy, value, len);
	for (i = 0; i < len; i++) {
		inside = r.quoted || r.depth > 0;
		if (inside && value[i] == '\\' && i + 1 < len)
			copy[i++] = ' ';
		else
			read_octet(&r, value[i]);
		if (inside || r.quoted || r.depth > 0)
			copy[i] = ' ';
	}
	if (!r.quoted && r.depth == 0)
		memcpy(value, copy, len);
}

/* The word that ends before AT of V, behind white space. */
static struct ukey_view
word_before(struct ukey_view v, size_t at)
{
	size_t first;

	while (at > 0 && ukey_is_fws(v.data[at - 1]))
		at--;
	for (first = at; first > 0 && is_word(v.data[first - 1]);)
		first--;
	return ukey_view_part(v, first, at);
}

/* The domain that begins at AT, behind white space, less a dot at its end. */
static struct ukey_view
domain_at(struct ukey_view v, size_t at)
{
	size_t end;

	while (at < v.len && ukey_is_fws(v.data[at]))
		at++;
	for (end = at; end < v.len && (ukey_is_ldh(v.data[end]) ||
	    v.data[end] == '.');)
		end++;
	return ukey_view_part(v, at,
	    end > at && v.data[end - 1] == '.' ? end - 1 : end);
}

/* Whether "c@e.org" stands in V, around an "@", in any case, with or without a
 * subaddress. */
static bool
shows_other(struct ukey_view v)
{
	struct ukey_view local;
	size_t at;

	for (at = 0; at < v.len; at++) {
		if (v.data[at] != '@')
			continue;
		local = word_before(v, at);
		if (local.len > 0 &&
		    ukey_local_equal(local, UKEY_VIEW("c"), false) &&
		    ukey_view_equal_nocase(domain_at(v, at + 1), OURS))
			return true;
	}
	return false;
}

static bool
any_other(void)
{
	bool odd = froms > 1 || others > 1;
	unsigned i;

	for (i = 0; i < seen_count; i++) {
		if (!odd)
			blank_out(seen[i], seen_len[i]);
		if (shows_other((struct ukey_view) { seen[i], seen_len[i] }))
			return true;
	}
	return false;
}

/* ---- the session --------------------------------------------------------- */

static bool
is_accepted(struct ukey_session *s)
{
	uint8_t octets[4096];
	struct ukey_action a = { .kind = UKEY_ACTION_REPLY };
	struct ukey_out out;

	MUST(ukey_session_done(s));
	ukey_out_init(&out, octets, sizeof(octets));
	while (ukey_session_action(s, &a, &out))
		;
	return a.kind == UKEY_ACTION_ACCEPT;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size }, raw;
	uint8_t bits = take(&in), who = take(&in) % 4;
	struct ukey_session s;
	const uint8_t *digest;
	uint64_t key;

	seen_count = froms = others = 0;
	session_start(&s, UKEY_ROLE_SUBMIT, bits & (uint8_t)~0x28);
	(void)ukey_session_login(&s, senders[who][0]);
	(void)ukey_session_mail_from(&s, senders[who][1], UKEY_VIEW_NONE);
	if (bits & 128)
		permit(&s);
	while (in.len > 0) { /* fields end with NUL here */
		raw = take_to(&in, 0);
		read_field(raw);
		session_octets(&s, 2, raw);
	}
	(void)ukey_session_header_end(&s);
	permit(&s);
	(void)ukey_session_end(&s);
	if (ukey_session_digest(&s, &key, &digest))
		(void)ukey_session_signature(&s, UKEY_VIEW("x"));
	if (is_accepted(&s) && s.settings->from_check == UKEY_CHECK_OWN)
		MUST(!any_other());
	return 0;
}
