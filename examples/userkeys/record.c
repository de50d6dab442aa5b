/*
 * userkeys, the command: what is to be published of a key (PROTOCOL 3).
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "record.h"

#define STRING_MAX 255 /* octets of a string in a TXT record, RFC 1035 3.3 */
#define TTL 3600

static const char *const advices[] = { "none", "quarantine", "reject" };
static const char *const formats[] = { "zone", "oneline", "nsupdate",
	"json" };

static bool
is_one_of(const char *word, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

/* Whether LIST has only options of PROTOCOL 3.2, separated by commas. */
static bool
are_options(const char *list)
{
	struct ukey_view rest = cli_view(list), word;

	while (rest.data != NULL) {
		word = ukey_view_cut(&rest, ',');
		if (!ukey_view_equal(word, UKEY_VIEW("exact")) &&
		    !ukey_view_equal(word, UKEY_VIEW("from")))
			return false;
	}
	return true;
}

bool
record_options_check(const char *command, const struct record_options *o)
{
	if (o->advice != NULL && !is_one_of(o->advice, advices, 3)) {
		cli_usage(command, "--advice %s: no such advice: none, "
		    "quarantine or reject", o->advice);
		return false;
	}
	if (o->options != NULL && !are_options(o->options)) {
		cli_usage(command, "--options %s: no such option: exact, from "
		    "or exact,from", o->options);
		return false;
	}
	if (o->format != NULL && !is_one_of(o->format, formats, 4)) {
		cli_usage(command, "--format %s: no such format: zone, "
		    "oneline, nsupdate or json", o->format);
		return false;
	}
	return true;
}

bool
record_names(struct record *r, const struct ukey_address *a,
    const char *generation)
{
	struct ukey_out out;
	enum ukey_reason reason;
	size_t len;

	ukey_out_init(&out, r->name, sizeof(r->name) - 1);
	reason = ukey_name_write(&out, a,
	    cli_view(generation == NULL ? "" : generation));
	if (reason != UKEY_REASON_OK) {
		cli_error("%.*s@%.*s: no key name can be made: %s",
		    (int)a->local.len, (const char *)a->local.data,
		    (int)a->domain.len, (const char *)a->domain.data,
		    ukey_reason_meaning(reason));
		return false;
	}
	r->name[out.len] = '\0';
	/* Without the domain and its dot. */
	len = out.len - a->domain.len - 1;
	snprintf(r->selector, sizeof(r->selector), "%.*s", (int)len, r->name);
	snprintf(r->alias, sizeof(r->alias), "%s._domainkey.%s", r->selector,
	    r->name + len + 1);
	return true;
}

/* ":exact:from" of "exact,from". */
static void
put_options(struct ukey_out *out, const char *list)
{
	struct ukey_view rest = cli_view(list == NULL ? "" : list);

	if (rest.len == 0)
		return;
	while (rest.data != NULL) {
		ukey_out_octet(out, ':');
		ukey_out_view(out, ukey_view_cut(&rest, ','));
	}
}

/* By pieces that never reach the column at which lines are folded. */
void
record_put_base64(struct ukey_out *out, struct ukey_view v)
{
	size_t at;

	for (at = 0; at < v.len; at += 3) {
		out->line = out->len;
		ukey_out_base64(out, ukey_view_part(v, at, at + 3));
	}
}

bool
record_make(struct record *r, const struct ukey_address *a,
    struct ukey_key *key, const struct record_options *o)
{
	uint8_t der[UKEY_KEY_PUBLIC_MAX];
	struct ukey_out out, public;
	int err = UKEY_KEY_OK;

	if (!record_names(r, a, o->generation))
		return false;
	ukey_out_init(&public, der, sizeof(der));
	if (key != NULL)
		err = ukey_key_write_public(key, &public);
	if (err != UKEY_KEY_OK) {
		cli_error("the public key: %s", ukey_key_strerror(err));
		return false;
	}
	ukey_out_init(&out, r->text, sizeof(r->text) - 1);
	ukey_out_text(&out, "v=DKIM1; k=rsa; ");
	if (o->testing)
		ukey_out_text(&out, "t=y; ");
	ukey_out_text(&out, "uk=");
	ukey_out_text(&out, o->advice == NULL ? "none" : o->advice);
	put_options(&out, o->options);
	ukey_out_text(&out, "; p=");
	record_put_base64(&out, ukey_out_done(&public));
	r->text[ukey_out_done(&out).len] = '\0';
	return true;
}

/* TEXT as quoted strings of at most 255 octets, with BETWEEN them. */
static void
put_strings(const char *text, const char *between)
{
	size_t len = strlen(text), at;

	for (at = 0; at < len; at += STRING_MAX)
		printf("%s\"%.*s\"", at == 0 ? "" : between, STRING_MAX,
		    text + at);
}

static char
format_of(const struct record_writer *w)
{
	return w->format == NULL ? 'z' : w->format[0];
}

static void
put_zone(const struct record_writer *w, const struct record *r)
{
	if (w->part != RECORD_CNAME) {
		printf("%s. IN TXT ( ", r->name);
		put_strings(r->text, "\n\t");
		printf(" )\n");
	}
	if (w->part != RECORD_TXT)
		printf("%s. IN CNAME %s.\n", r->alias, r->name);
}

static void
put_lines(const struct record_writer *w, const struct record *r)
{
	if (w->part != RECORD_CNAME)
		printf("%s\tTXT\t%s\n", r->name, r->text);
	if (w->part != RECORD_TXT)
		printf("%s\tCNAME\t%s\n", r->alias, r->name);
}

/* A server passes silently over a CNAME that is added beside a TXT. */
static void
delete_old(const struct record_writer *w, const struct record *r)
{
	if (w->part != RECORD_CNAME)
		printf("update delete %s. TXT\n", r->name);
	if (w->part != RECORD_TXT)
		printf("update delete %s. CNAME\nupdate delete %s. TXT\n",
		    r->alias, r->alias);
}

static void
put_update(const struct record_writer *w, const struct record *r)
{
	delete_old(w, r);
	if (w->part != RECORD_CNAME) {
		printf("update add %s. %d TXT ", r->name, TTL);
		put_strings(r->text, " ");
		putchar('\n');
	}
	if (w->part != RECORD_TXT)
		printf("update add %s. %d CNAME %s.\n", r->alias, TTL,
		    r->name);
}

/* GONE: what is to be removed, without its content. */
static void
put_json(const struct record_writer *w, const struct record *r, bool gone)
{
	bool txt = w->part != RECORD_CNAME;

	printf("%s{\n  \"name\": \"%s\",\n  \"type\": \"%s\"",
	    w->count == 0 ? "" : ", ", txt ? r->name : r->alias,
	    txt ? "TXT" : "CNAME");
	if (gone) {
		printf(",\n  \"remove\": true");
	} else if (txt) {
		printf(",\n  \"ttl\": %d,\n  \"text\": \"%s\",\n"
		    "  \"strings\": [", TTL, r->text);
		put_strings(r->text, ", ");
		printf("]");
	} else {
		printf(",\n  \"ttl\": %d,\n  \"target\": \"%s\"", TTL,
		    r->name);
	}
	if (w->part == RECORD_BOTH)
		printf(",\n  \"alias\": {\n    \"name\": \"%s\",\n"
		    "    \"type\": \"CNAME\",\n    \"ttl\": %d,\n"
		    "    \"target\": \"%s\"\n  }", r->alias, TTL,
		    r->name);
	printf("\n}");
}

void
record_begin(struct record_writer *w)
{
	w->count = 0;
	w->waiting = false;
	if (w->list && format_of(w) == 'j')
		printf("[");
}

void
record_put(struct record_writer *w, const struct record *r)
{
	switch (format_of(w)) {
	case 'z':
		put_zone(w, r);
		break;
	case 'o':
		put_lines(w, r);
		break;
	case 'n':
		put_update(w, r);
		break;
	default:
		put_json(w, r, false);
	}
	w->waiting = true;
	w->count++;
}

void
record_remove(struct record_writer *w, const struct record *r)
{
	switch (format_of(w)) {
	case 'z':
	case 'o':
		return; /* neither knows a word for it */
	case 'n':
		delete_old(w, r);
		break;
	default:
		put_json(w, r, true);
	}
	w->waiting = true;
	w->count++;
}

void
record_send(struct record_writer *w)
{
	if (w->waiting && format_of(w) == 'n')
		printf("send\n");
	w->waiting = false;
}

void
record_end(struct record_writer *w)
{
	record_send(w);
	if (format_of(w) == 'j')
		printf(w->list ? "]\n" : "\n");
}

void
record_print(const struct record *r, const struct record_options *o)
{
	struct record_writer w = { .format = o->format };

	record_begin(&w);
	record_put(&w, r);
	record_end(&w);
}
