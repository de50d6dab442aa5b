/*
 * userkeys: the sandbox on Linux.  SPDX-License-Identifier: MIT
 */
#include <sys/prctl.h>

#include "ukey_sandbox_parts.h"

unsigned
ukey_sandbox_enter(const struct ukey_sandbox *s)
{
	unsigned held;

	/* Without it neither is for processes without rights. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return 0;
	held = ukey_sandbox_landlock(s);
	return held | ukey_sandbox_calls();
}
