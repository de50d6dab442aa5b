/*
 * userkeys why: the message that is asked for, and the words of a line.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "why.h"

/* V without < > around it. */
static struct ukey_view
bare(struct ukey_view v)
{
	if (v.len >= 2 && v.data[0] == '<' && v.data[v.len - 1] == '>')
		return ukey_view_part(v, 1, v.len - 1);
	return v;
}

bool
why_pair_next(struct ukey_view *rest, struct ukey_view *key,
    struct ukey_view *value)
{
	size_t from;

	while (rest->data != NULL) {
		*value = ukey_view_cut(rest, ' ');
		from = ukey_view_find(*value, '=');
		if (from == value->len)
			continue;
		*key = ukey_view_part(*value, 0, from);
		*value = bare(ukey_view_part(*value, from + 1, value->len));
		return true;
	}
	return false;
}

/* V as the milter logs it, into SIZE octets at ROOM. */
static struct ukey_view
as_logged(struct ukey_view v, uint8_t *room, size_t size)
{
	struct ukey_out out;
	uint8_t c;
	size_t i;

	ukey_out_init(&out, room, size);
	for (i = 0; i < v.len && i < WHY_WORD; i++) {
		c = v.data[i];
		if (c > ' ' && c <= '~' && c != '%' && c != '"') {
			ukey_out_octet(&out, c);
			continue;
		}
		ukey_out_octet(&out, '%');
		ukey_out_octet(&out, (uint8_t)"0123456789ABCDEF"[c >> 4]);
		ukey_out_octet(&out, (uint8_t)"0123456789ABCDEF"[c & 15]);
	}
	return bare(ukey_out_done(&out));
}

/* Without < >; with them, which count towards what is cut; and as given, for
 * who copied it from the log. */
void
why_id_make(struct why_id *s, const char *text)
{
	struct ukey_view plain = bare(cli_view(text)), v;
	uint8_t in_angles[WHY_WORD + 1];
	struct ukey_out out;

	ukey_out_init(&out, in_angles, sizeof(in_angles));
	ukey_out_octet(&out, '<');
	v = ukey_view_part(plain, 0, plain.len < WHY_WORD - 1 ? plain.len :
	    WHY_WORD - 1);
	ukey_out_view(&out, v);
	if (v.len == plain.len)
		ukey_out_octet(&out, '>');
	s->form[0] = as_logged(plain, s->room[0], sizeof(s->room[0]));
	s->form[1] = as_logged(ukey_out_done(&out), s->room[1],
	    sizeof(s->room[1]));
	s->form[2] = plain;
}

/* Whether VALUE is one of the forms. */
static bool
is_form(const struct why_id *s, struct ukey_view value)
{
	unsigned i;

	for (i = 0; i < WHY_FORMS; i++)
		if (ukey_view_equal(value, s->form[i]))
			return true;
	return false;
}

bool
why_id_is(const struct why_id *s, struct ukey_view key, struct ukey_view value)
{
	if (!is_form(s, value))
		return false;
	return ukey_view_equal(key, UKEY_VIEW("message-id")) ||
	    ukey_view_equal(key, UKEY_VIEW("queue")) ||
	    ukey_view_equal(key, UKEY_VIEW("from"));
}

bool
why_id_in(const struct why_id *s, struct ukey_view line)
{
	size_t at;
	unsigned i;

	for (i = 0; i < WHY_FORMS; i++)
		for (at = 0; at < line.len; at++)
			if (ukey_view_equal(ukey_view_part(line, at, at +
			    s->form[i].len), s->form[i]))
				return true;
	return false;
}
