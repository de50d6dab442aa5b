/*
 * userkeys: counts calls of the heap, and what is taken from it at the most.
 * SPDX-License-Identifier: MIT
 *
 * For LD_PRELOAD, with glibc: it stands before the heap that all libraries of
 * the program share.  The bench finds the two functions by their names.
 */
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

static size_t live, most, calls;

void bench_heap_mark(void);
void bench_heap_read(size_t *call_count, size_t *peak);

/* From here on. */
void
bench_heap_mark(void)
{
	live = most = calls = 0;
}

void
bench_heap_read(size_t *call_count, size_t *peak)
{
	*call_count = calls;
	*peak = (ptrdiff_t)most < 0 ? 0 : most;
}

static void *
taken(void *p)
{
	calls++;
	if (p != NULL)
		live += malloc_usable_size(p);
	if ((ptrdiff_t)live > (ptrdiff_t)most)
		most = live;
	return p;
}

void *
malloc(size_t size)
{
	return taken(__libc_malloc(size));
}

void *
calloc(size_t n, size_t size)
{
	return taken(__libc_calloc(n, size));
}

void *
realloc(void *p, size_t size)
{
	if (p != NULL)
		live -= malloc_usable_size(p);
	return taken(__libc_realloc(p, size));
}

void *
memalign(size_t alignment, size_t size)
{
	return taken(__libc_memalign(alignment, size));
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int
posix_memalign(void **p, size_t alignment, size_t size)
{
	*p = memalign(alignment, size);
	return *p != NULL ? 0 : ENOMEM;
}

void
free(void *p)
{
	if (p != NULL)
		live -= malloc_usable_size(p);
	__libc_free(p);
}
