/*
 * userkeys: the parts of the sandbox on Linux.  SPDX-License-Identifier: MIT
 */
#ifndef UKEY_SANDBOX_PARTS_H
#define UKEY_SANDBOX_PARTS_H

#include "ukey_sandbox.h"

/* By Landlock (Linux 5.13 and later): bits of what holds. */
unsigned ukey_sandbox_landlock(const struct ukey_sandbox *s);
/* By seccomp: UKEY_SANDBOX_CALLS, or 0. */
unsigned ukey_sandbox_calls(void);

#endif
