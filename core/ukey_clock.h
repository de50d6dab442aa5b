/*
 * userkeys: what a clock tells (PROTOCOL 8, Time).
 * SPDX-License-Identifier: MIT
 *
 * A board without a battery starts in 1970, or at a date of its maker's.  What
 * reads earlier than this source was written is no time: nobody may sign with
 * it, nor refuse mail by it.  Yet the real time cannot be before that date.
 */
#ifndef UKEY_CLOCK_H
#define UKEY_CLOCK_H

#include <stdint.h>

/* The date of the newest release, 00:00, in seconds since 1970 UTC. */
#define UKEY_RELEASE_DATE 1795564800 /* 2026-11-25 */

/* The source date: the same, unless ukey_clock.c, which alone reads it here, is
 * compiled with a later one, such as that of the firmware image. */
#ifndef UKEY_SOURCE_DATE
#define UKEY_SOURCE_DATE UKEY_RELEASE_DATE
#endif
#if UKEY_SOURCE_DATE < 1 || UKEY_SOURCE_DATE > 4102444800
#error "UKEY_SOURCE_DATE: expected seconds since 1970, before the year 2100"
#endif

/* What is known of the time. */
struct ukey_time {
	uint64_t now;      /* seconds since 1970 UTC; 0: not known */
	uint64_t earliest; /* it is not before this; NOW where that is known */
};

/* What the READING of a clock, seconds since 1970 UTC and never checked by the
 * caller, says of the time: no more than the source date if it is earlier. */
struct ukey_time ukey_clock_time(int64_t reading);

#endif
