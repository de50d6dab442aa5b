/*
 * userkeys: whether mail without a login came from outside (PROTOCOL 4.3).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_origin.h"

void
ukey_origin_init(struct ukey_origin *o, struct ukey_view id,
    struct ukey_view host)
{
	*o = (struct ukey_origin) { .host = host };
	ukey_authres_init(&o->results, id);
}

/* Takes white space and comments off V; false where a comment stays open. */
static bool
skip_cfws(struct ukey_view *v)
{
	unsigned depth = 0;
	size_t i;

	for (i = 0; i < v->len; i++) {
		if (depth > 0 && v->data[i] == '\\')
			i++;
		else if (v->data[i] == '(')
			depth++;
		else if (depth > 0 && v->data[i] == ')')
			depth--;
		else if (depth == 0 && !ukey_is_fws(v->data[i]))
			break;
	}
	*v = ukey_view_part(*v, i, v->len);
	return depth == 0;
}

/* The octets up to the next white space, comment or semicolon. */
static struct ukey_view
take_word(struct ukey_view *v)
{
	size_t len = 0;

	while (len < v->len && !ukey_is_fws(v->data[len]) &&
	    v->data[len] != '(' && v->data[len] != ';')
		len++;
	return ukey_view_take(v, len);
}

bool
ukey_received_is_local(struct ukey_view body, struct ukey_view host)
{
	return host.len > 0 && skip_cfws(&body) &&
	    ukey_view_equal_nocase(take_word(&body), UKEY_VIEW("by")) &&
	    skip_cfws(&body) &&
	    ukey_view_equal_nocase(take_word(&body), host);
}

void
ukey_origin_field(struct ukey_origin *o, struct ukey_view raw)
{
	struct ukey_view body = raw;
	struct ukey_view name = ukey_view_trim(ukey_view_cut(&body, ':'));

	ukey_authres_push(&o->results, raw);
	if (ukey_authres_end(&o->results))
		o->judged = true;
	if (ukey_view_equal_nocase(name, UKEY_VIEW("Received")) &&
	    !ukey_received_is_local(body, o->host))
		o->received = true;
}

enum ukey_origin_sign
ukey_origin_sign(const struct ukey_origin *o, bool hub)
{
	if (o->judged)
		return UKEY_ORIGIN_RESULTS;
	return o->received && !hub ? UKEY_ORIGIN_RECEIVED : UKEY_ORIGIN_HERE;
}
