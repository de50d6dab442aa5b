/*
 * userkeys: base64 that ignores folding (RFC 4648 4, RFC 6376 2.10).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_base64.h"

#define NO_DIGIT 64

/* Of ASCII. */
static const uint8_t values[0x80] = {
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63, 52, 53, 54, 55, 56, 57,
	58, 59, 60, 61, 64, 64, 64, 64, 64, 64, 64, 0, 1, 2, 3, 4, 5, 6, 7, 8,
	9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64,
	64, 64, 64, 64, 64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
	39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64
};

static uint32_t
value(uint8_t c)
{
	return c < sizeof(values) ? values[c] : NO_DIGIT;
}

/* One text being read. */
struct decoder {
	uint32_t bits; /* of the last digits */
	unsigned pads; /* "=" so far */
	size_t digits; /* so far: three octets for four of them */
};

/* Whole groups, or padding to a whole one with no bits left over. */
static bool
is_whole(const struct decoder *d)
{
	static const uint8_t spare[] = { 0, 0x3F, 0x0F, 0x03 };
	unsigned open = d->digits & 3;

	if (open == 0)
		return d->pads == 0;
	return open != 1 && open + d->pads == 4 &&
	    (d->bits & spare[open]) == 0;
}

/* Takes one character and writes the octet that it completes, if any. */
static bool
step(struct decoder *d, uint8_t c, uint8_t *out, size_t size)
{
	uint32_t digit = value(c);
	unsigned spare;

	if (digit == NO_DIGIT) {
		d->pads += c == '=';
		return d->pads <= 2 && (c == '=' || ukey_is_fws(c));
	}
	d->bits = d->bits << 6 | digit;
	d->digits++;
	if (d->pads > 0 || d->digits * 3 / 4 > size)
		return false;
	spare = (unsigned)(8 - 2 * (d->digits & 3)) & 7;
	if (out != NULL && (d->digits & 3) != 1)
		out[d->digits * 3 / 4 - 1] = (uint8_t)(d->bits >> spare);
	return true;
}

/* Decodes whole groups at TEXT up to the first octet that is no digit, to OUT
 * unless that is NULL, no more than SIZE octets; how many groups. */
static size_t
groups(struct ukey_view text, uint8_t *out, size_t size)
{
	const uint8_t *t = text.data;
	size_t n = text.len / 4, i;
	uint32_t a, b, c, d;

	if (n > size / 3)
		n = size / 3;
	for (i = 0; i < n; i++, t += 4) {
		if ((t[0] | t[1] | t[2] | t[3]) >= 0x80)
			break;
		a = values[t[0]];
		b = values[t[1]];
		c = values[t[2]];
		d = values[t[3]];
		if ((a | b | c | d) & NO_DIGIT)
			break;
		if (out == NULL)
			continue;
		d |= a << 18 | b << 12 | c << 6;
		out[3 * i] = (uint8_t)(d >> 16);
		out[3 * i + 1] = (uint8_t)(d >> 8);
		out[3 * i + 2] = (uint8_t)d;
	}
	return i;
}

/* Reads TEXT; writes at most SIZE octets to OUT unless that is NULL.  Their
 * number, or SIZE_MAX. */
static size_t
decode(struct ukey_view text, uint8_t *out, size_t size)
{
	struct decoder d = { 0 };
	size_t i = 0, len, n;

	for (;;) {
		if ((d.digits & 3) == 0 && d.pads == 0) {
			len = d.digits / 4 * 3;
			n = groups(ukey_view_part(text, i, text.len),
			    out == NULL ? NULL : out + len, size - len);
			d.digits += 4 * n;
			i += 4 * n;
		}
		if (i == text.len)
			break;
		if (!step(&d, text.data[i++], out, size))
			return SIZE_MAX;
	}
	return is_whole(&d) ? d.digits * 3 / 4 : SIZE_MAX;
}

bool
ukey_base64_decode(struct ukey_view text, uint8_t *out, size_t size,
    size_t *len)
{
	size_t n = decode(text, out, size);

	*len = n == SIZE_MAX ? 0 : n;
	return n != SIZE_MAX;
}

size_t
ukey_base64_size(struct ukey_view text)
{
	return decode(text, NULL, SIZE_MAX);
}
