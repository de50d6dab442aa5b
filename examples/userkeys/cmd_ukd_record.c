/*
 * userkeys ukd: the records that belong to the keys of the database.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd_ukd.h"

/* x= is a week after signing, and mail may travel for a day. */
#define KEEP_SECONDS (8 * 86400)
#define STRING_MAX 255 /* octets of one string (RFC 1035 3.3) */

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
		base64_write(out, (struct ukey_view) { row->public,
		    row->public_len });
}

void
ukd_record_print(const struct ukey_ukd_key_row *row, bool base, bool gone)
{
	uint8_t octets[UKD_RECORD_MAX], name[UKEY_NAME_MAX];
	struct ukey_view text;
	struct ukey_out out;
	size_t at;

	ukey_out_init(&out, name, sizeof(name));
	ukd_record_name(row, base, &out);
	cli_put(stdout, ukey_out_done(&out));
	ukey_out_init(&out, octets, sizeof(octets));
	ukd_record_text(row, gone, &out);
	text = ukey_out_done(&out);
	printf(". TXT (");
	for (at = 0; at < text.len; at += STRING_MAX) {
		printf("\n\t\"");
		cli_put(stdout, ukey_view_part(text, at, at + STRING_MAX));
		printf("\"");
	}
	printf(" )\n");
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
ukd_keys_read(struct ukey_ukd *u, const char *address, int *exit)
{
	struct ukd_keys *keys = calloc(1, sizeof(*keys));
	enum ukey_ukd_status status;

	if (keys == NULL) {
		cli_error("%s: out of memory: try again", address);
		*exit = CLI_TEMPORARY;
		return NULL;
	}
	status = ukey_ukd_each_key(u, cli_view(address), each_key, keys);
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
ukd_keys_print(const struct ukd_keys *keys)
{
	int64_t now = time(NULL);
	bool base = false;
	unsigned i;

	for (i = 0; i < keys->count; i++) {
		if (!is_needed(&keys->row[i], now))
			continue;
		if (keys->row[i].state == UKEY_UKD_RETIRED)
			printf("; retired; remove it a week and a day "
			    "later:\n");
		ukd_record_print(&keys->row[i], false, false);
		if (keys->row[i].generation[0] == '\0')
			base = true;
	}
	/* The base name always says what the owner advises. */
	if (!base && keys->count > 0)
		ukd_record_print(&keys->row[0], true, true);
}
