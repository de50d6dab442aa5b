/*
 * userkeys: hostile shapes of a given size, for linear.sh, which counts
 * instructions.  SPDX-License-Identifier: MIT
 *
 *   linear SHAPE N
 *
 * "octets-SHAPE" is the same message, an octet at a time.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linear.h"
#include "ukey.h"

#define TEXT 16000000

char text[TEXT];
size_t text_len;
static uint32_t arena[UKEY_ARENA_SIZE / 4];

void
add(const char *piece)
{
	size_t n = strlen(piece);

	if (n > TEXT - text_len)
		exit(2);
	memcpy(text + text_len, piece, n);
	text_len += n;
}

void
times(unsigned n, const char *piece)
{
	while (n-- > 0)
		add(piece);
}

void
numbered(unsigned n, const char *before, const char *after)
{
	char number[16];
	unsigned i;

	for (i = 0; i < n; i++) {
		add(before);
		snprintf(number, sizeof(number), "%u", i);
		add(number);
		add(after);
	}
}

#define START "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; " \
	"d=e.org; s=s; bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; b=AA=="

/* A field whose value is the same N times. */
static bool
signed_value(const char *shape, unsigned n)
{
	static const char *const values[][2] = {
		{ "folds", "\r\n \t \t " }, { "value-spaces", "a  " },
		{ "value-tabs", "a\t" }, { "value-controls", "a\x01" },
		{ "value-crs", "a \r" }
	};
	const size_t count = sizeof(values) / sizeof(values[0]);
	size_t i = 0;

	while (i < count && strcmp(shape, values[i][0]) != 0)
		i++;
	if (i == count)
		return false;
	add("From: a@b.c\r\nSubject: x");
	times(n, values[i][1]);
	add("\r\n" START "; h=from:subject\r\n\r\n");
	return true;
}

/* The message of SHAPE. */
static int
make(const char *shape, unsigned n)
{
	if (strcmp(shape, "fields") == 0) {
		times(n, "X: y\r\n");
		add("From: a@b.c\r\n" START "; h=from:x:x:x\r\n\r\n");
	} else if (strcmp(shape, "names") == 0) {
		numbered(n, "X-", ": y\r\n");
		add("From: a@b.c\r\n" START "; h=from");
		numbered(n, ":x-", "");
		add("\r\n\r\n");
	} else if (strcmp(shape, "same-names") == 0) {
		times(n, "X: y\r\n");
		add("From: a@b.c\r\n" START "; h=from");
		times(n, ":x");
		add("\r\n\r\n");
	} else if (strcmp(shape, "signatures") == 0) {
		times(n, START "; h=from:to\r\n");
		add("From: a@b.c\r\n\r\n");
	} else if (signed_value(shape, n)) {
		return 0;
	} else if (strcmp(shape, "spaces") == 0) {
		add("From: a@b.c\r\n" START "; h=from\r\n\r\n");
		times(n, " \t \t \t \t \t \t \t \t");
	} else if (strcmp(shape, "crlfs") == 0) {
		add("From: a@b.c\r\n" START "; h=from\r\n\r\n");
		times(n, "\r\n\r\n\r\n\r\n \r\n\r\n");
	} else if (strcmp(shape, "tags") == 0) {
		add("From: a@b.c\r\n" START "; h=from");
		numbered(n, ";\r\n z", " = x");
		add("\r\n\r\n");
	} else if (strcmp(shape, "b-spaces") == 0) {
		add("From: a@b.c\r\n" START);
		times(n, " A\r\n\t");
		add("; h=from\r\n\r\n");
	} else if (strcmp(shape, "bare") == 0) {
		add("From: a@b.c\r\n" START "; h=from\r\n\r\n");
		times(n, "\r\r\n\n\r x");
	} else {
		return 1;
	}
	return 0;
}

/* In pieces of PIECE octets. */
static void
verify(size_t piece)
{
	struct ukey_judgement j;
	struct ukey_verify v;
	size_t at, n;

	ukey_verify_init(&v, UKEY_VERIFY_DKIM, arena, sizeof(arena));
	for (at = 0; at < text_len; at += n) {
		n = text_len - at < piece ? text_len - at : piece;
		ukey_verify_push(&v, text + at, n);
	}
	ukey_verify_end(&v);
	ukey_verify_dkim(&v, 0, &j);
	printf("%s\n", ukey_reason_word(j.reason));
}

int
main(int argc, char **argv)
{
	unsigned n;

	if (argc != 3)
		return 2;
	n = (unsigned)strtoul(argv[2], NULL, 10);
	if (make(argv[1], n) == 0)
		verify(700);
	else if (strncmp(argv[1], "octets-", 7) == 0 &&
	    make(argv[1] + 7, n) == 0)
		verify(1);
	else if (linear_parser(argv[1], n) != 0)
		return 2;
	return 0;
}
