/*
 * userkeys-milter: files that it writes for others: pid-file, metrics-file.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replace.h"

#define BEGIN_MAX 32 /* octets that tell whose a file is */
#define FRESH ".userkeys-"

static bool
trouble(const char *path, const char *what, char *err)
{
	snprintf(err, CONF_ERROR_SIZE, "%s: cannot be written: %s", path,
	    what);
	return false;
}

/* Whether what FD begins with is ours. */
static bool
has_begin(int fd, const char *begin)
{
	char text[BEGIN_MAX + 1];
	ssize_t len = read(fd, text, BEGIN_MAX);

	if (len < 0)
		return false;
	text[len] = '\0';
	if (begin == NULL)
		return strspn(text, "0123456789\n") == (size_t)len &&
		    len < BEGIN_MAX;
	return len == 0 || strncmp(text, begin, strlen(begin)) == 0;
}

/* Whether NAME in FOLDER is nothing, a link, or a file of ours. */
static bool
is_free(int folder, const char *name, const char *begin)
{
	struct stat s;
	bool ours;
	int fd;

	if (fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT && name[0] != '\0';
	if (S_ISLNK(s.st_mode))
		return true;
	if (!S_ISREG(s.st_mode))
		return false;
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	ours = fd >= 0 && has_begin(fd, begin);
	if (fd >= 0)
		close(fd);
	return ours;
}

/* As replace_check(), in FOLDER, which is -1 with errno if there is none. */
static bool
check(int folder, const char *path, const char *name, const char *begin,
    char *err)
{
	if (folder < 0)
		return trouble(path, strerror(errno), err);
	if (is_free(folder, name, begin))
		return true;
	return trouble(path, "what stands there is no such file of ours: "
	    "remove it, or choose another path", err);
}

bool
replace_check(const char *path, const char *begin, char *err)
{
	const char *name;
	int folder = folder_open(path, &name);
	bool good = check(folder, path, name, begin, err);

	if (good && faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) != 0)
		good = trouble(path, strerror(errno), err);
	if (folder >= 0)
		close(folder);
	return good;
}

static bool
write_all(int fd, const char *text)
{
	size_t len = strlen(text), at = 0;
	ssize_t n = 0;

	while (at < len && (n >= 0 || errno == EINTR)) {
		n = write(fd, text + at, len - at);
		at += n > 0 ? (size_t)n : 0;
	}
	return at == len;
}

/* A new file with TEXT in FOLDER that gets NAME; -1 with errno. */
static int
make(int folder, const char *name, const char *text)
{
	char fresh[sizeof(FRESH) + 32];
	uint64_t random[2];
	int fd, saved;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -1;
	snprintf(fresh, sizeof(fresh), FRESH "%016llx%016llx",
	    (unsigned long long)random[0], (unsigned long long)random[1]);
	fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	/* No secret, and other users collect it, whatever the umask. */
	if (fchmod(fd, 0644) == 0 && write_all(fd, text) &&
	    renameat(folder, fresh, folder, name) == 0)
		return fd;
	saved = errno;
	unlinkat(folder, fresh, 0);
	close(fd);
	errno = saved;
	return -1;
}

int
replace_file(const char *path, const char *begin, const char *text,
    struct file_id *id, char *err)
{
	const char *name;
	int fd = -1, folder = folder_open(path, &name);
	struct stat s;

	if (check(folder, path, name, begin, err)) {
		fd = make(folder, name, text);
		if (fd < 0)
			(void)trouble(path, strerror(errno), err);
	}
	if (folder >= 0)
		close(folder);
	if (fd >= 0 && id != NULL && fstat(fd, &s) == 0)
		*id = (struct file_id) { s.st_dev, s.st_ino };
	return fd;
}
