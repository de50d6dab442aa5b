/*
 * userkeys: messages that several verifiers judge: a signer that refuses
 * nothing, written from RFC 6376 3.4, 3.5, 3.7 and 5.4.2 apart from core.
 * SPDX-License-Identifier: MIT
 */
#include "diff.h"
#include "rsa_keys.h"
#include "ukey_key.h"
#include "ukey_random.h"

#define FIELDS 64

struct maker {
	struct diff_case *c;
	struct ukey_view tags, h, more, header, body;
	uint8_t bits, kind, drop, at, to;
	uint8_t text[DIFF_SIZE]; /* header, empty line, body */
	size_t len;
	struct ukey_view field[FIELDS];
	bool used[FIELDS];
	unsigned fields;
	struct ukey_out sig;     /* the signature field, up to b= */
	uint8_t octets[DIFF_SIZE];
	struct ukey_port_sha256 hash;
};

static const struct {
	const char *text;
	enum ukey_canon header, body;
} canons[] = {
	{ "c=relaxed/relaxed; ", UKEY_CANON_RELAXED, UKEY_CANON_RELAXED },
	{ "c=simple/simple; ", UKEY_CANON_SIMPLE, UKEY_CANON_SIMPLE },
	{ "c=relaxed/simple; ", UKEY_CANON_RELAXED, UKEY_CANON_SIMPLE },
	{ "c=simple/relaxed; ", UKEY_CANON_SIMPLE, UKEY_CANON_RELAXED },
	{ "c=relaxed; ", UKEY_CANON_RELAXED, UKEY_CANON_SIMPLE },
	{ "c=simple; ", UKEY_CANON_SIMPLE, UKEY_CANON_SIMPLE },
	{ "", UKEY_CANON_SIMPLE, UKEY_CANON_SIMPLE },
	{ "c=relaxed/relaxed; ", UKEY_CANON_RELAXED, UKEY_CANON_RELAXED }
};

static struct ukey_key *
key(struct ukey_out *public)
{
	static struct ukey_key *made;
	struct ukey_view pem = { (const uint8_t *)pem1_1024,
		sizeof(pem1_1024) - 1 };

	if (made == NULL)
		MUST(ukey_key_read(&made, pem, ukey_random()) == UKEY_KEY_OK);
	if (public != NULL)
		MUST(ukey_key_write_public(made, public) == UKEY_KEY_OK);
	return made;
}

/* IN to the message; LF as CRLF unless bit 7 wants it raw. */
static void
add(struct maker *m, struct ukey_view in)
{
	uint8_t c;

	while (in.len > 0 && m->len < DIFF_SIZE - 3) {
		c = take(&in);
		if (c == '\n' && !(m->bits & 128) && (m->len == 0 ||
		    m->text[m->len - 1] != '\r'))
			m->text[m->len++] = '\r';
		m->text[m->len++] = c;
	}
}

/* Header, empty line and body; the header's end is where the first empty line
 * is. */
static void
compose(struct maker *m)
{
	add(m, UKEY_VIEW("From: a@e.org\r\n"));
	add(m, m->header);
	if (m->text[m->len - 1] != '\n')
		add(m, UKEY_VIEW("\r\n"));
	add(m, UKEY_VIEW("\r\n"));
	add(m, m->body);
	if (m->kind & 16)
		add(m, UKEY_VIEW("\r\n"));
}

/* Fields up to the empty line; what follows is the body. */
static void
split(struct maker *m)
{
	size_t i, start = 0;

	for (i = 1; i < m->len; i++) {
		if (m->text[i - 1] != '\r' || m->text[i] != '\n')
			continue;
		if (i == start + 1) /* an empty line */
			break;
		if (i + 1 < m->len && ukey_is_wsp(m->text[i + 1]))
			continue;
		if (m->fields < FIELDS)
			m->field[m->fields++] = (struct ukey_view) {
				m->text + start, i + 1 - start };
		start = i + 1;
	}
	m->body = ukey_view_part((struct ukey_view) { m->text, m->len },
	    i + 1, m->len);
}

static void
hash_field(struct maker *m, enum ukey_canon canon, struct ukey_view field,
    size_t cut)
{
	uint8_t out[DIFF_SIZE + 8];
	size_t len = rfc_field(canon, field, out);

	MUST(ukey_port_sha256_update(&m->hash, out, len - cut) == 0);
}

/* The fields that h= names, each name from the bottom up. */
static void
hash_chosen(struct maker *m, enum ukey_canon canon)
{
	struct ukey_view rest = m->h, name, have;
	unsigned i;

	while (rest.data != NULL) {
		name = ukey_view_trim(ukey_view_cut(&rest, ':'));
		for (i = m->fields; i > 0; i--) {
			have = m->field[i - 1];
			have = ukey_view_cut(&have, ':');
			if (!m->used[i - 1] && ukey_view_equal_nocase(
			    ukey_view_trim(have), name))
				break;
		}
		if (i > 0) {
			m->used[i - 1] = true;
			hash_field(m, canon, m->field[i - 1], 0);
		}
	}
}

static void
tag(struct maker *m, unsigned bit, const char *text)
{
	if (!(m->drop >> bit & 1))
		ukey_out_text(&m->sig, text);
}

static void
hash_body(struct maker *m, enum ukey_canon canon)
{
	static const char *const limits[] = { "", "", "l=", "l=0; " };
	uint8_t out[DIFF_SIZE + 8], digest[UKEY_SHA256_LEN];
	size_t len = rfc_body(canon, m->body, out);
	unsigned limit = m->kind >> 5 & 3;

	ukey_out_text(&m->sig, limits[limit]);
	if (limit == 2) {
		len -= (m->kind & 128) && len > 0;
		ukey_out_number(&m->sig, len);
		ukey_out_text(&m->sig, "; ");
	}
	len = limit == 3 ? 0 : len;
	MUST(ukey_port_sha256_start(&m->hash) == 0 &&
	    ukey_port_sha256_update(&m->hash, out, len) == 0 &&
	    ukey_port_sha256_finish(&m->hash, digest) == 0);
	tag(m, 6, "bh=");
	if (!(m->drop >> 6 & 1))
		ukey_out_base64(&m->sig, (struct ukey_view) { digest, 32 });
	tag(m, 6, "; ");
}

/* The signature field up to the value of b=, and its hash to DIGEST. */
static void
describe(struct maker *m, uint8_t *digest)
{
	unsigned c = m->bits & 7;
	struct ukey_view own;

	tag(m, 7, "DKIM-Signature: ");
	if (m->drop >> 7 & 1)
		ukey_out_text(&m->sig, "dkim-signature :");
	tag(m, 0, "v=1; ");
	tag(m, 1, "a=rsa-sha256; ");
	ukey_out_text(&m->sig, canons[c].text);
	tag(m, 2, "d=e.org; ");
	tag(m, 3, m->bits & 8 ? "s=s;\r\n\t" : "s=s; ");
	ukey_out_view(&m->sig, m->tags);
	tag(m, 4, "h=");
	if (!(m->drop >> 4 & 1))
		ukey_out_view(&m->sig, m->h);
	tag(m, 4, "; ");
	hash_body(m, canons[c].body);
	ukey_out_text(&m->sig, "b=");
	MUST(ukey_port_sha256_start(&m->hash) == 0);
	hash_chosen(m, canons[c].header);
	own = ukey_out_done(&m->sig);
	if (m->bits & 32) /* what follows b= is hashed, too */
		m->octets[own.len++] = ';';
	/* Canonical fields end with CRLF; this one is hashed without. */
	hash_field(m, canons[c].header, own, canons[c].header ==
	    UKEY_CANON_RELAXED ? 2 : 0);
	MUST(ukey_port_sha256_finish(&m->hash, digest) == 0);
}

static void
record_make(struct maker *m)
{
	uint8_t spki[UKEY_KEY_PUBLIC_MAX];
	struct ukey_out public, out;

	ukey_out_init(&public, spki, sizeof(spki));
	(void)key(&public);
	ukey_out_init(&out, m->c->record, DIFF_RECORD - 1);
	ukey_out_text(&out, m->bits & 16 ? "" : "v=DKIM1; ");
	ukey_out_view(&out, ukey_view_part(m->more, 0, 2000));
	if (!(m->drop >> 5 & 1)) {
		ukey_out_text(&out, "p=");
		out.line = out.len; /* one line: no folds */
		for (size_t i = 0; i < public.len; i += 45) {
			out.line = out.len;
			ukey_out_base64(&out, ukey_view_part(
			    ukey_out_done(&public), i, i + 45));
		}
	}
	m->c->record[out.len] = '\0';
}

static struct ukey_view
part(struct ukey_view *in, struct ukey_view absent)
{
	struct ukey_view text = take_to(in, 0);

	return text.len == 0 ? absent : text;
}

bool
diff_case_make(struct diff_case *c, struct ukey_view in)
{
	static struct maker m;
	uint8_t digest[UKEY_SHA256_LEN], octets[128];
	struct ukey_out signature, out;

	memset(&m, 0, sizeof(m));
	m.c = c, m.bits = take(&in), m.kind = take(&in), m.drop = take(&in);
	m.at = take(&in), m.to = take(&in);
	m.tags = part(&in, UKEY_VIEW(""));
	m.h = part(&in, UKEY_VIEW("from:to:subject"));
	m.more = part(&in, UKEY_VIEW("")), m.header = part(&in,
	    UKEY_VIEW("To: b@e.org\r\nSubject:  a  b\r\n\tc \r\n"));
	m.body = in;
	ukey_out_init(&m.sig, m.octets, sizeof(m.octets));
	compose(&m);
	split(&m);
	describe(&m, digest);
	record_make(&m);
	ukey_out_init(&signature, octets, sizeof(octets));
	MUST(ukey_key_sign(key(NULL), digest, &signature) == UKEY_KEY_OK);
	ukey_out_base64(&m.sig, ukey_out_done(&signature));
	ukey_out_text(&m.sig, m.bits & 32 ? ";\r\n" : "\r\n");
	if (m.bits & 64) /* changed after it was signed */
		m.text[m.at % m.len] = m.to;
	memcpy(c->name, DIFF_MADE, sizeof(DIFF_MADE));
	ukey_out_init(&out, c->message, DIFF_SIZE);
	ukey_out_view(&out, ukey_out_done(&m.sig));
	ukey_out_view(&out, (struct ukey_view) { m.text, m.len });
	c->len = out.len;
	return !m.sig.overflow && !out.overflow;
}
