/*
 * userkeys: twin: our Authentication-Results fields, read strictly (RFC 8601
 * 2.2) and compared with the judgements.  SPDX-License-Identifier: MIT
 *
 * What 0.1 wrote is no measure here.  The judgements are compared with its
 * own; each field must say them and nothing else.
 */
#include "rewrite.h"

#include <string.h>

#define ITEMS_MAX 80 /* of one field */
#define LINE_MAX 998

struct item {
	char name[24];
	uint8_t value[1100];
	size_t len;
	bool optional; /* where the value is long, or not of ASCII text */
};

struct items {
	struct item item[ITEMS_MAX];
	unsigned count;
};

static struct item *
add(struct items *all, const char *name, size_t len)
{
	struct item *i;

	if (all->count == ITEMS_MAX || len >= sizeof(i->name))
		return NULL;
	i = &all->item[all->count++];
	memcpy(i->name, name, len);
	i->name[len] = '\0';
	i->len = 0;
	i->optional = false;
	return i;
}

static void
append(struct item *i, const void *data, size_t len)
{
	if (i != NULL && len <= sizeof(i->value) - i->len) {
		memcpy(i->value + i->len, data, len);
		i->len += len;
	}
}

/* ---- what the field says ------------------------------------------------ */

/* Takes a quoted-string off V, without its quoting, to I. */
static bool
take_quoted(struct twin_octets *v, struct item *i)
{
	for (v->data++, v->len--; v->len > 0; v->data++, v->len--) {
		if (v->data[0] == '"') {
			v->data++;
			v->len--;
			return true;
		}
		if (v->data[0] == '\\' && v->len > 1) {
			v->data++;
			v->len--;
		}
		if (v->data[0] < ' ' || v->data[0] == 0x7F)
			return false;
		append(i, v->data, 1);
	}
	return false;
}

/* An octet that stands without quotes. */
static bool
is_bare(uint8_t c)
{
	return c > ' ' && c != 0x7F && strchr("()<>,;:\\\"[]", c) == NULL;
}

/* The value of a property: a token, a quoted-string, or an address. */
static bool
take_value(struct twin_octets *v, struct item *i)
{
	struct item inner = { .len = 0 };
	struct twin_octets local;

	if (v->len > 0 && v->data[0] == '"' && !take_quoted(v, i))
		return false;
	for (; v->len > 0 && is_bare(v->data[0]); v->data++, v->len--)
		append(i, v->data, 1);
	if (i->len > 1 && i->value[0] == '"') { /* an address within quotes */
		local = (struct twin_octets) { i->value, i->len };
		if (take_quoted(&local, &inner)) {
			append(&inner, local.data, local.len);
			i->len = 0;
			append(i, inner.value, inner.len);
		}
	}
	return i->len > 0;
}

/* Blanks and folds, of which there is at least one. */
static bool
take_blanks(struct twin_octets *v)
{
	size_t before = v->len;

	while (v->len > 0 && (v->data[0] == ' ' || v->data[0] == '\t' ||
	    (v->len > 2 && memcmp(v->data, "\r\n\t", 3) == 0))) {
		v->len -= v->data[0] == '\r' ? 3 : 1;
		v->data += v->data[0] == '\r' ? 3 : 1;
	}
	return v->len < before;
}

static bool
lines_fit(struct twin_octets v)
{
	const uint8_t *end;

	while (v.len > 0) {
		end = memchr(v.data, '\n', v.len);
		if (end == NULL || end - v.data > LINE_MAX + 1)
			return false;
		v.len -= (size_t)(end + 1 - v.data);
		v.data = end + 1;
	}
	return true;
}

/* Reads the whole field V; false where RFC 8601 has no such field. */
static bool
read_field(struct twin_octets v, struct items *all)
{
	static const char head[] = "Authentication-Results: mx.e;";
	const uint8_t *equals;
	struct item *i;

	all->count = 0;
	if (!starts_with(v, head) || !lines_fit(v) || v.len < 3 ||
	    memcmp(v.data + v.len - 2, "\r\n", 2) != 0)
		return false;
	v.data += sizeof(head) - 1;
	v.len -= sizeof(head) - 1 + 2;
	while (v.len > 0) {
		if (!take_blanks(&v))
			return false;
		equals = memchr(v.data, '=', v.len);
		i = equals == NULL ? NULL : add(all, (const char *)v.data,
		    (size_t)(equals - v.data));
		if (i == NULL)
			return false;
		v.len -= (size_t)(equals + 1 - v.data);
		v.data = equals + 1;
		if (!take_value(&v, i))
			return false;
		if (v.len > 1 && v.data[0] == ';') {
			v.data++;
			v.len--;
		}
	}
	return all->count > 0;
}

/* ---- what it must say --------------------------------------------------- */

static void
add_text(struct items *all, const char *name, const char *text)
{
	append(add(all, name, strlen(name)), text, strlen(text));
}

/* V without white space, at most MOST octets of it. */
static void
add_octets(struct items *all, const char *name, struct twin_octets v,
    size_t most)
{
	struct item *i = add(all, name, strlen(name));
	size_t at, quoted = 2;

	if (i == NULL)
		return;
	for (at = 0; at < v.len && i->len < most; at++) {
		if (v.data[at] != 0 && strchr("\t\r\n ", v.data[at]) != NULL)
			continue;
		quoted += 1u + (v.data[at] == '"' || v.data[at] == '\\');
		i->optional |= v.data[at] < ' ' || v.data[at] >= 0x7F;
		append(i, v.data + at, 1);
	}
	i->optional |= quoted > 256 || i->len == 0;
}

static void
add_address(struct items *all, const char *name, const struct twin_view *a)
{
	struct item *i, plain = { .len = 0 };
	struct twin_octets local = a[0].octets;
	size_t at;

	if (a[1].octets.len == 0)
		return;
	i = add(all, name, strlen(name));
	if (i == NULL)
		return;
	if (local.len > 0 && local.data[0] == '"' &&
	    take_quoted(&local, &plain))
		append(i, plain.value, plain.len);
	else
		append(i, a[0].octets.data, a[0].octets.len);
	append(i, "@", 1);
	append(i, a[1].octets.data, a[1].octets.len);
	for (at = 0; at < i->len; at++)
		i->optional |= i->value[at] < ' ' || i->value[at] >= 0x7F;
}

static void
add_result(struct items *all, const char *method,
    const struct twin_judgement *j)
{
	add_text(all, method, j->verdict);
	if (!word_is(j->reason, "ok"))
		add_text(all, "reason", j->reason);
}

static void
expect_user(struct items *all, const struct twin_judgement *j, bool marked)
{
	static const char *const relations[] = { "none", "same", "other",
		"many" };

	all->count = 0;
	add_result(all, "userkeys", j);
	if (!j->from_header)
		add_address(all, "smtp.mailfrom", &j->view[TWIN_SENDER_LOCAL]);
	if (j->relation == 1)
		add_address(all, "header.from", &j->view[TWIN_AUTHOR_LOCAL]);
	add_octets(all, "header.s", j->view[TWIN_S].octets, 1100);
	add_text(all, "policy.from", relations[j->relation & 3]);
	add_text(all, "policy.advice", j->advice);
	if (j->testing)
		add_text(all, "policy.testing", "y");
	if (j->time_unknown)
		add_text(all, "policy.time", "unknown");
	if (marked)
		add_text(all, "policy.action", "quarantine");
}

static void
expect_dkim(struct items *all, const struct twin_judgement *j)
{
	add_result(all, "dkim", j);
	add_octets(all, "header.d", j->view[TWIN_D].octets, 1100);
	add_octets(all, "header.i", j->view[TWIN_I].octets, 1100);
	add_octets(all, "header.s", j->view[TWIN_S].octets, 1100);
	add_octets(all, "header.b", j->view[TWIN_B].octets, 8);
	if (j->partial_body)
		add_text(all, "policy.body", "partial");
	if (j->testing)
		add_text(all, "policy.testing", "y");
	if (j->time_unknown)
		add_text(all, "policy.time", "unknown");
}

static void
expect_all_dkim(struct items *all, const struct twin_result *r)
{
	unsigned i;

	all->count = 0;
	for (i = 0; i < r->dkims; i++)
		expect_dkim(all, &r->dkim[i]);
	if (r->dkims == 0)
		add_text(all, "dkim", "none");
}

/* Whether SAID is WANT, in its order; what may be left out may. */
static bool
says(const struct items *said, const struct items *want)
{
	unsigned i, at = 0;

	for (i = 0; i < want->count; i++) {
		const struct item *w = &want->item[i];
		const struct item *s = &said->item[at];
		bool there = at < said->count && strcmp(w->name, s->name) == 0;

		if (there && w->len == s->len &&
		    memcmp(w->value, s->value, w->len) == 0)
			at++;
		else if (there || !w->optional)
			return false;
	}
	return at == said->count;
}

bool
results_say(const struct twin_result *r)
{
	static struct items said, want;
	const struct twin_event *user = look_for(r, TWIN_INSERT,
	    "mx.e;\r\n\tuserkeys=");
	const struct twin_event *dkim = look_for(r, TWIN_INSERT,
	    "mx.e;\r\n\tdkim=");

	if (user == NULL || (dkim != NULL && dkim < user))
		return false;
	expect_user(&want, &r->user, look_for(r, TWIN_QUARANTINE, NULL) !=
	    NULL);
	if (!read_field(user->text, &said) || !says(&said, &want))
		return false;
	if (dkim == NULL)
		return true;
	expect_all_dkim(&want, r);
	return read_field(dkim->text, &said) && says(&said, &want);
}
