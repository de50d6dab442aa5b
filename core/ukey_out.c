/*
 * userkeys: a bounded writer.  SPDX-License-Identifier: MIT
 */
#include "ukey_out.h"

#include "ukey_mem.h"

void
ukey_out_init(struct ukey_out *o, void *data, size_t size)
{
	*o = (struct ukey_out) { data, size, 0, 0, false };
}

struct ukey_view
ukey_out_done(const struct ukey_out *o)
{
	return (struct ukey_view) { o->data, o->overflow ? 0 : o->len };
}

void
ukey_out_view(struct ukey_out *o, struct ukey_view v)
{
	if (v.len > o->size - o->len)
		o->overflow = true;
	if (o->overflow || v.len == 0)
		return;
	memcpy(o->data + o->len, v.data, v.len);
	o->len += v.len;
}

void
ukey_out_octet(struct ukey_out *o, uint8_t c)
{
	ukey_out_view(o, (struct ukey_view) { &c, 1 });
}

void
ukey_out_text(struct ukey_out *o, const char *text)
{
	while (*text != '\0')
		ukey_out_octet(o, (uint8_t)*text++);
}

void
ukey_out_number(struct ukey_out *o, uint64_t n)
{
	uint8_t digits[20]; /* of 2^64-1 */
	size_t at = sizeof(digits);
	uint32_t rest, limb[4], i;

	/* base 2^16, so that one step of the division fits 32 bits */
	for (i = 0; i < 4; i++)
		limb[i] = (uint32_t)(n >> (48 - 16 * i)) & 0xFFFF;
	do {
		rest = 0;
		for (i = 0; i < 4; i++) {
			rest = rest << 16 | limb[i];
			limb[i] = rest / 10;
			rest %= 10;
		}
		digits[--at] = (uint8_t)('0' + rest);
	} while ((limb[0] | limb[1] | limb[2] | limb[3]) != 0);
	ukey_out_view(o, (struct ukey_view) { digits + at,
		sizeof(digits) - at });
}

void
ukey_out_hex(struct ukey_out *o, struct ukey_view v)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < v.len; i++) {
		ukey_out_octet(o, (uint8_t)digits[v.data[i] >> 4]);
		ukey_out_octet(o, (uint8_t)digits[v.data[i] & 15]);
	}
}

void
ukey_out_fold(struct ukey_out *o, size_t next, uint8_t separator)
{
	size_t column = o->len - o->line + (separator != 0);

	if (next <= UKEY_FOLD_COLUMN && column <= UKEY_FOLD_COLUMN - next) {
		if (separator != 0)
			ukey_out_octet(o, separator);
		return;
	}
	ukey_out_text(o, "\r\n");
	o->line = o->len;
	ukey_out_octet(o, '\t');
}

void
ukey_out_base64(struct ukey_out *o, struct ukey_view v)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t group[4];
	uint32_t bits;
	size_t i, k, left;

	for (i = 0; i < v.len; i += 3) {
		left = v.len - i;
		bits = (uint32_t)v.data[i] << 16;
		if (left > 1)
			bits |= (uint32_t)v.data[i + 1] << 8;
		if (left > 2)
			bits |= v.data[i + 2];
		for (k = 0; k < 4; k++)
			group[k] = k > left ? (uint8_t)'=' :
			    (uint8_t)digits[bits >> (18 - 6 * k) & 63];
		ukey_out_fold(o, 4, 0);
		ukey_out_view(o, (struct ukey_view) { group, 4 });
	}
}
