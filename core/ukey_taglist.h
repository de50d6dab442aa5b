/*
 * userkeys: tag-lists, "tag=value; tag=value" (RFC 6376 3.2).
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_TAGLIST_H
#define UKEY_TAGLIST_H

#include "ukey_config.h"
#include "ukey_reason.h"
#include "ukey_text.h"

#define ukey_taglist_init UKEY_LINK_NAME(ukey_taglist_init)

/* An iterator; set up by ukey_taglist_init(). */
struct ukey_taglist {
	struct ukey_view list;
	size_t pos;
	enum ukey_reason reason; /* UKEY_REASON_OK while all is well */
	bool any_line_end;       /* CR and LF are white space anywhere; set
	                          * by a key record's reader */
	uint8_t count;           /* tags so far */
	uint16_t at[UKEY_TAGS_MAX]; /* of their names in the list */
};

struct ukey_tag {
	struct ukey_view name;  /* as written, case-sensitive */
	struct ukey_view value; /* without the FWS around it */
	struct ukey_view raw;   /* everything from "=" to ";" or the end */
};

void ukey_taglist_init(struct ukey_taglist *t, struct ukey_view list);
/*
 * The next tag.  False at the end, where t->reason says how it ended:
 * UKEY_REASON_OK, _TAG_LIST (syntax, see RFC 6376 3.2; a value holds only
 * 0x21..0x7E and FWS; octets above 127 as RFC 8616 4 allows them),
 * _TAG_DUPLICATE (any name twice, known or not), _TAG_LIMIT (over 4096 octets
 * or 64 tags, PROTOCOL 8) or _ARENA (over a lower limit of ours).  The list is
 * only valid once this function has returned false with UKEY_REASON_OK.
 */
bool ukey_taglist_next(struct ukey_taglist *t, struct ukey_tag *tag);

#endif
