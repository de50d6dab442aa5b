/*
 * userkeys: the steps of a key's life, and its private part, in the User Key
 * Database.  SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <time.h>

#include "ukey_ukd_parts.h"

static struct ukey_view
text_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* The key's row, and its state. */
static enum ukey_ukd_status
find_key(struct ukey_ukd *u, int64_t address, struct ukey_view generation,
    int64_t *id, int *state)
{
	struct ukey_ukd_query q;
	enum ukey_ukd_status status;
	struct ukey_view word;

	*id = 0;
	ukey_ukd_query(&q, u, "SELECT id, state FROM keys WHERE address = ?"
	    " AND generation = ?");
	ukey_ukd_bind_int(&q, address);
	ukey_ukd_bind_text(&q, generation);
	if (ukey_ukd_step(&q)) {
		*id = ukey_ukd_column_int(&q);
		word = ukey_ukd_column(&q);
		for (*state = 0; *state < UKEY_UKD_STATES - 1; ++*state)
			if (ukey_view_equal(word, text_view(
			    ukey_ukd_state_word(*state))))
				break;
	}
	status = ukey_ukd_query_end(&q);
	if (status == UKEY_UKD_OK && *id == 0)
		status = ukey_ukd_fail(u, UKEY_UKD_ABSENT, "generation "
		    "\"%.*s\": no such key: see \"userkeys ukd show\"",
		    (int)generation.len, (const char *)generation.data);
	return status;
}

/* SQL has the row as ?1 and the time as ?2. */
static enum ukey_ukd_status
run_step(struct ukey_ukd *u, const char *sql, int64_t id)
{
	struct ukey_ukd_query q;

	ukey_ukd_query(&q, u, sql);
	ukey_ukd_bind_int(&q, id);
	ukey_ukd_bind_int(&q, time(NULL));
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

/* The step from FROM to TO is the next one, or forced, and not back. */
static enum ukey_ukd_status
step_check(struct ukey_ukd *u, int from, int to, bool force)
{
	if (to == from)
		return ukey_ukd_fail(u, UKEY_UKD_STEP, "the key is %s "
		    "already: nothing to do", ukey_ukd_state_word(from));
	if (to < from)
		return ukey_ukd_fail(u, UKEY_UKD_STEP, "the key is %s and "
		    "does not become %s again: make a new one with "
		    "\"userkeys ukd rotate\"", ukey_ukd_state_word(from),
		    ukey_ukd_state_word(to));
	if (to > from + 1 && !force)
		return ukey_ukd_fail(u, UKEY_UKD_STEP, "the key is %s, and "
		    "%s comes before %s: take that step, or leave it out "
		    "with --force", ukey_ukd_state_word(from),
		    ukey_ukd_state_word(from + 1), ukey_ukd_state_word(to));
	return UKEY_UKD_OK;
}

static enum ukey_ukd_status
step(struct ukey_ukd *u, int64_t address, int64_t id, int to)
{
	enum ukey_ukd_status status;

	if (to == UKEY_UKD_PUBLISHED)
		return run_step(u, "UPDATE keys SET state = 'published',"
		    " published = ?2 WHERE id = ?1", id);
	if (to == UKEY_UKD_RETIRED)
		return run_step(u, "UPDATE keys SET state = 'retired',"
		    " retired = ?2, private = NULL WHERE id = ?1", id);
	status = run_step(u, "UPDATE keys SET state = 'retired',"
	    " retired = ?2, private = NULL"
	    " WHERE address = ?1 AND state = 'active'", address);
	if (status == UKEY_UKD_OK)
		status = run_step(u, "UPDATE keys SET state = 'active',"
		    " activated = ?2 WHERE id = ?1", id);
	return status;
}

enum ukey_ukd_status
ukey_ukd_key_move(struct ukey_ukd *u, const struct ukey_address *mailbox,
    struct ukey_view generation, enum ukey_ukd_state to, bool force)
{
	bool whole;
	enum ukey_ukd_status status;
	int64_t id = 0, key = 0;
	int from = 0;

	status = ukey_ukd_scope_begin(u, &whole);
	if (status == UKEY_UKD_OK)
		status = ukey_ukd_find(u, mailbox, &id);
	if (status == UKEY_UKD_OK)
		status = find_key(u, id, generation, &key, &from);
	if (status == UKEY_UKD_OK)
		status = step_check(u, from, (int)to, force);
	if (status == UKEY_UKD_OK)
		status = step(u, id, key, (int)to);
	return ukey_ukd_scope_end(u, status, whole);
}

enum ukey_ukd_status
ukey_ukd_key_sealed(struct ukey_ukd *u, const struct ukey_ukd_key_row *row,
    struct ukey_out *out)
{
	enum ukey_ukd_status status;
	struct ukey_ukd_query q;
	bool found = false;

	status = ukey_ukd_refresh(u);
	if (status != UKEY_UKD_OK)
		return status;
	ukey_ukd_query(&q, u, "SELECT private FROM keys AS k JOIN addresses"
	    " AS a ON a.id = k.address WHERE a.domain = ? AND a.label = ?"
	    " AND k.generation = ? AND k.private IS NOT NULL");
	ukey_ukd_bind_text(&q, text_view(row->domain));
	ukey_ukd_bind_text(&q, text_view(row->label));
	ukey_ukd_bind_text(&q, text_view(row->generation));
	if (ukey_ukd_step(&q)) {
		ukey_out_view(out, ukey_ukd_column(&q));
		found = !out->overflow;
	}
	status = ukey_ukd_query_end(&q);
	if (status == UKEY_UKD_OK && !found)
		status = ukey_ukd_fail(u, UKEY_UKD_ABSENT, "generation "
		    "\"%s\" of %s: its private key is gone",
		    row->generation, row->address);
	return status;
}

enum ukey_ukd_status
ukey_ukd_key_open(struct ukey_ukd *u, const struct ukey_ukd_key_row *row,
    const struct ukey_random *random, struct ukey_key **key)
{
	const struct ukey_ukd_place place = { text_view(row->label),
		text_view(row->domain), text_view(row->generation),
		{ row->spki, row->public_len } };
	uint8_t octets[UKEY_UKD_SEALED_MAX];
	enum ukey_ukd_status status;
	struct ukey_out out;

	*key = NULL;
	ukey_out_init(&out, octets, sizeof(octets));
	status = ukey_ukd_key_sealed(u, row, &out);
	if (status != UKEY_UKD_OK)
		return status;
	return ukey_ukd_key_unseal(u, &place, ukey_out_done(&out), random,
	    key);
}

enum ukey_ukd_status
ukey_ukd_key_der(struct ukey_ukd *u, const struct ukey_ukd_key_row *row,
    const struct ukey_random *random, struct ukey_out *out)
{
	enum ukey_ukd_status status;
	struct ukey_key *key;
	int err;

	status = ukey_ukd_key_open(u, row, random, &key);
	if (status != UKEY_UKD_OK)
		return status;
	err = ukey_key_write_der(key, out);
	ukey_key_free(key);
	if (err == UKEY_KEY_OK)
		return UKEY_UKD_OK;
	return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "generation \"%s\" of %s: "
	    "%s", row->generation, row->address, ukey_key_strerror(err));
}
