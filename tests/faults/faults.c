/*
 * userkeys: the n-th call fails: which one; memory, and secrets in it.
 * SPDX-License-Identifier: MIT
 *
 * Under a sanitizer memory is the sanitizer's: no allocation fails, none is
 * searched.
 */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "faults.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

static struct faults_control own, *control = &own;
static bool starts[65536]; /* the first two octets of all windows */
static uint32_t started;     /* windows in it */

/* The file of FAULTS_CONTROL, where there is one, before main. */
static void __attribute__((constructor))
find_control(void)
{
	const char *path = getenv("FAULTS_CONTROL");
	void *p;
	int fd;

	if (path == NULL)
		return;
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	p = (void *)syscall(SYS_mmap, NULL, sizeof(own),
	    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || p == MAP_FAILED)
		abort();
	syscall(SYS_close, fd);
	control = p;
}

struct faults_control *
faults_state(void)
{
	return control;
}

void
faults_next(void *to, const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	memcpy(to, &p, sizeof(p));
}

bool
faults_strike(unsigned class, size_t *size)
{
	uint32_t n, at = control->at;

	if ((control->classes & class) == 0 || at == 0 ||
	    (control->err == FAULTS_SHORT && (size == NULL || *size < 2)))
		return false;
	n = __atomic_add_fetch(&control->count, 1, __ATOMIC_RELAXED);
	if (n != at && (n < at || (control->classes & FAULTS_PERSIST) == 0))
		return false;
	__atomic_add_fetch(&control->hits, 1, __ATOMIC_RELAXED);
	if (control->err == FAULTS_SHORT) {
		*size = (*size + 1) / 2;
		return false;
	}
	errno = control->err;
	return true;
}

void
faults_arm(unsigned classes, int err, unsigned n)
{
	control->at = 0;
	control->classes = classes;
	control->err = err;
	control->count = control->hits = 0;
	control->at = n;
}

unsigned
faults_disarm(void)
{
	control->at = 0;
	return control->hits;
}

unsigned
faults_blocks(void)
{
	return control->blocks;
}

unsigned
faults_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

static void
add_window(const uint8_t *octets)
{
	uint64_t word;

	if (control->windows == FAULTS_WINDOWS)
		abort();
	memcpy(&word, octets, sizeof(word));
	control->window[control->windows++] = ~word;
}

void
faults_secret(const uint8_t *secret, size_t len)
{
	uint8_t back[FAULTS_WINDOW];
	size_t at, i;

	if (len == 0) {
		control->windows = control->leaks = 0;
		memset(starts, 0, sizeof(starts));
		started = 0;
	}
	for (at = 0; at + FAULTS_WINDOW <= len; at += FAULTS_WINDOW) {
		for (i = 0; i < FAULTS_WINDOW; i++)
			back[i] = secret[at + FAULTS_WINDOW - 1 - i];
		add_window(secret + at);
		add_window(back);
	}
	explicit_bzero(back, sizeof(back));
}

unsigned
faults_leaks(void)
{
	return control->leaks;
}

static bool
is_window(uint64_t word)
{
	unsigned i;

	for (i = 0; i < control->windows; i++)
		if (~control->window[i] == word)
			return true;
	return false;
}

/* Most places are passed by one look into a table. */
static void
fill_starts(void)
{
	uint64_t word;
	uint16_t start;

	for (; started < control->windows; started++) {
		word = ~control->window[started];
		memcpy(&start, &word, sizeof(start));
		starts[start] = true;
	}
}

static unsigned
seen(const uint8_t *data, size_t len)
{
	unsigned n = 0;
	uint64_t word;
	uint16_t start;
	size_t at;

	fill_starts();
	for (at = 0; at + FAULTS_WINDOW <= len; at++) {
		memcpy(&start, data + at, sizeof(start));
		if (!starts[start])
			continue;
		memcpy(&word, data + at, sizeof(word));
		n += is_window(word);
	}
	return n;
}

bool
faults_seen(const void *data, size_t len)
{
	return seen(data, len) > 0;
}

unsigned
faults_scan(void)
{
	char line[512], rights[8];
	unsigned n = 0;
	char *end;
	uintptr_t from, to;
	FILE *f = fopen("/proc/self/maps", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		from = strtoul(line, &end, 16);
		to = strtoul(end + 1, &end, 16);
		snprintf(rights, sizeof(rights), "%.4s", end + 1);
		if (rights[0] == 'r' && rights[1] == 'w')
			n += seen((const uint8_t *)from, to - from);
	}
	if (f != NULL)
		fclose(f);
	return n;
}

#ifndef FAULTS_NO_MEMORY

static void
note(const void *p)
{
	if (p != NULL)
		__atomic_add_fetch(&control->blocks, 1, __ATOMIC_RELAXED);
}

void *
malloc(size_t size)
{
	void *p = faults_strike(FAULTS_MEMORY, NULL) ? NULL :
	    __libc_malloc(size);

	note(p);
	return p;
}

void *
calloc(size_t n, size_t size)
{
	void *p = faults_strike(FAULTS_MEMORY, NULL) ? NULL :
	    __libc_calloc(n, size);

	note(p);
	return p;
}

void
free(void *p)
{
	if (p == NULL)
		return;
	__atomic_sub_fetch(&control->blocks, 1, __ATOMIC_RELAXED);
	if (control->windows > 0 && seen(p, malloc_usable_size(p)) > 0)
		__atomic_add_fetch(&control->leaks, 1, __ATOMIC_RELAXED);
	__libc_free(p);
}

/* With secrets about, the old block must be seen before it is gone. */
void *
realloc(void *p, size_t size)
{
	size_t old = p == NULL ? 0 : malloc_usable_size(p);
	void *more;

	if (p == NULL)
		return malloc(size);
	if (faults_strike(FAULTS_MEMORY, NULL))
		return NULL;
	if (control->windows == 0)
		return __libc_realloc(p, size);
	more = __libc_malloc(size);
	if (more == NULL)
		return NULL;
	note(more);
	memcpy(more, p, old < size ? old : size);
	free(p);
	return more;
}

#endif
