/*
 * userkeys firmware: files of the debugger's host (Arm's semihosting).
 * SPDX-License-Identifier: MIT
 */
#ifndef FIRMWARE_SEMIHOST_H
#define FIRMWARE_SEMIHOST_H

#include <stddef.h>
#include <stdint.h>

enum semihost_mode { SEMIHOST_READ = 1, SEMIHOST_WRITE = 5 }; /* "rb", "wb" */

/* A handle, or negative.  ":tt" is the host's console. */
int semihost_open(const char *path, size_t len, enum semihost_mode mode);
/* Octets that were read; 0 at the end and after an error. */
size_t semihost_read(int file, void *out, size_t size);
void semihost_write(int file, const void *data, size_t len);
void semihost_seek(int file, uint32_t offset);
/* The command line, NUL-terminated, to OUT; its length, 0: none or too long. */
size_t semihost_command(char *out, size_t size);
/* Ends; RESULT becomes the exit status of the host's program. */
void semihost_exit(int result);

#endif
