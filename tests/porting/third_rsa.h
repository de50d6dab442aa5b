/*
 * userkeys: the RSA check in plain C99, for the third port (RFC 8017 8.2.2).
 * SPDX-License-Identifier: MIT
 */
#ifndef THIRD_RSA_H
#define THIRD_RSA_H

#include "ukey_port.h"

/* As ukey_port_rsa_verify(); needs five times the modulus and 4 octets. */
enum ukey_port_match third_rsa_verify(const struct ukey_port_rsa_key *key,
    const uint8_t *digest, struct ukey_view signature, void *work,
    size_t work_size);

#endif
