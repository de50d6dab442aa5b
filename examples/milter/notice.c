/*
 * userkeys-milter: the notice at the top of a body.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "notice.h"

#define PATH_SIZE 512
#define SHOWN 200 /* octets of an address */

void
notice_init(struct notice *n)
{
	*n = (struct notice) { .fd = -1 };
}

/* Whether NAME of a charset is one in which a line of ASCII is that line. */
static bool
holds_ascii(struct ukey_view name)
{
	static const char *const whole[] = { "us-ascii", "utf-8" };
	static const char *const start[] = { "iso-8859-", "windows-125" };
	struct ukey_view begin;
	size_t i, len;

	if (name.len >= 2 && name.data[0] == '"' &&
	    name.data[name.len - 1] == '"')
		name = ukey_view_part(name, 1, name.len - 1);
	for (i = 0; i < 2; i++) {
		len = strlen(whole[i]);
		begin = (struct ukey_view) { (const uint8_t *)whole[i], len };
		if (ukey_view_equal_nocase(name, begin))
			return true;
		len = strlen(start[i]);
		begin = (struct ukey_view) { (const uint8_t *)start[i], len };
		if (ukey_view_equal_nocase(ukey_view_part(name, 0, len),
		    begin))
			return true;
	}
	return false;
}

/* Whether a Content-Type (RFC 2045 5.1) is text/plain.  A comment, which
 * hardly anybody writes there, makes it none. */
static bool
is_plain(struct ukey_view value)
{
	struct ukey_view rest = value, part, name;

	if (ukey_view_find(value, '(') < value.len)
		return false;
	part = ukey_view_trim(ukey_view_cut(&rest, ';'));
	if (!ukey_view_equal_nocase(part, UKEY_VIEW("text/plain")))
		return false;
	while (rest.data != NULL) {
		part = ukey_view_cut(&rest, ';');
		name = ukey_view_trim(ukey_view_cut(&part, '='));
		if (ukey_view_equal_nocase(ukey_view_part(name, 0, 7),
		    UKEY_VIEW("charset")) && (name.len > 7 ||
		    !holds_ascii(ukey_view_trim(part))))
			return false;
	}
	return true;
}

void
notice_field(struct notice *n, struct ukey_view name, struct ukey_view value)
{
	struct ukey_view word = ukey_view_trim(value);

	if (ukey_view_equal_nocase(name, UKEY_VIEW("Content-Type"))) {
		if (n->types++ > 0 || !is_plain(value))
			n->unfit = true;
	} else if (ukey_view_equal_nocase(name,
	    UKEY_VIEW("Content-Transfer-Encoding"))) {
		if (n->encodings++ > 0 ||
		    (!ukey_view_equal_nocase(word, UKEY_VIEW("7bit")) &&
		    !ukey_view_equal_nocase(word, UKEY_VIEW("8bit"))))
			n->unfit = true;
	}
}

static void
give_up(struct notice *n, const char *what)
{
	log_error("no notice: %s: %s", what, strerror(errno));
	notice_end(n);
}

void
notice_open(struct notice *n, const char *folder)
{
	char path[PATH_SIZE];

	if (n->unfit)
		return;
	n->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (n->fd >= 0)
		return;
	/* A file system that knows no files without a name. */
	snprintf(path, sizeof(path), "%.400s/userkeys-XXXXXX", folder);
	n->fd = mkostemp(path, O_CLOEXEC);
	if (n->fd < 0 || unlink(path) != 0)
		give_up(n, folder);
}

void
notice_body(struct notice *n, struct ukey_view octets, uint64_t limit)
{
	ssize_t sent;

	if (n->fd >= 0 && octets.len > limit - n->len)
		notice_end(n);
	while (n->fd >= 0 && octets.len > 0) {
		sent = write(n->fd, octets.data, octets.len);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0) {
			give_up(n, "the body cannot be kept");
			return;
		}
		n->len += (uint64_t)sent;
		octets = ukey_view_part(octets, (size_t)sent, octets.len);
	}
}

bool
notice_due(const struct notice *n)
{
	return n->fd >= 0;
}

/* An address as ASCII: the body may be 7bit. */
static void
write_address(struct ukey_out *out, const struct ukey_address *a)
{
	struct ukey_view whole = { a->local.data, 0 };
	size_t i;

	if (a->local.data == NULL)
		return;
	whole.len = (size_t)(a->domain.data + a->domain.len - a->local.data);
	for (i = 0; i < whole.len && i < SHOWN; i++)
		ukey_out_octet(out, whole.data[i] <= ' ' ||
		    whole.data[i] > '~' ? '?' : whole.data[i]);
}

void
notice_line(struct ukey_out *out, struct ukey_view id,
    const struct ukey_judgement *j)
{
	ukey_out_octet(out, '[');
	ukey_out_view(out, id);
	if (j->verdict == UKEY_PASS) {
		ukey_out_text(out, ": verified: sent from the mailbox ");
		write_address(out, &j->sender);
		if (j->relation != UKEY_FROM_SAME)
			ukey_out_text(out, ", which is not the author shown");
	} else {
		ukey_out_text(out, ": not verified: ");
		ukey_out_text(out, ukey_reason_meaning(j->reason));
	}
	ukey_out_text(out, "]\r\n");
}

bool
notice_rewind(struct notice *n)
{
	return lseek(n->fd, 0, SEEK_SET) == 0;
}

long
notice_read(struct notice *n, uint8_t *data, size_t size)
{
	ssize_t len;

	do {
		len = read(n->fd, data, size);
	} while (len < 0 && errno == EINTR);
	return (long)len;
}

void
notice_end(struct notice *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
	n->unfit = true;
}
