/*
 * userkeys firmware: a board that has its messages, its DNS and its clock from
 * a file of the debugger's host.  SPDX-License-Identifier: MIT
 *
 * The file is named on the command line.  It is a row of parts: a letter, the
 * length in four octets (big-endian), that many octets.
 *
 *   N name   F mail-from   T time, 8 octets   V flags   S signer   C canon
 *   Q a DNS query, followed by   A the answer (empty: none comes)
 *   M the message   Z nothing: the end of this message
 */
#include <string.h>

#include "board.h"
#include "semihost.h"

#define NAME_MAX 48
#define FROM_MAX 320 /* RFC 5321 4.5.3.1, local-part, "@" and domain */
#define SIGNER_MAX 48
#define COMPARED 32 /* octets at once */

#define RANDOM_FILE "/dev/urandom"

struct part {
	uint8_t letter;
	uint32_t len;
	uint32_t at; /* offset of its octets in the file */
};

static struct {
	bool open;
	int in, out;
	uint32_t next;    /* offset of the next message */
	uint32_t dns;     /* of the first query of this one, or 0 */
	uint32_t at, end; /* of its octets that are still to be read */
	uint64_t time;
	uint8_t name[NAME_MAX], from[FROM_MAX], signer[SIGNER_MAX];
} file;

static size_t
read_at(uint32_t at, void *out, size_t size)
{
	semihost_seek(file.in, at);
	return semihost_read(file.in, out, size);
}

static uint32_t
number(const uint8_t *octets)
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
	    (uint32_t)octets[2] << 8 | octets[3];
}

/* The part at *AT, which moves behind it. */
static bool
next_part(uint32_t *at, struct part *p)
{
	uint8_t head[5];

	if (read_at(*at, head, sizeof(head)) != sizeof(head))
		return false;
	p->letter = head[0];
	p->len = number(head + 1);
	p->at = *at + (uint32_t)sizeof(head);
	*at = p->at + p->len;
	return true;
}

static bool
open_files(void)
{
	char path[128];
	size_t len = semihost_command(path, sizeof(path));
	const char *blank = memchr(path, ' ', len);

	/* QEMU's command line may begin with the image's own name. */
	if (blank != NULL) {
		len -= (size_t)(blank + 1 - path);
		memmove(path, blank + 1, len + 1);
	}
	file.out = semihost_open(":tt", 3, SEMIHOST_WRITE);
	file.in = semihost_open(path, len, SEMIHOST_READ);
	file.open = file.in >= 0;
	return file.open;
}

static struct ukey_view
load(const struct part *p, uint8_t *out, size_t size)
{
	struct ukey_view v = { out, 0 };

	if (p->len <= size)
		v.len = read_at(p->at, out, p->len);
	return v;
}

static void
take(struct board_message *m, const struct part *p)
{
	uint8_t octets[8] = { 0 };

	switch (p->letter) {
	case 'N':
		m->name = load(p, file.name, sizeof(file.name));
		break;
	case 'F':
		m->mail_from = load(p, file.from, sizeof(file.from));
		break;
	case 'S':
		m->signer = load(p, file.signer, sizeof(file.signer));
		break;
	case 'T':
		(void)load(p, octets, sizeof(octets));
		file.time = (uint64_t)number(octets) << 32 |
		    number(octets + 4);
		break;
	case 'V':
		(void)load(p, octets, sizeof(octets));
		m->flags = octets[0];
		break;
	case 'C':
		(void)load(p, octets, sizeof(octets));
		m->canon = octets[0];
		break;
	case 'Q':
		if (file.dns == 0)
			file.dns = p->at - 5;
		break;
	case 'M':
		file.at = p->at;
		file.end = p->at + p->len;
		break;
	default:
		break;
	}
}

bool
board_next(struct board_message *m)
{
	struct part p;

	if (!file.open && !open_files())
		return false;
	memset(m, 0, sizeof(*m));
	file.dns = file.at = file.end = 0;
	file.time = 0;
	while (next_part(&file.next, &p)) {
		if (p.letter == 'Z')
			return true;
		take(m, &p);
	}
	return false;
}

size_t
board_read(uint8_t *out, size_t size)
{
	size_t n = file.end - file.at;

	if (n > size)
		n = size;
	if (n > 0)
		n = read_at(file.at, out, n);
	file.at += (uint32_t)n;
	return n;
}

/* Whether the octets of P are QUERY. */
static bool
is_query(const struct part *p, struct ukey_view query)
{
	uint8_t octets[COMPARED];
	size_t i, n;

	if (p->len != query.len)
		return false;
	for (i = 0; i < query.len; i += n) {
		n = query.len - i < COMPARED ? query.len - i : COMPARED;
		if (read_at(p->at + (uint32_t)i, octets, n) != n ||
		    memcmp(octets, query.data + i, n) != 0)
			return false;
	}
	return true;
}

/* The part at AT is the answer. */
static size_t
answer(uint32_t at, uint8_t *packet, size_t size)
{
	struct part p;

	if (!next_part(&at, &p))
		return 0;
	return p.len > size ? p.len : read_at(p.at, packet, p.len);
}

size_t
board_dns(struct ukey_view query, uint8_t *packet, size_t size)
{
	uint32_t at = file.dns;
	struct part p;

	while (at != 0 && next_part(&at, &p) && p.letter == 'Q') {
		if (is_query(&p, query))
			return answer(at, packet, size);
		(void)next_part(&at, &p);
	}
	board_say(UKEY_VIEW("error: a query that the host did not make\n"));
	return 0;
}

void
board_say(struct ukey_view text)
{
	semihost_write(file.out, text.data, text.len);
}

int64_t
ukey_board_time(void)
{
	return (int64_t)file.time;
}

int
ukey_board_random(void *state, uint8_t *out, size_t size)
{
	static int source = -1;

	(void)state;
	if (source < 0)
		source = semihost_open(RANDOM_FILE, sizeof(RANDOM_FILE) - 1,
		    SEMIHOST_READ);
	return source >= 0 && semihost_read(source, out, size) == size ? 0 :
	    -1;
}

void
ukey_board_exit(int result)
{
	semihost_exit(result);
}

void
ukey_board_fault(enum ukey_fault fault)
{
	if (fault == UKEY_FAULT_STACK)
		board_say(UKEY_VIEW("fault: stack\n"));
	else
		board_say(UKEY_VIEW("fault: other\n"));
	semihost_exit(2);
}
