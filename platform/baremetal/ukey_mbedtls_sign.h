/*
 * userkeys: Mbed TLS's configuration for port/mbedtls in firmware that signs:
 * RSA and SHA-256, memory from ukey_arena.  SPDX-License-Identifier: MIT
 *
 * Use: -DMBEDTLS_CONFIG_FILE='"ukey_mbedtls_sign.h"'.
 */
#ifndef UKEY_MBEDTLS_SIGN_H
#define UKEY_MBEDTLS_SIGN_H

#include <stddef.h>

#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_MD_C
#define MBEDTLS_OID_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_RSA_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER   /* 1.4 kB of flash for 40 % more time */
#define MBEDTLS_HAVE_ASM         /* UMAAL on Cortex-M4 */
#define MBEDTLS_NO_UDBL_DIVISION /* no 64-bit division of the compiler's */

/* All memory that Mbed TLS takes. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_CALLOC_MACRO ukey_arena_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO ukey_arena_free
void *ukey_arena_calloc(size_t count, size_t size);
void ukey_arena_free(void *block);

/* For texts of OIDs, which nobody asks for: it would not link. */
#define MBEDTLS_PLATFORM_SNPRINTF_MACRO ukey_no_snprintf
int ukey_no_snprintf(char *out, size_t size, const char *format, ...);

#endif
