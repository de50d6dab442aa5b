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

#include "ukey_scan.h"

/* Bits of ukey_canon_body.held. */
#define WSP 1
#define CR 2

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

/* The number of white space octets that V begins with. */
static size_t
wsp_len(struct ukey_view v)
{
	size_t i = 0;

	while (i < v.len && (v.data[i] == ' ' || v.data[i] == '\t'))
		i++;
	return i;
}

/* Takes what may still vanish: up to content, or all. */
static void
hold(struct ukey_canon_body *c, struct ukey_view *in)
{
	const bool relaxed = c->canon == UKEY_CANON_RELAXED;
	struct ukey_view rest = *in;
	uint32_t crlfs = c->crlfs;
	uint8_t held = c->held;
	size_t wsp;

	for (; rest.len > 0; skip(&rest, 1)) {
		if (held & CR) {
			if (rest.data[0] != '\n')
				break;
			held = 0;
			crlfs++;
		} else if (rest.data[0] == '\r') {
			if (rest.len == 1) {
				held |= CR;
				continue;
			}
			if (rest.data[1] != '\n')
				break;
			skip(&rest, 1);
			held = 0;
			crlfs++;
		} else {
			wsp = relaxed ? wsp_len(rest) : 0;
			if (wsp == 0)
				break;
			held = WSP;
			skip(&rest, wsp - 1);
		}
	}
	*in = rest;
	c->crlfs = crlfs;
	c->held = held;
}

/* Content follows: how many of the TAKEN octets before it may go on with it in
 * one span, for they are just what waits. */
static size_t
rejoin(struct ukey_canon_body *c, const struct ukey_view *in, size_t taken)
{
	if (c->crlfs == 1 && c->held == 0 && taken >= 2) {
		c->crlfs = 0;
		return 2;
	}
	if (c->crlfs == 0 && c->held == WSP && taken >= 1 &&
	    in->data[-1] == ' ' && in->data[0] != '\r') {
		c->held = 0;
		return 1;
	}
	return 0;
}

/* Nothing waits, and content is next: hands on all up to the next white space
 * that relaxed has to look at, less the line ends just before it. */
static struct ukey_view
run(struct ukey_canon_body *c, struct ukey_view *in)
{
	struct ukey_view span = *in;

	if (c->canon == UKEY_CANON_RELAXED)
		span.len = ukey_scan_wsp(in->data, in->len);
	skip(in, span.len);
	if (in->len == 0 && span.data[span.len - 1] == '\r') {
		c->held = CR;
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
	if (c->held & WSP) {
		c->held &= CR;
		return UKEY_VIEW(" ");
	}
	c->held = 0;
	return UKEY_VIEW("\r");
}

struct ukey_view
ukey_canon_body_next(struct ukey_canon_body *c, struct ukey_view *in)
{
	struct ukey_view rest = *in, span;
	size_t back;

	hold(c, &rest);
	if (rest.len == 0) {
		*in = rest;
		return UKEY_VIEW("");
	}
	c->any = 1;
	back = rejoin(c, &rest, in->len - rest.len);
	rest.data -= back;
	rest.len += back;
	if (c->crlfs > 0 || c->held != 0)
		span = flush(c);
	else
		span = run(c, &rest);
	*in = rest;
	return span;
}

struct ukey_view
ukey_canon_body_end(struct ukey_canon_body *c)
{
	bool line;

	if (c->held & CR) {
		c->any = 1;
		return flush(c);
	}
	line = c->canon == UKEY_CANON_SIMPLE ||
	    (c->canon == UKEY_CANON_RELAXED && c->any);
	c->canon = OVER;
	return line ? UKEY_VIEW("\r\n") : UKEY_VIEW("");
}
