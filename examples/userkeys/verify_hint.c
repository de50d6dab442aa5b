/*
 * userkeys verify: what is said beside a reason: where the message has it, what
 * the DNS serves, until when a signature was valid.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <time.h>

#include "served.h"
#include "ukey_sigheader.h"
#include "verify.h"

#define RECORD_SHOWN 40 /* octets of a record */
#define YEAR_10000 253402300800 /* in seconds since 1970 */

static void
begin(void)
{
	printf("  %-10s", "");
}

/* The field of the signature that J is about; false where none is found. */
static bool
find_signature(const struct verified *m, const struct ukey_judgement *j,
    struct ukey_sigheader *sig)
{
	const struct ukey_fields *f = &m->header->fields;
	unsigned i;

	for (i = 0; i < f->count; i++) {
		if (!ukey_view_equal_nocase(ukey_fields_name(f, i),
		    UKEY_VIEW("DKIM-Signature")))
			continue;
		(void)ukey_sigheader_parse(sig, ukey_fields_body(f, i));
		if (ukey_view_equal(sig->tag[UKEY_SIG_B], j->b) &&
		    ukey_view_equal(sig->tag[UKEY_SIG_S], j->selector))
			return true;
	}
	return false;
}

/* Until when the signature was valid, and how to judge it as of then. */
static void
say_expired(const struct verified *m, const struct ukey_judgement *j)
{
	struct ukey_sigheader sig;
	char text[64];
	struct tm tm;
	time_t t;

	begin();
	if (find_signature(m, j, &sig) && sig.x < YEAR_10000) {
		t = (time_t)sig.x;
		if (gmtime_r(&t, &tm) != NULL && strftime(text, sizeof(text),
		    "%Y-%m-%d %H:%M:%S UTC", &tm) > 0)
			printf("it was valid until %s; ", text);
	}
	puts(m->options->as_received ? "it had expired when it came" :
	    "--time received judges it as of its arrival");
}

/* Why TEXT, a record, is no key, if that can be told from its form. */
static void
say_form(struct ukey_view text)
{
	struct ukey_keyrecord r;
	size_t at = 0;

	while (at < text.len && (ukey_is_fws(text.data[at]) ||
	    (text.data[at] >= ' ' && text.data[at] != 0x7F)))
		at++;
	if (at < text.len)
		printf(": octet %zu is \\x%02X", at + 1, text.data[at]);
	else if (ukey_keyrecord_parse(&r, text) != UKEY_REASON_OK ||
	    (r.flags & (UKEY_KEY_VERSION | UKEY_KEY_P)) !=
	    (UKEY_KEY_VERSION | UKEY_KEY_P))
		fputs(": expected v=DKIM1 and p=, with a semicolon between "
		    "tags", stdout);
}

static void
say_record(struct ukey_view text)
{
	begin();
	fputs("the DNS serves ", stdout);
	served_put_quoted(ukey_view_part(text, 0, RECORD_SHOWN));
	if (text.len > RECORD_SHOWN)
		fputs("...", stdout);
	say_form(text);
	putchar('\n');
}

/* What the DNS serves at NAME, though it is no key that can be used. */
static void
say_served(const struct verified *m, struct ukey_view name)
{
	static struct ukey_fetch f;
	unsigned i;

	if (ukey_resolver_fetch(m->resolver, name, &f) != UKEY_OK ||
	    f.reason != UKEY_REASON_OK)
		return;
	for (i = 0; i < f.records && i < UKEY_FETCH_RECORDS; i++)
		say_record(f.record[i].text);
}

/* Whether REASON is about the record: "no-key", "not-user-key", "key-...". */
static bool
is_of_record(enum ukey_reason reason)
{
	struct ukey_view word = cli_view(ukey_reason_word(reason));

	return reason == UKEY_REASON_NO_KEY ||
	    reason == UKEY_REASON_NOT_USER_KEY || ukey_view_equal(
	    ukey_view_part(word, 0, 4), UKEY_VIEW("key-"));
}

void
verify_hint(const struct verified *m, const struct ukey_judgement *j, bool user)
{
	char text[1024];

	if (j->reason == UKEY_REASON_EXPIRED)
		say_expired(m, j);
	if (!is_of_record(j->reason))
		return;
	snprintf(text, sizeof(text), "%.*s%s%.*s", (int)j->selector.len,
	    (const char *)j->selector.data, user ? "." : "._domainkey.",
	    (int)j->domain.len, (const char *)j->domain.data);
	say_served(m, cli_view(text));
}
