/*
 * userkeys: the files of the User Key Database: who may read them, which file
 * stands behind a name, the key file.  SPDX-License-Identifier: MIT
 *
 * The key file is one line: "userkeys-ukd-key-1 " and 64 hex digits.
 */
#define _DEFAULT_SOURCE /* flock, O_DIRECTORY */

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ukey_random.h"
#include "ukey_ukd_parts.h"

#define MAGIC "userkeys-ukd-key-1 "
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define LINE_LEN (MAGIC_LEN + 2 * UKEY_SEAL_KEY_LEN + 1)
#define BESIDE_SIZE (UKEY_UKD_PATH_SIZE + 16)

static enum ukey_ukd_status
file_fail(struct ukey_ukd *u, const char *path, const char *why)
{
	return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: %s", path, why);
}

static enum ukey_ukd_status
file_errno(struct ukey_ukd *u, const char *path, const char *what)
{
	return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: %s: %s", path,
	    strerror(errno), what);
}

/* A regular file for its owner's eyes, who is us, or we are root. */
static enum ukey_ukd_status
file_check(struct ukey_ukd *u, const char *path, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return file_fail(u, path, "not a regular file: name the "
		    "database or the key file itself");
	if ((st->st_mode & 077) != 0)
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: mode %04o lets "
		    "group or others in: chmod go= it, and think about who "
		    "may have read it", path, st->st_mode & 07777);
	if (st->st_uid != geteuid() && geteuid() != 0)
		return file_fail(u, path, "belongs to another user: run as "
		    "its owner, or chown it");
	return UKEY_UKD_OK;
}

/* The path and SUFFIX into OUT of BESIDE_SIZE octets. */
static const char *
beside(const struct ukey_ukd *u, const char *suffix, char *out)
{
	snprintf(out, BESIDE_SIZE, "%s%s", u->path, suffix);
	return out;
}

enum ukey_ukd_status
ukey_ukd_files_check(struct ukey_ukd *u)
{
	static const char *const suffixes[] = { "", "-wal", "-shm",
	    "-journal" };
	char path[BESIDE_SIZE];
	enum ukey_ukd_status status;
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (stat(beside(u, suffixes[i], path), &st) != 0) {
			if (errno == ENOENT && i > 0)
				continue;
			if (errno == ENOENT)
				return UKEY_UKD_ABSENT;
			return file_errno(u, path, "run as its owner");
		}
		status = file_check(u, path, &st);
		if (status != UKEY_UKD_OK)
			return status;
	}
	return UKEY_UKD_OK;
}

static struct ukey_ukd_inode
inode_of(const char *path)
{
	struct ukey_ukd_inode inode = { 0, 0, 0, 0 };
	struct stat st;

	if (stat(path, &st) == 0) {
		inode.dev = st.st_dev;
		inode.ino = st.st_ino;
		inode.changed = st.st_mtime;
		inode.size = st.st_size;
	}
	return inode;
}

static bool
inode_is(const struct ukey_ukd_inode *a, struct ukey_ukd_inode b)
{
	return a->dev == b.dev && a->ino == b.ino && b.ino != 0;
}

void
ukey_ukd_files_note(struct ukey_ukd *u)
{
	char path[BESIDE_SIZE];

	u->main = inode_of(u->path);
	u->wal = inode_of(beside(u, "-wal", path));
	u->shm = inode_of(beside(u, "-shm", path));
}

/* What cannot be told is no replacement: the open file serves on. */
bool
ukey_ukd_files_replaced(const struct ukey_ukd *u)
{
	struct stat st;

	if (stat(u->path, &st) != 0)
		return errno == ENOENT || errno == ENOTDIR;
	if (u->immutable && (st.st_mtime != u->main.changed ||
	    st.st_size != u->main.size || !ukey_ukd_files_immutable(u)))
		return true;
	return st.st_dev != u->main.dev || st.st_ino != u->main.ino;
}

bool
ukey_ukd_files_read_only(const struct ukey_ukd *u)
{
	struct statvfs fs;

	return statvfs(u->path, &fs) == 0 && (fs.f_flag & ST_RDONLY) != 0;
}

/* A journal that holds something must be read, and SQLite needs the -shm for
 * that. */
bool
ukey_ukd_files_immutable(const struct ukey_ukd *u)
{
	char path[BESIDE_SIZE];
	struct ukey_ukd_inode wal = inode_of(beside(u, "-wal", path));
	struct ukey_ukd_inode shm = inode_of(beside(u, "-shm", path));

	return ukey_ukd_files_read_only(u) && shm.ino == 0 && wal.size == 0;
}

/* SQLite makes -wal and -shm where they are not there, in the folder. */
static bool
folder_is_closed(const struct ukey_ukd *u)
{
	char path[BESIDE_SIZE], *slash;

	if (inode_of(beside(u, "-wal", path)).ino != 0 &&
	    inode_of(beside(u, "-shm", path)).ino != 0)
		return false;
	beside(u, "", path);
	slash = strrchr(path, '/');
	if (slash == NULL)
		snprintf(path, sizeof(path), ".");
	else
		slash[slash == path] = '\0';
	return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0;
}

const char *
ukey_ukd_files_remedy(const struct ukey_ukd *u)
{
	if (ukey_ukd_files_read_only(u))
		return (u->flags & UKEY_UKD_READ_ONLY) != 0 ?
		    "its file system is read-only, and its journals are not "
		    "whole: copy the database with its -wal and -shm, all "
		    "three, to that file system" :
		    "its file system is read-only: make the change where the "
		    "database can be written, and copy it with its -wal and "
		    "-shm";
	if (folder_is_closed(u))
		return "this user may make no files in its folder, and -wal "
		    "and -shm are not there: chown the folder to the "
		    "service's user, or put both beside it";
	return "give the service's user this file, its -wal and -shm, and "
	    "its folder";
}

/* Removes what stands at the path and SUFFIX if it is still OLD. */
static int
drop(const struct ukey_ukd *u, const char *suffix,
    const struct ukey_ukd_inode *old)
{
	char path[BESIDE_SIZE];

	if (!inode_is(old, inode_of(beside(u, suffix, path))))
		return 0;
	return unlink(path);
}

/*
 * SQLite would take the old journal for the new file's.  The lock makes sure
 * that of several servers' processes one removes, and the others then see
 * that the journals are not the old ones any more; that the old database is
 * still open here keeps the numbers of its files from being given anew.
 */
enum ukey_ukd_status
ukey_ukd_files_drop(struct ukey_ukd *u)
{
	int fd, bad;

	fd = open(u->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return file_errno(u, u->path, "put the database back");
	bad = flock(fd, LOCK_EX | LOCK_NB) != 0 ||
	    drop(u, "-wal", &u->wal) != 0 || drop(u, "-shm", &u->shm) != 0;
	if (bad)
		file_errno(u, u->path, "replaced, but the journals of the "
		    "old file cannot be removed: restart the service");
	close(fd);
	return bad ? UKEY_UKD_BUSY : UKEY_UKD_OK;
}

enum ukey_ukd_status
ukey_ukd_file_create(struct ukey_ukd *u)
{
	int fd;

	fd = open(u->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return file_errno(u, u->path, errno == EEXIST ?
		    "it is kept; choose another path, or remove it first" :
		    "make its folder, for the service's user alone");
	close(fd);
	return UKEY_UKD_OK;
}

int
ukey_ukd_folder_sync(const char *path)
{
	char folder[UKEY_UKD_PATH_SIZE];
	char *slash;
	int fd, bad;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL)
		snprintf(folder, sizeof(folder), ".");
	else
		slash[slash == folder] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	bad = fsync(fd);
	close(fd);
	return bad;
}

static bool
write_all(int fd, const uint8_t *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* At most SIZE octets of FD; -1 with errno. */
static ssize_t
read_all(int fd, uint8_t *data, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < size && n != 0) {
		n = read(fd, data + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

int
ukey_ukd_file_chown(const char *path, const char *like)
{
	struct stat st;

	if (geteuid() != 0)
		return 0;
	if (stat(like, &st) != 0)
		return -1;
	return chown(path, st.st_uid, st.st_gid);
}

enum ukey_ukd_status
ukey_ukd_keyfile_create(struct ukey_ukd *u, const char *path)
{
	uint8_t line[LINE_LEN];
	struct ukey_out out;
	bool bad;
	int fd;

	if (ukey_random()->fill(ukey_random()->state, u->seal,
	    sizeof(u->seal)) != 0)
		return file_fail(u, path, "no random numbers from the "
		    "system: try again");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return file_errno(u, path, errno == EEXIST ?
		    "it is kept; choose another path, or --adopt-key it" :
		    "make its folder, for the service's user alone");
	ukey_out_init(&out, line, sizeof(line));
	ukey_out_text(&out, MAGIC);
	ukey_out_hex(&out, (struct ukey_view) { u->seal, sizeof(u->seal) });
	ukey_out_octet(&out, '\n');
	bad = !write_all(fd, line, LINE_LEN) || fsync(fd) != 0 ||
	    ukey_ukd_folder_sync(path) != 0;
	ukey_wipe(line, sizeof(line));
	if (bad)
		file_errno(u, path, "the key file is not written");
	close(fd);
	if (!bad)
		return UKEY_UKD_OK;
	unlink(path);
	return UKEY_UKD_DAMAGED;
}

/* The line of a key file into u->seal. */
static bool
keyfile_parse(struct ukey_ukd *u, const uint8_t *line)
{
	const uint8_t *hex = line + MAGIC_LEN;
	uint8_t high, low;
	size_t i;

	if (memcmp(line, MAGIC, MAGIC_LEN) != 0)
		return false;
	for (i = 0; i < sizeof(u->seal); i++) {
		high = ukey_hex_value(hex[2 * i]);
		low = ukey_hex_value(hex[2 * i + 1]);
		if (high > 15 || low > 15)
			return false;
		u->seal[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

enum ukey_ukd_status
ukey_ukd_keyfile_read(struct ukey_ukd *u, const char *path)
{
	enum ukey_ukd_status status;
	uint8_t line[LINE_LEN + 1];
	struct stat st;
	ssize_t len;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return file_errno(u, path, "name the key file with "
		    "--key-file, or restore it from a backup");
	if (fstat(fd, &st) != 0)
		status = file_errno(u, path, "try again");
	else
		status = file_check(u, path, &st);
	if (status == UKEY_UKD_OK) {
		len = read_all(fd, line, sizeof(line));
		if (len < 0)
			status = file_errno(u, path, "try again");
		else if ((len != (ssize_t)LINE_LEN &&
		    len != (ssize_t)LINE_LEN - 1) || !keyfile_parse(u, line))
			status = file_fail(u, path, "not a key file of "
			    "userkeys ukd: name the one that \"userkeys ukd "
			    "init\" made");
		ukey_wipe(line, sizeof(line));
	}
	close(fd);
	return status;
}
