/*
 * userkeys ukd: the records that belong to the keys of the database.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd_ukd.h"
#include "record.h"

/* x= is a week after signing, and mail may travel for a day. */
#define KEEP_SECONDS (8 * 86400)

void
ukd_record_name(const struct ukey_ukd_key_row *row, bool base,
    struct ukey_out *out)
{
	if (!base && row->generation[0] != '\0') {
		ukey_out_text(out, row->generation);
		ukey_out_octet(out, '.');
	}
	ukey_out_text(out, row->label);
	ukey_out_text(out, ".userkeys.");
	ukey_out_text(out, row->domain);
}

/* Base64 on one line. */
static void
base64_write(struct ukey_out *out, struct ukey_view v)
{
	uint8_t folded[UKD_RECORD_MAX];
	struct ukey_out o;
	size_t i;

	ukey_out_init(&o, folded, sizeof(folded));
	ukey_out_base64(&o, v);
	for (i = 0; i < o.len; i++)
		if (!ukey_is_fws(folded[i]))
			ukey_out_octet(out, folded[i]);
}

void
ukd_record_text(const struct ukey_ukd_key_row *row, bool gone,
    struct ukey_out *out)
{
	static const char *const advice[] = { "none", "quarantine",
	    "reject" };

	ukey_out_text(out, "v=DKIM1; k=rsa; uk=");
	ukey_out_text(out, advice[row->flags.advice % 3]);
	if (row->flags.exact)
		ukey_out_text(out, ":exact");
	if (row->flags.only_from)
		ukey_out_text(out, ":from");
	if (row->flags.testing)
		ukey_out_text(out, "; t=y");
	ukey_out_text(out, "; p=");
	if (!gone)
		base64_write(out, (struct ukey_view) { row->spki,
		    row->public_len });
}

/* ROW's record; BASE: the name without generation; GONE: with empty p=. */
static void
row_print(const struct ukey_ukd_key_row *row, const char *format, bool base,
    bool gone)
{
	struct record_options o = { NULL, NULL, NULL, format, false };
	struct ukey_address a;
	struct record r;
	struct ukey_out out;

	if (!cli_address(row->address, &a) ||
	    !record_names(&r, &a, base ? "" : row->generation))
		return;
	ukey_out_init(&out, r.text, sizeof(r.text) - 1);
	ukd_record_text(row, gone, &out);
	r.text[ukey_out_done(&out).len] = '\0';
	record_print(&r, &o);
}

/* The newest UKD_KEYS_MAX stay. */
static bool
each_key(void *state, const struct ukey_ukd_key_row *row)
{
	struct ukd_keys *keys = state;

	if (keys->count == UKD_KEYS_MAX) {
		memmove(&keys->row[0], &keys->row[1],
		    (UKD_KEYS_MAX - 1) * sizeof(*row));
		keys->count--;
	}
	keys->row[keys->count++] = *row;
	return true;
}

struct ukd_keys *
ukd_keys_read(struct ukey_ukd *u, const struct ukey_address *mailbox,
    int *exit)
{
	const struct ukey_ukd_filter one = { UKEY_UKD_MAILBOX, *mailbox };
	struct ukd_keys *keys = calloc(1, sizeof(*keys));
	enum ukey_ukd_status status;

	if (keys == NULL) {
		cli_error("out of memory: try again");
		*exit = CLI_TEMPORARY;
		return NULL;
	}
	status = ukey_ukd_each_key(u, &one, each_key, keys);
	*exit = ukd_exit(u, status);
	if (status == UKEY_UKD_OK)
		return keys;
	free(keys);
	return NULL;
}

/* Mail that was signed before the end is still to be verified. */
static bool
is_needed(const struct ukey_ukd_key_row *row, int64_t now)
{
	return row->state != UKEY_UKD_RETIRED ||
	    (row->activated != 0 && now - row->retired < KEEP_SECONDS);
}

void
ukd_keys_print(const struct ukd_keys *keys, const char *format)
{
	int64_t now = time(NULL);
	bool base = false;
	unsigned i;

	for (i = 0; i < keys->count; i++) {
		if (!is_needed(&keys->row[i], now))
			continue;
		if (keys->row[i].state == UKEY_UKD_RETIRED && (format == NULL ||
		    format[0] == 'z'))
			printf("; retired; remove it a week and a day "
			    "later:\n");
		row_print(&keys->row[i], format, false, false);
		if (keys->row[i].generation[0] == '\0')
			base = true;
	}
	/* The base name always says what the owner advises. */
	if (!base && keys->count > 0)
		row_print(&keys->row[0], format, true, true);
}
