/*
 * userkeys, the command: private keys in files.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keyfile.h"
#include "ukey_random.h"

#define OTHERS (S_IRWXG | S_IRWXO)

/* Whether FD may be trusted to be private. */
static bool
is_private(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		cli_error("%s: not a regular file: name the file that holds "
		    "the key", path);
		return false;
	}
	if ((st.st_mode & OTHERS) != 0) {
		cli_error("%s: others may read this private key (mode %04o): "
		    "run: chmod 600 %s", path,
		    (unsigned)(st.st_mode & 07777), path);
		return false;
	}
	return true;
}

/* All of FD, at most SIZE octets; -1 with errno. */
static ssize_t
read_all(int fd, uint8_t *data, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size && (n = read(fd, data + len, size - len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

struct ukey_key *
keyfile_read(const char *path, int *status)
{
	static uint8_t text[UKEY_KEY_TEXT_MAX];
	struct ukey_key *key = NULL;
	ssize_t len;
	int fd, err;

	*status = CLI_INPUT;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		cli_error("%s: the key cannot be read: %s: make one with "
		    "\"userkeys keygen\", or name another file", path,
		    strerror(errno));
		return NULL;
	}
	if (!is_private(fd, path)) {
		close(fd);
		return NULL;
	}
	len = read_all(fd, text, sizeof(text));
	if (len < 0)
		cli_error("%s: the key cannot be read: %s", path,
		    strerror(errno));
	close(fd);
	if (len < 0)
		return NULL;
	err = ukey_key_read(&key, (struct ukey_view) { text, (size_t)len },
	    ukey_random());
	ukey_wipe(text, sizeof(text));
	if (err != UKEY_KEY_OK)
		cli_error("%s: %s", path, ukey_key_strerror(err));
	if (err == UKEY_KEY_MEMORY || err == UKEY_KEY_RANDOM)
		*status = CLI_TEMPORARY;
	return key;
}

static bool
write_all(int fd, struct ukey_view text)
{
	ssize_t n;

	while (text.len > 0) {
		n = write(fd, text.data, text.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text = ukey_view_part(text, (size_t)n, text.len);
	}
	return fsync(fd) == 0;
}

int
keyfile_write(const char *path, struct ukey_view text)
{
	int fd, err;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) {
		cli_error("%s: exists, and a key is never written over a "
		    "file: name another", path);
		return CLI_INPUT;
	}
	if (fd < 0) {
		cli_error("%s: cannot be made: %s", path, strerror(errno));
		return CLI_INPUT;
	}
	if (fchmod(fd, 0600) == 0 && write_all(fd, text)) {
		close(fd);
		return CLI_PASS;
	}
	err = errno;
	close(fd);
	unlink(path);
	cli_error("%s: cannot be written: %s", path, strerror(err));
	return CLI_TEMPORARY;
}
