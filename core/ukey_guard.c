/*
 * userkeys: the transit guard, what a message must not hold if it is to arrive
 * as it was sent (RFC 5322 2.1.1, 2.3; RFC 5321 4.5.2).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_message.h"
#include "ukey_scan.h"

static void
note(struct ukey_guard *g, uint8_t bit)
{
	if (g->seen == 0)
		g->first = g->line + 1;
	g->seen |= bit;
}

static void
count(struct ukey_guard *g, size_t len)
{
	size_t room = (size_t)(UKEY_LINE_MAX + 1 - g->column);

	g->column = (uint16_t)(g->column + (len < room ? len : room));
	if (g->column > UKEY_LINE_MAX && (g->seen & UKEY_GUARD_LONG_LINE) == 0)
		note(g, UKEY_GUARD_LONG_LINE);
}

static void
line_end(struct ukey_guard *g)
{
	g->line++;
	g->column = 0;
}

static void
octet(struct ukey_guard *g, uint8_t c)
{
	bool after_cr = g->after_cr;

	g->after_cr = c == '\r';
	if (c == '\n' && after_cr) {
		line_end(g);
		return;
	}
	if (after_cr) {
		note(g, UKEY_GUARD_BARE_CR);
		count(g, 1);
	}
	if (c == '\n')
		note(g, UKEY_GUARD_BARE_LF);
	if (c == '\0')
		note(g, UKEY_GUARD_NUL);
	if (c != '\r')
		count(g, 1);
}

void
ukey_guard_push(struct ukey_guard *g, struct ukey_view octets)
{
	struct ukey_scan_place place;
	size_t i = 0;

	while (i < octets.len) {
		if (!g->after_cr) {
			place.lines = g->line;
			place.column = g->column;
			i += ukey_scan_lines(octets.data + i, octets.len - i,
			    &place);
			g->line = place.lines;
			g->column = (uint16_t)place.column;
		}
		if (i < octets.len)
			octet(g, octets.data[i++]);
	}
}

void
ukey_guard_end(struct ukey_guard *g)
{
	if (g->after_cr)
		note(g, UKEY_GUARD_BARE_CR);
	g->after_cr = 0;
}

void
ukey_guard_field(struct ukey_guard *g, struct ukey_view raw)
{
	struct ukey_view rest = raw;

	do {
		ukey_view_cut(&rest, '\n');
	} while (rest.len > 0 && ukey_is_wsp(rest.data[0]));
	/* only what ends with LF leaves a rest that is there and empty */
	if (rest.data == NULL || rest.len > 0)
		note(g, UKEY_GUARD_BARE_LF);
}
