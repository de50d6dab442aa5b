/*
 * userkeys: from reset to the program on a Cortex-M3 or M4, and what happens
 * when it faults.  SPDX-License-Identifier: MIT
 *
 * The program runs on the process stack, which lies at the lowest address of
 * RAM: what runs over its end does not write over variables, but leaves RAM,
 * into addresses that the MPU forbids.  The handlers have a stack of their
 * own, so that this fault, too, comes to an orderly end.  (ARMv7-M: B1.4,
 * B1.5, B3.2, B3.5.)
 */
#include <string.h>

#include "ukey_board.h"

#define PAINT 0x5aa5c33cU /* what untouched words of the stack hold */
/* System control block and MPU, ARMv7-M B3.2.2 and B3.5.2. */
#define CFSR (*(volatile uint32_t *)0xe000ed28)
#define MMFAR (*(volatile uint32_t *)0xe000ed34)
#define BFAR (*(volatile uint32_t *)0xe000ed38)
#define MPU_TYPE (*(volatile uint32_t *)0xe000ed90)
#define MPU_CTRL (*(volatile uint32_t *)0xe000ed94)
#define MPU_RBAR (*(volatile uint32_t *)0xe000ed9c)
#define MPU_RASR (*(volatile uint32_t *)0xe000eda0)

#define CFSR_STACKING (1U << 12 | 1U << 4) /* STKERR, MSTKERR */
#define CFSR_MMFAR_VALID (1U << 7)
#define CFSR_BFAR_VALID (1U << 15)
#define MPU_REGIONS 0xff00U
#define MPU_VALID 0x10U     /* of RBAR, with region 0 */
#define MPU_NO_ACCESS (1U << 28 | 11U << 1 | 1U) /* XN, 2^(11 + 1), on */
#define MPU_ENABLE 5U       /* and all else as without */

/* Octets below the stack that are forbidden: more than any frame. */
#define BELOW 4096

/* Of the link script. */
extern uint32_t ukey_ld_stack[], ukey_ld_stack_top[], ukey_ld_handlers_top[];
extern uint8_t ukey_ld_data[], ukey_ld_data_end[], ukey_ld_data_load[];
extern uint8_t ukey_ld_bss[], ukey_ld_bss_end[];
extern uint8_t ukey_ld_rest[], ukey_ld_ram_end[];

void ukey_start(void);
void ukey_reset(void) __attribute__((naked, noreturn));
void ukey_handler(void);
void ukey_tick(void);

/* Where there is an MPU, it forbids what lies below the stack; without one,
 * the bus does, on a chip that has nothing there. */
static void
guard_stack(void)
{
	if ((MPU_TYPE & MPU_REGIONS) == 0)
		return;
	MPU_RBAR = ((uint32_t)(uintptr_t)ukey_ld_stack - BELOW) | MPU_VALID;
	MPU_RASR = MPU_NO_ACCESS;
	MPU_CTRL = MPU_ENABLE;
	__asm__ volatile("dsb\n\tisb");
}

/* Called by ukey_reset(), on the thread's stack. */
void
ukey_start(void)
{
	uint32_t *word = ukey_ld_stack;
	const uint32_t *here = __builtin_frame_address(0);

	while (word < here - 8)
		*word++ = PAINT;
	memcpy(ukey_ld_data, ukey_ld_data_load,
	    (size_t)(ukey_ld_data_end - ukey_ld_data));
	memset(ukey_ld_bss, 0, (size_t)(ukey_ld_bss_end - ukey_ld_bss));
	guard_stack();
	ukey_board_exit(ukey_firmware());
	for (;;)
		;
}

void
ukey_reset(void)
{
	__asm__ volatile(
	    "ldr r0, =ukey_ld_stack_top\n\t"
	    "msr psp, r0\n\t"
	    "movs r0, #2\n\t" /* thread mode on the process stack */
	    "msr control, r0\n\t"
	    "isb\n\t"
	    "b ukey_start\n");
}

static int
is_below(uint32_t address)
{
	return (uint32_t)(uintptr_t)ukey_ld_stack - address - 1 < BELOW;
}

/* Whether the fault at hand is the stack's: octets below it were touched, or
 * the processor could not save its registers there. */
static int
is_overflow(void)
{
	uint32_t status = CFSR;

	if ((status & CFSR_STACKING) != 0)
		return 1;
	if ((status & CFSR_MMFAR_VALID) != 0)
		return is_below(MMFAR);
	return (status & CFSR_BFAR_VALID) != 0 && is_below(BFAR);
}

void
ukey_handler(void)
{
	ukey_board_fault(is_overflow() ? UKEY_FAULT_STACK : UKEY_FAULT_OTHER);
	for (;;)
		;
}

size_t
ukey_stack_size(void)
{
	return (size_t)(ukey_ld_stack_top - ukey_ld_stack) * sizeof(uint32_t);
}

size_t
ukey_stack_used(void)
{
	const uint32_t *word = ukey_ld_stack;

	while (word < ukey_ld_stack_top && *word == PAINT)
		word++;
	return (size_t)(ukey_ld_stack_top - word) * sizeof(uint32_t);
}

void *
ukey_ram_rest(size_t *size)
{
	*size = (size_t)(ukey_ld_ram_end - ukey_ld_rest);
	return ukey_ld_rest;
}

/* The processor's own vectors, ARMv7-M B1.5.3; a board with interrupts of its
 * own puts theirs behind. */
#define VECTORS 16

union vector {
	uint32_t *stack;
	void (*code)(void);
};

extern const union vector ukey_vectors[VECTORS];
__attribute__((section(".vectors"), used))
const union vector ukey_vectors[VECTORS] = {
	{ .stack = ukey_ld_handlers_top },
	{ .code = ukey_reset },
	{ .code = ukey_handler }, /* NMI */
	{ .code = ukey_handler }, /* HardFault, to which the rest escalates */
	{ .code = ukey_handler }, /* MemManage */
	{ .code = ukey_handler }, /* BusFault */
	{ .code = ukey_handler }, /* UsageFault */
	{ .code = 0 }, { .code = 0 }, { .code = 0 }, { .code = 0 },
	{ .code = ukey_handler }, /* SVCall */
	{ .code = ukey_handler }, /* DebugMonitor */
	{ .code = 0 },
	{ .code = ukey_handler }, /* PendSV */
	{ .code = ukey_tick },
};
