/*
 * userkeys firmware: verifies every message of the board's, without a heap.
 * SPDX-License-Identifier: MIT
 *
 * The smallest of the images: port/mbedtls_core, all memory static, the header
 * in whatever RAM is left.  It runs in 8 kB.
 */
#include "report.h"
#include "ukey_selftest.h"
#include "verify.h"

static struct verify_memory memory;

int
ukey_firmware(void)
{
	struct board_message m;
	void *arena;
	size_t size;

	if (!ukey_selftest(memory.work, sizeof(memory.work))) {
		report_text("error", UKEY_VIEW("the port's known answer is "
		    "wrong: nothing is judged"));
		return 1;
	}
	arena = ukey_ram_rest(&size);
	while (board_next(&m))
		verify_message(&memory, &m, arena, size);
	report_number("measured arena", (uint32_t)size);
	report_number("measured stack", (uint32_t)ukey_stack_used());
	report_number("measured stack size", (uint32_t)ukey_stack_size());
	return 0;
}
