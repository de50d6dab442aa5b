/*
 * userkeys: memory that runs out, and secrets left in it, for tests.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "fault.h"

#define BLOCKS 512
#define SECRETS 8
#define WINDOW 8

void *__real_calloc(size_t n, size_t size);
void __real_free(void *p);
void *__wrap_calloc(size_t n, size_t size);
void __wrap_free(void *p);

static struct {
	void *data;
	size_t size;
} blocks[BLOCKS];

static struct {
	const uint8_t *data;
	size_t len;
} secrets[SECRETS];

static unsigned fail_at, calls, leaks;
static bool fail_ever;

void
fault_calloc(unsigned n, bool ever)
{
	fail_at = n;
	fail_ever = ever;
	calls = 0;
}

unsigned
fault_count(void)
{
	return calls;
}

void
fault_forget(void)
{
	memset(blocks, 0, sizeof(blocks));
}

unsigned
fault_live(void)
{
	unsigned i, n = 0;

	for (i = 0; i < BLOCKS; i++)
		n += blocks[i].data != NULL;
	return n;
}

size_t
fault_live_octets(void)
{
	unsigned i;
	size_t n = 0;

	for (i = 0; i < BLOCKS; i++)
		n += blocks[i].data == NULL ? 0 : blocks[i].size;
	return n;
}

void
fault_secret(const uint8_t *secret, size_t len)
{
	unsigned i;

	if (len == 0) {
		memset(secrets, 0, sizeof(secrets));
		leaks = 0;
		return;
	}
	for (i = 0; i < SECRETS && secrets[i].len != 0; i++)
		;
	if (i == SECRETS)
		abort();
	secrets[i].data = secret;
	secrets[i].len = len;
}

unsigned
fault_leaks(void)
{
	return leaks;
}

/* Whether the window at SECRET stands at DATA, forwards or backwards: limbs
 * lie the other way round on little-endian machines. */
static bool
is_window(const uint8_t *data, const uint8_t *secret)
{
	unsigned i;

	if (memcmp(data, secret, WINDOW) == 0)
		return true;
	for (i = 0; i < WINDOW; i++)
		if (data[i] != secret[WINDOW - 1 - i])
			return false;
	return true;
}

static bool
holds_window(const uint8_t *data, size_t size, const uint8_t *secret)
{
	size_t at;

	for (at = 0; at + WINDOW <= size; at++)
		if (is_window(data + at, secret))
			return true;
	return false;
}

static bool
holds_secret(const uint8_t *data, size_t size)
{
	size_t from;
	unsigned i;

	for (i = 0; i < SECRETS; i++)
		for (from = 0; from + WINDOW <= secrets[i].len; from += WINDOW)
			if (holds_window(data, size, secrets[i].data + from))
				return true;
	return false;
}

void *
__wrap_calloc(size_t n, size_t size)
{
	unsigned i;
	void *p;

	calls++;
	if (fail_at != 0 && (calls == fail_at || (fail_ever &&
	    calls > fail_at)))
		return NULL;
	p = __real_calloc(n, size);
	for (i = 0; i < BLOCKS && blocks[i].data != NULL; i++)
		;
	if (i == BLOCKS)
		abort();
	blocks[i].data = p;
	blocks[i].size = n * size;
	return p;
}

void
__wrap_free(void *p)
{
	unsigned i;

	for (i = 0; p != NULL && i < BLOCKS; i++)
		if (blocks[i].data == p) {
			leaks += holds_secret(p, blocks[i].size);
			blocks[i].data = NULL;
			break;
		}
	__real_free(p);
}
