/*
 * userkeys: a database for the harness of backups.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "cmd_ukd.h"
#include "help_real.h"

static char folder[] = "/tmp/ukd-fuzz-XXXXXX";
static struct ukey_ukd *open_ukd;

static void
clean_up(void)
{
	static const char *const names[] = { "ukd", "ukd-wal", "ukd-shm",
		"key" };
	char path[64];
	unsigned i;

	ukey_ukd_close(open_ukd);
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

struct ukey_ukd *
real_ukd(void)
{
	char path[64], key_file[64], err[UKEY_UKD_ERROR_SIZE];
	struct ukey_ukd_settings settings = { .path = path,
		.key_file = key_file, .flags = UKEY_UKD_CREATE };

	if (open_ukd != NULL)
		return open_ukd;
	MUST(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/ukd", folder);
	snprintf(key_file, sizeof(key_file), "%s/key", folder);
	MUST(ukey_ukd_open(&open_ukd, &settings, err, sizeof(err)) ==
	    UKEY_UKD_OK);
	(void)atexit(clean_up);
	return open_ukd;
}

bool
real_restore(struct ukey_ukd *u, struct ukey_view in)
{
	FILE *f = fmemopen((void *)(uintptr_t)in.data, in.len, "r");
	struct ukd_merge merge = { .u = u };
	FILE *old = stderr;
	char *said = NULL;
	size_t len;
	bool good;

	MUST(f != NULL && ukey_ukd_begin(u) == UKEY_UKD_OK);
	stderr = open_memstream(&said, &len);
	good = ukd_restore(&merge, f, "f") == UKEY_UKD_OK;
	fclose(stderr);
	stderr = old;
	fclose(f);
	MUST(good ? len == 0 : strncmp(said, "userkeys: f:", 12) == 0 &&
	    said[12] >= '1' && said[12] <= '9');
	free(said);
	return good;
}

struct ukey_view
real_backup(struct ukey_ukd *u, bool clear)
{
	static const struct ukey_ukd_filter all = { .which = UKEY_UKD_ALL };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	MUST(f != NULL && ukd_backup(u, f, &all, clear) ==
	    UKEY_UKD_OK);
	fclose(f);
	(void)ukey_ukd_end(u, UKEY_UKD_INVALID);
	return (struct ukey_view) { (uint8_t *)text, len };
}
