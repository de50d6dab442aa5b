/*
 * userkeys: private keys, sealed for their row of the User Key Database.
 * SPDX-License-Identifier: MIT
 */
#include "ukey_random.h"
#include "ukey_ukd_parts.h"

#define PLACE_MAX (16 + 2 * UKEY_LABEL_MAX + UKEY_NAME_MAX + \
	UKEY_KEY_PUBLIC_MAX)
#define TOKEN "userkeys"

static enum ukey_ukd_status
unsealed(struct ukey_ukd *u, int err)
{
	switch (err) {
	case UKEY_SEAL_OK:
		return UKEY_UKD_OK;
	case UKEY_SEAL_FORGED:
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: a private key "
		    "does not open with %s: the key file is of another "
		    "database, or the row was changed: restore both from one "
		    "backup", u->path, u->key_file);
	}
	return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: a private key cannot "
	    "be sealed or opened: out of memory or random numbers: try again",
	    u->path);
}

/* The octets that stand for PLACE; domain and labels hold no NUL. */
static struct ukey_view
place_write(const struct ukey_ukd_place *place, struct ukey_out *out)
{
	ukey_out_text(out, "key");
	ukey_out_octet(out, 0);
	ukey_out_view(out, place->label);
	ukey_out_octet(out, 0);
	ukey_out_view(out, place->domain);
	ukey_out_octet(out, 0);
	ukey_out_view(out, place->generation);
	ukey_out_octet(out, 0);
	ukey_out_view(out, place->spki);
	return ukey_out_done(out);
}

static enum ukey_ukd_status
no_seal(struct ukey_ukd *u)
{
	return ukey_ukd_fail(u, UKEY_UKD_INVALID, "%s: opened without its key "
	    "file: name it with --key-file", u->path);
}

enum ukey_ukd_status
ukey_ukd_key_seal(struct ukey_ukd *u, const struct ukey_ukd_place *place,
    struct ukey_key *key, struct ukey_out *out)
{
	uint8_t text[PLACE_MAX], der[UKEY_KEY_DER_MAX];
	struct ukey_out where, private;
	int err;

	if ((u->flags & UKEY_UKD_NO_SEAL) != 0)
		return no_seal(u);
	ukey_out_init(&where, text, sizeof(text));
	ukey_out_init(&private, der, sizeof(der));
	err = ukey_key_write_der(key, &private);
	if (err == UKEY_KEY_OK)
		err = ukey_seal(u->seal, place_write(place, &where),
		    ukey_out_done(&private), ukey_random(), out);
	else
		err = UKEY_SEAL_MEMORY;
	ukey_wipe(der, sizeof(der));
	return unsealed(u, err);
}

enum ukey_ukd_status
ukey_ukd_key_unseal(struct ukey_ukd *u, const struct ukey_ukd_place *place,
    struct ukey_view sealed, const struct ukey_random *random,
    struct ukey_key **key)
{
	uint8_t text[PLACE_MAX], der[UKEY_KEY_DER_MAX];
	struct ukey_out where, private;
	int err;

	*key = NULL;
	if ((u->flags & UKEY_UKD_NO_SEAL) != 0)
		return no_seal(u);
	ukey_out_init(&where, text, sizeof(text));
	ukey_out_init(&private, der, sizeof(der));
	err = ukey_seal_open(u->seal, place_write(place, &where), sealed,
	    &private);
	if (err == UKEY_SEAL_OK) {
		err = ukey_key_read(key, ukey_out_done(&private), random);
		if (err != UKEY_KEY_OK)
			err = err == UKEY_KEY_MEMORY ||
			    err == UKEY_KEY_RANDOM ? UKEY_SEAL_MEMORY :
			    UKEY_SEAL_FORGED;
	}
	ukey_wipe(der, sizeof(der));
	return unsealed(u, err);
}

enum ukey_ukd_status
ukey_ukd_key_reseal(struct ukey_ukd *u, const struct ukey_ukd_place *place,
    struct ukey_view sealed, const uint8_t *seal, struct ukey_out *out)
{
	uint8_t text[PLACE_MAX], der[UKEY_KEY_DER_MAX];
	struct ukey_out where, private;
	struct ukey_view at;
	int err;

	ukey_out_init(&where, text, sizeof(text));
	ukey_out_init(&private, der, sizeof(der));
	at = place_write(place, &where);
	err = ukey_seal_open(u->seal, at, sealed, &private);
	if (err == UKEY_SEAL_OK)
		err = ukey_seal(seal, at, ukey_out_done(&private),
		    ukey_random(), out);
	ukey_wipe(der, sizeof(der));
	return unsealed(u, err);
}

enum ukey_ukd_status
ukey_ukd_token_write(struct ukey_ukd *u)
{
	uint8_t octets[sizeof(TOKEN) + UKEY_SEAL_OVERHEAD];
	struct ukey_ukd_query q;
	struct ukey_out out;
	int err;

	ukey_out_init(&out, octets, sizeof(octets));
	err = ukey_seal(u->seal, UKEY_VIEW("token"), UKEY_VIEW(TOKEN),
	    ukey_random(), &out);
	if (err != UKEY_SEAL_OK)
		return unsealed(u, err);
	ukey_ukd_query(&q, u, "INSERT OR REPLACE INTO settings"
	    " VALUES('token', ?)");
	ukey_ukd_bind_blob(&q, ukey_out_done(&out));
	ukey_ukd_step(&q);
	return ukey_ukd_query_end(&q);
}

enum ukey_ukd_status
ukey_ukd_token_check(struct ukey_ukd *u)
{
	uint8_t octets[sizeof(TOKEN)];
	enum ukey_ukd_status status;
	struct ukey_ukd_query q;
	struct ukey_out out;
	int err = UKEY_SEAL_FORGED;

	ukey_out_init(&out, octets, sizeof(octets));
	ukey_ukd_query(&q, u, "SELECT value FROM settings "
	    "WHERE name = 'token'");
	if (ukey_ukd_step(&q))
		err = ukey_seal_open(u->seal, UKEY_VIEW("token"),
		    ukey_ukd_column(&q), &out);
	status = ukey_ukd_query_end(&q);
	if (status != UKEY_UKD_OK)
		return status;
	if (err == UKEY_SEAL_FORGED)
		return ukey_ukd_fail(u, UKEY_UKD_DAMAGED, "%s: not the key "
		    "file of %s: name the one that was made with it",
		    u->key_file, u->path);
	return unsealed(u, err);
}
