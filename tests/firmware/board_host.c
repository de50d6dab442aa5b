/*
 * The host in a board's place: gives the vectors to a firmware's program, and
 * writes what it gave to a file for the image.  SPDX-License-Identifier: MIT
 *
 *     program FILE [CASE | @ | +MAILBOX | -]...
 *
 * CASE is a folder of tests/vectors/cases, @ all of them; +MAILBOX: those that
 * follow are signed by it, - (the default) verified.  The format of FILE is
 * that of examples/firmware/board_semihost.c.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "support_vector.h"
#include "ukey_random.h"

static FILE *file;
static char **words;       /* what is left of the command line */
static char **names;       /* of @, what is left of it */
static int names_left;
static const char *signer; /* NULL: verify */
static struct support_vector vector;
static size_t at;          /* octets of the message that were read */
static unsigned count;

static void
put(char letter, const void *data, size_t len)
{
	fprintf(file, "%c%c%c%c%c", letter, (int)(len >> 24 & 255),
	    (int)(len >> 16 & 255), (int)(len >> 8 & 255), (int)(len & 255));
	fwrite(data, 1, len, file);
}

static void
put_octet(char letter, unsigned value)
{
	uint8_t octet = (uint8_t)value;

	put(letter, &octet, 1);
}

static void
put_time(uint64_t time)
{
	uint8_t octets[8];
	unsigned i;

	for (i = 0; i < 8; i++)
		octets[i] = (uint8_t)(time >> (56 - 8 * i));
	put('T', octets, sizeof(octets));
}

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text,
		text == NULL ? 0 : strlen(text) };
}

/* The name of the next case, or NULL; words that are none take effect. */
static const char *
next_name(void)
{
	const char *word;

	while (names_left == 0) {
		word = *words;
		if (word == NULL)
			return NULL;
		words++;
		if (word[0] == '+')
			signer = word + 1;
		else if (strcmp(word, "-") == 0)
			signer = NULL;
		else if (strcmp(word, "@") == 0)
			names_left = support_vector_names(&names);
		else
			return word;
	}
	names_left--;
	return *names++;
}

bool
board_next(struct board_message *m)
{
	const char *name = next_name();

	if (vector.name != NULL) {
		put('M', vector.message, vector.len);
		put('Z', "", 0);
		support_vector_free(&vector);
		vector.name = NULL;
	}
	if (name == NULL)
		return false;
	support_vector_load(&vector, name);
	at = 0;
	*m = (struct board_message) { .name = view(name),
		.mail_from = view(vector.mail_from), .signer = view(signer),
		.flags = vector.flags, .canon = count++ % 4 };
	/* The two bits are header and body. */
	m->canon = (uint8_t)((m->canon & 1) | (m->canon & 2) << 3);
	put('N', m->name.data, m->name.len);
	if (vector.mail_from != NULL)
		put('F', m->mail_from.data, m->mail_from.len);
	if (signer != NULL)
		put('S', m->signer.data, m->signer.len);
	put_time(vector.time);
	put_octet('V', m->flags);
	put_octet('C', m->canon);
	return true;
}

size_t
board_read(uint8_t *out, size_t size)
{
	size_t n = vector.len - at < size ? vector.len - at : size;

	memcpy(out, vector.message + at, n);
	at += n;
	return n;
}

size_t
board_dns(struct ukey_view query, uint8_t *packet, size_t size)
{
	uint8_t answer[16384];
	size_t len = support_dns_answer(vector.records, query, answer,
	    sizeof(answer));

	put('Q', query.data, query.len);
	put('A', answer, len);
	memcpy(packet, answer, len < size ? len : size);
	return len;
}

void
board_say(struct ukey_view text)
{
	fwrite(text.data, 1, text.len, stdout);
}

int64_t
ukey_board_time(void)
{
	return vector.time;
}

int
ukey_board_random(void *state, uint8_t *out, size_t size)
{
	const struct ukey_random *random = ukey_random();

	(void)state;
	return random->fill(random->state, out, size);
}

void *
ukey_ram_rest(size_t *size)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];

	*size = sizeof(arena);
	return arena;
}

size_t
ukey_stack_size(void)
{
	return 0;
}

size_t
ukey_stack_used(void)
{
	return 0;
}

int
main(int argc, char **argv)
{
	int result;

	file = argc < 2 ? NULL : fopen(argv[1], "wb");
	if (file == NULL) {
		perror(argc < 2 ? "usage: FILE CASE..." : argv[1]);
		return 1;
	}
	words = argv + 2;
	result = ukey_firmware();
	return fclose(file) == 0 ? result : 1;
}
