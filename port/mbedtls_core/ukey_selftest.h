/*
 * userkeys: a known answer for the port's functions.
 * SPDX-License-Identifier: MIT
 *
 * The port stands on an internal interface of Mbed TLS.  Call this once at
 * power-on, as examples/firmware does: an image that was built against another
 * bignum_core then refuses to judge, instead of judging wrong.
 */
#ifndef UKEY_SELFTEST_H
#define UKEY_SELFTEST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether SHA-256 and RSA of 1024 bits give a known "match", and "no match"
 * for another digest.  WORK, SIZE octets aligned to 8, is used during the
 * call; UKEY_WORK_SIZE is enough.
 */
bool ukey_selftest(void *work, size_t size);

#endif
