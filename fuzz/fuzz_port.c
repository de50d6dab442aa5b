/*
 * userkeys: fuzz: the real port: a hash in pieces is that of the whole, a
 * signature holds unless a bit is another, and no key is too strange.
 * SPDX-License-Identifier: MIT
 *
 * Input: how to cut, which bit, octets: a key's DER, a signature behind it.
 */
#include "help_real.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t work[UKEY_WORK_SIZE / 8];
	struct ukey_view in = { data, size }, sig = { NULL, 128 };
	uint8_t cuts = take(&in), bit = take(&in), copy[128];
	uint8_t whole[UKEY_SHA256_LEN], cut[UKEY_SHA256_LEN];
	struct ukey_port_rsa_key key = *real_key();

	real_hash(in, 0, whole);
	real_hash(in, cuts, cut);
	MUST(memcmp(whole, cut, sizeof(whole)) == 0);
	sig.data = memcpy(copy, real_signature(), 128);
	MUST(ukey_port_rsa_verify(&key, real_digest, sig, work,
	    sizeof(work)) == UKEY_PORT_MATCH);
	MUST(ukey_port_rsa_verify(&key, whole, sig, work, sizeof(work)) ==
	    UKEY_PORT_NO_MATCH);
	copy[bit / 2] ^= (uint8_t)(1 << (bit % 2 * 4 + cuts % 4));
	MUST(ukey_port_rsa_verify(&key, real_digest, sig, work,
	    sizeof(work)) == UKEY_PORT_NO_MATCH);
	sig = ukey_view_part(in, in.len - in.len / 2, in.len);
	if (ukey_keyrecord_rsa(&key, ukey_view_part(in, 0, in.len -
	    in.len / 2)) == UKEY_REASON_OK)
		MUST(ukey_port_rsa_verify(&key, whole, sig, work,
		    sizeof(work)) == UKEY_PORT_NO_MATCH);
	return 0;
}
