/*
 * userkeys-milter: a clock that is not set, in the log.
 * SPDX-License-Identifier: MIT
 */
#ifndef CLOCK_H
#define CLOCK_H

#include "conf.h"

/* Says once that the clock is not set, and what that means with C, and once
 * when it is set.  For a message core sees it by itself. */
void clock_look(const struct conf *c);

#endif
