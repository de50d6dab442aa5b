/*
 * DNS answers for tests.  SPDX-License-Identifier: MIT
 */
#include "support_dns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

static void
u16(struct ukey_out *out, unsigned value)
{
	ukey_out_octet(out, (uint8_t)(value >> 8));
	ukey_out_octet(out, (uint8_t)value);
}

static void
txt_data(struct ukey_out *out, const char *text)
{
	size_t len = strlen(text), at = 0, n;

	u16(out, (unsigned)(len + (len + 254) / 255 + (len == 0)));
	do {
		n = len - at < 255 ? len - at : 255;
		ukey_out_octet(out, (uint8_t)n);
		ukey_out_view(out, ukey_view_part(view(text), at, at + n));
		at += n;
	} while (at < len);
}

static void
cname_data(struct ukey_out *out, const char *target)
{
	uint8_t name[UKEY_DNS_NAME_MAX];
	struct ukey_out wire;

	ukey_out_init(&wire, name, sizeof(name));
	ukey_dns_name_from_text(&wire, view(target));
	u16(out, (unsigned)wire.len);
	ukey_out_view(out, ukey_out_done(&wire));
}

static bool
named(const struct support_record *r, struct ukey_view name)
{
	uint8_t text[1100];
	struct ukey_out out;

	ukey_out_init(&out, text, sizeof(text));
	ukey_dns_name_to_text(&out, name);
	return ukey_view_equal_nocase(ukey_out_done(&out), view(r->name));
}

static void
write_record(struct ukey_out *out, const struct support_record *r)
{
	bool cname = strcmp(r->type, "CNAME") == 0;

	u16(out, 0xC00C);
	u16(out, cname ? 5 : 16);
	u16(out, 1);
	u16(out, 0);
	u16(out, 300);
	if (cname)
		cname_data(out, r->data);
	else
		txt_data(out, r->data);
}

static void
write_header(uint8_t *packet, unsigned rcode, unsigned answers)
{
	packet[2] = 0x81; /* QR, RD */
	packet[3] = (uint8_t)(0x80 | rcode);
	packet[6] = (uint8_t)(answers >> 8);
	packet[7] = (uint8_t)answers;
	packet[10] = packet[11] = 0; /* no OPT */
}

size_t
support_dns_answer(const struct support_record *records,
    struct ukey_view query, uint8_t *packet, size_t size)
{
	struct ukey_view name = ukey_dns_query_name(query);
	struct ukey_out out;
	unsigned answers = 0, rcode = 3;

	ukey_out_init(&out, packet, size);
	ukey_out_view(&out, ukey_view_part(query, 0, 12 + name.len + 4));
	for (; records->name != NULL; records++) {
		if (!named(records, name))
			continue;
		if (strcmp(records->type, "TIMEOUT") == 0)
			return 0;
		rcode = strcmp(records->type, "SERVFAIL") == 0 ? 2 : 0;
		if (rcode == 0) {
			write_record(&out, records);
			answers++;
		}
	}
	write_header(packet, rcode, answers);
	return out.len;
}

bool
support_dns_answer_one(struct ukey_verify *v, unsigned id,
    const struct support_record *records)
{
	static uint64_t work[UKEY_WORK_SIZE / 8 + 1];
	uint8_t octets[UKEY_DNS_QUERY_MAX], packet[16384], *copy;
	struct ukey_out query;
	size_t len;

	ukey_out_init(&query, octets, sizeof(octets));
	if (!ukey_verify_question(v, id, &query))
		return false;
	len = support_dns_answer(records, ukey_out_done(&query), packet,
	    sizeof(packet));
	if (len == 0) {
		ukey_verify_no_answer(v, id, UKEY_REASON_DNS_TIMEOUT);
		return true;
	}
	copy = malloc(len);
	memcpy(copy, packet, len);
	ukey_verify_answer(v, id, (struct ukey_view) { copy, len }, work,
	    sizeof(work));
	free(copy);
	return true;
}

unsigned
support_dns_run(struct ukey_verify *v, const struct support_record *records,
    bool last_first)
{
	unsigned asked = 0, i;

	while (ukey_verify_asking(v)) {
		for (i = 0; i < UKEY_QUESTIONS_MAX; i++)
			asked += support_dns_answer_one(v, last_first ?
			    UKEY_QUESTIONS_MAX - 1 - i : i, records);
	}
	return asked;
}
