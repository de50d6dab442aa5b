/*
 * userkeys: RSA private keys: life, generation, signing.
 * SPDX-License-Identifier: MIT
 */
#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>

#include "ukey_key_parts.h"
#include "ukey_pkcs1.h"
#include "ukey_port.h"

#define EXPONENT 65537 /* of new keys: RFC 6376 3.3.1 knows verifiers that
                        * take no other */

/* Errors of Mbed TLS are a sum; the low 7 bits are of the lowest layer. */
#define LOW(ret) (-(ret) & 0x7f)

int
ukey_key_err_of(int ret, int other)
{
	if (ret == 0)
		return UKEY_KEY_OK;
	if (LOW(ret) == LOW(MBEDTLS_ERR_MPI_ALLOC_FAILED))
		return UKEY_KEY_MEMORY;
	if (LOW(ret) == LOW(UKEY_DRBG_NO_SEED))
		return UKEY_KEY_RANDOM;
	return other;
}

const char *
ukey_key_strerror(int err)
{
	static const char *const texts[] = {
		"no error",
		"out of memory or an internal error; try again",
		"not a PEM or DER RSA private key; make one with "
		    "\"userkeys keygen\"",
		"the key is protected by a passphrase; remove it with "
		    "\"openssl pkey -in OLD -out NEW\"",
		"a private key of another type; DKIM user keys are RSA",
		"the key's size is not 1024 to 4096 bits in steps of 8",
		"the key is damaged: its numbers do not fit together; restore "
		    "it or make a new one",
		"no random numbers from the system",
		"the output buffer is too small",
	};

	if (err > 0 || -err >= (int)(sizeof(texts) / sizeof(texts[0])))
		return "unknown error";
	return texts[-err];
}

void
ukey_wipe(void *data, size_t size)
{
	if (size > 0)
		mbedtls_platform_zeroize(data, size);
}

void
ukey_key_free(struct ukey_key *key)
{
	if (key == NULL)
		return;
	mbedtls_rsa_free(&key->rsa);
	ukey_drbg_free(&key->drbg);
	ukey_wipe(key, sizeof(*key));
	mbedtls_free(key);
}

/* An empty key with a seeded generator. */
static int
key_new(struct ukey_key **key, const struct ukey_random *random)
{
	struct ukey_key *k = mbedtls_calloc(1, sizeof(*k));
	int err;

	*key = NULL;
	if (k == NULL)
		return UKEY_KEY_MEMORY;
	ukey_rsa_init(&k->rsa);
	err = ukey_key_err_of(ukey_drbg_init(&k->drbg, random),
	    UKEY_KEY_MEMORY);
	if (err != UKEY_KEY_OK)
		ukey_key_free(k);
	else
		*key = k;
	return err;
}

/* ERR, with the key freed unless that is _OK. */
static int
key_done(struct ukey_key **key, int err)
{
	if (err != UKEY_KEY_OK) {
		ukey_key_free(*key);
		*key = NULL;
	}
	return err;
}

static bool
is_size(size_t bits)
{
	return bits >= UKEY_KEY_BITS_MIN && bits <= UKEY_KEY_BITS_MAX;
}

/*
 * BLOCK^d mod n to OUT, both of the modulus' length.  Mbed TLS blinds, and
 * checks the result with the public key.
 */
static int
private_op(struct ukey_key *key, const uint8_t *block, uint8_t *out)
{
	int ret;

	ret = mbedtls_rsa_private(&key->rsa, ukey_drbg_fill, &key->drbg, block,
	    out);
	if (ret != 0) {
		/* The next operation makes a fresh pair. */
		mbedtls_mpi_free(&key->rsa.UKEY_RSA_BLIND);
		mbedtls_mpi_free(&key->rsa.UKEY_RSA_UNBLIND);
	}
	return ret;
}

/*
 * Whether the numbers make a key: one signature, which is checked.  It leaves
 * behind the constants that later ones need.
 */
static int
key_try(struct ukey_key *key)
{
	static const uint8_t digest[UKEY_SHA256_LEN];
	uint8_t block[UKEY_KEY_SIGNATURE_MAX], out[UKEY_KEY_SIGNATURE_MAX];
	int ret;

	ret = mbedtls_rsa_complete(&key->rsa);
	if (ret == 0)
		ret = mbedtls_rsa_check_pubkey(&key->rsa);
	if (ret == 0) {
		ukey_pkcs1_block(block, mbedtls_rsa_get_len(&key->rsa),
		    digest);
		ret = private_op(key, block, out);
		/* 2.28 loses one error of memory and then finds the result
		 * wrong: only a result that stays wrong is the key's. */
		if (ret == MBEDTLS_ERR_RSA_VERIFY_FAILED)
			ret = private_op(key, block, out);
	}
	return ukey_key_err_of(ret, UKEY_KEY_INVALID);
}

int
ukey_key_generate(struct ukey_key **key, unsigned bits,
    const struct ukey_random *random)
{
	int err;

	*key = NULL;
	if (!is_size(bits) || bits % 8 != 0)
		return UKEY_KEY_SIZE;
	err = key_new(key, random);
	if (err == UKEY_KEY_OK)
		err = ukey_key_err_of(mbedtls_rsa_gen_key(&(*key)->rsa,
		    ukey_drbg_fill, &(*key)->drbg, bits, EXPONENT),
		    UKEY_KEY_MEMORY);
	return key_done(key, err);
}

int
ukey_key_read_der(struct ukey_key **key, struct ukey_view der,
    const struct ukey_random *random)
{
	int err;

	err = key_new(key, random);
	if (err == UKEY_KEY_OK)
		err = ukey_key_parse(&(*key)->rsa, der);
	if (err == UKEY_KEY_OK && !is_size(ukey_key_bits(*key)))
		err = UKEY_KEY_SIZE;
	if (err == UKEY_KEY_OK)
		err = key_try(*key);
	return key_done(key, err);
}

unsigned
ukey_key_bits(const struct ukey_key *key)
{
	return (unsigned)mbedtls_mpi_bitlen(&key->rsa.UKEY_RSA_MODULUS);
}

int
ukey_key_sign(struct ukey_key *key, const uint8_t *digest,
    struct ukey_out *out)
{
	uint8_t block[UKEY_KEY_SIGNATURE_MAX], done[UKEY_KEY_SIGNATURE_MAX];
	size_t len = mbedtls_rsa_get_len(&key->rsa);
	int err;

	ukey_pkcs1_block(block, len, digest);
	err = ukey_key_err_of(private_op(key, block, done), UKEY_KEY_MEMORY);
	if (err != UKEY_KEY_OK)
		return err;
	ukey_out_view(out, (struct ukey_view) { done, len });
	return out->overflow ? UKEY_KEY_SPACE : UKEY_KEY_OK;
}
