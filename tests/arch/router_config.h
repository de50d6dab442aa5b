/*
 * userkeys: what the command needs of Mbed TLS 2.28, for small machines:
 * give it as MBEDTLS_CONFIG_FILE.  SPDX-License-Identifier: MIT
 */
#ifndef ROUTER_CONFIG_H
#define ROUTER_CONFIG_H

#define MBEDTLS_HAVE_ASM
#define MBEDTLS_NO_UDBL_DIVISION

/* RSASSA-PKCS1-v1_5 with SHA-256, and keys of our own */
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_OID_C
#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_RSA_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_GENPRIME

/* key files */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_PEM_PARSE_C

/* random numbers; sealed keys */
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_CIPHER_C
#define MBEDTLS_CTR_DRBG_C
#define MBEDTLS_GCM_C

#define MBEDTLS_PLATFORM_C
#include "mbedtls/check_config.h"

#endif
