/*
 * userkeys: fuzz: private keys in PEM and DER: one that is taken signs, and
 * goes out and in again the same.  SPDX-License-Identifier: MIT
 */
#include "help_real.h"
#include "ukey_random.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t work[UKEY_WORK_SIZE / 8];
	uint8_t one[UKEY_KEY_DER_MAX], two[UKEY_KEY_DER_MAX];
	uint8_t octets[UKEY_KEY_SIGNATURE_MAX], spki[UKEY_KEY_PUBLIC_MAX];
	struct ukey_out out, again, sig, public;
	struct ukey_port_rsa_key rsa;
	struct ukey_key *key, *copy;
	int err = ukey_key_read(&key, (struct ukey_view) { data, size },
	    ukey_random());

	MUST((err == UKEY_KEY_OK) == (key != NULL) && err != UKEY_KEY_MEMORY);
	if (err != UKEY_KEY_OK)
		return 0;
	ukey_out_init(&out, one, sizeof(one));
	ukey_out_init(&again, two, sizeof(two));
	ukey_out_init(&sig, octets, sizeof(octets));
	ukey_out_init(&public, spki, sizeof(spki));
	MUST(ukey_key_write_der(key, &out) == UKEY_KEY_OK);
	MUST(ukey_key_write_public(key, &public) == UKEY_KEY_OK);
	MUST(ukey_key_sign(key, real_digest, &sig) == UKEY_KEY_OK);
	MUST(!ukey_keyrecord_rsa(&rsa, ukey_out_done(&public)));
	MUST(ukey_port_rsa_verify(&rsa, real_digest, ukey_out_done(&sig), work,
	    sizeof(work)) == UKEY_PORT_MATCH);
	MUST(!ukey_key_read(&copy, ukey_out_done(&out), ukey_random()));
	MUST(ukey_key_write_der(copy, &again) == UKEY_KEY_OK);
	MUST(ukey_view_equal(ukey_out_done(&out), ukey_out_done(&again)));
	return ukey_key_free(key), ukey_key_free(copy), 0;
}
