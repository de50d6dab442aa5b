/*
 * userkeys ukd: what the DNS serves, against what the keys of the database
 * need.  SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "cmd_ukd.h"
#include "damage.h"
#include "ukey_keyrecord.h"

static void __attribute__((format(printf, 4, 5)))
differs(struct ukd_differences *d, const char *name, const char *mend,
    const char *format, ...)
{
	struct ukd_difference *one;
	va_list ap;

	if (d->count == UKD_DIFFERENCES_MAX)
		return;
	one = &d->list[d->count++];
	snprintf(one->name, sizeof(one->name), "%s", name);
	one->mend = mend;
	va_start(ap, format);
	vsnprintf(one->what, sizeof(one->what), format, ap);
	va_end(ap);
}

/* Asks for NAME; false, noted, where there is no answer. */
static bool
answered(struct ukd_differences *d, struct ukey_resolver *r, const char *name,
    struct ukey_fetch *f)
{
	(void)ukey_resolver_fetch(r, cli_view(name), f);
	if (f->reason == UKEY_REASON_OK || f->reason == UKEY_REASON_NO_KEY)
		return true;
	if (ukey_reason_verdict(f->reason) == UKEY_TEMPERROR)
		d->unanswered = true;
	differs(d, name, "try again, or ask another server with --dns", "%s",
	    ukey_reason_meaning(f->reason));
	return false;
}

/* The records of F that R's text may have been. */
static unsigned
keys_in(const struct ukey_fetch *f, const struct record *r)
{
	unsigned i, n = 0;

	for (i = 0; i < f->records && i < UKEY_FETCH_RECORDS; i++)
		n += damage_is_key(f->record[i].text, cli_view(r->text),
		    cli_view(r->name));
	return n;
}

/* Whether SERVED holds what RIGHT does: the same key, or none. */
static bool
same_key(struct ukey_view served, struct ukey_view right)
{
	struct ukey_keyrecord a, b;

	if (ukey_keyrecord_parse(&a, served) != UKEY_REASON_OK ||
	    ukey_keyrecord_parse(&b, right) != UKEY_REASON_OK ||
	    !ukey_keyrecord_is_userkey(&a))
		return false;
	if (a.p.len == 0 || b.p.len == 0)
		return a.p.len == b.p.len;
	return damage_same_key(served, right);
}

static const char *
testing_word(const struct ukey_keyrecord *r)
{
	return (r->flags & UKEY_KEY_TESTING) != 0 ? " and t=y" : "";
}

/* Advice and options of the key's own record. */
static void
compare_advice(struct ukd_differences *d, const struct record *r,
    struct ukey_view served)
{
	static const unsigned options = UKEY_KEY_EXACT | UKEY_KEY_FROM;
	struct ukey_keyrecord a, b;

	(void)ukey_keyrecord_parse(&a, served);
	(void)ukey_keyrecord_parse(&b, cli_view(r->text));
	if (a.advice != b.advice ||
	    ((a.flags ^ b.flags) & UKEY_KEY_TESTING) != 0)
		differs(d, r->name, "publish the record again", "advice is "
		    "%s%s in the DNS, expected %s%s",
		    ukey_advice_word((enum ukey_advice)a.advice),
		    testing_word(&a),
		    ukey_advice_word((enum ukey_advice)b.advice),
		    testing_word(&b));
	if (((a.flags ^ b.flags) & options) != 0)
		differs(d, r->name, "publish the record again", "the options "
		    "of uk= are not those of the database");
	if (a.usable != UKEY_REASON_OK && a.p.len > 0)
		differs(d, r->name, "publish the record again", "%s",
		    ukey_reason_meaning((enum ukey_reason)a.usable));
}

/* What was done to the records of F, none of which is the right one. */
static void
compare_damage(struct ukd_differences *d, const struct record *r,
    const struct ukey_fetch *f)
{
	struct damages found = { 0 };
	unsigned i, k;

	if (keys_in(f, r) == 0)
		differs(d, r->name, "publish the record", "there are TXT "
		    "records, but no key");
	for (i = 0; i < f->records && i < UKEY_FETCH_RECORDS; i++) {
		if (!damage_is_key(f->record[i].text, cli_view(r->text),
		    cli_view(r->name)))
			continue;
		damage_find(&found, f->record[i].text, cli_view(r->text),
		    cli_view(r->name));
		for (k = 0; k < found.count; k++)
			differs(d, r->name, found.list[k].mend, "%s",
			    found.list[k].what);
		if (found.count == 0)
			differs(d, r->name, "publish the record again",
			    "another record than the database's");
	}
}

static void
compare_record(struct ukd_differences *d, struct ukey_resolver *resolver,
    const struct record *r)
{
	static struct ukey_fetch f;
	bool found = false;
	unsigned i;

	if (!answered(d, resolver, r->name, &f))
		return;
	if (f.reason == UKEY_REASON_NO_KEY) {
		differs(d, r->name, "publish the record", "%s", f.nxdomain ?
		    "there is no such name" : "there is no TXT record");
		return;
	}
	for (i = 0; i < f.records && i < UKEY_FETCH_RECORDS && !found; i++) {
		found = same_key(f.record[i].text, cli_view(r->text));
		if (found)
			compare_advice(d, r, f.record[i].text);
	}
	if (!found)
		compare_damage(d, r, &f);
	if (f.records > 1)
		differs(d, r->name, "remove all but this one", "%u TXT "
		    "records, where DKIM verifiers want one", f.records);
}

/* Whether F came by way of NAME. */
static bool
leads_over(const struct ukey_fetch *f, const char *name)
{
	size_t len = strlen(name), i;

	for (i = 0; i < f->steps; i++)
		if (strncasecmp(f->step[i].target, name, len) == 0 &&
		    strcmp(f->step[i].target + len, ".") <= 0)
			return true;
	return false;
}

static void
compare_alias(struct ukd_differences *d, struct ukey_resolver *resolver,
    const struct record *r)
{
	static struct ukey_fetch f;

	if (!answered(d, resolver, r->alias, &f) || leads_over(&f, r->name))
		return;
	if (f.steps > 0)
		differs(d, r->alias, "let it lead to the key's name", "the "
		    "alias leads to %s", f.step[f.steps - 1].target);
	else if (f.reason == UKEY_REASON_OK)
		differs(d, r->alias, "remove it, and publish the CNAME",
		    "there is a TXT record in place of the alias");
	else
		differs(d, r->alias, "publish the CNAME", "there is no "
		    "alias: DKIM verifiers find no key");
}

/* A record that was needed once. */
static void
compare_gone(struct ukd_differences *d, struct ukey_resolver *resolver,
    const struct record *r)
{
	static struct ukey_fetch f;

	if (answered(d, resolver, r->name, &f) &&
	    f.reason == UKEY_REASON_OK && keys_in(&f, r) > 0)
		differs(d, r->name, "remove it, and its alias", "the record "
		    "of a retired key, which nothing needs any more");
}

void
ukd_compare(struct ukd_differences *d, struct ukey_resolver *resolver,
    const struct ukd_plan *plan, const struct ukd_options *o)
{
	struct record r;
	unsigned i;

	d->count = 0;
	d->unanswered = false;
	for (i = 0; i < plan->count && !d->unanswered; i++) {
		if (!ukd_entry_record(&plan->entry[i], &r))
			continue;
		if (plan->entry[i].kind == UKD_ENTRY_GONE) {
			compare_gone(d, resolver, &r);
			continue;
		}
		compare_record(d, resolver, &r);
		if (o->only == NULL && !d->unanswered)
			compare_alias(d, resolver, &r);
	}
}
