/*
 * userkeys: names of the DNS, in wire form and as text (RFC 1035 3.1, 4.1.4).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_dns_wire.h"

#define POINTER 0xC0  /* top bits of a length octet, RFC 1035 4.1.4 */
#define JUMPS_MAX 127 /* a name has no more labels; one pointer each */

struct ukey_dns_walk
ukey_dns_walk_from(struct ukey_view packet, size_t pos)
{
	return (struct ukey_dns_walk) { packet, pos, pos, 0, 0, 0, false };
}

static bool
is_pointer(const struct ukey_dns_walk *w)
{
	return !w->bad && w->pos < w->packet.len &&
	    w->packet.len - w->pos > 1 &&
	    (w->packet.data[w->pos] & POINTER) == POINTER;
}

static void
jump(struct ukey_dns_walk *w)
{
	size_t target = (size_t)(w->packet.data[w->pos] & ~POINTER & 0xFF) << 8
	    | w->packet.data[w->pos + 1];

	if (w->end == 0)
		w->end = w->pos + 2;
	w->bad = target < UKEY_DNS_HEADER_LEN || target >= w->start ||
	    w->jumps == JUMPS_MAX;
	w->jumps++;
	w->start = target;
	w->pos = target;
}

/* The length octet of the label at hand; 0, too, when there is none. */
static size_t
label_len(struct ukey_dns_walk *w)
{
	size_t left = w->pos < w->packet.len ? w->packet.len - w->pos : 0;
	size_t n = left > 0 ? w->packet.data[w->pos] : 0;

	/* the root's octet always finds room */
	if (left == 0 || n > UKEY_DNS_LABEL_MAX || n >= left ||
	    (n > 0 && w->len + 1 + n > UKEY_DNS_NAME_MAX - 1))
		w->bad = true;
	return w->bad ? 0 : n;
}

struct ukey_view
ukey_dns_walk_label(struct ukey_dns_walk *w)
{
	size_t n;

	while (is_pointer(w))
		jump(w);
	n = label_len(w);
	if (n == 0) {
		if (w->end == 0)
			w->end = w->pos + 1;
		return (struct ukey_view) { NULL, 0 };
	}
	w->pos += 1 + n;
	w->len = (uint8_t)(w->len + 1 + n);
	return ukey_view_part(w->packet, w->pos - n, w->pos);
}

void
ukey_dns_walk_to_root(struct ukey_dns_walk *w)
{
	while (ukey_dns_walk_label(w).len > 0)
		;
}

bool
ukey_dns_is_name(struct ukey_view packet, size_t pos, struct ukey_view name)
{
	struct ukey_dns_walk w = ukey_dns_walk_from(packet, pos);
	struct ukey_view label;
	size_t at = 0;

	do {
		label = ukey_dns_walk_label(&w);
		if (w.bad || at >= name.len || name.data[at] != label.len ||
		    !ukey_view_equal_nocase(label, ukey_view_part(name,
		    at + 1, at + 1 + label.len)))
			return false;
		at += 1 + label.len;
	} while (label.len > 0);
	return at == name.len;
}

size_t
ukey_dns_prefix(struct ukey_view packet, size_t pos, struct ukey_view name)
{
	struct ukey_dns_walk w = ukey_dns_walk_from(packet, pos);
	size_t at = 0;

	ukey_dns_walk_to_root(&w);
	while (at < name.len && name.len - at > w.len + 1u)
		at += 1 + (size_t)name.data[at];
	if (at < name.len && ukey_dns_is_name(packet, pos,
	    ukey_view_part(name, at, name.len)))
		return at;
	return name.len;
}

void
ukey_dns_labels(struct ukey_out *out, struct ukey_view text)
{
	struct ukey_view label;

	while (text.len > 0) {
		label = ukey_view_cut(&text, '.');
		ukey_out_octet(out, (uint8_t)label.len);
		ukey_out_view(out, label);
	}
}

bool
ukey_dns_name_from_text(struct ukey_out *out, struct ukey_view text)
{
	struct ukey_view rest, label;

	if (text.len > 0 && text.data[text.len - 1] == '.')
		text.len--;
	if (text.len > UKEY_DNS_NAME_MAX - 2)
		return false;
	for (rest = text; rest.data != NULL;) {
		label = ukey_view_cut(&rest, '.');
		if (label.len == 0 || label.len > UKEY_DNS_LABEL_MAX)
			return false;
	}
	if (text.len == 0)
		return false;
	ukey_dns_labels(out, text);
	ukey_out_octet(out, 0);
	return true;
}

static void
write_escaped(struct ukey_out *out, uint8_t c)
{
	if (ukey_is_ldh(c) || c == '_') {
		ukey_out_octet(out, c);
		return;
	}
	ukey_out_octet(out, '\\');
	ukey_out_octet(out, (uint8_t)('0' + c / 100));
	ukey_out_octet(out, (uint8_t)('0' + c / 10 % 10));
	ukey_out_octet(out, (uint8_t)('0' + c % 10));
}

void
ukey_dns_name_to_text(struct ukey_out *out, struct ukey_view name)
{
	size_t at = 0, end, i;

	while (at < name.len && name.data[at] != 0) {
		end = at + 1 + name.data[at];
		if (end > name.len)
			end = name.len;
		if (at > 0)
			ukey_out_octet(out, '.');
		for (i = at + 1; i < end; i++)
			write_escaped(out, name.data[i]);
		at = end;
	}
	if (at == 0)
		ukey_out_octet(out, '.');
}

/* Length octets are below "A", so that they compare as they are. */
bool
ukey_dns_name_equal(struct ukey_view a, struct ukey_view b)
{
	return ukey_view_equal_nocase(a, b);
}
