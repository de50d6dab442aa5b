/*
 * userkeys firmware: frames on a serial line.  SPDX-License-Identifier: MIT
 */
#include "frame.h"

#define POLYNOMIAL 0x1021 /* ITU-T V.41 */

static uint16_t
add(uint16_t crc, uint8_t octet)
{
	unsigned i;

	crc ^= (uint16_t)(octet << 8);
	for (i = 0; i < 8; i++)
		crc = (uint16_t)((crc & 0x8000) != 0 ?
		    crc << 1 ^ POLYNOMIAL : crc << 1);
	return crc;
}

static uint8_t
get(uint16_t *crc)
{
	uint8_t octet = line_get();

	*crc = add(*crc, octet);
	return octet;
}

uint8_t
frame_get(uint8_t *out, size_t *len)
{
	uint16_t crc = 0xffff;
	uint8_t octet, letter = get(&crc);
	size_t i, n = (size_t)get(&crc) << 8;

	n |= get(&crc);
	for (i = 0; i < n; i++) {
		octet = get(&crc);
		if (i < FRAME_MAX)
			out[i] = octet;
	}
	*len = n;
	/* With its own CRC behind it, a whole frame has CRC 0. */
	(void)get(&crc);
	(void)get(&crc);
	return crc == 0 && n <= FRAME_MAX ? letter : 0;
}

static void
put(uint16_t *crc, uint8_t octet)
{
	*crc = add(*crc, octet);
	line_put(octet);
}

void
frame_put(uint8_t letter, struct ukey_view head, struct ukey_view body)
{
	size_t i, n = head.len + body.len;
	uint16_t crc = 0xffff;

	put(&crc, letter);
	put(&crc, (uint8_t)(n >> 8));
	put(&crc, (uint8_t)n);
	for (i = 0; i < head.len; i++)
		put(&crc, head.data[i]);
	for (i = 0; i < body.len; i++)
		put(&crc, body.data[i]);
	line_put((uint8_t)(crc >> 8));
	line_put((uint8_t)crc);
}
