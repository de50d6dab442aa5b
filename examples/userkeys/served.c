/*
 * userkeys, the command: a TXT record as the DNS serves it, for people.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "record.h"
#include "served.h"

#define SIDE 24 /* octets that are shown of a difference */
#define ROOM (RECORD_TEXT_MAX + 256)

/* V within quotes, as dig prints it. */
void
served_put_quoted(struct ukey_view v)
{
	size_t i = 0, next;

	putchar('"');
	for (; i < v.len; i = next) {
		next = i;
		while (next < v.len && v.data[next] != '"' &&
		    v.data[next] != '\\')
			next++;
		cli_put(stdout, ukey_view_part(v, i, next));
		if (next < v.len)
			printf("\\%c", v.data[next++]);
	}
	putchar('"');
}

void
served_put(const struct ukey_fetch_record *r)
{
	size_t at = 0;
	unsigned i;

	for (i = 0; i < r->strings && i < UKEY_FETCH_STRINGS; i++) {
		printf("  %-8s ", i == 0 ? "served" : "");
		served_put_quoted(ukey_view_part(r->text, at, at +
		    r->string_len[i]));
		printf(" (%u octets)\n", r->string_len[i]);
		at += r->string_len[i];
	}
	if (r->strings > UKEY_FETCH_STRINGS)
		printf("  %-8s and %d strings more\n", "", r->strings -
		    UKEY_FETCH_STRINGS);
}

/* The value of uk= in TEXT, of what else is malformed. */
static struct ukey_view
value_of_uk(struct ukey_view text)
{
	size_t i = 0;

	for (; i + 3 < text.len; i++)
		if (memcmp(text.data + i, "uk=", 3) == 0) {
			text = ukey_view_part(text, i + 3, text.len);
			for (i = 0; i < text.len && (ukey_is_alpha(
			    text.data[i]) || text.data[i] == ':'); i++)
				;
			return ukey_view_part(text, 0, i);
		}
	return UKEY_VIEW("none");
}

/* RIGHT with the owner's choices as SERVED has them. */
static struct ukey_view
expected(const char *right, struct ukey_view served, uint8_t *room,
    size_t size)
{
	struct ukey_out out;
	const char *p = strstr(right, "p=");
	size_t i = 0;

	while (i + 3 <= served.len && memcmp(served.data + i, "t=y", 3) != 0)
		i++;
	ukey_out_init(&out, room, size);
	ukey_out_text(&out, "v=DKIM1; k=rsa; ");
	ukey_out_text(&out, i + 3 <= served.len ? "t=y; uk=" : "uk=");
	ukey_out_view(&out, ukey_view_part(value_of_uk(served), 0, 64));
	ukey_out_text(&out, "; ");
	ukey_out_text(&out, p == NULL ? "p=" : p);
	return ukey_out_done(&out);
}

static void
put_side(struct ukey_view v, size_t at)
{
	if (at >= v.len)
		fputs("its end", stdout);
	else
		served_put_quoted(ukey_view_part(v, at, at + SIDE));
}

void
served_put_difference(struct ukey_view served, const char *right)
{
	uint8_t room[ROOM];
	struct ukey_view want = expected(right, served, room, sizeof(room));
	size_t at = 0;

	while (at < served.len && at < want.len &&
	    served.data[at] == want.data[at])
		at++;
	printf("  %-8s from octet %zu on: served ", "differs", at + 1);
	put_side(served, at);
	fputs(", expected ", stdout);
	put_side(want, at);
	putchar('\n');
}
