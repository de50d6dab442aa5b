/*
 * userkeys: where Mbed TLS 2.28 and 3.6 differ.  SPDX-License-Identifier: MIT
 *
 * All other code here is the same for both.
 */
#ifndef UKEY_COMPAT_H
#define UKEY_COMPAT_H

#include <mbedtls/version.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>

/*
 * The hash functions that return an error; and the two numbers by which a
 * private key's operations are blinded, which a failed operation may leave
 * out of step with each other; and members that 3.6 hides.
 */
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define UKEY_SHA256_STARTS mbedtls_sha256_starts_ret
#define UKEY_SHA256_UPDATE mbedtls_sha256_update_ret
#define UKEY_SHA256_FINISH mbedtls_sha256_finish_ret
#define UKEY_RSA_BLIND Vi
#define UKEY_RSA_UNBLIND Vf
#define UKEY_RSA_MODULUS N
#define UKEY_RSA_CRT(rsa) { &(rsa)->DP, &(rsa)->DQ, &(rsa)->QP }
#define UKEY_PEM_DATA buf
#define UKEY_PEM_LEN buflen
#else
#define UKEY_SHA256_STARTS mbedtls_sha256_starts
#define UKEY_SHA256_UPDATE mbedtls_sha256_update
#define UKEY_SHA256_FINISH mbedtls_sha256_finish
#define UKEY_RSA_BLIND MBEDTLS_PRIVATE(Vi)
#define UKEY_RSA_UNBLIND MBEDTLS_PRIVATE(Vf)
#define UKEY_RSA_MODULUS MBEDTLS_PRIVATE(N)
#define UKEY_RSA_CRT(rsa) { &(rsa)->MBEDTLS_PRIVATE(DP), \
	&(rsa)->MBEDTLS_PRIVATE(DQ), &(rsa)->MBEDTLS_PRIVATE(QP) }
#define UKEY_PEM_DATA MBEDTLS_PRIVATE(buf)
#define UKEY_PEM_LEN MBEDTLS_PRIVATE(buflen)
#endif

static inline void
ukey_rsa_init(mbedtls_rsa_context *rsa)
{
#if MBEDTLS_VERSION_NUMBER < 0x03000000
	mbedtls_rsa_init(rsa, MBEDTLS_RSA_PKCS_V15, MBEDTLS_MD_SHA256);
#else
	mbedtls_rsa_init(rsa);
#endif
}

#endif
