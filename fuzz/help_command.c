/*
 * userkeys: fuzz: the command in a harness: its files in memory, and what it
 * writes.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "help_command.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

void
file_fill(struct file *f, struct ukey_view v)
{
	if (f->path[0] == '\0') {
		f->fd = memfd_create("fuzz", 0);
		MUST(f->fd >= 0);
		snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->fd);
	}
	MUST(ftruncate(f->fd, 0) == 0);
	MUST(v.len == 0 || pwrite(f->fd, v.data, v.len, 0) ==
	    (ssize_t)v.len);
}

bool
is_refused(const struct file *f, const char *text)
{
	char error[64];

	snprintf(error, sizeof(error), "userkeys: %s:", f->path);
	return strncmp(text, error, strlen(error)) == 0;
}

size_t
zone_txt(char *zone, size_t at, const char *name, struct ukey_view text,
    size_t first)
{
	size_t i, left = first;

	at += (size_t)snprintf(zone + at, ZONE_ROOM - at, "%s 60 IN TXT \"",
	    name);
	for (i = 0; i < text.len && i < 4000 && at + 64 < ZONE_ROOM; i++) {
		if (left-- == 0) {
			at += (size_t)snprintf(zone + at, ZONE_ROOM - at,
			    "\" \"");
			left = 254;
		}
		at += (size_t)snprintf(zone + at, ZONE_ROOM - at, "\\%03u",
		    text.data[i]);
	}
	return at + (size_t)snprintf(zone + at, ZONE_ROOM - at, "\"\n");
}

bool
is_calm(struct ukey_view text)
{
	size_t len;

	for (; text.len > 0; text = ukey_view_part(text, len, text.len)) {
		len = text.data[0] == '\n' ? 1 : ukey_utf8_len(text);
		if (len == 0)
			return false;
		if (len == 3 && text.data[0] == 0xE2 &&
		    ((text.data[1] == 0x80 && text.data[2] >= 0x8B &&
		    (text.data[2] <= 0x8F || text.data[2] >= 0xA8) &&
		    text.data[2] <= 0xAE) ||
		    (text.data[1] == 0x81 && text.data[2] >= 0xA0 &&
		    text.data[2] <= 0xAF)))
			return false;
	}
	return true;
}

char *
command_run(int (*command)(int, char **), int argc,
    const char **argv, int *status, size_t *len)
{
	FILE *out = stdout, *err = stderr, *f;
	char *text = NULL;

	f = open_memstream(&text, len);
	MUST(f != NULL && setenv("NO_COLOR", "1", 1) == 0);
	stdout = stderr = f;
	*status = command(argc, (char **)(uintptr_t)argv);
	stdout = out;
	stderr = err;
	MUST(fclose(f) == 0);
	return text;
}
