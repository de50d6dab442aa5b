/*
 * userkeys firmware: files of the debugger's host (Arm's "Semihosting for
 * AArch32 and AArch64", section 5).  SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "semihost.h"

enum {
	SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_SEEK = 0x0a,
	SYS_GET_CMDLINE = 0x15, SYS_EXIT_EXTENDED = 0x20
};
#define APPLICATION_EXIT 0x20026 /* ADP_Stopped_ApplicationExit */

/* OPERATION of the block of arguments. */
static int
call(int operation, const void *arguments)
{
	register int r0 __asm__("r0") = operation;
	register const void *r1 __asm__("r1") = arguments;

	__asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

int
semihost_open(const char *path, size_t len, enum semihost_mode mode)
{
	const uintptr_t block[] = { (uintptr_t)path, (uintptr_t)mode, len };

	return call(SYS_OPEN, block);
}

size_t
semihost_read(int file, void *out, size_t size)
{
	const uintptr_t block[] = { (uintptr_t)file, (uintptr_t)out, size };
	int left = call(SYS_READ, block);

	return left < 0 || (size_t)left > size ? 0 : size - (size_t)left;
}

void
semihost_write(int file, const void *data, size_t len)
{
	const uintptr_t block[] = { (uintptr_t)file, (uintptr_t)data, len };

	(void)call(SYS_WRITE, block);
}

void
semihost_seek(int file, uint32_t offset)
{
	const uintptr_t block[] = { (uintptr_t)file, offset };

	(void)call(SYS_SEEK, block);
}

size_t
semihost_command(char *out, size_t size)
{
	uintptr_t block[] = { (uintptr_t)out, size };

	return call(SYS_GET_CMDLINE, block) == 0 ? block[1] : 0;
}

void
semihost_exit(int result)
{
	const uintptr_t block[] = { APPLICATION_EXIT, (uintptr_t)result };

	(void)call(SYS_EXIT_EXTENDED, block);
}
