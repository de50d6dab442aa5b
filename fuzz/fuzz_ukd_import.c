/*
 * userkeys: fuzz: backups of the User Key Database: all or nothing, a mistake
 * has its line, and what was restored gives a backup that restores the same.
 * SPDX-License-Identifier: MIT
 */
#include "help_real.h"

#define HEAD "userkeys-ukd-1\tclear\n"

static void
release(struct ukey_view v)
{
	free((void *)(uintptr_t)v.data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size }, one, two;
	bool clear = size > strlen(HEAD) && memcmp(data, HEAD, strlen(HEAD))
	    == 0;
	struct ukey_ukd *u = real_ukd();

	if (size == 0)
		return 0;
	if (!real_restore(u, in)) {
		(void)ukey_ukd_end(u, UKEY_UKD_INVALID);
		MUST(ukey_ukd_begin(u) == UKEY_UKD_OK);
		one = real_backup(u, false);
		MUST(ukey_view_equal(one, UKEY_VIEW(
		    "userkeys-ukd-1\tsealed\nend\t0\n")));
		return release(one), 0;
	}
	one = real_backup(u, clear);
	MUST(real_restore(u, one));
	two = real_backup(u, clear);
	MUST(ukey_view_equal(one, two));
	return release(one), release(two), 0;
}
