/*
 * userkeys: proofs of ukey_text and ukey_out, which the others rely on.
 * SPDX-License-Identifier: MIT
 */
#include "proof.h"
#include "ukey_scan.h"

void
prove_view_find(void)
{
	struct ukey_view v = any_view();
	uint8_t c = nondet_octet();
	size_t at = ukey_view_find(v, c);

	__CPROVER_assert(gives_find(v, c, at), "as relied on");
}

void
prove_view_equal(void)
{
	struct ukey_view a = any_view(), b = any_view();

	__CPROVER_assert(!ukey_view_equal(a, b) || a.len == b.len,
	    "as relied on");
}

void
prove_view_equal_nocase(void)
{
	struct ukey_view a = any_view(), b = any_view();

	__CPROVER_assert(!ukey_view_equal_nocase(a, b) || a.len == b.len,
	    "as relied on");
}

void
prove_view_trim(void)
{
	struct ukey_view v = any_view();

	__CPROVER_assert(is_part(ukey_view_trim(v), v), "as relied on");
}

void
prove_view_cut(void)
{
	struct ukey_view v = any_view(), rest = v, piece;

	piece = ukey_view_cut(&rest, nondet_octet());
	__CPROVER_assert(is_part(piece, v), "the piece is in front");
	__CPROVER_assert(gives_cut(v, piece, rest), "as relied on");
}

void
prove_view_is_domain(void)
{
	struct ukey_view v = any_view();

	__CPROVER_assert(!ukey_view_is_domain(v, nondet_bool()) ||
	    (v.len > 0 && v.len <= 253), "as relied on");
}

void
prove_scan_control(void)
{
	struct ukey_view v = any_view();

	__CPROVER_assert(ukey_scan_control(v.data, v.len) <= v.len,
	    "as relied on");
}

void
prove_scan_tag(void)
{
	struct ukey_view v = any_view();

	__CPROVER_assert(ukey_scan_tag(v.data, v.len) <= v.len,
	    "as relied on");
}

void
prove_out_view(void)
{
	struct ukey_out o = any_out(), before = o;
	struct ukey_view v = any_view();

	ukey_out_view(&o, v);
	__CPROVER_assert(is_out(&o), "still a writer");
	__CPROVER_assert(o.len == before.len + v.len || (o.overflow &&
	    o.len == before.len), "as relied on");
}
