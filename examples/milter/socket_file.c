/*
 * userkeys-milter: a unix socket in its folder.  SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "rights.h"
#include "socket_file.h"

/* One socket on its way. */
struct place {
	const struct conf *conf;
	const char *where, *path, *name;
	int folder;
	char *err;
};

static bool __attribute__((format(printf, 2, 3)))
trouble(const struct place *p, const char *format, ...)
{
	char what[CONF_ERROR_SIZE];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	snprintf(p->err, CONF_ERROR_SIZE, "%.120s: cannot listen: %.370s",
	    p->where, what);
	return false;
}

/* Why the folder cannot be used, and what to do. */
static bool
folder_trouble(const struct place *p, int error)
{
	int len = (int)(p->name - p->path - 1);
	const char *user = p->conf->user;

	if (error == ENOENT)
		return trouble(p, "there is no folder %.*s: make it, such as "
		    "by \"install -d -m 710 -o %.32s -g %.32s %.*s\"", len,
		    p->path, user[0] == '\0' ? "USER" : user,
		    p->conf->socket_group[0] == '\0' ? "GROUP" :
		    p->conf->socket_group, len, p->path);
	if (error == ENOTDIR)
		return trouble(p, "%.*s is no folder", len, p->path);
	if (error == EROFS)
		return trouble(p, "%.*s is read-only for this service: name "
		    "it in ReadWritePaths= of the systemd unit", len,
		    p->path);
	if (error == EACCES)
		return trouble(p, "%.*s: user %.32s cannot make files there: "
		    "give it that folder with chown, or choose one of its "
		    "own", len, p->path, user[0] == '\0' ? "of this process" :
		    user);
	return trouble(p, "%.*s: %s", len, p->path, strerror(error));
}

/* Whether somebody answers at the socket; -1 and errno ECONNREFUSED if it is
 * dead, another one where that cannot be said. */
static int
knock(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd, result, saved;

	memcpy(a.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	result = connect(fd, (const struct sockaddr *)&a, sizeof(a));
	saved = errno;
	close(fd);
	errno = saved;
	return result == 0 || saved == EAGAIN ? 0 : -1;
}

/* The same, but an instance that ends has a moment for it. */
static int
knock_for_long(const char *path)
{
	static const struct timespec pause = { 0, 100000000 };
	unsigned tries;

	for (tries = 0; knock(path) == 0; tries++) {
		if (tries == 20)
			return 0;
		nanosleep(&pause, NULL);
	}
	return -1;
}

/* What stands at the place: nothing (ID's inode is 0) or a socket of root's
 * or our own, which is ID; else false with text. */
static bool
look(const struct place *p, struct file_id *id)
{
	struct stat s;

	*id = (struct file_id) { .inode = 0 };
	if (p->name[0] == '\0')
		return trouble(p, "this is a folder: expected the path of a "
		    "socket in it");
	if (fstatat(p->folder, p->name, &s, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || folder_trouble(p, errno);
	if (!S_ISSOCK(s.st_mode))
		return trouble(p, "what stands there is no socket: remove "
		    "it, or choose another path");
	if (s.st_uid != 0 && s.st_uid != geteuid())
		return trouble(p, "the socket there belongs to another user: "
		    "remove it, or choose another path");
	*id = (struct file_id) { s.st_dev, s.st_ino };
	return true;
}

/* Removes a dead socket, so that nothing stands there. */
static bool
clear(const struct place *p)
{
	struct file_id id;

	if (!look(p, &id))
		return false;
	if (id.inode == 0)
		return true;
	if (knock_for_long(p->path) == 0)
		return trouble(p, "another process listens there");
	if (errno == ENOENT)
		return true; /* gone meanwhile */
	if (errno != ECONNREFUSED)
		return trouble(p, "another process may listen there: %s",
		    strerror(errno));
	if (folder_remove(p->folder, p->name, &id))
		return true;
	return trouble(p, "the dead socket there cannot be removed: %s",
	    strerror(errno));
}

static bool
open_place(struct place *p)
{
	p->folder = folder_open(p->path, &p->name);
	if (p->folder < 0)
		return folder_trouble(p, errno);
	if (faccessat(p->folder, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return true;
	(void)folder_trouble(p, errno);
	close(p->folder);
	return false;
}

/* Binds FD, with the mode it is to have. */
static bool
bind_file(const struct place *p, int fd)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	mode_t mode = (mode_t)p->conf->socket_mode, mask;
	bool bound;

	memcpy(a.sun_path, p->path, strlen(p->path));
	mask = umask(~mode & 0777);
	/* A folder's list of access may overrule the mask, but not this. */
	bound = fchmod(fd, mode) == 0 && bind(fd, (const struct sockaddr *)&a,
	    sizeof(a)) == 0;
	umask(mask);
	return bound || trouble(p, "%s", strerror(errno));
}

/* Whether what was bound has the rights that were wanted.  Its group is ours of
 * the moment, but in folders that hand on their own; to change that is
 * harmless for a user without rights. */
static bool
has_rights(const struct place *p, struct file_id *id)
{
	gid_t group = rights_socket_group(p->conf);
	struct stat s;

	if (geteuid() != 0 && group != (gid_t)-1)
		(void)fchownat(p->folder, p->name, (uid_t)-1, group,
		    AT_SYMLINK_NOFOLLOW);
	*id = (struct file_id) { .inode = 0 };
	if (fstatat(p->folder, p->name, &s, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISSOCK(s.st_mode))
		return trouble(p, "somebody took the socket away again");
	*id = (struct file_id) { s.st_dev, s.st_ino };
	if (group != (gid_t)-1 && s.st_gid != group)
		return trouble(p, "socket-group = %.32s cannot be set: the "
		    "folder hands on its own (chmod g-s), or the user is no "
		    "member and the start was not as root",
		    p->conf->socket_group);
	if ((s.st_mode & 0777) != p->conf->socket_mode)
		return trouble(p, "socket-mode cannot be set: the folder's "
		    "access control list overrules it");
	return true;
}

static bool
make(const struct place *p, int fd, struct file_id *id)
{
	if (!clear(p) || !bind_file(p, fd))
		return false;
	if (has_rights(p, id))
		return true;
	(void)folder_remove(p->folder, p->name, id);
	return false;
}

bool
socket_file_check(const struct conf *c, const char *where, char *err)
{
	struct place p = { c, where, where + 5, NULL, -1, err };
	struct file_id id;
	bool good, lent = rights_lend_group(c);

	good = open_place(&p);
	if (good) {
		good = look(&p, &id);
		close(p.folder);
	}
	rights_return_group(lent);
	return good;
}

int
socket_file_make(const struct conf *c, const char *where, struct file_id *id,
    char *err)
{
	struct place p = { c, where, where + 5, NULL, -1, err };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	bool made = false, lent = rights_lend_group(c);

	if (fd < 0)
		(void)trouble(&p, "%s", strerror(errno));
	if (fd >= 0 && open_place(&p)) {
		made = make(&p, fd, id);
		close(p.folder);
	}
	rights_return_group(lent);
	if (made)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}
