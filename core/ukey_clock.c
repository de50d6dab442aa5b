/*
 * userkeys: what a clock tells.  SPDX-License-Identifier: MIT
 */
#include "ukey_clock.h"

struct ukey_time
ukey_clock_time(int64_t reading)
{
	struct ukey_time t = { 0, UKEY_SOURCE_DATE };

	if (reading >= UKEY_SOURCE_DATE)
		t.now = t.earliest = (uint64_t)reading;
	return t;
}
