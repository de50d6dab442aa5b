/*
 * What core says at its limits, whatever these are: the same as PROTOCOL 8 up
 * to ours, "arena" from there to the protocol's, permerror beyond that.
 * SPDX-License-Identifier: MIT
 *
 * Compiled by test_limits.sh with each limit lowered alone, and with all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rsa_keys.h"
#include "support_dns.h"
#include "ukey_base64.h"
#include "ukey_key.h"
#include "ukey_random.h"

#define FROM "From: Alice <alice@example.org>\r\n"
#define USER "alice.userkeys.example.org"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum kind { HEADER, FIELDS, H_NAMES, TAG_LIST, TAGS, TXT, RSA, SIGNATURES,
	CANONS };

static char message[140000], field[9000], names[2000], tags[6000];
static char record[6000];
static uint32_t arena[UKEY_ARENA_SIZE / 4];
static uint64_t work[UKEY_WORK_SIZE / 8];
static unsigned failed;

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* UNIT N times behind what TEXT holds. */
static void
fill(char *text, const char *unit, size_t n)
{
	size_t len = strlen(unit);

	text += strlen(text);
	for (; n > 0; n--, text += len)
		memcpy(text, unit, len);
	*text = '\0';
}

static struct ukey_key *
key(unsigned bits)
{
	const char *pem = bits == 4096 ? pem1_4096 : bits == 2048 ?
	    pem1_2048 : pem1_1024;
	struct ukey_key *k;

	if (ukey_key_read(&k, view(pem), ukey_random()) != UKEY_KEY_OK)
		abort();
	return k;
}

/* OCTETS in base64 behind TEXT. */
static void
add_base64(char *text, struct ukey_view octets)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits, i, n;

	for (text += strlen(text); octets.len > 0;) {
		n = octets.len < 3 ? (unsigned)octets.len : 3;
		for (i = bits = 0; i < 3; i++)
			bits = bits << 8 | (i < n ? octets.data[i] : 0);
		for (i = 0; i < 4; i++)
			*text++ = i > n ? '=' : digits[bits >> (18 - 6 * i) &
			    63];
		ukey_view_skip(&octets, n);
	}
	*text = '\0';
}

static void
hash(const char *first, const char *second, uint8_t *digest)
{
	struct ukey_port_sha256 h;

	ukey_port_sha256_start(&h);
	ukey_port_sha256_update(&h, first, strlen(first));
	ukey_port_sha256_update(&h, second, strlen(second));
	ukey_port_sha256_finish(&h, digest);
}

/* The signature of Alice's letter, in FIELD: with NAMES in h= behind From, and
 * TAGS behind all. */
static void
sign(const char *canon, const char *selector, unsigned bits)
{
	struct ukey_key *k = key(bits);
	uint8_t digest[32], octets[512];
	struct ukey_out out;

	hash("Hi\r\n", "", digest);
	snprintf(field, sizeof(field), "DKIM-Signature: v=1; a=rsa-sha256; "
	    "c=%s; d=example.org; s=%s; i=alice@example.org; h=from%s; %sbh=",
	    canon, selector, names, tags);
	add_base64(field, (struct ukey_view) { digest, 32 });
	fill(field, "; b=", 1);
	hash(FROM, field, digest);
	ukey_out_init(&out, octets, sizeof(octets));
	if (ukey_key_sign(k, digest, &out) != UKEY_KEY_OK)
		abort();
	ukey_key_free(k);
	add_base64(field, ukey_out_done(&out));
	fill(field, "\r\n", 1);
}

static void
publish(unsigned bits, const char *more)
{
	struct ukey_key *k = key(bits);
	uint8_t octets[600];
	struct ukey_out out;

	ukey_out_init(&out, octets, sizeof(octets));
	if (ukey_key_write_public(k, &out) != UKEY_KEY_OK)
		abort();
	ukey_key_free(k);
	snprintf(record, sizeof(record), "v=DKIM1; %suk=none; p=", more);
	add_base64(record, ukey_out_done(&out));
}

/* A message with N of KIND. */
static void
build(enum kind kind, unsigned n)
{
	unsigned bits = kind == RSA ? n : 1024, i;

	names[0] = tags[0] = message[0] = '\0';
	publish(bits, "");
	if (kind == H_NAMES)
		fill(names, ":x", n - 1);
	for (i = 10; kind == TAGS && i <= n; i++)
		snprintf(tags + strlen(tags), 16, "z%u=1; ", i);
	if (kind == CANONS && n == 2) {
		sign("simple/relaxed", "sel", bits);
		fill(message, field, 1);
	}
	sign("simple/simple", "alice.userkeys", bits);
	if (kind == TAG_LIST) {
		fill(tags, "z=", 1);
		fill(tags, "x", n - 4 - (strlen(field) - 15));
		fill(tags, "; ", 1);
		sign("simple/simple", "alice.userkeys", bits);
	}
	if (kind == SIGNATURES)
		fill(message, "DKIM-Signature: v=2\r\n", n - 1);
	if (kind == TXT) {
		snprintf(tags, sizeof(tags), "n=%*s; ",
		    (int)(n - strlen(record) - 4), "x");
		publish(bits, tags);
	}
	fill(message, field, 1);
	fill(message, FROM, 1);
	if (kind == FIELDS)
		fill(message, "X:\r\n", n - 2);
	if (kind == HEADER) {
		fill(message, "X:", 1);
		fill(message, "x", n - 2 - strlen(message));
		fill(message, "\r\n", 1);
	}
	fill(message, "\r\nHi\r\n", 1);
}

/* The reason of userkeys, or of plain DKIM where the tags are not read. */
static enum ukey_reason
judge(bool unread)
{
	struct support_record records[] = { { USER, "TXT", record },
		{ "alice.userkeys._domainkey.example.org", "CNAME", USER },
		{ NULL, NULL, NULL } };
	struct ukey_verify v;
	struct ukey_judgement j;

	ukey_verify_init(&v, UKEY_VERIFY_DKIM, arena, sizeof(arena));
	ukey_verify_mail_from(&v, UKEY_VIEW("<alice@example.org>"),
	    UKEY_VIEW_NONE);
	ukey_verify_push(&v, message, strlen(message));
	ukey_verify_end(&v);
	support_dns_run(&v, records, false);
	if (unread)
		ukey_verify_dkim(&v, 0, &j);
	else
		ukey_verify_userkeys(&v, &j);
	return j.reason;
}

static const struct row {
	enum kind kind;
	const char *name;
	unsigned ours, protocol;
	enum ukey_reason beyond;
} rows[] = {
	{ HEADER, "header octets", UKEY_HEADER_MAX, 65536,
	    UKEY_REASON_HEADER_LIMIT },
	{ FIELDS, "fields", UKEY_FIELDS_MAX, 512, UKEY_REASON_FIELD_LIMIT },
	{ H_NAMES, "h= names", UKEY_H_NAMES_MAX, 256, UKEY_REASON_H_LIMIT },
	{ TAG_LIST, "tag-list octets", UKEY_TAG_LIST_MAX, 4096,
	    UKEY_REASON_TAG_LIMIT },
	{ TAGS, "tags", UKEY_TAGS_MAX, 64, UKEY_REASON_TAG_LIMIT },
	{ TXT, "TXT octets", UKEY_LEAST(UKEY_TXT_MAX, UKEY_TAG_LIST_MAX), 4096,
	    UKEY_REASON_KEY_TXT_LIMIT },
	{ SIGNATURES, "signatures", UKEY_SIGNATURES_MAX, 20,
	    UKEY_REASON_NOT_ALIGNED },
	{ CANONS, "canonicalizations", UKEY_BODY_CANONS, 2, 0 },
	{ RSA, "RSA bits", UKEY_RSA_BITS_MAX, 4096, 0 }
};

static void
check(const struct row *r, unsigned n)
{
	enum ukey_reason want = n <= r->ours ? UKEY_REASON_OK :
	    n <= r->protocol ? UKEY_REASON_ARENA : r->beyond, got;

	build(r->kind, n);
	got = judge(r->kind == TAG_LIST && n > r->protocol);
	if (got != want && failed++ < 20)
		printf("FAIL  %u %s: wanted %s, found %s\n", n, r->name,
		    ukey_reason_word(want), ukey_reason_word(got));
}

int
main(void)
{
	const struct row *r;

	for (r = rows; r < rows + COUNT(rows); r++) {
		if (r->kind == RSA) {
			check(r, 1024);
			check(r, 2048);
			check(r, 4096);
			continue;
		}
		check(r, r->ours);
		check(r, r->protocol);
		if (r->ours < r->protocol)
			check(r, r->ours + 1);
		/* of signatures, those beyond are not read either way */
		if (r->kind == CANONS || (r->kind == SIGNATURES &&
		    r->ours < r->protocol))
			continue;
		check(r, r->protocol + 1);
		if (r->kind != TAG_LIST && r->kind != TXT)
			check(r, 2 * r->protocol);
	}
	return failed != 0;
}
