/*
 * userkeys ukd export --format c: the active keys as a const table, for
 * firmware that signs (platform/baremetal/ukey_flash.h).
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "cmd_ukd.h"
#include "ukey_random.h"

#define LINE_OCTETS 12

struct table {
	struct ukey_ukd *u;
	FILE *f;
	unsigned keys;
	bool second; /* the second pass: rows of the table */
	enum ukey_ukd_status status;
};

/* V as a string literal: what is not plain as octal escapes, which end after
 * three digits. */
static void
put_literal(FILE *f, const char *text)
{
	fprintf(f, "\"");
	for (; *text != '\0'; text++)
		if (*text == '"' || *text == '\\' || *text == '?' ||
		    *text < 0x20 || *text > 0x7e)
			fprintf(f, "\\%03o", (unsigned char)*text);
		else
			fprintf(f, "%c", *text);
	fprintf(f, "\"");
}

static void
put_octets(FILE *f, struct ukey_view v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		fprintf(f, "%s0x%02x,", i % LINE_OCTETS == 0 ? "\n\t" : " ",
		    v.data[i]);
}

static void
put_key(struct table *t, const struct ukey_ukd_key_row *row)
{
	uint8_t der[UKEY_KEY_DER_MAX];
	struct ukey_out out;

	ukey_out_init(&out, der, sizeof(der));
	t->status = ukey_ukd_key_der(t->u, row, ukey_random(), &out);
	if (t->status != UKEY_UKD_OK)
		return;
	fprintf(t->f, "static const unsigned char ukey_flash_der_%u[] = {",
	    t->keys);
	put_octets(t->f, ukey_out_done(&out));
	fprintf(t->f, "\n};\n\n");
	ukey_wipe(der, sizeof(der));
}

static void
put_row(struct table *t, const struct ukey_ukd_key_row *row)
{
	fprintf(t->f, "\t{ ");
	put_literal(t->f, row->address);
	fprintf(t->f, ", \"%s\", \"%s%s%s.userkeys\", %d,\n"
	    "\t    ukey_flash_der_%u, sizeof(ukey_flash_der_%u) },\n",
	    row->generation, row->generation,
	    row->generation[0] == '\0' ? "" : ".", row->label,
	    row->flags.exact, t->keys, t->keys);
}

static bool
each_key(void *state, const struct ukey_ukd_key_row *row)
{
	struct table *t = state;

	if (row->state != UKEY_UKD_ACTIVE)
		return true;
	if (t->second)
		put_row(t, row);
	else
		put_key(t, row);
	t->keys++;
	return t->status == UKEY_UKD_OK;
}

static enum ukey_ukd_status
table_write(struct table *t, const struct ukey_ukd_filter *filter)
{
	enum ukey_ukd_status status;

	fprintf(t->f, "/* Written by \"userkeys ukd export --format c\": "
	    "PRIVATE KEYS, not sealed. */\n#include \"ukey_flash.h\"\n\n");
	status = ukey_ukd_each_key(t->u, filter, each_key, t);
	if (status != UKEY_UKD_OK || t->status != UKEY_UKD_OK)
		return status != UKEY_UKD_OK ? status : t->status;
	fprintf(t->f, "const struct ukey_flash_key ukey_flash_keys[] = {\n");
	t->second = true;
	t->keys = 0;
	status = ukey_ukd_each_key(t->u, filter, each_key, t);
	fprintf(t->f, "%s};\n\nconst size_t ukey_flash_keys_count = %u;\n",
	    t->keys == 0 ? "\t{ NULL, NULL, NULL, 0, NULL, 0 },\n" : "",
	    t->keys);
	return status;
}

int
ukd_export_c(struct ukey_ukd *u, const struct ukd_options *o, FILE *f)
{
	struct table t = { u, f, 0, false, UKEY_UKD_OK };
	enum ukey_ukd_status status = ukey_ukd_begin(u);

	if (status == UKEY_UKD_OK)
		status = table_write(&t, &o->filter);
	status = ukey_ukd_end(u, status);
	if (status == UKEY_UKD_OK && t.keys == 0)
		cli_error("export: no active key: the table is empty; see "
		    "\"userkeys ukd activate\"");
	return ukd_exit(u, status);
}
