/*
 * Around sign_message() of the firmware's: how long each took, in QEMU's
 * virtual time.  Linked into the bench's images alone (-Wl,--wrap).
 * SPDX-License-Identifier: MIT
 *
 * With "-icount shift=0" an instruction takes a nanosecond; SysTick (ARMv7-M
 * Architecture Reference Manual B3.3) runs at the board's 25 MHz and wraps
 * behind 671 million of them.
 */
#include "report.h"
#include "sign.h"

#define SYSTICK ((volatile uint32_t *)0xE000E010u)
#define INSTRUCTIONS 40u /* a tick */
#define WRAP 0xFFFFFFu

enum { CONTROL, RELOAD, VALUE };

void __real_sign_message(struct sign_memory *memory,
    const struct board_message *m);
void __wrap_sign_message(struct sign_memory *memory,
    const struct board_message *m);

void
__wrap_sign_message(struct sign_memory *memory, const struct board_message *m)
{
	uint32_t start;

	SYSTICK[RELOAD] = WRAP;
	SYSTICK[VALUE] = 0;
	SYSTICK[CONTROL] = 5; /* by the processor's clock, on */
	start = SYSTICK[VALUE];
	__real_sign_message(memory, m);
	report_number("measured instructions",
	    ((start - SYSTICK[VALUE]) & WRAP) * INSTRUCTIONS);
}
