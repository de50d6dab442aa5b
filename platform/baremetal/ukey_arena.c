/*
 * userkeys: the memory that Mbed TLS takes in firmware.
 * SPDX-License-Identifier: MIT
 *
 * Blocks lie one behind the other without gaps, each with its header in front;
 * no two free ones are neighbours once ukey_arena_free() is through.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "ukey_arena.h"

#define UNIT sizeof(struct block) /* sizes and addresses are multiples */

struct block {
	uint32_t size; /* header included */
	uint32_t used;
};

static struct {
	uint8_t *start;
	size_t size, peak;
} arena;

static struct block *
at(size_t offset)
{
	return (struct block *)(void *)(arena.start + offset);
}

void
ukey_arena_init(void *memory, size_t size)
{
	arena.start = memory;
	arena.size = size - size % UNIT;
	arena.peak = 0;
	if (arena.size >= UNIT)
		*at(0) = (struct block) { (uint32_t)arena.size, false };
}

/* The offset of the first free block of SIZE octets, or the arena's size. */
static size_t
find(size_t size)
{
	size_t i;

	for (i = 0; i < arena.size; i += at(i)->size)
		if (!at(i)->used && at(i)->size >= size)
			break;
	return i;
}

void *
ukey_arena_calloc(size_t count, size_t size)
{
	size_t i, octets = count * size;

	/* Neither the product nor what is added to it may wrap. */
	if (octets == 0 || octets / count != size || octets > arena.size)
		return NULL;
	octets = (octets + UNIT - 1) / UNIT * UNIT + UNIT;
	i = find(octets);
	if (i >= arena.size)
		return NULL;
	if (at(i)->size > octets)
		*at(i + octets) = (struct block) {
			at(i)->size - (uint32_t)octets, false };
	*at(i) = (struct block) { (uint32_t)octets, true };
	if (i + octets > arena.peak)
		arena.peak = i + octets;
	memset(at(i) + 1, 0, octets - UNIT);
	return at(i) + 1;
}

/* Joins each free block with those behind it. */
static void
join(void)
{
	size_t i, next;

	for (i = 0; i < arena.size; i += at(i)->size) {
		next = i + at(i)->size;
		while (!at(i)->used && next < arena.size && !at(next)->used) {
			at(i)->size += at(next)->size;
			next = i + at(i)->size;
		}
	}
}

/* As memset(p, 0, size), of memory that nobody reads any more. */
static void
wipe(void *p, size_t size)
{
	volatile uint32_t *word = p;

	for (; size > 0; size -= sizeof(*word))
		*word++ = 0;
}

void
ukey_arena_free(void *block)
{
	struct block *b = block;

	if (b == NULL)
		return;
	b--;
	wipe(block, b->size - UNIT);
	b->used = false;
	join();
}

size_t
ukey_arena_used(void)
{
	size_t i, used = 0;

	for (i = 0; i < arena.size; i += at(i)->size)
		if (at(i)->used)
			used += at(i)->size;
	return used;
}

size_t
ukey_arena_peak(void)
{
	return arena.peak;
}

void
ukey_arena_peak_reset(void)
{
	size_t i;

	arena.peak = 0;
	for (i = 0; i < arena.size; i += at(i)->size)
		if (at(i)->used)
			arena.peak = i + at(i)->size;
}
