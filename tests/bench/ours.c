/*
 * userkeys: the work of the bench by this library.
 * SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rsa_keys.h"
#include "support_dns.h"
#include "ukey.h"
#include "ukey_key.h"
#include "ukey_random.h"

#define ANSWERS 64
#define TIME 1750000000

static struct {
	struct ukey_key *key;
	char record[1024];
	struct support_record table[3];
	struct answer {
		uint8_t query[UKEY_DNS_QUERY_MAX];
		size_t query_len;
		uint8_t packet[1232];
		size_t len;
	} answers[ANSWERS];
	unsigned count;
	/* One signature, for the floor of RSA. */
	struct ukey_port_rsa_key public;
	uint8_t spki[UKEY_KEY_PUBLIC_MAX];
	uint8_t digest[UKEY_SHA256_LEN];
	uint8_t signature[UKEY_KEY_SIGNATURE_MAX];
	size_t signature_len;
} ours;

static uint32_t arena[UKEY_ARENA_SIZE / 4];
static uint64_t work[UKEY_WORK_SIZE / 8 + 1];

const char *
ours_record(void)
{
	return ours.record;
}

const char *
ours_pem(void)
{
	return pem1_2048;
}

void
ours_init(void)
{
	static const char *const names[] = { SELECTOR "._domainkey." DOMAIN,
		"alice.userkeys." DOMAIN };
	struct ukey_view pem = { (const uint8_t *)pem1_2048,
		sizeof(pem1_2048) - 1 };
	struct ukey_out out;
	unsigned i;

	if (ukey_key_read(&ours.key, pem, ukey_random()) != UKEY_KEY_OK)
		die("the key cannot be read");
	ukey_out_init(&out, ours.spki, sizeof(ours.spki));
	ukey_key_write_public(ours.key, &out);
	ukey_keyrecord_rsa(&ours.public, ukey_out_done(&out));
	snprintf(ours.record, sizeof(ours.record), "v=DKIM1; k=rsa; p=");
	for (i = 0; i + 3 <= out.len; i += 3) {
		static const char a[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
		    "klmnopqrstuvwxyz0123456789+/";
		unsigned n = (unsigned)(ours.spki[i] << 16 |
		    ours.spki[i + 1] << 8 | ours.spki[i + 2]);
		size_t at = strlen(ours.record);

		ours.record[at] = a[n >> 18];
		ours.record[at + 1] = a[n >> 12 & 63];
		ours.record[at + 2] = a[n >> 6 & 63];
		ours.record[at + 3] = a[n & 63];
	}
	if (out.len % 3 != 0)
		die("a key of another size");
	for (i = 0; i < 2; i++)
		ours.table[i] = (struct support_record) { names[i], "TXT",
			ours.record };
	ours_rsa_sign();
}

static struct ukey_view
answer_to(struct ukey_view query)
{
	struct answer *a = ours.answers;
	struct answer *end = a + ours.count;

	for (; a < end; a++)
		if (a->query_len == query.len &&
		    memcmp(a->query, query.data, query.len) == 0)
			break;
	if (a == end) {
		if (++ours.count > ANSWERS)
			die("too many questions");
		memcpy(a->query, query.data, query.len);
		a->query_len = query.len;
		a->len = support_dns_answer(ours.table, query, a->packet,
		    sizeof(a->packet));
	}
	return (struct ukey_view) { a->packet, a->len };
}

static void
run_dns(struct ukey_verify *v)
{
	uint8_t octets[UKEY_DNS_QUERY_MAX];
	struct ukey_out out;
	unsigned id;

	while (ukey_verify_asking(v))
		for (id = 0; id < UKEY_QUESTIONS_MAX; id++) {
			ukey_out_init(&out, octets, sizeof(octets));
			if (!ukey_verify_question(v, id, &out))
				continue;
			ukey_verify_answer(v, id,
			    answer_to(ukey_out_done(&out)), work,
			    sizeof(work));
		}
}

void
ours_verify(const struct message *m, const struct ours *o)
{
	struct ukey_verify v;
	struct ukey_judgement j;
	size_t at, n, end = m->body; /* the header comes first, alone */

	ukey_verify_init(&v, o->user ? 0 : UKEY_VERIFY_DKIM, arena,
	    sizeof(arena));
	if (o->user)
		ukey_verify_mail_from(&v, UKEY_VIEW("alice@" DOMAIN),
		    UKEY_VIEW_NONE);
	ukey_verify_time(&v, TIME);
	for (at = 0; at < m->len; at += n) {
		n = end - at < o->piece ? end - at : o->piece;
		ukey_verify_push(&v, m->data + at, n);
		if (at + n == m->body) {
			run_dns(&v); /* answers are at hand: a cache */
			end = m->len;
		}
	}
	ukey_verify_end(&v);
	run_dns(&v);
	if (o->user)
		ukey_verify_userkeys(&v, &j);
	else
		ukey_verify_dkim(&v, 0, &j);
	if (j.verdict != o->want) {
		fprintf(stderr, "bench: verdict %s, %s\n",
		    ukey_verdict_word(j.verdict), ukey_reason_word(j.reason));
		exit(1);
	}
}

static void
sign(const struct message *m, const char *canon, struct ukey_out *out)
{
	struct ukey_sign_request request = { .domain = UKEY_VIEW(DOMAIN),
		.selector = UKEY_VIEW(SELECTOR), .time = TIME,
		.header_canon = canon[0] == 'r',
		.body_canon = canon[2] == 'r' };
	uint8_t scratch[2048], digest[UKEY_SHA256_LEN], octets[512];
	struct ukey_sign s;
	struct ukey_out signature;

	ukey_out_init(&signature, octets, sizeof(octets));
	if (ukey_sign_init(&s, &request, scratch, sizeof(scratch)) != 0 ||
	    ukey_sign_push(&s, m->data, m->len) != 0 ||
	    ukey_sign_end(&s) != 0 || ukey_sign_digest(&s, out, digest) != 0 ||
	    ukey_key_sign(ours.key, digest, &signature) != 0 ||
	    ukey_sign_finish(&s, ukey_out_done(&signature), out) != 0)
		die("cannot sign");
}

void
ours_sign(const struct message *m, const char *canon)
{
	uint8_t field[4096];
	struct ukey_out out;

	ukey_out_init(&out, field, sizeof(field));
	sign(m, canon, &out);
}

/* Signs by hand: core itself never writes l=. */
static void
sign_length(const struct message *m, size_t l, struct ukey_out *out)
{
	struct ukey_port_sha256 h;
	struct ukey_canon_body c;
	struct ukey_view in = { m->data + m->body, m->len - m->body };
	struct ukey_view span, from = UKEY_VIEW(
	    "from:Alice Example <alice@example.org>\r\n");
	uint8_t digest[UKEY_SHA256_LEN], octets[512];
	struct ukey_out signature;
	size_t left = l, start = out->len;

	ukey_port_sha256_start(&h);
	ukey_canon_body_init(&c, UKEY_CANON_RELAXED);
	while (left > 0 && (span = ukey_canon_body_next(&c, &in)).len > 0) {
		span = ukey_view_part(span, 0, left);
		ukey_port_sha256_update(&h, span.data, span.len);
		left -= span.len;
	}
	ukey_port_sha256_finish(&h, digest);
	ukey_out_text(out, "dkim-signature:v=1; a=rsa-sha256; "
	    "c=relaxed/relaxed; d=" DOMAIN "; s=" SELECTOR "; h=from; l=");
	ukey_out_number(out, l);
	ukey_out_text(out, "; bh=");
	out->line = out->len; /* no folding: relaxed would undo it */
	ukey_out_base64(out, (struct ukey_view) { digest, sizeof(digest) });
	ukey_out_text(out, "; b=");
	ukey_port_sha256_start(&h);
	ukey_port_sha256_update(&h, from.data, from.len);
	ukey_port_sha256_update(&h, out->data + start, out->len - start);
	ukey_port_sha256_finish(&h, digest);
	ukey_out_init(&signature, octets, sizeof(octets));
	ukey_key_sign(ours.key, digest, &signature);
	ukey_out_base64(out, ukey_out_done(&signature));
	ukey_out_text(out, "\r\n");
}

void
ours_add_signature(struct message *m, const char *canon, size_t l)
{
	uint8_t field[4096];
	struct ukey_out out;

	ukey_out_init(&out, field, sizeof(field));
	if (l == SIZE_MAX)
		sign(m, canon, &out);
	else
		sign_length(m, l, &out);
	corpus_prepend(m, ukey_out_done(&out));
}

static size_t
canon_header(struct ukey_view in)
{
	struct ukey_message m;
	struct ukey_canon_header c;
	struct ukey_event e;
	struct ukey_view span;
	size_t len = 0;

	ukey_message_init(&m);
	ukey_canon_header_init(&c, UKEY_CANON_RELAXED);
	while ((e = ukey_message_next(&m, &in)).kind != UKEY_EVENT_HEADER_END) {
		while ((span = ukey_canon_header_next(&c, &e.octets)).len > 0)
			len += span.len;
		if (e.kind == UKEY_EVENT_FIELD_END) {
			len += ukey_canon_header_end(&c, true).len;
			ukey_canon_header_init(&c, UKEY_CANON_RELAXED);
		}
	}
	return len;
}

size_t
ours_canon(struct ukey_view in, const char *canon)
{
	struct ukey_canon_body c;
	struct ukey_view span;
	size_t len = 0;

	if (canon[1] == '\0')
		return canon_header(in);

	ukey_canon_body_init(&c, canon[2] == 'r' ? UKEY_CANON_RELAXED :
	    UKEY_CANON_SIMPLE);
	while ((span = ukey_canon_body_next(&c, &in)).len > 0)
		len += span.len;
	while ((span = ukey_canon_body_end(&c)).len > 0)
		len += span.len;
	return len;
}

void
ours_sha256(const void *data, size_t len)
{
	struct ukey_port_sha256 h;

	ukey_port_sha256_start(&h);
	ukey_port_sha256_update(&h, data, len);
	ukey_port_sha256_finish(&h, ours.digest);
}

void
ours_rsa_sign(void)
{
	struct ukey_out out;

	ukey_out_init(&out, ours.signature, sizeof(ours.signature));
	if (ukey_key_sign(ours.key, ours.digest, &out) != UKEY_KEY_OK)
		die("cannot sign");
	ours.signature_len = out.len;
}

void
ours_rsa_verify(void)
{
	struct ukey_view s = { ours.signature, ours.signature_len };

	ukey_port_rsa_verify(&ours.public, ours.digest, s, work,
	    sizeof(work));
}
