/*
 * userkeys: see proof.h.  SPDX-License-Identifier: MIT
 */
#include "proof.h"

struct ukey_view
any_view(void)
{
	struct ukey_view v = { NULL, nondet_size() };

	__CPROVER_assume(v.len <= LIMIT);
	v.data = malloc(v.len);
	__CPROVER_assume(v.data != NULL);
	return v;
}

struct ukey_view
any_part(struct ukey_view v)
{
	size_t from = nondet_size(), len = nondet_size();

	__CPROVER_assume(from <= v.len && len <= v.len - from);
	return (struct ukey_view) { v.data + from, len };
}

bool
is_part(struct ukey_view part, struct ukey_view v)
{
	return part.len == 0 || (__CPROVER_same_object(part.data, v.data) &&
	    part.data >= v.data && part.len <= v.len &&
	    (size_t)(part.data - v.data) <= v.len - part.len);
}

bool
is_readable(struct ukey_view v)
{
	return v.len == 0 || __CPROVER_r_ok(v.data, v.len);
}

struct ukey_out
any_out(void)
{
	struct ukey_out o = { NULL, nondet_size(), nondet_size(), 0,
		nondet_bool() };

	__CPROVER_assume(o.size <= LIMIT && o.len <= o.size);
	o.data = malloc(o.size);
	__CPROVER_assume(o.data != NULL);
	return o;
}

bool
is_out(const struct ukey_out *o)
{
	return o->len <= o->size && __CPROVER_w_ok(o->data, o->size);
}

bool
gives_find(struct ukey_view v, uint8_t c, size_t at)
{
	return at <= v.len && (at == v.len || v.data[at] == c);
}

bool
gives_cut(struct ukey_view before, struct ukey_view piece,
    struct ukey_view rest)
{
	if (piece.len > before.len)
		return false;
	if (piece.len == before.len)
		return rest.data == NULL && rest.len == 0;
	return rest.len == before.len - piece.len - 1 &&
	    rest.data == before.data + piece.len + 1;
}

bool
is_pos(size_t pos, struct ukey_view packet)
{
	return pos <= packet.len + UKEY_DNS_HEADER_LEN;
}

bool
is_walk(const struct ukey_dns_walk *w)
{
	return w->len < UKEY_DNS_NAME_MAX && is_readable(w->packet) &&
	    (w->bad || (is_pos(w->pos, w->packet) &&
	    is_pos(w->start, w->packet) && w->end <= w->packet.len &&
	    w->jumps <= 127));
}

bool
gives_label(const struct ukey_dns_walk *before, const struct ukey_dns_walk *w,
    struct ukey_view label)
{
	if (w->packet.data != before->packet.data ||
	    w->packet.len != before->packet.len)
		return false;
	if (label.len == 0)
		return w->len == before->len && (w->bad ||
		    (w->end > 0 && w->end <= w->packet.len));
	return !w->bad && is_walk(w) && label.len <= UKEY_DNS_LABEL_MAX &&
	    w->len == before->len + 1 + label.len &&
	    is_part(label, w->packet);
}

bool
gives_root(const struct ukey_dns_walk *w)
{
	return w->len < UKEY_DNS_NAME_MAX && (w->bad ||
	    (w->end > 0 && w->end <= w->packet.len));
}

bool
gives_record(const struct ukey_dns_record *r, struct ukey_view packet,
    size_t pos)
{
	return r->owner == pos && pos <= packet.len && pos + 10 <= r->rdata &&
	    r->rdata <= r->end && r->end <= packet.len;
}

size_t
relies_on_find(struct ukey_view v, uint8_t c)
{
	size_t at = nondet_size();

	__CPROVER_assert(is_readable(v), "find: readable");
	__CPROVER_assume(at <= v.len);
	__CPROVER_assume(gives_find(v, c, at));
	return at;
}

bool
relies_on_equal(struct ukey_view a, struct ukey_view b)
{
	__CPROVER_assert(a.len != b.len || (is_readable(a) && is_readable(b)),
	    "equal: readable");
	return a.len == b.len && nondet_bool();
}

struct ukey_view
relies_on_trim(struct ukey_view v)
{
	__CPROVER_assert(is_readable(v), "trim: readable");
	return any_part(v);
}

struct ukey_view
relies_on_cut(struct ukey_view *rest, uint8_t separator)
{
	size_t at = relies_on_find(*rest, separator);
	struct ukey_view piece = { rest->data, at };

	if (at == rest->len)
		*rest = (struct ukey_view) { NULL, 0 };
	else
		*rest = (struct ukey_view) { rest->data + at + 1,
			rest->len - at - 1 };
	return piece;
}

bool
relies_on_domain(struct ukey_view v, bool underscore)
{
	(void)underscore;
	__CPROVER_assert(is_readable(v), "domain: readable");
	return v.len > 0 && v.len <= 253 && nondet_bool();
}

size_t
relies_on_scan(const uint8_t *data, size_t len)
{
	size_t at = nondet_size();

	__CPROVER_assert(is_readable((struct ukey_view) { data, len }),
	    "scan: readable");
	__CPROVER_assume(at <= len);
	return at;
}

/* As memcpy(), but for the octets themselves. */
void *
relies_on_copy(void *to, const void *from, size_t len)
{
	uint8_t *octets = to;

	__CPROVER_assert(__CPROVER_r_ok(from, len), "copy: readable");
	__CPROVER_assert(__CPROVER_w_ok(to, len), "copy: room");
	if (len > 0) {
		octets[0] = nondet_octet();
		octets[len - 1] = nondet_octet();
	}
	return to;
}

/* As ukey_out_view(), but for the octets themselves. */
void
relies_on_out(struct ukey_out *o, struct ukey_view v)
{
	__CPROVER_assert(is_out(o), "out: a writer");
	__CPROVER_assert(is_readable(v), "out: readable");
	if (v.len > o->size - o->len)
		o->overflow = true;
	if (o->overflow || v.len == 0)
		return;
	o->data[o->len] = nondet_octet();
	o->data[o->len + v.len - 1] = nondet_octet();
	o->len += v.len;
}

struct ukey_view
relies_on_label(struct ukey_dns_walk *w)
{
	struct ukey_dns_walk after, before = *w;
	struct ukey_view label = any_part(w->packet);

	__CPROVER_assert(is_walk(w), "label: a walk");
	after.packet = before.packet;
	__CPROVER_assume(gives_label(&before, &after, label));
	*w = after;
	return label;
}

void
relies_on_root(struct ukey_dns_walk *w)
{
	struct ukey_dns_walk after;

	__CPROVER_assert(is_walk(w), "root: a walk");
	after.packet = w->packet;
	__CPROVER_assume(gives_root(&after));
	*w = after;
}

bool
relies_on_name(struct ukey_view packet, size_t pos, struct ukey_view name)
{
	__CPROVER_assert(is_readable(packet) && is_readable(name) &&
	    is_pos(pos, packet), "name: readable");
	return nondet_bool();
}

size_t
relies_on_prefix(struct ukey_view packet, size_t pos, struct ukey_view name)
{
	size_t prefix = nondet_size();

	__CPROVER_assert(is_readable(packet) && is_readable(name) &&
	    is_pos(pos, packet), "prefix: readable");
	__CPROVER_assume(prefix <= name.len);
	return prefix;
}

bool
relies_on_record(struct ukey_dns_record *r, struct ukey_view packet,
    size_t pos)
{
	struct ukey_dns_record any;
	bool fits = nondet_bool();

	__CPROVER_assert(is_readable(packet) && pos <= packet.len,
	    "record: readable");
	__CPROVER_assume(!fits || gives_record(&any, packet, pos));
	*r = any;
	return fits;
}

bool
relies_on_sound(const struct ukey_dns_record *r, struct ukey_view packet)
{
	__CPROVER_assert(is_readable(packet) &&
	    gives_record(r, packet, r->owner), "sound: a record");
	return nondet_bool();
}
