/*
 * userkeys: dkim-quoted-printable (RFC 6376 2.11), for i=.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_address.h"

/* Upper-case hex only, as the ABNF has it. */
static uint8_t
hex_value(uint8_t c)
{
	return c >= 'a' && c <= 'f' ? 255 : ukey_hex_value(c);
}

/* The octet at I of TEXT, I moved behind it; false on a bad escape. */
static bool
read_octet(struct ukey_view text, size_t *i, uint8_t *octet)
{
	uint8_t high, low;

	*octet = text.data[(*i)++];
	if (*octet != '=')
		return *octet > ' ' && *octet != ';' && *octet != 0x7F;
	if (text.len - *i < 2)
		return false;
	high = hex_value(text.data[(*i)++]);
	low = hex_value(text.data[(*i)++]);
	*octet = (uint8_t)(high << 4 | low);
	return high != 255 && low != 255;
}

bool
ukey_dqp_decode(struct ukey_view text, uint8_t *out, size_t size, size_t *len)
{
	uint8_t octet;
	size_t i = 0;

	*len = 0;
	while (i < text.len) {
		if (ukey_is_fws(text.data[i])) {
			i++;
			continue;
		}
		if (!read_octet(text, &i, &octet) || *len == size) {
			*len = 0;
			return false;
		}
		out[(*len)++] = octet;
	}
	return true;
}

void
ukey_dqp_encode(struct ukey_out *o, struct ukey_view v)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < v.len; i++) {
		uint8_t c = v.data[i];

		if (c > ' ' && c < 0x7F && c != ';' && c != '=') {
			ukey_out_octet(o, c);
			continue;
		}
		ukey_out_octet(o, '=');
		ukey_out_octet(o, (uint8_t)digits[c >> 4]);
		ukey_out_octet(o, (uint8_t)digits[c & 15]);
	}
}
