/*
 * userkeys: a process gives up what it does not need.
 * SPDX-License-Identifier: MIT
 *
 * For a program that reads what strangers wrote: once its files and sockets
 * are open it names the folders it goes on using, and the rest of the system
 * is out of its reach for good, for it and for what it might be turned into.
 * On Linux by Landlock and seccomp (platform/linux); elsewhere this holds
 * nothing (platform/posix).
 */
#ifndef UKEY_SANDBOX_H
#define UKEY_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#define UKEY_SANDBOX_PATHS 8
#define UKEY_SANDBOX_PORTS 8

/* A file, or a folder with all that lies below it: what is put there later
 * belongs to it, too. */
struct ukey_sandbox_path {
	const char *path;
	bool write; /* change, make and remove files as well as read them */
};

struct ukey_sandbox {
	struct ukey_sandbox_path path[UKEY_SANDBOX_PATHS];
	unsigned paths;
	uint16_t port[UKEY_SANDBOX_PORTS]; /* TCP, to connect to */
	unsigned ports;
};

/* What holds, as bits. */
#define UKEY_SANDBOX_FILES 1   /* no file but below the paths */
#define UKEY_SANDBOX_TCP 2     /* no bind; connect to the ports alone */
#define UKEY_SANDBOX_SIGNALS 4 /* none to processes outside, whatever calls
                                * there are */
#define UKEY_SANDBOX_CALLS 8   /* no system calls but a server's: no program
                                * is run, no process made, no executable
                                * memory; sockets of IP and unix alone */

/*
 * Never to be undone, and inherited by children.  A path that is not there is
 * passed over.  Returns what holds from now on: less, or 0, where the kernel
 * is older or another one.  Call from the only thread, with all programs'
 * libraries loaded.
 */
unsigned ukey_sandbox_enter(const struct ukey_sandbox *s);

#endif
