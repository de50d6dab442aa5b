/*
 * userkeys ukd: lists of mailboxes as spreadsheets write them (RFC 4180).
 * SPDX-License-Identifier: MIT
 *
 * Fields are separated by commas; one in quotes may hold commas, and quotes
 * twice.  A byte order mark, a line of headings ("address,..."), empty lines
 * and those that begin with # are passed over.
 */
#define _GNU_SOURCE /* getline */

#include <string.h>
#include <strings.h>

#include "cmd_ukd.h"

#define BOM "\xef\xbb\xbf"

void
ukd_csv_error(struct ukd_csv *csv, unsigned column, const char *text)
{
	cli_error("%s:%lu:%u: %s", csv->name, csv->line, column, text);
	csv->bad = true;
}

static unsigned
column_of(const struct ukd_csv *csv, const char *p)
{
	return (unsigned)(p - csv->text) + 1;
}

static char *
blanks_skip(char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

/* The field in quotes at P, without them; where it ends, or NULL. */
static char *
unquote(char *p)
{
	char *to = p++;

	for (; *p != '\0'; p++) {
		if (*p == '"' && p[1] != '"') {
			*to = '\0';
			return p + 1;
		}
		p += *p == '"';
		*to++ = *p;
	}
	return NULL;
}

/* Ends the field from P to END there, without blanks. */
static void
blanks_cut(const char *p, char *end)
{
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
}

/*
 * Takes the field at *P.  *P becomes what is behind its comma, or NULL behind
 * the last one; false with an error printed.
 */
static bool
field_take(struct ukd_csv *csv, char **p)
{
	char *begin = *p, *end;
	bool quoted = *begin == '"', last;

	end = quoted ? unquote(begin) : begin + strcspn(begin, ",");
	if (end == NULL) {
		ukd_csv_error(csv, column_of(csv, begin), "this quote does "
		    "not end in this line");
		return false;
	}
	if (quoted)
		end = blanks_skip(end);
	if (*end != ',' && *end != '\0') {
		ukd_csv_error(csv, column_of(csv, end), "expected a comma "
		    "behind the quote, or the end of the line");
		return false;
	}
	last = *end == '\0';
	if (!quoted)
		blanks_cut(begin, end);
	*p = last ? NULL : end + 1;
	return true;
}

static bool
fields_cut(struct ukd_csv *csv, char *p)
{
	static char nothing[] = "";
	unsigned n;

	for (n = 0; n < UKD_CSV_FIELDS; n++) {
		p = p == NULL ? NULL : blanks_skip(p);
		csv->field[n] = p == NULL ? nothing : p;
		csv->column[n] = p == NULL ? 1 : column_of(csv, p);
		if (p != NULL && !field_take(csv, &p))
			return false;
	}
	if (p == NULL)
		return true;
	ukd_csv_error(csv, column_of(csv, p), "expected three fields: "
	    "address, logins, advice");
	return false;
}

/* The next line, without its end; false at the end, or with an error. */
static bool
line_read(struct ukd_csv *csv, FILE *f)
{
	ssize_t len = getline(&csv->text, &csv->room, f);

	csv->line++;
	if (len < 0) {
		if (ferror(f))
			ukd_csv_error(csv, 1, "cannot be read");
		return false;
	}
	if (strlen(csv->text) != (size_t)len) {
		ukd_csv_error(csv, column_of(csv, strchr(csv->text, '\0')),
		    "a NUL: expected text");
		return false;
	}
	csv->text[strcspn(csv->text, "\r\n")] = '\0';
	return true;
}

bool
ukd_csv_next(struct ukd_csv *csv, FILE *f)
{
	char *p;

	while (line_read(csv, f)) {
		p = csv->text;
		if (csv->line == 1 && strncmp(p, BOM, strlen(BOM)) == 0)
			p += strlen(BOM);
		p = blanks_skip(p);
		if (*p == '\0' || *p == '#' || !fields_cut(csv, p))
			continue;
		if (strcasecmp(csv->field[0], "address") != 0)
			return true;
	}
	return false;
}
