/*
 * userkeys: waiting for locks of the User Key Database, and not for long.
 * SPDX-License-Identifier: MIT
 *
 * SQLite waits in two ways: its busy handler, which is ours to set; and, when
 * readers meet a journal that another process is just changing, by the sleep
 * of its VFS, up to ten seconds in all.  Both end here at one deadline.
 */
#define _DEFAULT_SOURCE /* clock_gettime, nanosleep */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ukey_ukd_parts.h"

#define NAP_MS 5

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Sleeps for WANTED microseconds or until the deadline. */
static void
nap(const struct ukey_ukd *u, uint64_t wanted)
{
	struct timespec t = { 0, 0 };
	uint64_t now = now_ms(), left;

	if (now >= u->deadline)
		return;
	left = (u->deadline - now) * 1000;
	if (wanted > left)
		wanted = left;
	t.tv_sec = (time_t)(wanted / 1000000);
	t.tv_nsec = (long)(wanted % 1000000) * 1000;
	nanosleep(&t, NULL);
}

static int
vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	/* The VFS is a member of the handle; pAppData is the system's. */
	const char *at = (const char *)vfs - offsetof(struct ukey_ukd, vfs);

	nap((const struct ukey_ukd *)(const void *)at,
	    (uint64_t)(microseconds > 0 ? microseconds : 0));
	return microseconds;
}

bool
ukey_ukd_wait_init(struct ukey_ukd *u)
{
	const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

	if (usual == NULL)
		return false;
	u->vfs = *usual;
	u->vfs.pNext = NULL;
	snprintf(u->vfs_name, sizeof(u->vfs_name), "ukd-%p", (void *)u);
	u->vfs.zName = u->vfs_name;
	u->vfs.xSleep = vfs_sleep;
	return sqlite3_vfs_register(&u->vfs, 0) == SQLITE_OK;
}

void
ukey_ukd_wait_free(struct ukey_ukd *u)
{
	if (u->vfs.zName != NULL)
		sqlite3_vfs_unregister(&u->vfs);
}

void
ukey_ukd_wait_start(struct ukey_ukd *u, unsigned ms)
{
	u->deadline = now_ms() + ms;
}

int
ukey_ukd_wait_busy(void *state, int count)
{
	const struct ukey_ukd *u = state;

	(void)count;
	if (now_ms() >= u->deadline)
		return 0;
	nap(u, NAP_MS * 1000);
	return 1;
}
