/*
 * userkeys verify: the answer for scripts, as lines and as JSON.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "verify.h"

static const char *const relations[] = { "none", "same", "other", "many" };

/* VALUE without what would break a line of words: blanks, controls, "%" and
 * what is no ASCII come out as %HH. */
static void
put_value(struct ukey_view value)
{
	size_t i;

	for (i = 0; i < value.len; i++)
		if (value.data[i] <= ' ' || value.data[i] >= 0x7F ||
		    value.data[i] == '%')
			printf("%%%02X", value.data[i]);
		else
			putchar(value.data[i]);
}

static void
put(const char *name, struct ukey_view value)
{
	if (value.len == 0)
		return;
	printf(" %s=", name);
	put_value(value);
}

static void
put_address(const char *name, const struct ukey_address *a)
{
	if (a->domain.len == 0)
		return;
	put(name, a->local);
	putchar('@');
	put_value(a->domain);
}

/* One judgement's verdict, and at the end its reason. */
static void
plain_user(const struct ukey_judgement *j)
{
	printf("userkeys %s", ukey_verdict_word(j->verdict));
	put_address("from", &j->sender);
	put("s", j->selector);
	printf(" advice=%s%s author=%s%s reason=%s\n",
	    ukey_advice_word(j->advice), j->testing ? " testing=y" : "",
	    relations[j->relation], j->time_unknown ? " time=unknown" : "",
	    ukey_reason_word(j->reason));
}

static void
plain_dkim(const struct ukey_judgement *j)
{
	printf("dkim %s", ukey_verdict_word(j->verdict));
	put("d", j->domain);
	put("s", j->selector);
	put("i", j->identity);
	put("a", j->algorithm);
	if (j->domain.len > 0)
		put("c", j->canon.len > 0 ? j->canon :
		    UKEY_VIEW("simple/simple"));
	printf("%s%s reason=%s\n", j->testing ? " testing=y" : "",
	    j->time_unknown ? " time=unknown" : "",
	    ukey_reason_word(j->reason));
}

void
verify_plain(struct verified *m)
{
	unsigned i, count = ukey_verify_dkim_count(&m->v);
	struct ukey_judgement j;

	if (m->has_sender)
		plain_user(&m->user);
	for (i = 0; i < count; i++) {
		ukey_verify_dkim(&m->v, i, &j);
		plain_dkim(&j);
	}
	if (count == 0)
		puts("dkim none reason=no-signature");
}

static void
json_text(const char *name, struct ukey_view value)
{
	printf(", \"%s\": ", name);
	if (value.data == NULL)
		fputs("null", stdout);
	else
		cli_put_json(stdout, value);
}

static void
json_address(const char *name, const struct ukey_address *a)
{
	char text[1024];

	if (a->domain.len == 0) {
		printf(", \"%s\": null", name);
		return;
	}
	snprintf(text, sizeof(text), "%.*s@%.*s", (int)a->local.len,
	    (const char *)a->local.data, (int)a->domain.len,
	    (const char *)a->domain.data);
	json_text(name, cli_view(text));
}

/* What both kinds of judgement have; the object stays open. */
static void
json_judgement(const struct ukey_judgement *j)
{
	printf("{\"result\": \"%s\", \"reason\": \"%s\"",
	    ukey_verdict_word(j->verdict), ukey_reason_word(j->reason));
	json_text("meaning", cli_view(ukey_reason_meaning(j->reason)));
	json_text("domain", j->domain);
	json_text("selector", j->selector);
	json_text("identity", j->identity);
	json_text("algorithm", j->algorithm);
	json_text("canonicalization", j->canon);
	printf(", \"time_unknown\": %s", j->time_unknown ? "true" : "false");
}

static void
json_user(const struct verified *m)
{
	const struct ukey_judgement *j = &m->user;

	if (!m->has_sender) {
		fputs("null", stdout);
		return;
	}
	json_judgement(j);
	json_address("sender", &j->sender);
	json_address("author", &j->author);
	printf(", \"relation\": \"%s\", \"advice\": \"%s\", "
	    "\"testing\": %s}", relations[j->relation],
	    ukey_advice_word(j->advice), j->testing ? "true" : "false");
}

/* The line of the header that is no field. */
static void
json_trouble(const struct header *h)
{
	fputs(",\n \"header_trouble\": ", stdout);
	if (h->bad_line == 0) {
		fputs("null", stdout);
		return;
	}
	printf("{\"line\": %u", (unsigned)h->bad_line);
	json_text("text", h->bad);
	putchar('}');
}

void
verify_json(struct verified *m, bool first)
{
	unsigned i, count = ukey_verify_dkim_count(&m->v);
	struct ukey_judgement j;

	printf("%s\n{\"file\": ", first ? "" : ",");
	cli_put_json(stdout, cli_view(m->spool->name));
	printf(", \"exit\": %d", m->status);
	json_trouble(m->header);
	fputs(",\n \"userkeys\": ", stdout);
	json_user(m);
	fputs(",\n \"dkim\": [", stdout);
	for (i = 0; i < count; i++) {
		ukey_verify_dkim(&m->v, i, &j);
		fputs(i == 0 ? "\n  " : ",\n  ", stdout);
		json_judgement(&j);
		printf(", \"testing\": %s, \"partial_body\": %s}",
		    j.testing ? "true" : "false",
		    j.partial_body ? "true" : "false");
	}
	fputs("]}", stdout);
}
