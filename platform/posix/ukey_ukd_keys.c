/*
 * userkeys: the keys of the User Key Database, from their making to their
 * end.  SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ukey_random.h"
#include "ukey_ukd_parts.h"

const char *
ukey_ukd_state_word(enum ukey_ukd_state state)
{
	static const char *const words[UKEY_UKD_STATES] = { "new",
	    "published", "active", "retired" };

	return words[state];
}

static struct ukey_view
text_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* Label and domain of the address row ID into ROW. */
static enum ukey_ukd_status
place_find(struct ukey_ukd *u, const struct ukey_address *mailbox,
    struct ukey_ukd_key_row *row, int64_t *id)
{
	enum ukey_ukd_status status = ukey_ukd_find(u, mailbox, id);
	struct ukey_ukd_query q;

	if (status != UKEY_UKD_OK)
		return status;
	ukey_ukd_query(&q, u, "SELECT domain, label, address FROM addresses"
	    " WHERE id = ?");
	ukey_ukd_bind_int(&q, *id);
	if (ukey_ukd_step(&q)) {
		ukey_ukd_column_text(&q, row->domain, sizeof(row->domain));
		ukey_ukd_column_text(&q, row->label, sizeof(row->label));
		ukey_ukd_column_text(&q, row->address, sizeof(row->address));
	}
	return ukey_ukd_query_end(&q);
}

static struct ukey_ukd_place
place_of(const struct ukey_ukd_key_row *row)
{
	struct ukey_ukd_place place = { text_view(row->label),
		text_view(row->domain), text_view(row->generation),
		{ row->spki, row->public_len } };

	return place;
}

/* The first generation is none; then 2, 3, ... */
static enum ukey_ukd_status
generation_next(struct ukey_ukd *u, struct ukey_ukd_key_row *row)
{
	struct ukey_ukd_query q;
	int64_t count = 0, last = 0;

	ukey_ukd_query(&q, u, "SELECT count(*), max(CASE WHEN generation NOT"
	    " GLOB '*[^0-9]*' AND length(generation) < 16"
	    " THEN CAST(generation AS INTEGER) ELSE 0 END)"
	    " FROM spent WHERE domain = ? AND label = ?");
	ukey_ukd_bind_text(&q, text_view(row->domain));
	ukey_ukd_bind_text(&q, text_view(row->label));
	if (ukey_ukd_step(&q)) {
		count = ukey_ukd_column_int(&q);
		last = ukey_ukd_column_int(&q);
	}
	row->generation[0] = '\0';
	if (count > 0)
		snprintf(row->generation, sizeof(row->generation), "%lld",
		    (long long)(last < 1 ? 2 : last + 1));
	return ukey_ukd_query_end(&q);
}

/* GENERATION in lower case into ROW, if its key's name is one. */
static enum ukey_ukd_status
generation_take(struct ukey_ukd *u, struct ukey_view generation,
    struct ukey_ukd_key_row *row)
{
	uint8_t octets[UKEY_NAME_MAX];
	struct ukey_address a;
	struct ukey_out out;
	enum ukey_reason reason;
	size_t i;

	ukey_out_init(&out, octets, sizeof(octets));
	reason = ukey_address_parse(text_view(row->address), &a);
	if (reason == UKEY_REASON_OK)
		reason = ukey_name_write(&out, &a, generation);
	if (reason != UKEY_REASON_OK)
		return ukey_ukd_invalid(u, generation,
		    ukey_reason_meaning(reason));
	for (i = 0; i < generation.len; i++)
		row->generation[i] = (char)ukey_lower(generation.data[i]);
	row->generation[i] = '\0';
	return UKEY_UKD_OK;
}

enum ukey_ukd_status
ukey_ukd_spend(struct ukey_ukd *u, const struct ukey_ukd_spent_row *row)
{
	struct ukey_ukd_query q;
	enum ukey_ukd_status status;

	ukey_ukd_query(&q, u, "INSERT INTO spent VALUES(?, ?, ?, ?)");
	ukey_ukd_bind_text(&q, text_view(row->domain));
	ukey_ukd_bind_text(&q, text_view(row->label));
	ukey_ukd_bind_text(&q, text_view(row->generation));
	ukey_ukd_bind_int(&q, time(NULL));
	ukey_ukd_step(&q);
	status = ukey_ukd_query_end(&q);
	if (status == UKEY_UKD_EXISTS)
		ukey_ukd_fail(u, status, "generation \"%s\": used before for "
		    "this mailbox, and never again: choose another",
		    row->generation);
	return status;
}

static void
bind_time(struct ukey_ukd_query *q, int64_t when)
{
	if (when != 0)
		ukey_ukd_bind_int(q, when);
	else
		ukey_ukd_bind_null(q);
}

/* ROW as a row of the address ID, and its generation as spent. */
static enum ukey_ukd_status
insert_key(struct ukey_ukd *u, const struct ukey_ukd_key_row *row, int64_t id,
    struct ukey_view sealed)
{
	struct ukey_ukd_spent_row spent;
	struct ukey_ukd_query q;
	enum ukey_ukd_status status;

	memcpy(spent.domain, row->domain, sizeof(spent.domain));
	memcpy(spent.label, row->label, sizeof(spent.label));
	memcpy(spent.generation, row->generation, sizeof(spent.generation));
	status = ukey_ukd_spend(u, &spent);
	if (status != UKEY_UKD_OK)
		return status;
	ukey_ukd_query(&q, u, "INSERT INTO keys(address, generation, state,"
	    " bits, public, private, created, published, activated, retired)"
	    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	ukey_ukd_bind_int(&q, id);
	ukey_ukd_bind_text(&q, text_view(row->generation));
	ukey_ukd_bind_text(&q, text_view(ukey_ukd_state_word(row->state)));
	ukey_ukd_bind_int(&q, row->bits);
	ukey_ukd_bind_blob(&q, (struct ukey_view) { row->spki,
	    row->public_len });
	if (sealed.len > 0)
		ukey_ukd_bind_blob(&q, sealed);
	else
		ukey_ukd_bind_null(&q);
	ukey_ukd_bind_int(&q, row->created);
	bind_time(&q, row->published);
	bind_time(&q, row->activated);
	bind_time(&q, row->retired);
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

/* KEY's public half into ROW. */
static enum ukey_ukd_status
public_take(struct ukey_ukd *u, struct ukey_key *key,
    struct ukey_ukd_key_row *row)
{
	struct ukey_out out;
	int err;

	ukey_out_init(&out, row->spki, sizeof(row->spki));
	err = ukey_key_write_public(key, &out);
	row->public_len = out.len;
	row->bits = ukey_key_bits(key);
	if (err == UKEY_KEY_OK)
		return UKEY_UKD_OK;
	return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "the key: %s",
	    ukey_key_strerror(err));
}

/* Seals and inserts. */
static enum ukey_ukd_status
key_put(struct ukey_ukd *u, const struct ukey_ukd_key_row *row, int64_t id,
    struct ukey_key *key)
{
	uint8_t octets[UKEY_UKD_SEALED_MAX];
	struct ukey_ukd_place place = place_of(row);
	enum ukey_ukd_status status;
	struct ukey_out out;

	ukey_out_init(&out, octets, sizeof(octets));
	status = ukey_ukd_key_seal(u, &place, key, &out);
	if (status != UKEY_UKD_OK)
		return status;
	return insert_key(u, row, id, ukey_out_done(&out));
}

enum ukey_ukd_status
ukey_ukd_key_add(struct ukey_ukd *u, const struct ukey_address *mailbox,
    struct ukey_view generation, struct ukey_key *key,
    char out[UKEY_LABEL_MAX + 1])
{
	bool whole;
	struct ukey_ukd_key_row row = { .state = UKEY_UKD_NEW };
	enum ukey_ukd_status status;
	int64_t id = 0;

	out[0] = '\0';
	status = ukey_ukd_scope_begin(u, &whole);
	if (status == UKEY_UKD_OK)
		status = place_find(u, mailbox, &row, &id);
	if (status == UKEY_UKD_OK)
		status = generation.data == NULL ? generation_next(u, &row) :
		    generation_take(u, generation, &row);
	if (status == UKEY_UKD_OK)
		status = public_take(u, key, &row);
	row.created = time(NULL);
	if (status == UKEY_UKD_OK)
		status = key_put(u, &row, id, key);
	if (status == UKEY_UKD_OK)
		memcpy(out, row.generation, sizeof(row.generation));
	return ukey_ukd_scope_end(u, status, whole);
}

/* KEY's public half is ROW's. */
static enum ukey_ukd_status
restore_check(struct ukey_ukd *u, const struct ukey_ukd_key_row *row,
    struct ukey_key *key)
{
	struct ukey_ukd_key_row real;
	enum ukey_ukd_status status = public_take(u, key, &real);

	if (status != UKEY_UKD_OK)
		return status;
	if (real.public_len == row->public_len &&
	    memcmp(real.spki, row->spki, row->public_len) == 0)
		return UKEY_UKD_OK;
	return ukey_ukd_invalid(u, text_view(row->address), "the backup's "
	    "private and public key do not belong together");
}

/* The size of ROW's public key into it. */
static enum ukey_ukd_status
bits_take(struct ukey_ukd *u, struct ukey_ukd_key_row *row)
{
	struct ukey_view der = { row->spki, row->public_len };
	struct ukey_port_rsa_key key;
	uint8_t first;

	if (ukey_keyrecord_rsa(&key, der) != UKEY_REASON_OK)
		return ukey_ukd_invalid(u, text_view(row->address), "the "
		    "backup's public key is no RSA key");
	row->bits = (unsigned)key.modulus.len * 8;
	for (first = key.modulus.data[0]; first < 0x80; first <<= 1)
		row->bits--;
	return UKEY_UKD_OK;
}

/* A sealed key, or none for a retired one; it must open here. */
static enum ukey_ukd_status
sealed_put(struct ukey_ukd *u, const struct ukey_ukd_key_row *row, int64_t id,
    struct ukey_view sealed)
{
	struct ukey_ukd_place place = place_of(row);
	enum ukey_ukd_status status = UKEY_UKD_OK;
	struct ukey_key *key = NULL;

	if ((sealed.len == 0) != (row->state == UKEY_UKD_RETIRED))
		return ukey_ukd_invalid(u, text_view(row->address), "a retired "
		    "key has no private part, and every other has one");
	if (sealed.len > 0)
		status = ukey_ukd_key_unseal(u, &place, sealed, ukey_random(),
		    &key);
	if (status == UKEY_UKD_OK && key != NULL)
		status = restore_check(u, row, key);
	if (status == UKEY_UKD_OK)
		status = insert_key(u, row, id, sealed);
	ukey_key_free(key);
	return status;
}

enum ukey_ukd_status
ukey_ukd_key_restore(struct ukey_ukd *u, const struct ukey_ukd_key_row *row,
    struct ukey_view sealed, struct ukey_key *key)
{
	bool whole;
	struct ukey_ukd_key_row found = *row;
	struct ukey_address mailbox;
	enum ukey_ukd_status status;
	enum ukey_reason reason;
	int64_t id = 0;

	reason = ukey_address_parse(text_view(row->address), &mailbox);
	if (reason != UKEY_REASON_OK)
		return ukey_ukd_invalid(u, text_view(row->address),
		    ukey_reason_meaning(reason));
	status = ukey_ukd_scope_begin(u, &whole);
	if (status == UKEY_UKD_OK)
		status = place_find(u, &mailbox, &found, &id);
	if (status == UKEY_UKD_OK)
		status = generation_take(u, text_view(row->generation),
		    &found);
	if (status == UKEY_UKD_OK)
		status = bits_take(u, &found);
	if (status == UKEY_UKD_OK && key != NULL) {
		status = restore_check(u, &found, key);
		if (status == UKEY_UKD_OK)
			status = key_put(u, &found, id, key);
	} else if (status == UKEY_UKD_OK)
		status = sealed_put(u, &found, id, sealed);
	return ukey_ukd_scope_end(u, status, whole);
}
