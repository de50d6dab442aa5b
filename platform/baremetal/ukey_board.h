/*
 * userkeys: what a board and a program give to platform/baremetal.
 * SPDX-License-Identifier: MIT
 *
 * Bound at link time; examples/firmware has two boards, one that talks
 * through a debugger (semihosting) and one with a serial line.
 */
#ifndef UKEY_BOARD_H
#define UKEY_BOARD_H

#include <stddef.h>
#include <stdint.h>

/* The program: called once with data and bss ready, on the thread's stack. */
int ukey_firmware(void);
/* What becomes of its result; must not return. */
void ukey_board_exit(int result);

enum ukey_fault {
	UKEY_FAULT_STACK = 1, /* the thread's stack ran out */
	UKEY_FAULT_OTHER = 2  /* any other fault of the processor */
};
/*
 * Called on the handlers' stack with interrupts masked; the thread is beyond
 * rescue.  Must not return: note the fault where it outlasts a reset, then
 * reset.
 */
void ukey_board_fault(enum ukey_fault fault);

/* What the clock reads, seconds since 1970 UTC, as it is: core sees by itself
 * whether it is set (ukey_clock.h). */
int64_t ukey_board_time(void);
/*
 * Fills SIZE octets at OUT from the board's random source: 0, or negative when
 * it is not ready.  As struct ukey_random of ukey_key.h wants it; STATE is
 * whatever stands there.  Only firmware that signs needs it.
 */
int ukey_board_random(void *state, uint8_t *out, size_t size);

/* Octets of the thread's stack: its size, and the most that was ever used
 * (what still holds the start-up's pattern was not). */
size_t ukey_stack_size(void);
size_t ukey_stack_used(void);

/* The RAM behind all variables, up to the end, aligned to 8; its size. */
void *ukey_ram_rest(size_t *size);

#endif
