/*
 * userkeys: base64 that ignores folding (RFC 4648 4, RFC 6376 2.10).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_base64.h"

#define NO_DIGIT 255

/* One text being read. */
struct decoder {
	uint32_t bits;  /* of the open group */
	uint8_t digits; /* of the open group, 0..3 */
	uint8_t pads;   /* "=" so far */
	bool bad;
	size_t len;     /* octets so far */
};

static uint8_t
value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint8_t)(c - 'a' + 26);
	if (ukey_is_digit(c))
		return (uint8_t)(c - '0' + 52);
	if (c == '+')
		return 62;
	return c == '/' ? 63 : NO_DIGIT;
}

/* Takes one character; true when OCTET holds a new octet. */
static bool
push(struct decoder *d, uint8_t c, uint8_t *octet)
{
	uint8_t digit = value(c);

	if (ukey_is_fws(c))
		return false;
	if (c == '=') {
		d->pads++;
		d->bad |= d->digits < 2 || d->pads + d->digits > 4;
		return false;
	}
	d->bad |= digit == NO_DIGIT || d->pads > 0;
	if (d->bad)
		return false;
	d->bits = (d->bits << 6 | digit) & 0xFFF;
	d->digits = (d->digits + 1) & 3;
	switch (d->digits) {
	case 2:
		*octet = (uint8_t)(d->bits >> 4);
		break;
	case 3:
		*octet = (uint8_t)(d->bits >> 2);
		break;
	case 0:
		*octet = (uint8_t)d->bits;
		break;
	default:
		return false;
	}
	d->len++;
	return true;
}

/* Whole groups, or padding to a whole one with no bits left over. */
static bool
complete(const struct decoder *d)
{
	static const uint8_t spare[] = { 0, 0x3F, 0x0F, 0x03 };

	if (d->bad || d->digits == 1)
		return false;
	if (d->digits == 0)
		return d->pads == 0;
	return d->digits + d->pads == 4 && (d->bits & spare[d->digits]) == 0;
}

bool
ukey_base64_decode(struct ukey_view text, uint8_t *out, size_t size,
    size_t *len)
{
	struct decoder d = { 0 };
	uint8_t octet;
	size_t i;

	*len = 0;
	for (i = 0; i < text.len; i++) {
		if (!push(&d, text.data[i], &octet))
			continue;
		if (d.len > size)
			return false;
		out[d.len - 1] = octet;
	}
	if (!complete(&d))
		return false;
	*len = d.len;
	return true;
}

size_t
ukey_base64_size(struct ukey_view text)
{
	struct decoder d = { 0 };
	uint8_t octet;
	size_t i;

	for (i = 0; i < text.len; i++)
		push(&d, text.data[i], &octet);
	return complete(&d) ? d.len : SIZE_MAX;
}
