/*
 * userkeys-milter: a clock that is not set, in the log.
 * SPDX-License-Identifier: MIT
 */
#include <time.h>

#include "clock.h"
#include "log.h"

void
clock_look(const struct conf *c)
{
	static bool said;
	bool unset = ukey_clock_time(time(NULL)).now == 0;

	if (unset == said)
		return;
	said = unset;
	if (!unset)
		log_line("the clock is set now");
	else
		log_error("the clock is not set: it reads earlier than the "
		    "date of this program: until it is, %s, and the time of "
		    "signatures is not judged: set it, such as by NTP",
		    c->session.defer_no_clock ? "mail that is to be signed "
		    "is put off" : "signatures have no t= and x=");
}
