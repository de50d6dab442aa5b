/*
 * userkeys: lenient readers of Authentication-Results, for their harness.
 * SPDX-License-Identifier: MIT
 *
 * They are written as people write them, and share nothing with core.
 */
#ifndef FUZZ_STRIP_H
#define FUZZ_STRIP_H

#include "fuzz.h"

/* Whether some reader takes what stands behind the colon, VALUE, for results
 * of ID. */
bool strip_believes(struct ukey_view value, struct ukey_view id);
/* Whether it is beyond doubt of another host: a token that is not ID's, no
 * comment, no quote, no octet that is no text. */
bool strip_is_of_another(struct ukey_view value, struct ukey_view id);

#endif
