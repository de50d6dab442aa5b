/*
 * userkeys: the milter protocol, what a filter sends.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_milter_reply.h"

#define BODY_MAX 65535 /* octets of one body packet */
#define MACROS_MAIL 2  /* the step of MAIL in a list of macros */

bool
ukey_milter_negotiate(struct ukey_milter_options *taken,
    const struct ukey_milter_options *offer,
    const struct ukey_milter_options *want, uint32_t need)
{
	taken->version = offer->version < want->version ? offer->version :
	    want->version;
	taken->actions = offer->actions & want->actions;
	taken->protocol = offer->protocol & want->protocol;
	return offer->version >= 2 && (taken->actions & need) == need;
}

static void
write_u32(struct ukey_out *o, uint32_t word)
{
	ukey_out_octet(o, (uint8_t)(word >> 24));
	ukey_out_octet(o, (uint8_t)(word >> 16));
	ukey_out_octet(o, (uint8_t)(word >> 8));
	ukey_out_octet(o, (uint8_t)word);
}

/* Where a packet begins; its length is written by packet_end(). */
static size_t
packet_start(struct ukey_out *o, uint8_t command)
{
	size_t start = o->len;

	write_u32(o, 0);
	ukey_out_octet(o, command);
	return start;
}

static bool
packet_end(struct ukey_out *o, size_t start)
{
	size_t len;
	unsigned i;

	if (o->overflow) {
		o->overflow = false;
		o->len = start;
		return false;
	}
	len = o->len - start - 4;
	for (i = 0; i < 4; i++)
		o->data[start + i] = (uint8_t)(len >> (24 - 8 * i));
	return true;
}

bool
ukey_milter_write_options(struct ukey_out *o,
    const struct ukey_milter_options *taken, struct ukey_view mail_macros)
{
	size_t start = packet_start(o, 'O');

	write_u32(o, taken->version);
	write_u32(o, taken->actions);
	write_u32(o, taken->protocol);
	if (taken->actions & UKEY_MILTER_SET_MACROS) {
		write_u32(o, MACROS_MAIL);
		ukey_out_view(o, mail_macros);
		ukey_out_octet(o, 0);
	}
	return packet_end(o, start);
}

bool
ukey_milter_write_reply(struct ukey_out *o, uint8_t reply)
{
	return packet_end(o, packet_start(o, reply));
}

/* One line of printable ASCII. */
static void
write_line(struct ukey_out *o, struct ukey_view text)
{
	size_t i;
	uint8_t c;

	for (i = 0; i < text.len; i++) {
		c = text.data[i];
		ukey_out_octet(o, c < ' ' || c > '~' || c == '%' ? '?' : c);
	}
	ukey_out_octet(o, 0);
}

bool
ukey_milter_write_smtp(struct ukey_out *o, unsigned code,
    struct ukey_view text)
{
	size_t start = packet_start(o, 'y');

	ukey_out_number(o, code);
	ukey_out_octet(o, ' ');
	write_line(o, text);
	return packet_end(o, start);
}

/* A field's value: folds with LF alone, no CRLF at its end. */
static void
write_value(struct ukey_out *o, struct ukey_view value)
{
	size_t i;

	while (value.len != 0 && (value.data[value.len - 1] == '\n' ||
	    value.data[value.len - 1] == '\r'))
		value.len--;
	for (i = 0; i < value.len; i++)
		if (value.data[i] != '\r' && value.data[i] != 0)
			ukey_out_octet(o, value.data[i]);
	ukey_out_octet(o, 0);
}

bool
ukey_milter_write_insert(struct ukey_out *o, uint32_t index,
    struct ukey_view field, bool space)
{
	size_t start = packet_start(o, 'i');
	size_t colon = ukey_view_find(field, ':');
	struct ukey_view value = ukey_view_part(field, colon + 1, field.len);

	if (!space && value.len != 0 && value.data[0] == ' ')
		value = ukey_view_part(value, 1, value.len);
	write_u32(o, index);
	ukey_out_view(o, ukey_view_part(field, 0, colon));
	ukey_out_octet(o, 0);
	write_value(o, value);
	return packet_end(o, start);
}

bool
ukey_milter_write_delete(struct ukey_out *o, struct ukey_view name,
    uint32_t ordinal)
{
	size_t start = packet_start(o, 'm');

	write_u32(o, ordinal);
	ukey_out_view(o, name);
	ukey_out_octet(o, 0);
	ukey_out_octet(o, 0);
	return packet_end(o, start);
}

bool
ukey_milter_write_quarantine(struct ukey_out *o, struct ukey_view why)
{
	size_t start = packet_start(o, 'q');

	write_line(o, why);
	return packet_end(o, start);
}

bool
ukey_milter_write_body(struct ukey_out *o, struct ukey_view octets)
{
	size_t start = packet_start(o, 'b');

	ukey_out_view(o, ukey_view_part(octets, 0, BODY_MAX));
	return packet_end(o, start);
}
