/*
 * userkeys: the cases of tests/vectors/cases, for programs that run them.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "support_vector.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The octets of FILE of case NAME with a NUL behind; freed by the caller. */
static uint8_t *
load(const char *name, const char *file, size_t *len)
{
	char path[512];
	uint8_t *data = NULL;
	FILE *f;
	long size;

	snprintf(path, sizeof(path), SUPPORT_VECTOR_CASES "/%s/%s", name, file);
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
bad(const struct support_vector *c, const char *line)
{
	fprintf(stderr, "%s: cannot read the line: %s\n", c->name, line);
	exit(1);
}

/* Octets of TEXT that a line cannot hold: \n, \r, \\ and \xHH. */
static void
unescape(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (*text != '\\') {
			*to++ = *text;
			continue;
		}
		text++;
		if (*text == 'x' && text[1] != '\0' && text[2] != '\0') {
			*to++ = (char)(ukey_hex_value((uint8_t)text[1]) << 4 |
			    ukey_hex_value((uint8_t)text[2]));
			text += 2;
		} else {
			*to++ = *text == 'n' ? '\n' : *text == 'r' ? '\r' :
			    *text;
		}
	}
	*to = '\0';
}

/* "NAME TYPE DATA" */
static void
parse_record(struct support_vector *c, char *line)
{
	struct support_record *r = c->records;
	char *data = line;

	while (r->name != NULL)
		r++;
	if (r == c->records + SUPPORT_VECTOR_RECORDS)
		bad(c, line);
	r->name = strsep(&data, " ");
	r->type = strsep(&data, " ");
	r->data = data == NULL ? "" : data;
	if (r->type == NULL)
		bad(c, line);
	if (data != NULL)
		unescape(data);
}

static void
parse_line(struct support_vector *c, char *line)
{
	char *value = line;
	char *word = strsep(&value, " ");
	size_t len;

	if (value == NULL)
		value = line + strlen(line);
	if (strcmp(word, "want") == 0) {
		len = strlen(c->wants);
		snprintf(c->wants + len, SUPPORT_VECTOR_TEXT - len, "%s\n",
		    value);
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

void
support_vector_load(struct support_vector *c, const char *name)
{
	char *rest, *line;
	size_t len;

	memset(c, 0, sizeof(*c));
	c->name = name;
	c->message = load(name, "message", &c->len);
	c->text = (char *)load(name, "case", &len);
	c->wants = calloc(1, SUPPORT_VECTOR_TEXT);
	if (c->wants == NULL)
		exit(1);
	rest = c->text;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			parse_line(c, line);
}

void
support_vector_free(struct support_vector *c)
{
	free(c->message);
	free(c->text);
	free(c->wants);
}

static int
is_case(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int
support_vector_names(char ***names)
{
	struct dirent **list;
	int i, n = scandir(SUPPORT_VECTOR_CASES, &list, is_case, alphasort);

	*names = n <= 0 ? NULL : calloc((size_t)n, sizeof(**names));
	if (*names == NULL) {
		perror(SUPPORT_VECTOR_CASES);
		exit(1);
	}
	for (i = 0; i < n; i++) {
		(*names)[i] = strdup(list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return n;
}
