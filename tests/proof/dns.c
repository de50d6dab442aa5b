/*
 * userkeys: proofs of ukey_dns: names, records, questions.
 * SPDX-License-Identifier: MIT
 */
#include "proof.h"

static struct ukey_dns_walk
any_walk(void)
{
	struct ukey_dns_walk w;

	w.packet = any_view();
	__CPROVER_assume(is_walk(&w));
	return w;
}

static size_t
any_pos(struct ukey_view packet)
{
	size_t pos = nondet_size();

	__CPROVER_assume(is_pos(pos, packet));
	return pos;
}

/* At most UKEY_DNS_NAME_MAX octets, whatever they are. */
static struct ukey_view
any_name(void)
{
	struct ukey_view name = any_view();

	__CPROVER_assume(name.len <= UKEY_DNS_NAME_MAX);
	return name;
}

void
prove_dns_walk_from(void)
{
	struct ukey_view packet = any_view();
	struct ukey_dns_walk w = ukey_dns_walk_from(packet, any_pos(packet));

	__CPROVER_assert(is_walk(&w), "a walk");
}

void
prove_dns_walk_label(void)
{
	struct ukey_dns_walk w = any_walk(), before = w;
	struct ukey_view label = ukey_dns_walk_label(&w);

	__CPROVER_assert(gives_label(&before, &w, label), "as relied on");
}

void
prove_dns_walk_to_root(void)
{
	struct ukey_dns_walk w = any_walk();

	ukey_dns_walk_to_root(&w);
	__CPROVER_assert(gives_root(&w), "as relied on");
}

void
prove_dns_is_name(void)
{
	struct ukey_view packet = any_view();

	(void)ukey_dns_is_name(packet, any_pos(packet), any_name());
}

void
prove_dns_prefix(void)
{
	struct ukey_view packet = any_view(), name = any_name();

	__CPROVER_assert(ukey_dns_prefix(packet, any_pos(packet), name) <=
	    name.len, "as relied on");
}

void
prove_dns_record_read(void)
{
	struct ukey_view packet = any_view();
	struct ukey_dns_record r;
	size_t pos = any_pos(packet);

	__CPROVER_assume(pos <= packet.len);
	__CPROVER_assert(!ukey_dns_record_read(&r, packet, pos) ||
	    gives_record(&r, packet, pos), "as relied on");
}

void
prove_dns_record_sound(void)
{
	struct ukey_view packet = any_view();
	struct ukey_dns_record r;

	__CPROVER_assume(gives_record(&r, packet, r.owner));
	(void)ukey_dns_record_sound(&r, packet);
	(void)ukey_dns_soa_minimum(&r, packet);
}

void
prove_dns_match(void)
{
	(void)ukey_dns_match(any_view(), any_view());
}

void
prove_dns_name_from_text(void)
{
	struct ukey_out out = any_out();

	(void)ukey_dns_name_from_text(&out, any_view());
	__CPROVER_assert(is_out(&out), "still a writer");
}

void
prove_dns_name_to_text(void)
{
	struct ukey_out out = any_out();

	ukey_dns_name_to_text(&out, any_name());
	__CPROVER_assert(is_out(&out), "still a writer");
}
