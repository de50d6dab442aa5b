/*
 * userkeys: proofs of ukey_name: the label, and its way back.
 * SPDX-License-Identifier: MIT
 *
 * The port's functions may return anything.
 */
#include "proof.h"
#include "ukey_name.h"
#include "ukey_port.h"

int
ukey_port_sha256_start(struct ukey_port_sha256 *h)
{
	__CPROVER_assert(__CPROVER_w_ok(h, sizeof(*h)), "a hash state");
	return (int)nondet_size();
}

int
ukey_port_sha256_update(struct ukey_port_sha256 *h, const void *data,
    size_t len)
{
	__CPROVER_assert(__CPROVER_w_ok(h, sizeof(*h)), "a hash state");
	__CPROVER_assert(__CPROVER_r_ok(data, len), "readable");
	return (int)nondet_size();
}

int
ukey_port_sha256_finish(struct ukey_port_sha256 *h, uint8_t *digest)
{
	__CPROVER_assert(__CPROVER_w_ok(h, sizeof(*h)), "a hash state");
	__CPROVER_assert(__CPROVER_w_ok(digest, UKEY_SHA256_LEN), "room");
	digest[UKEY_SHA256_LEN - 1] = nondet_octet();
	return (int)nondet_size();
}

size_t
relies_on_local_len(struct ukey_view v)
{
	size_t len = nondet_size();

	__CPROVER_assert(is_readable(v), "local_len: readable");
	__CPROVER_assume(len <= v.len);
	return len;
}

size_t
relies_on_unquote(struct ukey_view local, uint8_t *out)
{
	size_t len = nondet_size();

	__CPROVER_assert(is_readable(local), "unquote: readable");
	__CPROVER_assert(__CPROVER_w_ok(out, UKEY_LOCAL_MAX), "unquote: room");
	__CPROVER_assume(len <= UKEY_LOCAL_MAX);
	return len;
}

size_t
relies_on_label_write(struct ukey_view local, bool exact, uint8_t *out)
{
	size_t len = nondet_size();

	(void)exact;
	__CPROVER_assert(is_readable(local), "label: readable");
	__CPROVER_assert(__CPROVER_w_ok(out, UKEY_LABEL_MAX), "label: room");
	__CPROVER_assume(len <= UKEY_LABEL_MAX);
	return len;
}

void
prove_label_write(void)
{
	uint8_t *label = malloc(UKEY_LABEL_MAX);

	__CPROVER_assume(label != NULL);
	__CPROVER_assert(ukey_label_write(any_view(), nondet_bool(), label) <=
	    UKEY_LABEL_MAX, "as relied on");
}

void
prove_local_equal(void)
{
	(void)ukey_local_equal(any_view(), any_view(), nondet_bool());
}

void
prove_name_write(void)
{
	struct ukey_address a = { any_view(), any_view() };
	struct ukey_out out = any_out();

	(void)ukey_name_write(&out, &a, any_view());
	__CPROVER_assert(is_out(&out), "still a writer");
}

void
prove_name_reverse(void)
{
	struct ukey_view name = any_view(), generation;
	struct ukey_out out = any_out();

	(void)ukey_name_reverse(&out, name, &generation);
	__CPROVER_assert(is_out(&out), "still a writer");
	__CPROVER_assert(is_part(generation, name), "a part of the name");
}
