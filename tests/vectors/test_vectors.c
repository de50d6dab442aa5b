/*
 * userkeys: every case of tests/vectors/cases gets the judgements that it
 * asks for, however its message is cut.  SPDX-License-Identifier: MIT
 *
 * Arguments: names of cases, else all.  The format of a case is that of
 * make.py.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support_dns.h"
#include "ukey.h"

#define CASES "tests/vectors/cases"
#define RECORDS 32
#define TEXT 4096 /* of all judgements of a case */
#define CUTS 24 /* of each message, beside octet by octet */

struct vector {
	const char *name;
	char *text;  /* of the file "case", cut into words */
	char *wants; /* "want" lines as they should come out */
	uint8_t *message;
	size_t len;
	const char *mail_from; /* NULL: none is given */
	uint64_t time;
	unsigned flags;
	struct support_record records[RECORDS + 1];
};

static unsigned passed, failed;

/* The octets of FILE of case NAME with a NUL behind; freed by the caller. */
static uint8_t *
load(const char *name, const char *file, size_t *len)
{
	char path[512];
	uint8_t *data = NULL;
	FILE *f;
	long size;

	snprintf(path, sizeof(path), CASES "/%s/%s", name, file);
	f = fopen(path, "rb");
	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0) {
		perror(path);
		exit(1);
	}
	rewind(f);
	data = malloc((size_t)size + 1);
	if (data == NULL || fread(data, 1, (size_t)size, f) != (size_t)size) {
		perror(path);
		exit(1);
	}
	data[size] = '\0';
	*len = (size_t)size;
	fclose(f);
	return data;
}

static void
bad(const struct vector *c, const char *line)
{
	fprintf(stderr, "%s: cannot read the line: %s\n", c->name, line);
	exit(1);
}

/* "NAME TYPE DATA" */
static void
parse_record(struct vector *c, char *line)
{
	struct support_record *r = c->records;
	char *data = line;

	while (r->name != NULL)
		r++;
	if (r == c->records + RECORDS)
		bad(c, line);
	r->name = strsep(&data, " ");
	r->type = strsep(&data, " ");
	r->data = data == NULL ? "" : data;
	if (r->type == NULL)
		bad(c, line);
}

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
parse_line(struct vector *c, char *line)
{
	char *value = line;
	char *word = strsep(&value, " ");

	if (value == NULL)
		value = line + strlen(line);
	if (strcmp(word, "want") == 0) {
		add(c->wants, "%s\n", value);
	} else if (strcmp(word, "mail-from") == 0) {
		c->mail_from = value;
	} else if (strcmp(word, "time") == 0) {
		c->time = strtoull(value, NULL, 10);
	} else if (strcmp(word, "record") == 0) {
		parse_record(c, value);
	} else if (strcmp(word, "flags") == 0) {
		c->flags = strstr(value, "dkim") == NULL ? 0 :
		    UKEY_VERIFY_DKIM;
		if (strstr(value, "partial-body") != NULL)
			c->flags |= UKEY_VERIFY_PARTIAL_BODY;
	} else if (word[0] != '#') {
		bad(c, word);
	}
}

static void
load_case(struct vector *c, const char *name)
{
	char *rest, *line;
	size_t len;

	memset(c, 0, sizeof(*c));
	c->name = name;
	c->message = load(name, "message", &c->len);
	c->text = (char *)load(name, "case", &len);
	c->wants = calloc(1, TEXT);
	if (c->wants == NULL)
		exit(1);
	rest = c->text;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			parse_line(c, line);
}

static void
add_tag(char *text, const char *name, struct ukey_view v)
{
	if (v.len > 0)
		add(text, " %s=%.*s", name, (int)v.len, v.data);
}

static void
report(const struct vector *c, const struct ukey_verify *v, char *text)
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
judge(const struct vector *c, size_t cut, size_t step, char *text)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];
	struct ukey_verify v;
	struct ukey_view from = { (const uint8_t *)c->mail_from,
		c->mail_from == NULL ? 0 : strlen(c->mail_from) };

	ukey_verify_init(&v, c->flags, arena, sizeof(arena));
	if (c->mail_from != NULL)
		ukey_verify_mail_from(&v, from);
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
check(const struct vector *c, size_t cut, size_t step)
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
	struct vector c;
	size_t i;
	bool ok;

	load_case(&c, name);
	ok = check(&c, c.len, c.len + 1) && check(&c, 0, 1) &&
	    check(&c, 0, 7);
	for (i = 0; ok && i < CUTS; i++)
		ok = check(&c, c.len / CUTS * i + i % (c.len / CUTS + 1),
		    c.len + 1);
	free(c.message);
	free(c.text);
	free(c.wants);
	passed += ok;
	failed += !ok;
}

static int
is_case(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	struct dirent **list;
	int i, n;

	for (i = 1; i < argc; i++)
		run_case(argv[i]);
	n = argc > 1 ? 0 : scandir(CASES, &list, is_case, alphasort);
	if (argc == 1 && n <= 0) {
		perror(CASES);
		return 1;
	}
	for (i = 0; i < n; i++) {
		run_case(list[i]->d_name);
		free(list[i]);
	}
	if (argc == 1)
		free(list);
	printf("%u passed, %u failed\n", passed, failed);
	return failed > 0;
}
