/*
 * userkeys verify --explain: each step with its input (RFC 6376 6.1).
 * SPDX-License-Identifier: MIT
 *
 * Goes through the message a second time with the parts of core, so that one
 * can see what was hashed, and how a hash differs.
 */
#include <string.h>

#include "ukey_base64.h"
#include "ukey_canon_body.h"
#include "ukey_canon_header.h"
#include "ukey_field.h"
#include "served.h"
#include "ukey_sigheader.h"
#include "verify.h"

struct explain {
	struct verified *m;
	struct ukey_fields *fields;
	struct ukey_sigheader sig;
	unsigned field;                 /* of the signature */
	struct ukey_port_sha256 header;
	bool dump;
};

static void
step(const char *what)
{
	printf("    %s\n", what);
}

/* VALUE with its folding shown as one blank. */
static void
say(const char *name, struct ukey_view value)
{
	struct ukey_view line;

	printf("      %-12s", name);
	while (value.data != NULL) {
		line = ukey_view_trim(ukey_view_cut(&value, '\n'));
		cli_put(stdout, line);
		if (value.data != NULL)
			putchar(' ');
	}
	putchar('\n');
}

/* Canonical octets, with line ends and blanks made visible. */
static void
dump(struct ukey_view v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		if (v.data[i] == '\r')
			fputs("\\r", stdout);
		else if (v.data[i] == '\n')
			fputs("\\n\n        | ", stdout);
		else if (v.data[i] == '\t')
			fputs("\\t", stdout);
		else if (v.data[i] == ' ')
			fputs("\xC2\xB7", stdout);
		else
			cli_put(stdout, ukey_view_part(v, i, i + 1));
}

static void
put_hash(const char *name, const uint8_t *digest)
{
	uint8_t text[64];
	struct ukey_out out;

	ukey_out_init(&out, text, sizeof(text));
	ukey_out_base64(&out, (struct ukey_view) { digest, UKEY_SHA256_LEN });
	say(name, ukey_out_done(&out));
}

/* One field to the header's hash, without CUT. */
static void
hash_field(struct explain *x, struct ukey_view raw, struct ukey_view cut)
{
	struct ukey_canon_header c;
	struct ukey_view part[2], span;
	size_t at = cut.data == NULL ? raw.len :
	    (size_t)(cut.data - raw.data);
	unsigned i;

	part[0] = ukey_view_part(raw, 0, at);
	part[1] = ukey_view_part(raw, at + cut.len, raw.len);
	ukey_canon_header_init(&c, (enum ukey_canon)x->sig.header_canon);
	for (i = 0; i < 2; i++)
		while ((span = ukey_canon_header_next(&c,
		    &part[i])).len > 0) {
			ukey_port_sha256_update(&x->header, span.data,
			    span.len);
			if (x->dump)
				dump(span);
		}
	span = ukey_canon_header_end(&c, cut.data == NULL);
	ukey_port_sha256_update(&x->header, span.data, span.len);
	if (x->dump)
		dump(span);
}

/* The fields that h= names, as they are found. */
static void
explain_header(struct explain *x)
{
	struct ukey_view rest, name, raw, none = { NULL, 0 };
	uint8_t digest[UKEY_SHA256_LEN];
	unsigned i;

	step("the header: the fields of h=, each name from the lowest up");
	ukey_port_sha256_start(&x->header);
	for (rest = x->sig.tag[UKEY_SIG_H]; rest.data != NULL;)
		ukey_fields_rewind(x->fields,
		    ukey_view_trim(ukey_view_cut(&rest, ':')));
	if (x->dump)
		fputs("        | ", stdout);
	for (rest = x->sig.tag[UKEY_SIG_H]; rest.data != NULL;) {
		name = ukey_view_trim(ukey_view_cut(&rest, ':'));
		i = ukey_fields_pick(x->fields, name);
		if (!x->dump) {
			fputs("      ", stdout);
			cli_put(stdout, name);
			printf(i == UKEY_FIELD_NONE ? ": none (left)\n" :
			    ": field %u\n", i + 1);
		}
		if (i != UKEY_FIELD_NONE)
			hash_field(x, ukey_fields_raw(x->fields, i), none);
	}
	raw = ukey_fields_raw(x->fields, x->field);
	raw.len -= 2;
	hash_field(x, raw, x->sig.b_raw);
	if (x->dump)
		putchar('\n');
	ukey_port_sha256_finish(&x->header, digest);
	put_hash("its hash", digest);
	step("b= must be the signature of this hash by the key in the DNS");
}

/* The body's hash on its way. */
struct body {
	struct ukey_port_sha256 hash;
	struct ukey_canon_body canon;
	uint64_t len;  /* canonical octets */
	uint64_t left; /* of l= */
};

static void
body_span(struct explain *x, struct body *b, struct ukey_view span)
{
	b->len += span.len;
	if (span.len > b->left)
		span.len = (size_t)b->left;
	b->left -= span.len;
	ukey_port_sha256_update(&b->hash, span.data, span.len);
	if (x->dump)
		dump(span);
}

static void
body_event(struct explain *x, struct body *b, struct ukey_event e)
{
	struct ukey_view span;

	while (e.kind == UKEY_EVENT_BODY && (span = ukey_canon_body_next(
	    &b->canon, &e.octets)).len > 0)
		body_span(x, b, span);
}

/* The body up to l=, hashed and shown. */
static int
hash_body(struct explain *x, struct body *b)
{
	struct spool_walk walk;
	struct ukey_view span;
	struct ukey_event e;

	b->len = 0;
	b->left = x->sig.tag[UKEY_SIG_L].len > 0 ? x->sig.l : UINT64_MAX;
	ukey_port_sha256_start(&b->hash);
	ukey_canon_body_init(&b->canon, (enum ukey_canon)x->sig.body_canon);
	spool_walk(&walk, x->m->spool);
	while ((e = spool_next(&walk)).kind != UKEY_EVENT_NONE)
		body_event(x, b, e);
	while ((span = ukey_canon_body_end(&b->canon)).len > 0)
		body_span(x, b, span);
	return walk.status;
}

static int
explain_body(struct explain *x)
{
	uint8_t digest[UKEY_SHA256_LEN], claimed[UKEY_SHA256_LEN];
	size_t claimed_len;
	struct body body;
	bool same;
	int status;

	printf("    the body, canonicalized \"%s\"%s\n",
	    x->sig.body_canon == UKEY_CANON_RELAXED ? "relaxed" : "simple",
	    x->sig.tag[UKEY_SIG_L].len > 0 ? ", up to l=" : "");
	if (x->dump)
		fputs("        | ", stdout);
	status = hash_body(x, &body);
	ukey_port_sha256_finish(&body.hash, digest);
	if (x->dump)
		putchar('\n');
	printf("      octets      %llu\n", (unsigned long long)body.len);
	put_hash("its hash", digest);
	say("bh=", x->sig.tag[UKEY_SIG_BH]);
	same = ukey_base64_decode(x->sig.tag[UKEY_SIG_BH], claimed,
	    sizeof(claimed), &claimed_len) && claimed_len == sizeof(digest) &&
	    memcmp(claimed, digest, sizeof(digest)) == 0;
	step(same ?
	    "they are equal: the body is as it was signed" :
	    "they differ: the body was changed after it was signed");
	return status;
}

/* What the DNS serves at the name in between of TEXT, and below. */
static void
explain_served(const struct explain *x, const char *between, const char *what)
{
	const struct ukey_sigheader *s = &x->sig;
	static struct ukey_fetch f;
	char name[1024];
	unsigned i;

	snprintf(name, sizeof(name), "%.*s%s%.*s", (int)s->tag[UKEY_SIG_S].len,
	    (const char *)s->tag[UKEY_SIG_S].data, between,
	    (int)s->tag[UKEY_SIG_D].len,
	    (const char *)s->tag[UKEY_SIG_D].data);
	fputs("      ", stdout);
	cli_put(stdout, cli_view(name));
	printf(" (%s)\n", what);
	if (ukey_resolver_fetch(x->m->resolver, cli_view(name), &f) !=
	    UKEY_OK)
		return;
	for (i = 0; i < f.steps; i++)
		printf("  alias    %s %s\n", f.step[i].dname ? "DNAME" :
		    "CNAME", f.step[i].target);
	if (f.reason != UKEY_REASON_OK)
		printf("  served   nothing: %s\n",
		    ukey_reason_meaning(f.reason));
	for (i = 0; i < f.records && i < UKEY_FETCH_RECORDS; i++)
		served_put(&f.record[i]);
}

static void
explain_name(const struct explain *x)
{
	struct ukey_view s = x->sig.tag[UKEY_SIG_S];
	const struct ukey_view end = UKEY_VIEW(".userkeys");

	step("the key is asked for in the DNS at");
	explain_served(x, "._domainkey.", "DKIM");
	if (s.len > end.len && ukey_view_equal_nocase(ukey_view_part(s, s.len -
	    end.len, s.len), end))
		explain_served(x, ".", "user key");
}

static int
explain_signature(struct explain *x, unsigned number)
{
	enum ukey_reason reason;

	reason = ukey_sigheader_parse(&x->sig,
	    ukey_fields_body(x->fields, x->field));
	printf("  signature %u, field %u of the header\n", number,
	    x->field + 1);
	say("d=", x->sig.tag[UKEY_SIG_D]);
	say("s=", x->sig.tag[UKEY_SIG_S]);
	say("i=", x->sig.tag[UKEY_SIG_I]);
	say("a=", x->sig.tag[UKEY_SIG_A]);
	say("c=", x->sig.tag[UKEY_SIG_C]);
	say("h=", x->sig.tag[UKEY_SIG_H]);
	printf("    tags: %s\n", reason == UKEY_REASON_OK ? "well-formed" :
	    ukey_reason_meaning(reason));
	if (reason != UKEY_REASON_OK)
		return CLI_PASS;
	explain_name(x);
	explain_header(x);
	return explain_body(x);
}

int
verify_explain(struct verified *m)
{
	struct explain x = { .m = m, .fields = &m->header->fields,
		.dump = m->options->dump_canon };
	enum ukey_reason reason = (enum ukey_reason)x.fields->reason;
	unsigned i, number = 0;
	int status = CLI_PASS;

	if (reason != UKEY_REASON_OK) {
		printf("  header: %s", ukey_reason_meaning(reason));
		header_put_trouble(m->header, stdout);
		puts("; nothing in it is judged");
		return CLI_PASS;
	}
	printf("  header: %u fields, well-formed\n", x.fields->count);
	for (i = 0; status == CLI_PASS && i < x.fields->count &&
	    number < UKEY_SIGNATURES_MAX; i++) {
		if (!ukey_view_equal_nocase(ukey_fields_name(x.fields, i),
		    UKEY_VIEW("DKIM-Signature")))
			continue;
		x.field = i;
		status = explain_signature(&x, ++number);
	}
	if (number == 0)
		puts("  no DKIM-Signature field");
	return status;
}
