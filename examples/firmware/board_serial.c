/*
 * userkeys firmware: the MPS2 board with a serial line (CMSDK UART, Arm
 * DDI 0479 section 4.3).  SPDX-License-Identifier: MIT
 *
 * The processor sleeps until an octet comes: its interrupt is enabled, but
 * masked, so that it wakes and needs no handler (ARMv7-M B1.5.19).
 * The host gives the time.  The random source stands in for the board's, which
 * QEMU has not: it is the host's, through the debugger.
 */
#include "frame.h"
#include "semihost.h"
#include "ukey_board.h"

#define UART_DATA (*(volatile uint32_t *)0x40004000)
#define UART_STATE (*(volatile uint32_t *)0x40004004)
#define UART_CTRL (*(volatile uint32_t *)0x40004008)
#define UART_INTCLEAR (*(volatile uint32_t *)0x4000400c)
#define UART_BAUDDIV (*(volatile uint32_t *)0x40004010)
#define NVIC_ISER (*(volatile uint32_t *)0xe000e100)
#define NVIC_ICPR (*(volatile uint32_t *)0xe000e280)
#define UART_RX_IRQ 1U /* number 0: Arm DAI 0385, table 2-3 */
#define STATE_TX_FULL 1U
#define STATE_RX_FULL 2U
#define CTRL_ON 11U    /* both ways, interrupt by an octet */
#define INT_RX 2U
#define DIVIDER 217U   /* 25 MHz to 115,200 Bd */

#define RANDOM_FILE "/dev/urandom"

static void
start_line(void)
{
	if (UART_CTRL == CTRL_ON)
		return;
	UART_BAUDDIV = DIVIDER;
	UART_CTRL = CTRL_ON;
	__asm__ volatile("cpsid i");
	NVIC_ISER = UART_RX_IRQ;
}

void
line_put(uint8_t octet)
{
	start_line();
	while ((UART_STATE & STATE_TX_FULL) != 0)
		;
	UART_DATA = octet;
}

uint8_t
line_get(void)
{
	start_line();
	while ((UART_STATE & STATE_RX_FULL) == 0) {
		__asm__ volatile("wfi");
		UART_INTCLEAR = INT_RX;
		NVIC_ICPR = UART_RX_IRQ;
	}
	return (uint8_t)UART_DATA;
}

int64_t
ukey_board_time(void)
{
	return 0;
}

int
ukey_board_random(void *state, uint8_t *out, size_t size)
{
	static int source = -1;

	(void)state;
	if (source < 0)
		source = semihost_open(RANDOM_FILE, sizeof(RANDOM_FILE) - 1,
		    SEMIHOST_READ);
	return source >= 0 && semihost_read(source, out, size) == size ? 0 :
	    -1;
}

void
ukey_board_exit(int result)
{
	semihost_exit(result);
}

void
ukey_board_fault(enum ukey_fault fault)
{
	semihost_exit(100 + (int)fault);
}
