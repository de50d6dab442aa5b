/*
 * userkeys: the memory that Mbed TLS takes in firmware: one block of a fixed
 * size.  SPDX-License-Identifier: MIT
 *
 * First fit with joining of neighbours; 8 octets of header a block; freed
 * memory is wiped.  For one thread.  When it runs out, Mbed TLS gets NULL, and
 * the port says "could not tell" or UKEY_KEY_MEMORY: no other harm is done.
 */
#ifndef UKEY_ARENA_H
#define UKEY_ARENA_H

#include <stddef.h>

/* SIZE octets at MEMORY, aligned to 8, are the arena from now on; all blocks
 * of an earlier one are gone. */
void ukey_arena_init(void *memory, size_t size);
/* COUNT times SIZE octets of zeros, aligned to 8; NULL: no room (or 0). */
void *ukey_arena_calloc(size_t count, size_t size);
/* NULL is fine. */
void ukey_arena_free(void *block);
/* Octets in use, headers included. */
size_t ukey_arena_used(void);
/* The size with which all until now would have gone the same way. */
size_t ukey_arena_peak(void);
/* Forgets the peak: what is in use now counts. */
void ukey_arena_peak_reset(void);

#endif
