/*
 * userkeys: every case of tests/vectors/cases gets the judgements that it
 * asks for, however its message is cut.  SPDX-License-Identifier: MIT
 *
 * Arguments: names of cases, else all.  The format of a case is that of
 * make.py.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support_vector.h"
#include "ukey.h"

#define TEXT SUPPORT_VECTOR_TEXT
#define CUTS 24 /* of each message, beside octet by octet */

static unsigned passed, failed;

/* Adds formatted text to TEXT, TEXT octets. */
static void __attribute__((format(printf, 2, 3)))
add(char *text, const char *format, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text + len, TEXT - len, format, ap);
	va_end(ap);
}

static void
add_tag(char *text, const char *name, struct ukey_view v)
{
	if (v.len > 0)
		add(text, " %s=%.*s", name, (int)v.len, v.data);
}

static void
report(const struct support_vector *c, const struct ukey_verify *v, char *text)
{
	static const char *const relations[] = { "none", "same", "other",
		"many" };
	static const char *const advices[] = { "none", "quarantine",
		"reject" };
	struct ukey_judgement j;
	unsigned i;

	text[0] = '\0';
	if (c->mail_from != NULL) {
		ukey_verify_userkeys(v, &j);
		add(text, "userkeys %s %s advice=%s%s from=%s\n",
		    ukey_verdict_word(j.verdict), ukey_reason_word(j.reason),
		    advices[j.advice], j.testing ? " testing" : "",
		    relations[j.relation]);
	}
	for (i = 0; i < ukey_verify_dkim_count(v); i++) {
		ukey_verify_dkim(v, i, &j);
		add(text, "dkim %s %s", ukey_verdict_word(j.verdict),
		    ukey_reason_word(j.reason));
		add_tag(text, "d", j.domain);
		add_tag(text, "s", j.selector);
		add(text, "\n");
	}
}

/* Pushes OCTETS in pieces of at most STEP, each in a heap block of its own
 * size, so that a sanitizer sees a read past its end. */
static void
push(struct ukey_verify *v, const uint8_t *octets, size_t len, size_t step)
{
	uint8_t *piece;
	size_t n;

	for (; len > 0; octets += n, len -= n) {
		n = len < step ? len : step;
		piece = malloc(n);
		if (piece == NULL)
			exit(1);
		memcpy(piece, octets, n);
		ukey_verify_push(v, piece, n);
		free(piece);
	}
}

/* Judges C with its message cut at CUT and each half in pieces of STEP. */
static void
judge(const struct support_vector *c, size_t cut, size_t step, char *text)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];
	struct ukey_verify v;
	struct ukey_view from = { (const uint8_t *)c->mail_from,
		c->mail_from == NULL ? 0 : strlen(c->mail_from) };

	ukey_verify_init(&v, c->flags, arena, sizeof(arena));
	if (c->mail_from != NULL)
		ukey_verify_mail_from(&v, from, UKEY_VIEW_NONE);
	ukey_verify_time(&v, c->time);
	push(&v, c->message, cut, step);
	if (cut % 2 == 1) /* answers before the end of the octets, too */
		support_dns_run(&v, c->records, cut % 4 == 1);
	push(&v, c->message + cut, c->len - cut, step);
	ukey_verify_end(&v);
	support_dns_run(&v, c->records, cut % 4 > 1);
	report(c, &v, text);
	if (!ukey_verify_done(&v))
		add(text, "not done\n");
}

static bool
check(const struct support_vector *c, size_t cut, size_t step)
{
	char text[TEXT];

	judge(c, cut, step, text);
	if (strcmp(text, c->wants) == 0)
		return true;
	printf("%s, cut at %zu in pieces of %zu:\nwanted:\n%sfound:\n%s",
	    c->name, cut, step, c->wants, text);
	return false;
}

static void
run_case(const char *name)
{
	struct support_vector c;
	size_t i;
	bool ok;

	support_vector_load(&c, name);
	ok = check(&c, c.len, c.len + 1) && check(&c, 0, 1) &&
	    check(&c, 0, 7);
	for (i = 0; ok && i < CUTS; i++)
		ok = check(&c, c.len / CUTS * i + i % (c.len / CUTS + 1),
		    c.len + 1);
	support_vector_free(&c);
	passed += ok;
	failed += !ok;
}

int
main(int argc, char **argv)
{
	char **names;
	int i, n;

	for (i = 1; i < argc; i++)
		run_case(argv[i]);
	n = argc > 1 ? 0 : support_vector_names(&names);
	for (i = 0; i < n; i++) {
		run_case(names[i]);
		free(names[i]);
	}
	if (argc == 1)
		free(names);
	printf("%u passed, %u failed\n", passed, failed);
	return failed > 0;
}
