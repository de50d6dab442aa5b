/*
 * userkeys: random octets from the system.  SPDX-License-Identifier: MIT
 */
#ifndef UKEY_RANDOM_H
#define UKEY_RANDOM_H

#include "ukey_key.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The system's generator, as a source for keys, DNS ids and ports, and as the
 * seed of a generator of one's own: getrandom(2), or /dev/urandom where that
 * is missing.  Static, stateless, safe in threads and after fork().
 */
const struct ukey_random *ukey_random(void);

#ifdef __cplusplus
}
#endif

#endif
