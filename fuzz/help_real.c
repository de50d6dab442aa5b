/*
 * userkeys: what the harnesses on the real port share.
 * SPDX-License-Identifier: MIT
 */
#include "help_real.h"
#include "rsa_keys.h"
#include "ukey_random.h"

const uint8_t real_digest[UKEY_SHA256_LEN] = "any thirty-two octets will do..";

static struct {
	struct ukey_port_rsa_key key;
	uint8_t spki[UKEY_KEY_PUBLIC_MAX], signature[128];
	bool there;
} made;

static void
make(void)
{
	struct ukey_view pem = { (const uint8_t *)pem1_1024,
		sizeof(pem1_1024) - 1 };
	struct ukey_key *key;
	struct ukey_out out;

	MUST(ukey_key_read(&key, pem, ukey_random()) == UKEY_KEY_OK);
	ukey_out_init(&out, made.signature, sizeof(made.signature));
	MUST(ukey_key_sign(key, real_digest, &out) == UKEY_KEY_OK);
	ukey_out_init(&out, made.spki, sizeof(made.spki));
	MUST(ukey_key_write_public(key, &out) == UKEY_KEY_OK);
	MUST(ukey_keyrecord_rsa(&made.key, ukey_out_done(&out)) ==
	    UKEY_REASON_OK);
	ukey_key_free(key);
	made.there = true;
}

const struct ukey_port_rsa_key *
real_key(void)
{
	if (!made.there)
		make();
	return &made.key;
}

const uint8_t *
real_signature(void)
{
	if (!made.there)
		make();
	return made.signature;
}

void
real_hash(struct ukey_view in, uint8_t cuts, uint8_t *digest)
{
	struct ukey_port_sha256 h;
	uint8_t *copy;
	size_t len;

	MUST(ukey_port_sha256_start(&h) == 0);
	while (in.len > 0) {
		len = piece_len(in, &cuts);
		copy = piece(&in, len);
		MUST(ukey_port_sha256_update(&h, copy, len) == 0);
		free(copy);
	}
	MUST(ukey_port_sha256_finish(&h, digest) == 0);
}
