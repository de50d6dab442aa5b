/*
 * userkeys why: what its files share.  SPDX-License-Identifier: MIT
 */
#ifndef WHY_H
#define WHY_H

#include "cli.h"

/* Meaning and remedy of a word of why=; NULL where there is none. */
void why_explain(struct ukey_view word, const char **meaning,
    const char **remedy);

#endif
