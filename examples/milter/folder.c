/*
 * userkeys-milter: folders in which it makes and removes names.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

#define LINKS_MAX 16

int
folder_open(const char *path, const char **name)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int len = (int)(slash - path);

	*name = slash + 1;
	if (len == 0)
		len = 1; /* "/" itself */
	if ((size_t)len >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(folder, sizeof(folder), "%.*s", len, path);
	return open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Whether root alone can make and remove names in the folder FD. */
static bool
is_roots(int fd)
{
	struct stat s;

	return fstat(fd, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == 0 &&
	    (s.st_mode & 022) == 0;
}

/* Whether root alone can change what the name of FD stands for, which was found
 * in the folder AT: in a sticky one nobody else can, if it is root's. */
static bool
is_steady(int at, int fd)
{
	struct stat s;

	if (fstat(fd, &s) != 0 || s.st_uid != 0)
		return false;
	return is_roots(at) || (fstat(at, &s) == 0 && s.st_uid == 0 &&
	    (s.st_mode & S_ISVTX) != 0);
}

static bool
is_link(int fd)
{
	struct stat s;

	return fstat(fd, &s) == 0 && S_ISLNK(s.st_mode);
}

/* Puts what the link FD leads to in its place in PATH, which holds PATH_MAX:
 * from NAME to REST.  False where it does not fit. */
static bool
follow(int fd, char *path, const char *name, const char *rest)
{
	char target[PATH_MAX], whole[2 * PATH_MAX];
	ssize_t len = readlinkat(fd, "", target, sizeof(target) - 1);
	size_t n;

	if (len <= 0)
		return false;
	target[len] = '\0';
	n = (size_t)snprintf(whole, sizeof(whole), "%.*s%s%s",
	    target[0] == '/' ? 0 : (int)(name - path), path, target, rest);
	if (n >= PATH_MAX)
		return false;
	memcpy(path, whole, n + 1);
	return true;
}

enum way { WAY_ROOTS, WAY_OTHERS, WAY_LINK };

/* Goes from FOLDER, which is closed, to its child at *NAME of PATH, and *NAME
 * to the next; -1 where that may be another's doing, or a link, which is
 * followed in PATH. */
static int
step(int folder, char *path, char **name, enum way *way)
{
	char text[NAME_MAX + 1], *rest = *name + strcspn(*name, "/");
	int child;

	snprintf(text, sizeof(text), "%.*s", (int)(rest - *name), *name);
	child = openat(folder, text, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	*way = WAY_OTHERS;
	if (child >= 0 && is_steady(folder, child))
		*way = WAY_ROOTS;
	if (*way == WAY_ROOTS && is_link(child))
		*way = follow(child, path, *name, rest) ? WAY_LINK :
		    WAY_OTHERS;
	close(folder);
	*name = rest + strspn(rest, "/");
	if (*way == WAY_ROOTS)
		return child;
	if (child >= 0)
		close(child);
	return -1;
}

/* The way to the folder PATH, up to the first link. */
static enum way
walk(char *path)
{
	char *name = path + strspn(path, "/");
	enum way way = WAY_ROOTS;
	int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	while (fd >= 0 && *name != '\0')
		fd = step(fd, path, &name, &way);
	if (fd < 0)
		return way == WAY_ROOTS ? WAY_OTHERS : way;
	way = is_roots(fd) ? WAY_ROOTS : WAY_OTHERS;
	close(fd);
	return way;
}

bool
folder_is_roots(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	enum way way = WAY_LINK;
	unsigned links;

	if (slash - path >= PATH_MAX)
		return false;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	for (links = 0; way == WAY_LINK && links < LINKS_MAX; links++)
		way = walk(folder);
	return way == WAY_ROOTS;
}

bool
folder_is_for_user(const struct conf *c, const char *path)
{
	return geteuid() == 0 && c->user[0] != '\0' && !folder_is_roots(path);
}

bool
folder_remove(int folder, const char *name, const struct file_id *id)
{
	struct stat s;

	return fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
	    s.st_dev == id->device && s.st_ino == id->inode &&
	    unlinkat(folder, name, 0) == 0;
}

bool
folder_remove_path(const char *path, const struct file_id *id)
{
	const char *name;
	int folder = folder_open(path, &name);
	bool gone = folder >= 0 && folder_remove(folder, name, id);

	if (folder >= 0)
		close(folder);
	return gone;
}
