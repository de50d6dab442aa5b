/*
 * userkeys: memory that runs out, and secrets left in it, for tests.
 * SPDX-License-Identifier: MIT
 *
 * Works in programs linked with -Wl,--wrap=calloc -Wl,--wrap=free and a
 * static Mbed TLS (see the Makefile).
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The N-th calloc from now (from 1) gives NULL, and with EVER all later ones;
 * 0: none does. */
void fault_calloc(unsigned n, bool ever);
/* Calls of calloc since fault_calloc(). */
unsigned fault_count(void);
/* Blocks so far count no more: those of the test's own surroundings. */
void fault_forget(void);
/* Blocks from calloc that were not freed. */
unsigned fault_live(void);
/* Octets of all of them. */
size_t fault_live_octets(void);
/*
 * From now on every block that is freed is searched for any 8 octets of
 * SECRET, in this order or backwards; LEN 0 ends it.  Up to 8 secrets.
 */
void fault_secret(const uint8_t *secret, size_t len);
/* How many freed blocks held one. */
unsigned fault_leaks(void);

#endif
