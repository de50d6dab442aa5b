/*
 * userkeys: fuzz: a field; in pieces as whole, as the RFC has it, and what is
 * canonical stays so.  SPDX-License-Identifier: MIT
 */
#include "fuzz.h"

/* Whether IN is a field: a name, and one CRLF at the end of it all. */
static bool
is_field(struct ukey_view in)
{
	struct ukey_view rest = in, name = ukey_view_cut(&rest, ':');
	size_t i = 0;

	while (i < name.len && name.data[i] > ' ')
		i++;
	while (i < name.len && ukey_is_wsp(name.data[i]))
		i++;
	return rest.data != NULL && i == name.len && rest.len > 1 &&
	    rest.data[rest.len - 2] == '\r' && rest.data[rest.len - 1] == '\n';
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	enum ukey_canon canon = take(&in) & 1 ? UKEY_CANON_RELAXED :
	    UKEY_CANON_SIMPLE;
	uint8_t cuts = take(&in);
	uint8_t *one = malloc(in.len + 4), *two = malloc(in.len + 4);
	size_t a = canon_field(canon, in, 0, one), b;

	b = canon_field(canon, in, cuts, two);
	MUST(a == b && memcmp(one, two, a) == 0);
	b = is_field(in) ? rfc_field(canon, in, two) : a;
	MUST(a == b && memcmp(one, two, a) == 0);
	b = canon_field(canon, (struct ukey_view) { one, a }, cuts, two);
	MUST(memchr(one, '\r', a < 2 ? 0 : a - 2) != NULL || !is_field(in) ||
	    (a == b && memcmp(one, two, a) == 0)); /* no bare CR, at least */
	return free(one), free(two), 0;
}
