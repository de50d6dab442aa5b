/*
 * userkeys: Mbed TLS's configuration for port/mbedtls_core: SHA-256 and limbs,
 * no heap.  SPDX-License-Identifier: MIT
 *
 * Use: -DMBEDTLS_CONFIG_FILE='"ukey_mbedtls_verify.h"', with sha256.c,
 * bignum_core.c, constant_time.c and platform_util.c of Mbed TLS 3.6.
 */
#ifndef UKEY_MBEDTLS_VERIFY_H
#define UKEY_MBEDTLS_VERIFY_H

#include <stddef.h>

#define MBEDTLS_BIGNUM_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER   /* 1.4 kB of flash for 40 % more time */
#define MBEDTLS_HAVE_ASM         /* UMAAL on Cortex-M4 */
#define MBEDTLS_NO_UDBL_DIVISION /* no 64-bit division of the compiler's */

/* Nothing defines these: what would take memory does not link. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_CALLOC_MACRO ukey_no_heap_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO ukey_no_heap_free
void *ukey_no_heap_calloc(size_t count, size_t size);
void ukey_no_heap_free(void *block);

#endif
