/*
 * userkeys: header canonicalization (RFC 6376 3.4.1 simple, 3.4.2 relaxed).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_canon_header.h"

#include "ukey_scan.h"

/* Bits of the state of relaxed. */
#define IN_VALUE 1 /* behind the colon */
#define LEADING 2  /* no content of the value yet */
#define WSP 4      /* white space is waiting */
#define CR 8       /* a CR is waiting for its LF */

#define AHEAD 64 /* octets */

void
ukey_canon_header_init(struct ukey_canon_header *c, enum ukey_canon canon)
{
	c->canon = (uint8_t)canon;
	c->state = 0;
}

/* Takes line ends (unfolding) and white space; false at anything else. */
static bool
hold(struct ukey_canon_header *c, struct ukey_view *in)
{
	uint8_t octet = in->data[0];

	if (c->state & CR) {
		if (octet != '\n')
			return false;
		c->state &= (uint8_t)~CR;
	} else if (octet == '\r') {
		c->state |= CR;
	} else if (ukey_is_wsp(octet)) {
		c->state |= WSP;
	} else {
		return false;
	}
	ukey_view_skip(in, 1);
	return true;
}

/* Content of the value that goes on as it is: up to the next CR, and the next
 * white space that is more than one SP between content.  No more than AHEAD at
 * once: what one scan passed, the other may stop in again and again. */
static struct ukey_view
value(struct ukey_view *in)
{
	size_t len = in->len < AHEAD ? in->len : AHEAD;

	len = ukey_scan_control(in->data, len);
	len = ukey_scan_wsp(in->data, len);
	return ukey_view_take(in, len > 0 ? len : 1);
}

/* A piece of the name in lower case. */
static struct ukey_view
name(struct ukey_canon_header *c, struct ukey_view *in)
{
	size_t i = 0;

	while (i < in->len && i < sizeof(c->lower) && in->data[i] != ':' &&
	    !ukey_is_fws(in->data[i])) {
		c->lower[i] = ukey_lower(in->data[i]);
		i++;
	}
	if (i == 0) /* a bare LF */
		return ukey_view_take(in, 1);
	ukey_view_skip(in, i);
	return (struct ukey_view) { c->lower, i };
}

static struct ukey_view
content(struct ukey_canon_header *c, struct ukey_view *in)
{
	bool colon = in->data[0] == ':' && !(c->state & (IN_VALUE | CR));

	if (colon) {
		ukey_view_skip(in, 1);
		c->state = IN_VALUE | LEADING;
		return UKEY_VIEW(":");
	}
	if ((c->state & WSP) && !(c->state & LEADING)) {
		c->state &= (uint8_t)~WSP;
		return UKEY_VIEW(" ");
	}
	c->state &= (uint8_t)~(WSP | LEADING);
	if (c->state & CR) {
		c->state &= (uint8_t)~CR;
		return UKEY_VIEW("\r");
	}
	return c->state & IN_VALUE ? value(in) : name(c, in);
}

struct ukey_view
ukey_canon_header_next(struct ukey_canon_header *c, struct ukey_view *in)
{
	if (c->canon == UKEY_CANON_SIMPLE)
		return ukey_view_take(in, in->len);
	while (in->len > 0) {
		if (!hold(c, in))
			return content(c, in);
	}
	return UKEY_VIEW("");
}

struct ukey_view
ukey_canon_header_end(struct ukey_canon_header *c, bool close)
{
	if (c->canon == UKEY_CANON_SIMPLE || !close)
		return UKEY_VIEW("");
	return UKEY_VIEW("\r\n");
}
