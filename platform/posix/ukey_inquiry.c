/*
 * userkeys: the DNS questions of one message (PROTOCOL 5, 8).
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "ukey_inquiry.h"
#include "ukey_resolver_parts.h"

/* The questions of plain DKIM are the last ones. */
#define DKIM_FIRST (UKEY_QUESTIONS_MAX - UKEY_DKIM_SLOTS)
#define DKIM_BITS (UINT32_MAX << DKIM_FIRST)

/* Which of the two times question ID takes. */
static unsigned
kind_of(unsigned id)
{
	return id >= DKIM_FIRST;
}

static bool
is_out(const struct ukey_inquiry *q, unsigned kind)
{
	return (q->asked & (kind == 0 ? ~DKIM_BITS : DKIM_BITS)) != 0;
}

void
ukey_inquiry_init(struct ukey_inquiry *q, struct ukey_resolver *r,
    struct ukey_verify *v, void *cookie)
{
	memset(q, 0, sizeof(*q));
	q->resolver = r;
	q->verify = v;
	q->cookie = cookie;
}

/* Milliseconds that are left for KIND; its time runs from now on. */
static unsigned
take_time(struct ukey_inquiry *q, unsigned kind)
{
	uint64_t now = ukey_resolver_now(q->resolver), spent;
	unsigned total = q->resolver->settings.total_ms;

	if (!is_out(q, kind))
		q->time[kind].since = now;
	spent = q->time[kind].spent + (now - q->time[kind].since);
	return spent < total ? total - (unsigned)spent : 0;
}

static void
ask(struct ukey_inquiry *q, unsigned id, struct ukey_view query)
{
	unsigned ms = take_time(q, kind_of(id));

	if (ukey_resolver_ask(q->resolver, query, q->cookie, id, ms) ==
	    UKEY_OK)
		q->asked |= (uint32_t)1 << id;
	else
		(void)ukey_verify_no_answer(q->verify, id,
		    UKEY_REASON_DNS_TIMEOUT);
}

void
ukey_inquiry_ask(struct ukey_inquiry *q)
{
	uint8_t octets[UKEY_DNS_QUERY_MAX];
	struct ukey_out query;
	unsigned id;

	for (id = 0; id < UKEY_QUESTIONS_MAX; id++) {
		ukey_out_init(&query, octets, sizeof(octets));
		if ((q->asked >> id & 1) == 0 &&
		    ukey_verify_question(q->verify, id, &query))
			ask(q, id, ukey_out_done(&query));
	}
}

int
ukey_inquiry_take(struct ukey_inquiry *q,
    const struct ukey_resolver_result *result, void *work, size_t work_size)
{
	unsigned kind = kind_of(result->id);

	q->asked &= ~((uint32_t)1 << result->id);
	if (!is_out(q, kind))
		q->time[kind].spent += ukey_resolver_now(q->resolver) -
		    q->time[kind].since;
	if (result->packet.len == 0)
		return ukey_verify_no_answer(q->verify, result->id,
		    result->reason);
	return ukey_verify_answer(q->verify, result->id, result->packet, work,
	    work_size);
}

void
ukey_inquiry_end(struct ukey_inquiry *q)
{
	if (q->asked != 0)
		ukey_resolver_cancel(q->resolver, q->cookie);
	q->asked = 0;
}
