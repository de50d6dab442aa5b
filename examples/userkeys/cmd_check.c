/*
 * userkeys check: what the DNS serves, against a key.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "cli.h"
#include "keyfile.h"
#include "record.h"
#include "ukey_base64.h"

static const char help[] =
"usage: userkeys check ADDRESS --key FILE [OPTION...]\n"
"\n"
"Compares what the DNS serves for ADDRESS with the key in FILE, names each\n"
"difference and its mend, and looks at the alias for DKIM verifiers.\n"
"\n"
"      --key FILE           the private key\n"
"      --generation G       label of a rotated key\n"
"      --dns HOST:PORT      the DNS server to ask\n"
"      --zone FILE          answer from a zone file\n";

/* What was found so far. */
struct check {
	const struct record *record;
	int status;
};

static void
problem(struct check *c, const char *what, const char *mend)
{
	printf("  problem  %s\n           %s\n", what, mend);
	if (c->status == CLI_PASS)
		c->status = CLI_NOT_PASS;
}

static void
fine(const char *what)
{
	printf("  ok       %s\n", what);
}

/* Whether p= of both texts is the same key. */
static bool
same_key(struct ukey_view a, struct ukey_view b)
{
	uint8_t x[UKEY_KEY_PUBLIC_MAX], y[UKEY_KEY_PUBLIC_MAX];
	struct ukey_view v = { x, 0 }, w = { y, 0 };

	return ukey_base64_decode(a, x, sizeof(x), &v.len) &&
	    ukey_base64_decode(b, y, sizeof(y), &w.len) &&
	    ukey_view_equal(v, w);
}

static void
say_advice(const struct ukey_keyrecord *r)
{
	printf("  advice   %s%s%s%s\n",
	    ukey_advice_word((enum ukey_advice)r->advice),
	    r->flags & UKEY_KEY_EXACT ? ", exact" : "",
	    r->flags & UKEY_KEY_FROM ? ", from" : "",
	    r->flags & UKEY_KEY_TESTING ?
	    "; testing (t=y): receivers only note the result" : "");
}

/* One record against the key; true when it is this key's. */
static bool
look_at(struct check *c, struct ukey_view text, bool quiet)
{
	struct ukey_keyrecord own, r;

	if (ukey_keyrecord_parse(&r, text) != UKEY_REASON_OK) {
		problem(c, "a record is malformed:",
		    "publish it again as \"userkeys record\" prints it");
		return false;
	}
	if (!ukey_keyrecord_is_userkey(&r)) {
		problem(c, "a record is no user key: v=DKIM1 must come "
		    "first, uk= and p= must be there:",
		    "remove it, or publish it as \"userkeys record\" prints "
		    "it");
		return false;
	}
	(void)ukey_keyrecord_parse(&own, cli_view(c->record->text));
	if (!same_key(r.p, own.p))
		return false;
	if (r.usable != UKEY_REASON_OK)
		problem(c, ukey_reason_meaning((enum ukey_reason)r.usable),
		    "publish it as \"userkeys record\" prints it");
	if (!quiet)
		say_advice(&r);
	return true;
}

/* Why there is no record; true when there are some. */
static bool
found(struct check *c, const struct ukey_fetch *f, const char *absent)
{
	if (f->reason == UKEY_REASON_OK)
		return true;
	if (ukey_reason_verdict(f->reason) == UKEY_TEMPERROR) {
		printf("  failed   %s\n           try again, or ask another "
		    "server with --dns\n", ukey_reason_meaning(f->reason));
		c->status = CLI_TEMPORARY;
	} else if (f->reason == UKEY_REASON_NO_KEY) {
		problem(c, f->nxdomain ? "there is no such name" :
		    "there is no TXT record at this name", absent);
	} else {
		problem(c, ukey_reason_meaning(f->reason),
		    "shorten the chain of aliases");
	}
	return false;
}

static void
say_chain(const struct ukey_fetch *f)
{
	unsigned i;

	for (i = 0; i < f->steps; i++)
		printf("  alias    %s %s %s\n", f->step[i].owner,
		    f->step[i].dname ? "DNAME" : "CNAME", f->step[i].target);
}

/* Whether one of F's records is this key's. */
static bool
holds_key(struct check *c, const struct ukey_fetch *f, bool quiet)
{
	bool any = false;
	unsigned i;

	for (i = 0; i < f->records && i < UKEY_FETCH_RECORDS; i++)
		any |= look_at(c, f->record[i].text, quiet);
	return any;
}

static void
check_record(struct check *c, struct ukey_resolver *r)
{
	static struct ukey_fetch f;

	printf("%s\n", c->record->name);
	(void)ukey_resolver_fetch(r, cli_view(c->record->name), &f);
	say_chain(&f);
	if (!found(c, &f, "publish the record that \"userkeys record\" "
	    "prints; a new one is seen once the old answer's TTL is over"))
		return;
	if (holds_key(c, &f, false))
		fine("the record holds this key");
	else
		problem(c, "no record holds this key",
		    "publish the record of this key, or check with the key "
		    "that is published");
	if (f.records > 1)
		printf("  note     %u records: each is tried, at most 4\n",
		    f.records);
}

static void
check_alias(struct check *c, struct ukey_resolver *r)
{
	static struct ukey_fetch f;

	printf("%s\n", c->record->alias);
	(void)ukey_resolver_fetch(r, cli_view(c->record->alias), &f);
	say_chain(&f);
	if (!found(c, &f, "publish the CNAME that \"userkeys record\" prints, "
	    "so that DKIM verifiers find the key"))
		return;
	if (f.records > 1)
		problem(c, "several records: DKIM verifiers want one",
		    "remove all but one");
	if (holds_key(c, &f, true))
		fine("DKIM verifiers find this key");
	else
		problem(c, "DKIM verifiers find another key",
		    "let the alias lead to the name above");
}

static int
run(const struct ukey_address *a, const char *path, const char *generation,
    struct ukey_resolver *r)
{
	struct record_options o = { .generation = generation };
	struct check c = { NULL, CLI_PASS };
	struct record record;
	struct ukey_key *key;
	bool good;
	int status;

	key = keyfile_read(path, &status);
	if (key == NULL)
		return status;
	good = record_make(&record, a, key, &o);
	ukey_key_free(key);
	if (!good)
		return CLI_INPUT;
	c.record = &record;
	check_record(&c, r);
	check_alias(&c, r);
	return c.status;
}

int
cmd_check(int argc, char **argv)
{
	const char *key = NULL, *generation = NULL, *dns = NULL, *zone = NULL;
	const struct cli_option options[] = {
		{ "key", &key, NULL }, { "generation", &generation, NULL },
		{ "dns", &dns, NULL }, { "zone", &zone, NULL },
		{ NULL, NULL, NULL }
	};
	const struct cli_syntax syntax = { "check", help, options };
	struct ukey_resolver *r;
	struct ukey_address a;
	int count, status;

	status = cli_options(&syntax, argc, argv, &count);
	if (status != CLI_GO_ON)
		return status;
	if (count != 1 || key == NULL)
		return cli_usage("check", "check: one ADDRESS and --key FILE "
		    "are needed");
	if (!cli_address(argv[1], &a))
		return CLI_INPUT;
	r = cli_resolver(dns, zone);
	if (r == NULL)
		return zone != NULL && dns == NULL ? CLI_INPUT : CLI_USAGE;
	status = run(&a, key, generation, r);
	ukey_resolver_free(r);
	return status;
}
