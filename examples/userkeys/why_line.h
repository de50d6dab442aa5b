/*
 * userkeys why: a line of a log, of whichever kind.
 * SPDX-License-Identifier: MIT
 */
#ifndef WHY_LINE_H
#define WHY_LINE_H

#include "cli.h"

#define WHY_LINE_SIZE 16384 /* octets; of longer lines the rest is dropped */

enum why_kind {
	WHY_OURS,   /* the milter wrote it */
	WHY_OTHER,  /* another program did */
	WHY_UNKNOWN /* nobody knows: no kind of line that can be read */
};

/* What a line says; views are of the line, or of ROOM. */
struct why_line {
	struct ukey_view when; /* as the log has it; may be empty */
	struct ukey_view text; /* with _OURS: what the milter wrote */
	/* Private. */
	char stamp[32];
	size_t used;
	uint8_t room[WHY_LINE_SIZE];
};

/*
 * Reads LINE, without its line end: syslog as files have it (RFC 3164 and its
 * kin: what the program wrote stands behind "NAME: " or "NAME[PID]: "), RFC
 * 5424, the journal's JSON, a container's JSON around any of these, and the
 * bare text of "journalctl -o cat".  Who wrote it is told by the part of the
 * line that is the logger's: the text may come from a sender.
 */
enum why_kind why_line_read(struct why_line *l, struct ukey_view line);

#endif
