/*
 * userkeys: hostile shapes for single parsers; part of linear.c.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "linear.h"
#include "ukey.h"
#include "ukey_base64.h"
#include "ukey_milter_codec.h"
#include "ukey_taglist.h"
#include "ukey_zone.h"

static struct ukey_view
all(void)
{
	return (struct ukey_view) { (const uint8_t *)text, text_len };
}

static void
mailboxes(void)
{
	struct ukey_mailboxes m;
	struct ukey_address a;
	unsigned count = 0;

	ukey_mailboxes_init(&m, all());
	while (ukey_mailboxes_next(&m, &a))
		count++;
	printf("%u\n", count);
}

/* From with N mailboxes; with N comments beside and within each other. */
static void
many_mailboxes(unsigned n)
{
	times(n, "\"a b\" (c) <d@e.org>, ");
	add("x@y.z");
	mailboxes();
}

static void
comments(unsigned n)
{
	times(n, "(a \\( b)\r\n ");
	add("x@y.z");
	mailboxes();
}

static void
nested_comments(unsigned n)
{
	times(n, "((((((((x))))))))");
	times(n, "(");
	mailboxes();
}

static void
open_quote(unsigned n)
{
	add("\"");
	times(n, "\\\"a ");
	mailboxes();
}

/* Forged Authentication-Results. */
static void
authres(unsigned n)
{
	struct ukey_authres r;

	add("Authentication-Results: ");
	times(n, "((c) \"mx\\\" ) ");
	ukey_authres_init(&r, UKEY_VIEW("mx.example.net"));
	ukey_authres_push(&r, all());
	printf("%d\n", ukey_authres_end(&r));
}

/* The same, an octet at a time, and the comment never ends. */
static void
authres_octets(unsigned n)
{
	struct ukey_authres r;
	size_t i;

	add("Authentication-Results: ");
	times(n, "(\\) ");
	ukey_authres_init(&r, UKEY_VIEW("mx.example.net"));
	for (i = 0; i < text_len; i++)
		ukey_authres_push(&r, ukey_view_part(all(), i, i + 1));
	printf("%d\n", ukey_authres_end(&r));
}

static void
base64(unsigned n)
{
	static uint8_t out[4000000];
	size_t len;

	times(n, "A\r\n\t \r\n A==="); /* refused at its end, if at all */
	text_len -= 3;
	times(n, " QUFB\r\n ");
	printf("%d\n", ukey_base64_decode(all(), out, sizeof(out), &len));
	printf("%zu\n", ukey_base64_size(ukey_view_part(all(), n,
	    text_len)));
}

static void
base64_spaces(unsigned n)
{
	static uint8_t out[4000000];
	size_t len;

	times(n, "Q \r\n\tU F\r\n B ");
	if (!ukey_base64_decode(all(), out, sizeof(out), &len))
		exit(2);
	printf("%zu\n", len);
}

static void
put16(uint8_t *to, unsigned value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

static const uint8_t dns_name[] = "\1a\1b";

/* An answer of N records of TYPE; the owner of each is a pointer to the one
 * before (POINTERS), or to the question. */
static void
dns(unsigned n, unsigned type, bool pointers)
{
	static uint8_t packet[65535];
	struct ukey_view name = { dns_name, sizeof(dns_name) };
	size_t at = 12 + sizeof(dns_name) + 4, owner = 12;
	struct ukey_dns_answer a;
	unsigned i;

	memset(packet, 0, sizeof(packet));
	packet[2] = 0x81;
	packet[5] = 1;
	put16(packet + 6, n);
	memcpy(packet + 12, dns_name, sizeof(dns_name));
	packet[12 + sizeof(dns_name) + 1] = 16;
	packet[12 + sizeof(dns_name) + 3] = 1;
	for (i = 0; i < n && at + 14 < sizeof(packet); i++) {
		put16(packet + at, (unsigned)(0xC000 | owner));
		if (pointers && at < 0x3FFF)
			owner = at;
		put16(packet + at + 2, type);
		put16(packet + at + 4, 1);
		put16(packet + at + 10, 2);
		put16(packet + at + 12, type == 16 ? 0x0178 :
		    (unsigned)(0xC000 | owner));
		at += 14;
	}
	printf("%d\n", (int)ukey_dns_answer_read(&a,
	    (struct ukey_view) { packet, at }, name, 0));
}

static void
dns_records(unsigned n)
{
	dns(n, 16, false);
}

static void
dns_pointers(unsigned n)
{
	dns(n, 16, true);
}

static void
dns_aliases(unsigned n)
{
	dns(n, 5, true);
}

/* A field of N octets to the milter, an octet at a time. */
static void
milter_octets(unsigned n)
{
	static struct ukey_milter m;
	struct ukey_view in;
	unsigned events = 0;
	uint8_t head[5];
	size_t i;

	put16(head, n * 4 >> 16);
	put16(head + 2, n * 4 & 0xFFFF);
	head[4] = 'B';
	times(n, "xyz ");
	ukey_milter_init(&m);
	for (i = 0; i < 4 + (size_t)n * 4; i++) {
		in.data = i < 5 ? head + i : (const uint8_t *)text + i - 5;
		in.len = 1;
		while (ukey_milter_next(&m, &in).kind != UKEY_MILTER_NONE)
			events++;
	}
	printf("%u\n", events);
}

static void
milter_packets(unsigned n)
{
	static struct ukey_milter m;
	static const uint8_t packet[] = "\0\0\0\5Lx\0y";
	unsigned events = 0, i;
	struct ukey_view in;

	ukey_milter_init(&m);
	for (i = 0; i < n; i++) {
		in = (struct ukey_view) { packet, sizeof(packet) };
		while (ukey_milter_next(&m, &in).kind != UKEY_MILTER_NONE)
			events++;
	}
	printf("%u\n", events);
}

static void
zone(unsigned n)
{
	char err[512] = "";
	struct ukey_zone *z;

	numbered(n, "a", ".example.org. 60 IN TXT ( \"x\" ; c\r\n "
	    "\"y\\032\" )\n");
	z = ukey_zone_parse("zone", text, text_len, err, sizeof(err));
	printf("%s\n", z == NULL ? err : "good");
	ukey_zone_free(z);
}

static void
zone_parentheses(unsigned n)
{
	char err[512] = "";
	struct ukey_zone *z;

	add("a.example.org. TXT ");
	times(n, "( ; c\n )");
	times(n, "(");
	z = ukey_zone_parse("zone", text, text_len, err, sizeof(err));
	printf("%s\n", z == NULL ? err : "good");
	ukey_zone_free(z);
}

static void
conf(unsigned n)
{
	static struct conf c;
	char err[CONF_ERROR_SIZE] = "";

	times(n, "  # a comment = x \n\tlocal-mail\t= sign # x\n\n");
	printf("%d\n", conf_parse(&c, "conf", text, text_len, err));
}

static void
tag_list(unsigned n)
{
	struct ukey_taglist list;
	struct ukey_tag tag;
	unsigned count = 0;

	add("v=1; n =");
	times(n, " a\r\n\tb c\r\n ");
	ukey_taglist_init(&list, all());
	while (ukey_taglist_next(&list, &tag))
		count++;
	printf("%u\n", count);
}

static const struct {
	const char *name;
	void (*run)(unsigned n);
} parsers[] = {
	{ "mailboxes", many_mailboxes }, { "comments", comments },
	{ "nested-comments", nested_comments }, { "open-quote", open_quote },
	{ "authres", authres }, { "authres-octets", authres_octets },
	{ "base64", base64 }, { "base64-spaces", base64_spaces },
	{ "dns-records", dns_records }, { "dns-pointers", dns_pointers },
	{ "dns-aliases", dns_aliases }, { "milter-octets", milter_octets },
	{ "milter-packets", milter_packets }, { "zone", zone },
	{ "zone-parentheses", zone_parentheses }, { "conf", conf },
	{ "tag-list", tag_list }
};

int
linear_parser(const char *shape, unsigned n)
{
	size_t i;

	for (i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++)
		if (strcmp(parsers[i].name, shape) == 0) {
			parsers[i].run(n);
			return 0;
		}
	return 1;
}
