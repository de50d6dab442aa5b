/*
 * userkeys: canonicalization for the harnesses: core's, in pieces, and that of
 * RFC 6376 3.4 as it is written there.  SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

static void
add(uint8_t *out, size_t *len, struct ukey_view span)
{
	memcpy(out + *len, span.data, span.len);
	*len += span.len;
}

size_t
canon_body(enum ukey_canon canon, struct ukey_view in, uint8_t cuts,
    uint8_t *out)
{
	struct ukey_canon_body c;
	struct ukey_view part, span;
	size_t len = 0;
	uint8_t *copy;

	ukey_canon_body_init(&c, canon);
	while (in.len > 0) {
		part.len = piece_len(in, &cuts);
		part.data = copy = piece(&in, part.len);
		while ((span = ukey_canon_body_next(&c, &part)).len > 0)
			add(out, &len, span);
		free(copy);
	}
	while ((span = ukey_canon_body_end(&c)).len > 0)
		add(out, &len, span);
	return len;
}

size_t
canon_field(enum ukey_canon canon, struct ukey_view in, uint8_t cuts,
    uint8_t *out)
{
	struct ukey_canon_header c;
	struct ukey_view part, span;
	size_t len = 0;
	uint8_t *copy;

	ukey_canon_header_init(&c, canon);
	while (in.len > 0) {
		part.len = piece_len(in, &cuts);
		part.data = copy = piece(&in, part.len);
		while ((span = ukey_canon_header_next(&c, &part)).len > 0)
			add(out, &len, span);
		free(copy);
	}
	add(out, &len, ukey_canon_header_end(&c, true));
	return len;
}

static bool
is_crlf(struct ukey_view in, size_t i)
{
	return i + 1 < in.len && in.data[i] == '\r' && in.data[i + 1] == '\n';
}

/* IN without white space at ends of lines, runs of it as one SP. */
static size_t
reduce(struct ukey_view in, uint8_t *out)
{
	size_t len = 0, i, end;

	for (i = 0; i < in.len; i++) {
		if (!ukey_is_wsp(in.data[i])) {
			out[len++] = in.data[i];
			continue;
		}
		for (end = i; end < in.len && ukey_is_wsp(in.data[end]); end++)
			;
		if (end < in.len && !is_crlf(in, end))
			out[len++] = ' ';
		i = end - 1;
	}
	return len;
}

size_t
rfc_body(enum ukey_canon canon, struct ukey_view in, uint8_t *out)
{
	size_t len = in.len;

	if (canon == UKEY_CANON_RELAXED)
		len = reduce(in, out);
	else if (len > 0)
		memcpy(out, in.data, len);
	while (len >= 2 && out[len - 2] == '\r' && out[len - 1] == '\n')
		len -= 2;
	if (len > 0 || canon == UKEY_CANON_SIMPLE) {
		out[len++] = '\r';
		out[len++] = '\n';
	}
	return len;
}

bool
body_change(enum ukey_canon canon, struct ukey_view message, size_t at,
    uint8_t to, uint8_t *copy)
{
	struct ukey_view old = message, new;
	uint8_t *one, *two;
	size_t start = 4, a, b;
	bool same;

	while (start < message.len && memcmp(message.data + start - 4,
	    "\r\n\r\n", 4) != 0)
		start++;
	if (start >= message.len)
		return true; /* no body */
	old = ukey_view_part(message, start, message.len);
	copy[start + at % old.len] = to;
	new = (struct ukey_view) { copy + start, old.len };
	one = malloc(old.len + 4);
	two = malloc(old.len + 4);
	a = rfc_body(canon, old, one);
	b = rfc_body(canon, new, two);
	same = a == b && memcmp(one, two, a) == 0;
	free(one);
	free(two);
	return same;
}

/* The value IN unfolded, white space reduced, none at the ends. */
static size_t
rfc_value(struct ukey_view in, uint8_t *out)
{
	size_t len = 0, i;

	for (i = 0; i < in.len; i++) {
		if (is_crlf(in, i))
			i++;
		else if (!ukey_is_wsp(in.data[i]))
			out[len++] = in.data[i];
		else if (len > 0 && out[len - 1] != ' ')
			out[len++] = ' ';
	}
	if (len > 0 && out[len - 1] == ' ')
		len--;
	return len;
}

size_t
rfc_field(enum ukey_canon canon, struct ukey_view in, uint8_t *out)
{
	struct ukey_view rest = in, name;
	size_t len = 0;

	if (canon == UKEY_CANON_SIMPLE) {
		memcpy(out, in.data, in.len);
		return in.len;
	}
	name = ukey_view_trim(ukey_view_cut(&rest, ':'));
	for (; len < name.len; len++)
		out[len] = ukey_lower(name.data[len]);
	out[len++] = ':';
	len += rfc_value(rest, out + len);
	out[len++] = '\r';
	out[len++] = '\n';
	return len;
}
