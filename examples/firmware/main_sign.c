/*
 * userkeys firmware: verifies and signs every message of the board's.
 * SPDX-License-Identifier: MIT
 *
 * port/mbedtls, with Mbed TLS's memory in a static arena; keys from the flash
 * UKD.
 */
#include "report.h"
#include "sign.h"
#include "ukey_arena.h"
#include "verify.h"

/* What Mbed TLS needs with keys of up to 4096 bits (docs/SIZE.md). */
#define MBEDTLS_ARENA 18432

static struct verify_memory verify_memory;
static struct sign_memory sign_memory;
static uint64_t mbedtls_arena[MBEDTLS_ARENA / 8];

int
ukey_firmware(void)
{
	struct board_message m;
	void *arena;
	size_t size;

	ukey_arena_init(mbedtls_arena, sizeof(mbedtls_arena));
	arena = ukey_ram_rest(&size);
	while (board_next(&m)) {
		ukey_arena_peak_reset();
		if (m.signer.len > 0)
			sign_message(&sign_memory, &m);
		else
			verify_message(&verify_memory, &m, arena, size);
		report_number("measured peak",
		    (uint32_t)ukey_arena_peak());
	}
	key_slot_empty(&sign_memory.slot);
	report_number("arena left in use", (uint32_t)ukey_arena_used());
	report_number("measured stack", (uint32_t)ukey_stack_used());
	report_number("measured stack size", (uint32_t)ukey_stack_size());
	return 0;
}
