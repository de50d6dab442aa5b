/*
 * userkeys, the command: a message that is read more than once.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool.h"

static int
trouble(const struct spool *s, const char *what)
{
	cli_error("%s: %s: %s", s->name, what, strerror(errno));
	return CLI_TEMPORARY;
}

/* A file without a name in $TMPDIR or /tmp; -1 with errno. */
static int
temporary(void)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	int fd;

	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	if ((size_t)snprintf(path, sizeof(path), "%s/userkeys-XXXXXX",
	    folder) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static ssize_t
read_piece(int fd, uint8_t *piece, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, piece, size);
	} while (n < 0 && errno == EINTR);
	return n;
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

/* Copies the pipe FD to a temporary file, which becomes S's. */
static int
spool_pipe(struct spool *s, int fd)
{
	ssize_t n;

	s->fd = temporary();
	if (s->fd < 0)
		return trouble(s, "no temporary file can be made; set TMPDIR "
		    "to a folder that can be written");
	s->own = true;
	while ((n = read_piece(fd, s->piece, sizeof(s->piece))) > 0)
		if (!write_all(s->fd, s->piece, (size_t)n))
			return trouble(s, "the temporary file cannot be "
			    "written; set TMPDIR to a folder with room");
	return n < 0 ? trouble(s, "cannot be read") : CLI_PASS;
}

/* Whether the LEN octets at LINE begin as an mbox's separator does, and are no
 * field "From :": white space may stand in front of a colon (RFC 5322 4.5). */
static bool
is_mbox_line(const uint8_t *line, size_t len)
{
	struct ukey_view rest = { line, len };

	if (len < 5 || memcmp(line, "From ", 5) != 0)
		return false;
	ukey_view_skip(&rest, 5);
	while (rest.len > 0 && ukey_is_wsp(rest.data[0]))
		ukey_view_skip(&rest, 1);
	return rest.len > 0 && rest.data[0] != ':';
}

/* The lines of an mbox, behind its first one. */
struct lines {
	uint32_t line;     /* from 1 */
	uint8_t begin[64]; /* of it */
	size_t len;
};

/* Takes the next octet; true when it ends the line that begins a second
 * message.  As mboxes quote such lines of a text, each counts. */
static bool
is_second(struct lines *l, uint8_t c)
{
	bool found = c == '\n' && is_mbox_line(l->begin, l->len);

	if (l->len < sizeof(l->begin))
		l->begin[l->len++] = c;
	if (c == '\n' && !found) {
		l->line++;
		l->len = 0;
	}
	return found;
}

/* The line in which a second message begins, to *FOUND; 0: none. */
static int
find_second(struct spool *s, uint32_t *found)
{
	struct lines l = { .line = 2 };
	ssize_t n, i;

	*found = 0;
	while ((n = read_piece(s->fd, s->piece, sizeof(s->piece))) > 0)
		for (i = 0; i < n; i++)
			if (is_second(&l, s->piece[i])) {
				*found = l.line;
				return CLI_PASS;
			}
	return n < 0 ? trouble(s, "cannot be read") : CLI_PASS;
}

static int
refuse_several(struct spool *s)
{
	uint32_t line;
	int status = find_second(s, &line);

	if (status != CLI_PASS)
		return status;
	if (line == 0)
		return spool_rewind(s);
	cli_error("%s:%u: a second message of an mbox begins here: expected "
	    "one message: take the mbox apart (formail -s userkeys verify "
	    "<FILE), or remove line 1 if this is one message", s->name,
	    (unsigned)line);
	return CLI_INPUT;
}

/* Passes over an mbox's line in front of the message, which must be the only
 * one. */
static int
pass_mbox_line(struct spool *s)
{
	ssize_t n = read_piece(s->fd, s->piece, sizeof(s->piece));
	const uint8_t *lf;
	int status;

	if (n < 0)
		return trouble(s, "cannot be read");
	lf = memchr(s->piece, '\n', (size_t)n);
	if (lf != NULL && is_mbox_line(s->piece, (size_t)n))
		s->start = lf + 1 - s->piece;
	status = spool_rewind(s);
	return status == CLI_PASS && s->start > 0 ? refuse_several(s) : status;
}

/* Looks at the end of the first line. */
static int
find_line_ends(struct spool *s)
{
	uint8_t before = 0, *lf;
	ssize_t n;

	s->unix_lines = false;
	while ((n = read_piece(s->fd, s->piece, sizeof(s->piece))) > 0) {
		lf = memchr(s->piece, '\n', (size_t)n);
		if (lf != NULL) {
			if (lf > s->piece)
				before = lf[-1];
			s->unix_lines = before != '\r';
			break;
		}
		before = s->piece[n - 1];
	}
	return n < 0 ? trouble(s, "cannot be read") : spool_rewind(s);
}

/* The file PATH, or standard input; -1 with errno. */
static int
open_input(const struct spool *s, const char *path, struct stat *st)
{
	int fd = s->own ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;

	if (fd < 0 || fstat(fd, st) != 0)
		return -1;
	if (!S_ISDIR(st->st_mode))
		return fd;
	close(fd);
	errno = EISDIR;
	return -1;
}

/* Where the message begins, and how its lines end. */
static int
look_at(struct spool *s)
{
	int status = spool_rewind(s);

	if (status == CLI_PASS)
		status = pass_mbox_line(s);
	return status == CLI_PASS ? find_line_ends(s) : status;
}

int
spool_open(struct spool *s, const char *path)
{
	int status = CLI_PASS, fd;
	struct stat st;

	s->own = path != NULL && strcmp(path, "-") != 0;
	s->name = s->own ? path : "standard input";
	s->fd = -1;
	s->start = 0;
	fd = open_input(s, path, &st);
	if (fd < 0) {
		cli_error("%s: cannot be read: %s: name a message", s->name,
		    strerror(errno));
		return CLI_INPUT;
	}
	if (S_ISREG(st.st_mode)) {
		s->fd = fd;
	} else {
		status = spool_pipe(s, fd);
		if (fd != STDIN_FILENO)
			close(fd);
	}
	if (status == CLI_PASS)
		status = look_at(s);
	if (status != CLI_PASS)
		spool_close(s);
	return status;
}

void
spool_close(struct spool *s)
{
	if (s->own && s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

int
spool_rewind(struct spool *s)
{
	return lseek(s->fd, s->start, SEEK_SET) == s->start ? CLI_PASS :
	    trouble(s, "cannot be read again");
}

int
spool_read(struct spool *s, struct ukey_view *piece)
{
	ssize_t n = read_piece(s->fd, s->piece, sizeof(s->piece));
	uint8_t *to = s->crlf;
	const uint8_t *from = s->piece, *end, *lf;

	if (n < 0)
		return trouble(s, "cannot be read");
	*piece = (struct ukey_view) { s->piece, (size_t)n };
	if (!s->unix_lines)
		return CLI_PASS;
	for (end = from + n; from < end; from = lf + 1) {
		lf = memchr(from, '\n', (size_t)(end - from));
		if (lf == NULL)
			lf = end;
		memcpy(to, from, (size_t)(lf - from));
		to += lf - from;
		if (lf == end)
			break;
		*to++ = '\r';
		*to++ = '\n';
	}
	*piece = (struct ukey_view) { s->crlf, (size_t)(to - s->crlf) };
	return CLI_PASS;
}

void
spool_write(const struct spool *s, FILE *f, struct ukey_view octets)
{
	size_t i;

	for (i = 0; i < octets.len; i++)
		if (!s->unix_lines || octets.data[i] != '\r' ||
		    i + 1 == octets.len || octets.data[i + 1] != '\n')
			putc(octets.data[i], f);
}

int
spool_copy(struct spool *s, FILE *f)
{
	int status = spool_rewind(s);
	ssize_t n = 0;

	while (status == CLI_PASS && (n = read_piece(s->fd, s->piece,
	    sizeof(s->piece))) > 0)
		fwrite(s->piece, 1, (size_t)n, f);
	return status == CLI_PASS && n < 0 ? trouble(s, "cannot be read") :
	    status;
}

void
spool_walk(struct spool_walk *w, struct spool *s)
{
	*w = (struct spool_walk) { .spool = s, .piece = UKEY_VIEW("") };
	ukey_message_init(&w->splitter);
	w->status = spool_rewind(s);
}

struct ukey_event
spool_next(struct spool_walk *w)
{
	struct ukey_event e = { UKEY_EVENT_NONE, { NULL, 0 } };

	while (w->status == CLI_PASS && !w->ended) {
		e = ukey_message_next(&w->splitter, &w->piece);
		if (e.kind != UKEY_EVENT_NONE)
			return e;
		w->status = spool_read(w->spool, &w->piece);
		w->ended = w->status == CLI_PASS && w->piece.len == 0;
	}
	return w->status == CLI_PASS ? ukey_message_end(&w->splitter) : e;
}
