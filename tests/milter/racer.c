/*
 * racer PATH TARGET: whenever PATH is a socket, puts a link to TARGET in its
 * place; racer PATH TARGET FOLDER: has FOLDER and a link to TARGET change
 * places, on and on.  What the user of the milter may do in a folder of its own
 * while the milter starts; ended by a signal.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int
swap_socket(const char *path, const char *target, const char *link)
{
	struct stat s;

	for (;;) {
		unlink(link);
		if (symlink(target, link) != 0)
			return 1;
		while (lstat(path, &s) != 0 || !S_ISSOCK(s.st_mode))
			;
		if (rename(link, path) != 0)
			return 1;
	}
}

static int
swap_folder(const char *folder, const char *target, const char *link)
{
	if (symlink(target, link) != 0)
		return 1;
	for (;;)
		if (renameat2(AT_FDCWD, folder, AT_FDCWD, link,
		    RENAME_EXCHANGE) != 0)
			return 1;
}

int
main(int argc, char **argv)
{
	char link[4096];

	if (argc < 3)
		return 64;
	snprintf(link, sizeof(link), "%s.link", argv[argc == 3 ? 1 : 3]);
	if (argc == 3)
		return swap_socket(argv[1], argv[2], link);
	return swap_folder(argv[3], argv[2], link);
}
