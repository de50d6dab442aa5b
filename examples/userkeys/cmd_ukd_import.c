/*
 * userkeys ukd import: a backup of "userkeys ukd export", all of it or
 * nothing; its form is described there.  SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_ukd.h"
#include "ukey_random.h"

#define FIELDS_MAX 10
#define LINE_SIZE 16384 /* octets of a line: two keys of 4096 bits in hex */

struct restore {
	struct ukd_merge *merge;
	const char *path;
	unsigned long line;
	bool clear;
	unsigned fields;
	char *field[FIELDS_MAX];
};

static enum ukey_ukd_status
bad(const struct restore *r, const char *why)
{
	cli_error("%s:%lu: %s: restore from another backup", r->path, r->line,
	    why);
	return UKEY_UKD_INVALID;
}

/* The database's error with the line in front. */
static enum ukey_ukd_status
told(const struct restore *r, enum ukey_ukd_status status)
{
	if (status != UKEY_UKD_OK)
		cli_error("%s:%lu: %s", r->path, r->line,
		    ukey_ukd_error(r->merge->u));
	return status;
}

/* Cuts LINE at its tabs. */
static void
fields_cut(struct restore *r, char *line)
{
	char *tab;

	for (r->fields = 0; r->fields < FIELDS_MAX; line = tab + 1) {
		r->field[r->fields++] = line;
		tab = strchr(line, '\t');
		if (tab == NULL)
			return;
		*tab = '\0';
	}
	r->fields = FIELDS_MAX + 1; /* too many */
}

static bool
number(const char *text, uint64_t most, int64_t *n)
{
	uint64_t value;

	if (!ukey_view_number(cli_view(text), &value) || value > most)
		return false;
	*n = (int64_t)value;
	return true;
}

/* The hex digits TEXT as octets into OUT; false for anything else. */
static bool
unhex(const char *text, struct ukey_out *out)
{
	uint8_t high, low;

	for (; text[0] != '\0'; text += 2) {
		high = ukey_hex_value((uint8_t)text[0]);
		low = ukey_hex_value((uint8_t)text[1]);
		if (high > 15 || low > 15)
			return false;
		ukey_out_octet(out, (uint8_t)(high << 4 | low));
	}
	return !out->overflow;
}

/* TEXT with its NUL into OUT of SIZE; false when it does not fit. */
static bool
text_copy(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return false;
	memcpy(out, text, len + 1);
	return true;
}

/* The mailbox or domain that field I names. */
static bool
whom_take(const struct restore *r, unsigned i, struct ukey_ukd_filter *whom)
{
	return ukey_ukd_filter_read(whom, cli_view(r->field[i])) ==
	    UKEY_REASON_OK;
}

static enum ukey_ukd_status
address_restore(const struct restore *r)
{
	struct ukey_ukd_filter whom;
	struct ukey_ukd_flags flags;
	enum ukey_ukd_status status;
	int64_t n[4];
	unsigned i;

	if (r->fields != 6)
		return bad(r, "not six fields");
	for (i = 0; i < 4; i++)
		if (!number(r->field[2 + i], i == 0 ? 2 : 1, &n[i]))
			return bad(r, "not 0, 1 or 2");
	flags.advice = (uint8_t)n[0];
	flags.exact = n[1] != 0;
	flags.only_from = n[2] != 0;
	flags.testing = n[3] != 0;
	if (!whom_take(r, 1, &whom))
		return bad(r, "neither a mailbox nor a domain");
	if (whom.which == UKEY_UKD_DOMAIN)
		return UKEY_UKD_OK; /* its row comes with its logins */
	status = ukd_merge_mailbox(r->merge, &whom.mailbox);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_add(r->merge->u, &whom.mailbox, &flags);
	return told(r, status);
}

static bool
times_take(const struct restore *r, struct ukey_ukd_key_row *row)
{
	return number(r->field[4], INT64_MAX, &row->created) &&
	    number(r->field[5], INT64_MAX, &row->published) &&
	    number(r->field[6], INT64_MAX, &row->activated) &&
	    number(r->field[7], INT64_MAX, &row->retired);
}

/* The numbers and the public part of a key's line. */
static bool
key_fields(const struct restore *r, struct ukey_ukd_key_row *row)
{
	struct ukey_out out;
	unsigned i;

	for (i = 0; i < UKEY_UKD_STATES; i++)
		if (strcmp(r->field[3], ukey_ukd_state_word(i)) == 0)
			break;
	if (i == UKEY_UKD_STATES ||
	    !text_copy(row->address, sizeof(row->address), r->field[1]) ||
	    !text_copy(row->generation, sizeof(row->generation),
	    r->field[2]))
		return false;
	row->state = i;
	ukey_out_init(&out, row->spki, sizeof(row->spki));
	if (!times_take(r, row) || !unhex(r->field[8], &out))
		return false;
	row->public_len = out.len;
	return true;
}

/* PRIVATE, clear or sealed, goes in. */
static enum ukey_ukd_status
private_restore(const struct restore *r, struct ukey_ukd_key_row *row,
    struct ukey_view private)
{
	static const struct ukey_view none;
	enum ukey_ukd_status status;
	struct ukey_key *key;
	int err;

	if (!r->clear || private.len == 0)
		return told(r, ukey_ukd_key_restore(r->merge->u, row, private,
		    NULL));
	err = ukey_key_read(&key, private, ukey_random());
	if (err != UKEY_KEY_OK)
		return bad(r, ukey_key_strerror(err));
	status = told(r, ukey_ukd_key_restore(r->merge->u, row, none, key));
	ukey_key_free(key);
	return status;
}

static enum ukey_ukd_status
key_restore(const struct restore *r)
{
	uint8_t octets[UKEY_UKD_SEALED_MAX];
	struct ukey_ukd_key_row row;
	enum ukey_ukd_status status;
	struct ukey_out out;

	memset(&row, 0, sizeof(row));
	if (r->fields != 10 || !key_fields(r, &row))
		return bad(r, "not a key's ten fields");
	ukd_merge_key(r->merge, &row);
	ukey_out_init(&out, octets, sizeof(octets));
	if (unhex(r->field[9], &out))
		status = private_restore(r, &row, ukey_out_done(&out));
	else
		status = bad(r, "the private key is no hex");
	ukey_wipe(octets, sizeof(octets));
	return status;
}

/* What is there already is as good as restored, where two are merged. */
static enum ukey_ukd_status
unless_there(const struct restore *r, enum ukey_ukd_status status)
{
	bool merged = r->merge->merge || r->merge->replace;

	return merged && status == UKEY_UKD_EXISTS ? UKEY_UKD_OK : status;
}

static enum ukey_ukd_status
spent_restore(const struct restore *r)
{
	struct ukey_ukd_spent_row row;

	if (r->fields != 4 ||
	    !text_copy(row.domain, sizeof(row.domain), r->field[1]) ||
	    !text_copy(row.label, sizeof(row.label), r->field[2]) ||
	    !text_copy(row.generation, sizeof(row.generation), r->field[3]))
		return bad(r, "not a generation's four fields");
	return told(r, unless_there(r, ukey_ukd_spend(r->merge->u, &row)));
}

static enum ukey_ukd_status
login_restore(const struct restore *r)
{
	struct ukey_ukd_filter whom;

	if (r->fields != 3)
		return bad(r, "not a login's three fields");
	if (!whom_take(r, 2, &whom))
		return bad(r, "neither a mailbox nor a domain");
	return told(r, unless_there(r, ukey_ukd_allow(r->merge->u,
	    cli_view(r->field[1]), &whom)));
}

static enum ukey_ukd_status
row_restore(const struct restore *r)
{
	if (strcmp(r->field[0], "address") == 0)
		return address_restore(r);
	if (strcmp(r->field[0], "key") == 0)
		return key_restore(r);
	if (strcmp(r->field[0], "spent") == 0)
		return spent_restore(r);
	if (strcmp(r->field[0], "login") == 0)
		return login_restore(r);
	return bad(r, "no row of a backup");
}

/* The next line, without its end; false at the end of the file, or with a
 * NUL, without a line end, too long. */
static bool
line_read(struct restore *r, FILE *f, char *line)
{
	size_t len;

	r->line++;
	if (fgets(line, LINE_SIZE, f) == NULL)
		return false;
	len = strlen(line);
	if (len == 0 || line[len - 1] != '\n')
		return false;
	line[len - 1] = '\0';
	return true;
}

/* From the second line to "end". */
static enum ukey_ukd_status
rows_restore(struct restore *r, FILE *f, char *line)
{
	enum ukey_ukd_status status = UKEY_UKD_OK;
	unsigned long rows = 0;
	int64_t wanted;

	while (status == UKEY_UKD_OK) {
		if (!line_read(r, f, line))
			return bad(r, "cut off");
		fields_cut(r, line);
		if (r->fields == 2 && strcmp(r->field[0], "end") == 0)
			break;
		status = row_restore(r);
		rows++;
	}
	if (status == UKEY_UKD_OK && (!number(r->field[1], UINT32_MAX,
	    &wanted) || (unsigned long)wanted != rows))
		status = bad(r, "rows are missing");
	return status;
}

/* The first line says what it is. */
static bool
head_read(struct restore *r, FILE *f, char *line)
{
	if (!line_read(r, f, line))
		return false;
	fields_cut(r, line);
	r->clear = r->fields == 2 && strcmp(r->field[1], "clear") == 0;
	return r->fields == 2 && strcmp(r->field[0], "userkeys-ukd-1") == 0;
}

enum ukey_ukd_status
ukd_restore(struct ukd_merge *m, FILE *f, const char *name)
{
	struct restore r = { .merge = m, .path = name };
	enum ukey_ukd_status status;
	char line[LINE_SIZE];

	if (head_read(&r, f, line))
		status = rows_restore(&r, f, line);
	else
		status = bad(&r, "no backup of \"userkeys ukd export\"");
	ukey_wipe(line, sizeof(line));
	return status == UKEY_UKD_OK ? ukd_merge_end(m) : status;
}

/* F, called NAME, in one transaction. */
static int
import_run(struct ukd_merge *m, FILE *f, const char *name)
{
	enum ukey_ukd_status status = ukd_merge_begin(m);

	if (status != UKEY_UKD_OK)
		cli_error("%s:0: %s", name, ukey_ukd_error(m->u));
	else
		status = ukd_restore(m, f, name);
	if (status == UKEY_UKD_OK)
		return ukd_exit(m->u, ukey_ukd_end(m->u, status));
	(void)ukey_ukd_end(m->u, status);
	return status == UKEY_UKD_BUSY ? CLI_TEMPORARY : CLI_INPUT;
}

int
ukd_import(struct ukey_ukd *u, const struct ukd_options *o)
{
	struct ukd_merge m = { .u = u, .merge = o->merge,
		.replace = o->replace, .force = o->force };
	bool input = strcmp(o->arg, "-") == 0;
	FILE *f;
	int exit;

	if (o->merge && o->replace)
		return cli_usage("ukd", "import: --merge keeps what the "
		    "backup has not, --replace removes it: leave one out");
	f = input ? stdin : fopen(o->arg, "r");
	if (f == NULL) {
		cli_error("%s: %s: name a backup of \"userkeys ukd export\"",
		    o->arg, strerror(errno));
		return CLI_INPUT;
	}
	ukd_buffer(f);
	exit = import_run(&m, f, o->arg);
	if (!input)
		fclose(f);
	ukd_buffer_wipe();
	ukd_merge_free(&m);
	return exit;
}
