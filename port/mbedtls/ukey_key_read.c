/*
 * userkeys: RSA private keys from PEM (RFC 7468), or DER.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include <mbedtls/pem.h>
#include <mbedtls/platform.h>

#include "ukey_key_parts.h"

#define BEGIN "-----BEGIN "
#define END "-----END "

/* The kinds of PEM block, and what is to be said of each. */
static const struct {
	const char *begin, *end;
	int err;
} kinds[] = {
	{ BEGIN "PRIVATE KEY-----", END "PRIVATE KEY-----", UKEY_KEY_OK },
	{ BEGIN "RSA PRIVATE KEY-----", END "RSA PRIVATE KEY-----",
	    UKEY_KEY_OK },
	{ BEGIN "ENCRYPTED PRIVATE KEY-----", END, UKEY_KEY_ENCRYPTED },
	{ BEGIN "EC PRIVATE KEY-----", END, UKEY_KEY_NOT_RSA },
	{ BEGIN "DSA PRIVATE KEY-----", END, UKEY_KEY_NOT_RSA },
};

/* Reads the PEM block of KIND in the NUL-terminated TEXT to PEM. */
static int
pem_read(mbedtls_pem_context *pem, const char *text, size_t kind)
{
	size_t used;
	int ret;

	ret = mbedtls_pem_read_buffer(pem, kinds[kind].begin, kinds[kind].end,
	    (const unsigned char *)text, NULL, 0, &used);
	switch (ret) {
	case 0:
		return UKEY_KEY_OK;
	case MBEDTLS_ERR_PEM_ALLOC_FAILED:
		return UKEY_KEY_MEMORY;
	case MBEDTLS_ERR_PEM_PASSWORD_REQUIRED:
	case MBEDTLS_ERR_PEM_UNKNOWN_ENC_ALG:
	case MBEDTLS_ERR_PEM_FEATURE_UNAVAILABLE:
		return UKEY_KEY_ENCRYPTED;
	default:
		return UKEY_KEY_FORMAT;
	}
}

/* Reads the first private key of TEXT, which is NUL-terminated. */
static int
read_pem(struct ukey_key **key, const char *text,
    const struct ukey_random *random)
{
	mbedtls_pem_context pem;
	struct ukey_view der;
	size_t i;
	int err;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strstr(text, kinds[i].begin) != NULL)
			break;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return UKEY_KEY_FORMAT;
	if (kinds[i].err != UKEY_KEY_OK)
		return kinds[i].err;
	mbedtls_pem_init(&pem);
	err = pem_read(&pem, text, i);
	if (err == UKEY_KEY_OK) {
		der.data = pem.UKEY_PEM_DATA;
		der.len = pem.UKEY_PEM_LEN;
		err = ukey_key_read_der(key, der, random);
	}
	mbedtls_pem_free(&pem);
	return err;
}

int
ukey_key_read(struct ukey_key **key, struct ukey_view text,
    const struct ukey_random *random)
{
	char *copy;
	int err;

	*key = NULL;
	if (text.len == 0 || text.len > UKEY_KEY_TEXT_MAX)
		return UKEY_KEY_FORMAT;
	if (text.data[0] == UKEY_DER_SEQUENCE)
		return ukey_key_read_der(key, text, random);
	copy = mbedtls_calloc(1, text.len + 1);
	if (copy == NULL)
		return UKEY_KEY_MEMORY;
	memcpy(copy, text.data, text.len);
	err = read_pem(key, copy, random);
	ukey_wipe(copy, text.len);
	mbedtls_free(copy);
	return err;
}
