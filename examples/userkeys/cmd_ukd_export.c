/*
 * userkeys ukd export, import: backups.  SPDX-License-Identifier: MIT
 *
 * A backup is text, a row a line, fields separated by tabs (which no field
 * can hold), the first field says what the row is:
 *
 *   userkeys-ukd-1  sealed|clear
 *   address  ADDRESS  ADVICE  EXACT  FROM  TESTING
 *   login    LOGIN    ADDRESS
 *   key      ADDRESS  GENERATION  STATE  CREATED  PUBLISHED  ACTIVATED
 *            RETIRED  PUBLIC      PRIVATE
 *   spent    DOMAIN   LABEL  GENERATION
 *   end      ROWS
 *
 * Numbers are decimal, keys hex: PUBLIC is a SubjectPublicKeyInfo, PRIVATE as
 * it lies in the database (sealed) or PKCS#1 (clear), empty once retired.
 */
#define _DEFAULT_SOURCE /* fdopen, O_CLOEXEC */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd_ukd.h"
#include "ukey_random.h"

struct backup {
	struct ukey_ukd *u;
	FILE *f;
	bool clear;
	unsigned long rows;
	enum ukey_ukd_status status;
};

/* One more field: a tab and TEXT. */
static void
put_text(struct backup *b, const char *text)
{
	fprintf(b->f, "\t%s", text);
}

static void
put_hex(struct backup *b, struct ukey_view v)
{
	size_t i;

	fprintf(b->f, "\t");
	for (i = 0; i < v.len; i++)
		fprintf(b->f, "%02x", v.data[i]);
}

static bool
put_end(struct backup *b)
{
	fprintf(b->f, "\n");
	b->rows++;
	return !ferror(b->f);
}

static bool
each_address(void *state, const struct ukey_ukd_address_row *row)
{
	struct backup *b = state;

	fprintf(b->f, "address");
	put_text(b, row->address);
	fprintf(b->f, "\t%d\t%d\t%d\t%d", row->flags.advice, row->flags.exact,
	    row->flags.only_from, row->flags.testing);
	return put_end(b);
}

static bool
each_login(void *state, const struct ukey_ukd_login_row *row)
{
	struct backup *b = state;

	fprintf(b->f, "login");
	put_text(b, row->login);
	put_text(b, row->address);
	return put_end(b);
}

/* The private key in the form asked for; wiped again. */
static void
put_private(struct backup *b, const struct ukey_ukd_key_row *row)
{
	uint8_t octets[UKEY_UKD_SEALED_MAX];
	struct ukey_out out;

	ukey_out_init(&out, octets, sizeof(octets));
	if (row->state == UKEY_UKD_RETIRED)
		;
	else if (!b->clear)
		b->status = ukey_ukd_key_sealed(b->u, row, &out);
	else
		b->status = ukey_ukd_key_der(b->u, row, ukey_random(), &out);
	put_hex(b, ukey_out_done(&out));
	ukey_wipe(octets, sizeof(octets));
}

static bool
each_key(void *state, const struct ukey_ukd_key_row *row)
{
	struct backup *b = state;

	fprintf(b->f, "key");
	put_text(b, row->address);
	put_text(b, row->generation);
	put_text(b, ukey_ukd_state_word(row->state));
	fprintf(b->f, "\t%lld\t%lld\t%lld\t%lld", (long long)row->created,
	    (long long)row->published, (long long)row->activated,
	    (long long)row->retired);
	put_hex(b, (struct ukey_view) { row->spki, row->public_len });
	put_private(b, row);
	return put_end(b) && b->status == UKEY_UKD_OK;
}

static bool
each_spent(void *state, const struct ukey_ukd_spent_row *row)
{
	struct backup *b = state;

	fprintf(b->f, "spent");
	put_text(b, row->domain);
	put_text(b, row->label);
	put_text(b, row->generation);
	return put_end(b);
}

enum ukey_ukd_status
ukd_backup(struct ukey_ukd *u, FILE *f, const struct ukey_ukd_filter *filter,
    bool clear)
{
	struct backup b = { u, f, clear, 0, UKEY_UKD_OK };
	enum ukey_ukd_status status;

	fprintf(f, "userkeys-ukd-1\t%s\n", clear ? "clear" : "sealed");
	status = ukey_ukd_each_address(u, filter, each_address, &b);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_each_login(u, filter, each_login, &b);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_each_key(u, filter, each_key, &b);
	if (status == UKEY_UKD_OK)
		status = b.status;
	if (status == UKEY_UKD_OK && filter->which == UKEY_UKD_ALL)
		status = ukey_ukd_each_spent(u, each_spent, &b);
	fprintf(f, "end\t%lu\n", b.rows);
	return status;
}

/* A new file for its owner alone. */
static FILE *
out_open(const char *path)
{
	FILE *f;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (f != NULL)
		return f;
	cli_error("%s: %s: name a new file with --out", path,
	    strerror(errno));
	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
	return NULL;
}

/* All of it as of one moment: rows are read in one transaction. */
static int
export_run(struct ukey_ukd *u, const struct ukd_options *o, FILE *f)
{
	enum ukey_ukd_status status;

	if (o->format != NULL)
		return ukd_export_c(u, o, f);
	status = ukey_ukd_begin(u);
	if (status == UKEY_UKD_OK)
		status = ukd_backup(u, f, &o->filter, o->clear);
	return ukd_exit(u, ukey_ukd_end(u, status));
}

/* To standard output, which main() looks after. */
static int
export_print(struct ukey_ukd *u, const struct ukd_options *o)
{
	int exit;

	ukd_buffer(stdout);
	exit = export_run(u, o, stdout);
	(void)fflush(stdout);
	ukd_buffer_wipe();
	return exit;
}

/* To a file that is removed again if that fails. */
static int
export_to(struct ukey_ukd *u, const struct ukd_options *o)
{
	FILE *f = out_open(o->out);
	int exit;
	bool bad;

	if (f == NULL)
		return CLI_INPUT;
	ukd_buffer(f);
	exit = export_run(u, o, f);
	bad = fflush(f) != 0 || ferror(f) || fsync(fileno(f)) != 0;
	bad |= fclose(f) != 0;
	ukd_buffer_wipe();
	if (bad || exit != CLI_PASS)
		unlink(o->out);
	if (!bad || exit != CLI_PASS)
		return exit;
	cli_error("%s: cannot be written: make room and try again", o->out);
	return CLI_TEMPORARY;
}

int
ukd_export(struct ukey_ukd *u, const struct ukd_options *o)
{
	bool table = o->format != NULL && strcmp(o->format, "c") == 0;

	if (o->format != NULL && !table)
		return cli_usage("ukd", "--format %s: not known: c, or leave "
		    "it out", o->format);
	if (table + o->sealed + o->clear != 1)
		return cli_usage("ukd", "export: in which form?: --sealed "
		    "(opens with this key file alone), --clear (private keys "
		    "for all to read) or --format c (the same, for "
		    "firmware)");
	if (o->out == NULL)
		return cli_usage("ukd", "export: where to?: --out FILE, or - "
		    "for standard output");
	return strcmp(o->out, "-") == 0 ? export_print(u, o) :
	    export_to(u, o);
}
