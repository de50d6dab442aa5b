/*
 * userkeys: the resolver's blocking calls.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <poll.h>
#include <string.h>

#include "ukey_inquiry.h"
#include "ukey_resolver_parts.h"

/* Waits until the resolver has something to do. */
static void
wait_for(struct ukey_resolver *r)
{
	struct pollfd p = { .fd = ukey_resolver_fd(r), .events = POLLIN };
	int ms = ukey_resolver_wait(r);

	if (ms > 0)
		(void)poll(&p, 1, ms);
	ukey_resolver_step(r);
}

int
ukey_resolver_run(struct ukey_resolver *r, struct ukey_verify *v, void *work,
    size_t work_size)
{
	struct ukey_resolver_result result;
	struct ukey_inquiry q;
	int err = UKEY_OK;

	ukey_inquiry_init(&q, r, v, v);
	while (err == UKEY_OK && ukey_verify_asking(v)) {
		ukey_inquiry_ask(&q);
		wait_for(r);
		while (err == UKEY_OK && ukey_resolver_next(r, &result))
			if (result.cookie == v) /* see the header */
				err = ukey_inquiry_take(&q, &result, work,
				    work_size);
	}
	ukey_inquiry_end(&q);
	return err;
}

/* Asks NAME and waits: the result, or one without a packet. */
static struct ukey_resolver_result
ask_one(struct ukey_resolver *r, struct ukey_view name, uint64_t end)
{
	const struct ukey_resolver_result none = {
		.reason = UKEY_REASON_DNS_TIMEOUT };
	uint64_t now = ukey_resolver_now(r);
	struct ukey_resolver_result result;
	uint8_t octets[UKEY_DNS_QUERY_MAX];
	struct ukey_out query;

	ukey_out_init(&query, octets, sizeof(octets));
	ukey_dns_query_write(&query, 0, name);
	if (ukey_resolver_ask(r, ukey_out_done(&query), octets, 0,
	    end > now ? (unsigned)(end - now) : 0) != UKEY_OK)
		return none;
	for (;;) {
		wait_for(r);
		while (ukey_resolver_next(r, &result))
			if (result.cookie == octets)
				return result; /* not somebody else's */
	}
}

/* One TXT record of packet, at RDATA, to F. */
static void
fetch_record(struct ukey_fetch *f, struct ukey_view rdata)
{
	struct ukey_cursor c = ukey_cursor_of(rdata);
	struct ukey_fetch_record *record;
	struct ukey_view string;
	size_t start = f->text_len;

	if (f->records++ >= UKEY_FETCH_RECORDS ||
	    rdata.len > sizeof(f->text) - f->text_len)
		return;
	record = &f->record[f->records - 1];
	while (ukey_cursor_left(&c) > 0) {
		string = ukey_cursor_take(&c, ukey_cursor_u8(&c));
		if (record->strings < UKEY_FETCH_STRINGS)
			record->string_len[record->strings] =
			    (uint8_t)string.len;
		record->strings++;
		if (string.len > 0)
			memcpy(f->text + f->text_len, string.data, string.len);
		f->text_len += string.len;
	}
	record->text = (struct ukey_view) { f->text + start,
		f->text_len - start };
}

static void
name_text(char *text, struct ukey_view name)
{
	struct ukey_out out;

	ukey_out_init(&out, text, UKEY_FETCH_NAME - 1);
	ukey_dns_name_to_text(&out, name);
	text[ukey_out_done(&out).len] = '\0';
}

enum { CNAME = 5, TXT = 16, DNAME = 39 };

/* A record of an answer, for people. */
struct record {
	unsigned type;
	uint8_t owner[UKEY_DNS_NAME_MAX];
	size_t owner_len;
	struct ukey_view rdata;
	size_t rdata_at;
};

/* The name at POS of PACKET, which was found sound, in wire form to NAME; the
 * position behind it. */
static size_t
copy_name(struct ukey_view packet, size_t pos, uint8_t *name, size_t *len)
{
	size_t end = 0;

	*len = 0;
	while (packet.data[pos] != 0) {
		if ((packet.data[pos] & 0xC0) == 0xC0) {
			if (end == 0)
				end = pos + 2;
			pos = (size_t)((packet.data[pos] & 0x3F) << 8 |
			    packet.data[pos + 1]);
			continue;
		}
		memcpy(name + *len, packet.data + pos,
		    (size_t)packet.data[pos] + 1);
		*len += (size_t)packet.data[pos] + 1;
		pos += (size_t)packet.data[pos] + 1;
	}
	name[(*len)++] = 0;
	return end == 0 ? pos + 1 : end;
}

static size_t
read_record(struct ukey_view packet, size_t pos, struct record *record)
{
	struct ukey_cursor c = ukey_cursor_of(packet);

	c.pos = copy_name(packet, pos, record->owner, &record->owner_len);
	record->type = ukey_cursor_u16(&c);
	ukey_cursor_take(&c, 6); /* class, TTL */
	record->rdata = ukey_cursor_take(&c, ukey_cursor_u16(&c));
	record->rdata_at = c.pos - record->rdata.len;
	return c.pos;
}

/* Whether R is an alias of NAME; NAME becomes its target then. */
static bool
follow(struct ukey_fetch *f, struct ukey_view packet,
    const struct record *record, uint8_t *name, size_t *name_len)
{
	size_t cut = *name_len - record->owner_len;
	uint8_t target[UKEY_DNS_NAME_MAX];
	struct ukey_fetch_step *step = &f->step[f->steps];
	size_t target_len;

	if (f->steps == UKEY_DNS_HOPS_MAX ||
	    (record->type != CNAME && record->type != DNAME) ||
	    record->owner_len > *name_len ||
	    (record->type == CNAME) != (cut == 0) ||
	    !ukey_dns_name_equal((struct ukey_view) { record->owner,
	    record->owner_len }, (struct ukey_view) { name + cut,
	    *name_len - cut }))
		return false;
	copy_name(packet, record->rdata_at, target, &target_len);
	if (cut + target_len > UKEY_DNS_NAME_MAX)
		return false;
	step->dname = record->type == DNAME;
	name_text(step->owner, (struct ukey_view) { record->owner,
	    record->owner_len });
	name_text(step->target, (struct ukey_view) { target, target_len });
	f->steps++;
	memcpy(name + cut, target, target_len);
	*name_len = cut + target_len;
	return true;
}

/* The steps and records of PACKET, which answers NAME and is sound. */
static void
fetch_packet(struct ukey_fetch *f, struct ukey_view packet, uint8_t *name,
    size_t *name_len)
{
	unsigned answers = (unsigned)(packet.data[6] << 8 | packet.data[7]);
	size_t start = 12, pos, len;
	struct record record;
	unsigned i, steps;
	uint8_t own[UKEY_DNS_NAME_MAX];

	start = copy_name(packet, start, own, &len) + 4;
	do { /* as many rounds as the chain has steps */
		steps = f->steps;
		for (i = 0, pos = start; i < answers; i++) {
			pos = read_record(packet, pos, &record);
			follow(f, packet, &record, name, name_len);
		}
	} while (f->steps > steps);
	for (i = 0, pos = start; i < answers; i++) {
		pos = read_record(packet, pos, &record);
		if (record.type == TXT && ukey_dns_name_equal(
		    (struct ukey_view) { record.owner, record.owner_len },
		    (struct ukey_view) { name, *name_len }))
			fetch_record(f, record.rdata);
	}
}

static enum ukey_reason
reason_of(enum ukey_dns_status status)
{
	static const enum ukey_reason reasons[] = {
		[UKEY_DNS_RECORDS] = UKEY_REASON_OK,
		[UKEY_DNS_ABSENT] = UKEY_REASON_NO_KEY,
		[UKEY_DNS_ASK] = UKEY_REASON_OK,
		[UKEY_DNS_CHAIN] = UKEY_REASON_KEY_CHAIN,
		[UKEY_DNS_TRUNCATED] = UKEY_REASON_DNS_TRUNCATED,
		[UKEY_DNS_SERVFAIL] = UKEY_REASON_DNS_SERVFAIL,
		[UKEY_DNS_REFUSED] = UKEY_REASON_DNS_REFUSED,
		[UKEY_DNS_MALFORMED] = UKEY_REASON_DNS_MALFORMED
	};

	return reasons[status];
}

/* One question of the chain; whether it leads on. */
static bool
fetch_step(struct ukey_resolver *r, struct ukey_fetch *f, uint8_t *name,
    size_t *name_len, uint64_t end)
{
	struct ukey_view asked = { name, *name_len };
	struct ukey_resolver_result result = ask_one(r, asked, end);
	struct ukey_dns_answer a;
	enum ukey_dns_status status;

	f->reason = result.reason;
	if (result.packet.len == 0)
		return false;
	status = ukey_dns_answer_read(&a, result.packet, asked, f->steps);
	f->reason = reason_of(status);
	f->rcode = result.packet.data[3] & 15u;
	f->authentic = f->authentic && a.authentic;
	if (status != UKEY_DNS_RECORDS && status != UKEY_DNS_ABSENT &&
	    status != UKEY_DNS_ASK)
		return false;
	f->nxdomain = a.nxdomain;
	a.ttl = a.ttl > result.age ? a.ttl - result.age : 0;
	if (a.ttl < f->ttl)
		f->ttl = a.ttl;
	fetch_packet(f, result.packet, name, name_len);
	return status == UKEY_DNS_ASK;
}

int
ukey_resolver_fetch(struct ukey_resolver *r, struct ukey_view name,
    struct ukey_fetch *f)
{
	uint64_t end = ukey_resolver_now(r) + r->settings.total_ms;
	uint8_t wire[UKEY_DNS_NAME_MAX];
	struct ukey_out out;
	unsigned i;

	memset(f, 0, sizeof(*f));
	f->authentic = true;
	f->ttl = UINT32_MAX;
	if (name.len > 0 && name.data[name.len - 1] == '.')
		name.len--;
	ukey_out_init(&out, wire, sizeof(wire));
	if (!ukey_dns_name_from_text(&out, name))
		return UKEY_ERR_ARGUMENT;
	for (i = 0; i <= UKEY_DNS_HOPS_MAX && fetch_step(r, f, wire, &out.len,
	    end); i++)
		;
	if (i > UKEY_DNS_HOPS_MAX)
		f->reason = UKEY_REASON_KEY_CHAIN;
	if ((f->reason != UKEY_REASON_OK &&
	    f->reason != UKEY_REASON_NO_KEY) || f->ttl == UINT32_MAX)
		f->ttl = 0;
	return UKEY_OK;
}
