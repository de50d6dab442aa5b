/*
 * userkeys firmware: signs and verifies for a mail relay on a serial line.
 * SPDX-License-Identifier: MIT
 */
#include "relay.h"
#include "ukey_arena.h"
#include "ukey_board.h"

/* What Mbed TLS needs with keys of up to 4096 bits (docs/SIZE.md). */
#define MBEDTLS_ARENA 18432

static uint64_t mbedtls_arena[MBEDTLS_ARENA / 8];

int
ukey_firmware(void)
{
	ukey_arena_init(mbedtls_arena, sizeof(mbedtls_arena));
	relay_run();
	return 0;
}
