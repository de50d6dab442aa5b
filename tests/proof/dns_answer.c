/*
 * userkeys: proofs of ukey_dns_answer, function by function.
 * SPDX-License-Identifier: MIT
 *
 * Includes the source, for its static functions.
 */
#include "proof.h"
#include "ukey_dns_answer.c"

static struct ukey_view
any_name(void)
{
	struct ukey_view name = any_view();

	__CPROVER_assume(name.len <= UKEY_DNS_NAME_MAX);
	return name;
}

/* An answer in the reading of a packet. */
static struct ukey_dns_answer
any_answer(void)
{
	struct ukey_dns_answer a;

	a.packet = any_view();
	return a;
}

/* Sections begin within the packet; the counts may be anything. */
static bool
is_frame(const struct frame *f, struct ukey_view packet)
{
	return f->begin[0] <= packet.len && f->begin[1] <= packet.len &&
	    f->begin[2] <= packet.len;
}

static struct frame
any_frame(struct ukey_view packet)
{
	struct frame f;

	__CPROVER_assume(is_frame(&f, packet));
	return f;
}

static bool
is_link(const struct link *link, const struct ukey_dns_answer *a)
{
	return link->target <= a->packet.len &&
	    (link->prefix == 0 || link->prefix < a->name_len);
}

bool
relies_on_sections(struct frame *f, struct ukey_view packet, size_t pos)
{
	struct frame after = any_frame(packet);

	__CPROVER_assert(is_readable(packet) && pos <= packet.len,
	    "sections: readable");
	*f = after;
	return nondet_bool();
}

struct link
relies_on_look(struct ukey_dns_answer *a, const struct frame *f)
{
	struct link link;

	__CPROVER_assert(is_readable(a->packet) && is_frame(f, a->packet),
	    "look: a frame");
	a->records = (uint16_t)nondet_size();
	a->ttl = (uint32_t)nondet_size();
	__CPROVER_assume(is_link(&link, a));
	return link;
}

bool
relies_on_follow(struct ukey_dns_answer *a, const struct link *link)
{
	__CPROVER_assert(is_readable(a->packet) && is_link(link, a),
	    "follow: a link");
	if (!nondet_bool())
		return false;
	a->name_len = nondet_octet();
	a->hops++;
	return true;
}

enum ukey_dns_status
relies_on_end(struct ukey_dns_answer *a, const struct frame *f)
{
	__CPROVER_assert(is_readable(a->packet) && is_frame(f, a->packet),
	    "end: a frame");
	a->ttl = (uint32_t)nondet_size();
	return (enum ukey_dns_status)nondet_octet();
}

enum ukey_dns_status
relies_on_chain(struct ukey_dns_answer *a, const struct frame *f,
    unsigned hops)
{
	__CPROVER_assert(is_readable(a->packet) && is_frame(f, a->packet),
	    "chain: a frame");
	a->hops = nondet_octet();
	__CPROVER_assume(a->hops + hops <= UKEY_DNS_HOPS_MAX);
	return (enum ukey_dns_status)nondet_octet();
}

void
prove_dns_sections(void)
{
	struct ukey_view packet = any_view();
	size_t pos = nondet_size();
	struct frame f;

	__CPROVER_assume(pos <= packet.len);
	__CPROVER_assert(!check_sections(&f, packet, pos) ||
	    is_frame(&f, packet), "as relied on");
}

void
prove_dns_look(void)
{
	struct ukey_dns_answer a = any_answer();
	struct frame f = any_frame(a.packet);
	struct link link = look(&a, &f);

	__CPROVER_assert(is_link(&link, &a), "as relied on");
}

void
prove_dns_follow(void)
{
	struct ukey_dns_answer a = any_answer();
	uint8_t hops = a.hops;
	struct link link;

	__CPROVER_assume(is_link(&link, &a));
	__CPROVER_assume(a.hops < UKEY_DNS_HOPS_MAX);
	__CPROVER_assert(follow(&a, &link) ? a.hops == hops + 1 :
	    a.hops == hops, "as relied on");
}

void
prove_dns_end_without(void)
{
	struct ukey_dns_answer a = any_answer();
	struct frame f = any_frame(a.packet);

	(void)end_without(&a, &f);
}

void
prove_dns_walk_chain(void)
{
	struct ukey_dns_answer a = any_answer();
	struct frame f = any_frame(a.packet);
	unsigned hops = nondet_octet();

	a.hops = 0;
	__CPROVER_assume(hops <= UKEY_DNS_HOPS_MAX);
	(void)walk_chain(&a, &f, hops);
	__CPROVER_assert(a.hops + hops <= UKEY_DNS_HOPS_MAX, "as relied on");
}

void
prove_dns_answer_read(void)
{
	struct ukey_dns_answer a;
	enum ukey_dns_status status;
	unsigned hops = nondet_octet();

	__CPROVER_assume(hops <= UKEY_DNS_HOPS_MAX);
	status = ukey_dns_answer_read(&a, any_view(), any_name(), hops);
	__CPROVER_assert(status != UKEY_DNS_RECORDS ||
	    (a.pos <= a.packet.len && is_readable(a.packet)),
	    "ready for ukey_dns_answer_next()");
	__CPROVER_assert(a.hops <= UKEY_DNS_HOPS_MAX, "a bounded chain");
}

void
prove_dns_answer_next(void)
{
	struct ukey_dns_answer a;
	struct ukey_out out = any_out();

	a.packet = any_view();
	__CPROVER_assume(a.pos <= a.packet.len);
	(void)ukey_dns_answer_next(&a, &out);
	__CPROVER_assert(is_out(&out), "still a writer");
	__CPROVER_assert(a.pos <= a.packet.len, "as before");
}
