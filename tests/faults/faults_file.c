/*
 * userkeys: the n-th call of the system fails: files.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS /* both spellings of a call are defined here */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"

ssize_t
read(int fd, void *data, size_t size)
{
	static ssize_t (*next)(int, void *, size_t);

	if (next == NULL)
		faults_next(&next, "read");
	if (faults_strike(FAULTS_READ, &size))
		return -1;
	return next(fd, data, size);
}

ssize_t
pread(int fd, void *data, size_t size, off_t at)
{
	static ssize_t (*next)(int, void *, size_t, off_t);

	if (next == NULL)
		faults_next(&next, "pread");
	if (faults_strike(FAULTS_READ, &size))
		return -1;
	return next(fd, data, size, at);
}

ssize_t
pread64(int fd, void *data, size_t size, off64_t at)
{
	static ssize_t (*next)(int, void *, size_t, off64_t);

	if (next == NULL)
		faults_next(&next, "pread64");
	if (faults_strike(FAULTS_READ, &size))
		return -1;
	return next(fd, data, size, at);
}

ssize_t
write(int fd, const void *data, size_t size)
{
	static ssize_t (*next)(int, const void *, size_t);

	if (next == NULL)
		faults_next(&next, "write");
	if (faults_strike(FAULTS_WRITE, &size))
		return -1;
	return next(fd, data, size);
}

ssize_t
pwrite(int fd, const void *data, size_t size, off_t at)
{
	static ssize_t (*next)(int, const void *, size_t, off_t);

	if (next == NULL)
		faults_next(&next, "pwrite");
	if (faults_strike(FAULTS_WRITE, &size))
		return -1;
	return next(fd, data, size, at);
}

ssize_t
pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	static ssize_t (*next)(int, const void *, size_t, off64_t);

	if (next == NULL)
		faults_next(&next, "pwrite64");
	if (faults_strike(FAULTS_WRITE, &size))
		return -1;
	return next(fd, data, size, at);
}

int
fsync(int fd)
{
	static int (*next)(int);

	if (next == NULL)
		faults_next(&next, "fsync");
	if (faults_strike(FAULTS_FILE, NULL))
		return -1;
	return next(fd);
}

int
fdatasync(int fd)
{
	static int (*next)(int);

	if (next == NULL)
		faults_next(&next, "fdatasync");
	if (faults_strike(FAULTS_FILE, NULL))
		return -1;
	return next(fd);
}

int
ftruncate(int fd, off_t size)
{
	static int (*next)(int, off_t);

	if (next == NULL)
		faults_next(&next, "ftruncate");
	if (faults_strike(FAULTS_FILE, NULL))
		return -1;
	return next(fd, size);
}

int
ftruncate64(int fd, off64_t size)
{
	static int (*next)(int, off64_t);

	if (next == NULL)
		faults_next(&next, "ftruncate64");
	if (faults_strike(FAULTS_FILE, NULL))
		return -1;
	return next(fd, size);
}

int
unlink(const char *path)
{
	static int (*next)(const char *);

	if (next == NULL)
		faults_next(&next, "unlink");
	if (faults_strike(FAULTS_FILE, NULL))
		return -1;
	return next(path);
}

int
rename(const char *from, const char *to)
{
	static int (*next)(const char *, const char *);

	if (next == NULL)
		faults_next(&next, "rename");
	if (faults_strike(FAULTS_FILE, NULL))
		return -1;
	return next(from, to);
}

int
fchmod(int fd, mode_t mode)
{
	static int (*next)(int, mode_t);

	if (next == NULL)
		faults_next(&next, "fchmod");
	if (faults_strike(FAULTS_FILE, NULL))
		return -1;
	return next(fd, mode);
}

int
stat(const char *path, struct stat *st)
{
	static int (*next)(const char *, struct stat *);

	if (next == NULL)
		faults_next(&next, "stat");
	if (faults_strike(FAULTS_STAT, NULL))
		return -1;
	return next(path, st);
}

int
stat64(const char *path, struct stat64 *st)
{
	static int (*next)(const char *, struct stat64 *);

	if (next == NULL)
		faults_next(&next, "stat64");
	if (faults_strike(FAULTS_STAT, NULL))
		return -1;
	return next(path, st);
}

int
fstat(int fd, struct stat *st)
{
	static int (*next)(int, struct stat *);

	if (next == NULL)
		faults_next(&next, "fstat");
	if (faults_strike(FAULTS_STAT, NULL))
		return -1;
	return next(fd, st);
}

int
fstat64(int fd, struct stat64 *st)
{
	static int (*next)(int, struct stat64 *);

	if (next == NULL)
		faults_next(&next, "fstat64");
	if (faults_strike(FAULTS_STAT, NULL))
		return -1;
	return next(fd, st);
}

int
flock(int fd, int what)
{
	static int (*next)(int, int);

	if (next == NULL)
		faults_next(&next, "flock");
	if (faults_strike(FAULTS_LOCK, NULL))
		return -1;
	return next(fd, what);
}

int
open(const char *path, int flags, ...)
{
	static int (*next)(const char *, int, ...);
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	if (next == NULL)
		faults_next(&next, "open");
	if (faults_strike(FAULTS_OPEN, NULL))
		return -1;
	return next(path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	static int (*next)(const char *, int, ...);
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	if (next == NULL)
		faults_next(&next, "open64");
	if (faults_strike(FAULTS_OPEN, NULL))
		return -1;
	return next(path, flags, mode);
}

int
fcntl(int fd, int what, ...)
{
	static int (*next)(int, int, ...);
	va_list ap;
	void *more;

	va_start(ap, what);
	more = va_arg(ap, void *);
	va_end(ap);
	if (next == NULL)
		faults_next(&next, "fcntl");
	if (faults_strike(FAULTS_LOCK, NULL))
		return -1;
	return next(fd, what, more);
}

int
fcntl64(int fd, int what, ...)
{
	static int (*next)(int, int, ...);
	va_list ap;
	void *more;

	va_start(ap, what);
	more = va_arg(ap, void *);
	va_end(ap);
	if (next == NULL)
		faults_next(&next, "fcntl64");
	if (faults_strike(FAULTS_LOCK, NULL))
		return -1;
	return next(fd, what, more);
}

void *
mmap(void *p, size_t size, int rights, int flags, int fd, off_t at)
{
	static void *(*next)(void *, size_t, int, int, int, off_t);

	if (next == NULL)
		faults_next(&next, "mmap");
	if (faults_strike(FAULTS_MAP, NULL))
		return MAP_FAILED;
	return next(p, size, rights, flags, fd, at);
}

void *
mmap64(void *p, size_t size, int rights, int flags, int fd, off64_t at)
{
	static void *(*next)(void *, size_t, int, int, int, off64_t);

	if (next == NULL)
		faults_next(&next, "mmap64");
	if (faults_strike(FAULTS_MAP, NULL))
		return MAP_FAILED;
	return next(p, size, rights, flags, fd, at);
}

FILE *
fopen(const char *path, const char *mode)
{
	static FILE *(*next)(const char *, const char *);

	if (next == NULL)
		faults_next(&next, "fopen");
	if (faults_strike(FAULTS_OPEN, NULL))
		return NULL;
	return next(path, mode);
}

FILE *
fopen64(const char *path, const char *mode)
{
	static FILE *(*next)(const char *, const char *);

	if (next == NULL)
		faults_next(&next, "fopen64");
	if (faults_strike(FAULTS_OPEN, NULL))
		return NULL;
	return next(path, mode);
}
