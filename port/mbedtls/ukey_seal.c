/*
 * userkeys: secrets sealed for storage.  SPDX-License-Identifier: MIT
 */
#include <mbedtls/gcm.h>

#include "ukey_seal.h"

#define VERSION 1
#define NONCE_LEN 12 /* SP 800-38D 8.2.2: random nonces are of 96 bits */
#define TAG_LEN 16
#define HEAD_LEN (1 + NONCE_LEN)

/* Room for LEN octets at the end of OUT, or NULL. */
static uint8_t *
room(struct ukey_out *out, size_t len)
{
	if (out->overflow || out->size - out->len < len) {
		out->overflow = true;
		return NULL;
	}
	return out->data + out->len;
}

/* 0, or an error of Mbed TLS; CTX is to be freed in either case. */
static int
prepare(mbedtls_gcm_context *ctx, const uint8_t *key)
{
	mbedtls_gcm_init(ctx);
	return mbedtls_gcm_setkey(ctx, MBEDTLS_CIPHER_ID_AES, key,
	    UKEY_SEAL_KEY_LEN * 8);
}

int
ukey_seal(const uint8_t *key, struct ukey_view place, struct ukey_view text,
    const struct ukey_random *random, struct ukey_out *out)
{
	size_t len = text.len + UKEY_SEAL_OVERHEAD;
	uint8_t *at = room(out, len);
	mbedtls_gcm_context ctx;
	int ret;

	if (at == NULL)
		return UKEY_SEAL_SPACE;
	at[0] = VERSION;
	if (random->fill(random->state, at + 1, NONCE_LEN) != 0)
		return UKEY_SEAL_RANDOM;
	ret = prepare(&ctx, key);
	if (ret == 0)
		ret = mbedtls_gcm_crypt_and_tag(&ctx, MBEDTLS_GCM_ENCRYPT,
		    text.len, at + 1, NONCE_LEN, place.data, place.len,
		    text.data, at + HEAD_LEN, TAG_LEN,
		    at + HEAD_LEN + text.len);
	mbedtls_gcm_free(&ctx);
	if (ret != 0) {
		ukey_wipe(at, len);
		return UKEY_SEAL_MEMORY;
	}
	out->len += len;
	return UKEY_SEAL_OK;
}

int
ukey_seal_open(const uint8_t *key, struct ukey_view place,
    struct ukey_view sealed, struct ukey_out *out)
{
	mbedtls_gcm_context ctx;
	uint8_t *at;
	size_t len;
	int ret;

	if (sealed.len < UKEY_SEAL_OVERHEAD || sealed.data[0] != VERSION)
		return UKEY_SEAL_FORGED;
	len = sealed.len - UKEY_SEAL_OVERHEAD;
	at = room(out, len);
	if (at == NULL)
		return UKEY_SEAL_SPACE;
	ret = prepare(&ctx, key);
	if (ret == 0)
		ret = mbedtls_gcm_auth_decrypt(&ctx, len, sealed.data + 1,
		    NONCE_LEN, place.data, place.len,
		    sealed.data + HEAD_LEN + len, TAG_LEN,
		    sealed.data + HEAD_LEN, at);
	mbedtls_gcm_free(&ctx);
	if (ret != 0) {
		ukey_wipe(at, len);
		return ret == MBEDTLS_ERR_GCM_AUTH_FAILED ?
		    UKEY_SEAL_FORGED : UKEY_SEAL_MEMORY;
	}
	out->len += len;
	return UKEY_SEAL_OK;
}
