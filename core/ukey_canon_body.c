/*
 * userkeys: body canonicalization (RFC 6376 3.4.3 simple, 3.4.4 relaxed).
 * SPDX-License-Identifier: MIT
 *
 * Line ends, white space and a CR at the end of a piece wait in the machine
 * until the next octet says whether they count.  Invariant: while anything
 * waits, no octet behind it was handed on.  Every octet is looked at a fixed
 * number of times: what run() trims, it also consumes.
 */
#include "ukey_canon_body.h"

#include "ukey_mem.h"
#include "ukey_scan.h"

#define OVER 2 /* in place of enum ukey_canon: all is handed on */

static const uint8_t line_ends[] = "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
    "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
    "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";

#define LINE_ENDS ((sizeof(line_ends) - 1) / 2)

void
ukey_canon_body_init(struct ukey_canon_body *c, enum ukey_canon canon)
{
	*c = (struct ukey_canon_body) { .canon = (uint8_t)canon };
}

static void
skip(struct ukey_view *in, size_t len)
{
	in->data += len;
	in->len -= len;
}

static bool
is_crlf(struct ukey_view v)
{
	return v.len >= 2 && v.data[0] == '\r' && v.data[1] == '\n';
}

static bool
relaxed_wsp(const struct ukey_canon_body *c, uint8_t octet)
{
	return c->canon == UKEY_CANON_RELAXED && ukey_is_wsp(octet);
}

/* Nothing waits: hands on all up to the next white space that relaxed has to
 * look at, less the line ends just before it. */
static struct ukey_view
run(struct ukey_canon_body *c, struct ukey_view *in)
{
	struct ukey_view span = *in;

	if (c->canon == UKEY_CANON_RELAXED)
		span.len = ukey_scan_wsp(in->data, in->len);
	skip(in, span.len);
	if (in->len == 0 && span.len > 0 && span.data[span.len - 1] == '\r') {
		c->cr = 1;
		span.len--;
	}
	while (span.len >= 2 && span.data[span.len - 1] == '\n' &&
	    span.data[span.len - 2] == '\r') {
		c->crlfs++;
		span.len -= 2;
	}
	return span;
}

/* Content follows: hands on one of the things that waited before it. */
static struct ukey_view
flush(struct ukey_canon_body *c)
{
	size_t n = c->crlfs < LINE_ENDS ? c->crlfs : LINE_ENDS;

	if (n > 0) {
		c->crlfs -= (uint32_t)n;
		return (struct ukey_view) { line_ends, 2 * n };
	}
	if (c->wsp) {
		c->wsp = 0;
		return UKEY_VIEW(" ");
	}
	c->cr = 0;
	return UKEY_VIEW("\r");
}

/* Takes white space.  If content follows, and the last of it is an SP, that
 * goes on with the content: false then. */
static bool
hold_wsp(struct ukey_canon_body *c, struct ukey_view *in)
{
	skip(in, ukey_scan_past_wsp(in->data, in->len));
	if (in->len > 0 && in->data[0] != '\r' && in->data[-1] == ' ' &&
	    c->crlfs == 0) {
		in->data--;
		in->len++;
		c->wsp = 0;
		return false;
	}
	c->wsp = 1;
	return true;
}

/* Takes line ends. */
static void
hold_crlfs(struct ukey_canon_body *c, struct ukey_view *in)
{
	const size_t all = sizeof(line_ends) - 1;

	c->wsp = 0;
	while (in->len >= all && memcmp(in->data, line_ends, all) == 0) {
		c->crlfs += LINE_ENDS;
		skip(in, all);
	}
	for (; is_crlf(*in); skip(in, 2))
		c->crlfs++;
}

/* Takes what may still vanish; false when IN begins with content. */
static bool
hold(struct ukey_canon_body *c, struct ukey_view *in)
{
	if (c->cr) {
		if (in->data[0] != '\n')
			return false;
		skip(in, 1);
		c->cr = c->wsp = 0;
		c->crlfs++;
		return true;
	}
	if (is_crlf(*in)) {
		hold_crlfs(c, in);
		return true;
	}
	if (in->len == 1 && in->data[0] == '\r') {
		c->cr = 1;
		skip(in, 1);
		return true;
	}
	return relaxed_wsp(c, in->data[0]) && hold_wsp(c, in);
}

/* A single line end between content of this piece goes on with the content. */
static bool
passes_crlf(struct ukey_canon_body *c, const struct ukey_view *in)
{
	if (c->cr || c->crlfs > 0 || !is_crlf(*in) || in->len < 3 ||
	    in->data[2] == '\r' || relaxed_wsp(c, in->data[2]))
		return false;
	c->wsp = 0;
	return true;
}

struct ukey_view
ukey_canon_body_next(struct ukey_canon_body *c, struct ukey_view *in)
{
	struct ukey_view span = { NULL, 0 };

	while (in->len > 0 && span.len == 0) {
		if (!passes_crlf(c, in)) {
			if (hold(c, in))
				continue;
			if (c->crlfs > 0 || c->wsp || c->cr) {
				c->any = 1;
				return flush(c);
			}
		}
		span = run(c, in);
	}
	if (span.len > 0)
		c->any = 1;
	return span;
}

struct ukey_view
ukey_canon_body_end(struct ukey_canon_body *c)
{
	bool line;

	if (c->cr) {
		c->any = 1;
		return flush(c);
	}
	line = c->canon == UKEY_CANON_SIMPLE ||
	    (c->canon == UKEY_CANON_RELAXED && c->any);
	c->canon = OVER;
	return line ? UKEY_VIEW("\r\n") : UKEY_VIEW("");
}
