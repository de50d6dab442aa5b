/*
 * userkeys, the command: what the DNS serves, against what was to be
 * published (PROTOCOL 3).  SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <strings.h>

#include "check_parts.h"
#include "damage.h"
#include "served.h"

static void
fine(const char *what)
{
	check_line(CLI_GREEN, "ok", what);
}

/* False with the trouble printed, but for a name without a record. */
static bool
answered(struct check *c, const struct ukey_fetch *f)
{
	if (f->reason == UKEY_REASON_OK || f->reason == UKEY_REASON_NO_KEY)
		return true;
	if (ukey_reason_verdict(f->reason) == UKEY_TEMPERROR) {
		check_line(
		    CLI_YELLOW, "failed", ukey_reason_meaning(f->reason));
		check_line(CLI_PLAIN, "",
		    "try again, or ask another server with "
		    "--dns");
		c->status = CLI_TEMPORARY;
	} else {
		check_problem(c, ukey_reason_meaning(f->reason),
		    "shorten the chain of aliases");
	}
	return false;
}

static void
say_chain(const struct ukey_fetch *f)
{
	unsigned i;

	for (i = 0; i < f->steps; i++)
		printf("  %-8s %s %s %s\n", "alias", f->step[i].owner,
		    f->step[i].dname ? "DNAME" : "CNAME", f->step[i].target);
}

/* Asks for NAME; true where there is an answer, or none is there. */
static bool
ask(struct check *c, const char *name, struct ukey_fetch *f)
{
	printf("%s\n", name);
	(void)ukey_resolver_fetch(c->resolver, cli_view(name), f);
	say_chain(f);
	return answered(c, f);
}

/* The mail domain of RECORD. */
static const char *
domain_of(const struct record *record)
{
	return record->name + strlen(record->selector) + 1;
}

/* Whether F has to do with our record: a wildcard may answer, too. */
static bool
is_ours(const struct check *c, const struct ukey_fetch *f)
{
	struct ukey_view name = cli_view(c->record->name);
	unsigned i;

	for (i = 0; i < f->steps; i++)
		if (ukey_view_equal_nocase(
			ukey_view_part(
			    cli_view(f->step[i].target), 0, name.len),
			name))
			return true;
	for (i = 0; i < f->records && i < UKEY_FETCH_RECORDS; i++)
		if (check_is_key(c, f->record[i].text))
			return true;
	return false;
}

/*
 * NAME, which is absent, with a zone behind it, as by a panel that adds its
 * zone to a name that had it: each end of the mail domain may be the zone.
 * True when something of ours is there, which was told.
 */
static bool
is_doubled(struct check *c, const char *name)
{
	char doubled[2 * RECORD_NAME_MAX], what[3 * RECORD_NAME_MAX];
	const char *zone = domain_of(c->record);
	static struct ukey_fetch f;

	for (; strchr(zone, '.') != NULL; zone = strchr(zone, '.') + 1) {
		snprintf(doubled, sizeof(doubled), "%s.%s", name, zone);
		if (ukey_resolver_fetch(c->resolver, cli_view(doubled), &f) !=
			UKEY_OK ||
		    !is_ours(c, &f))
			continue;
		snprintf(what, sizeof(what),
		    "it was published at %s: the "
		    "panel adds the zone itself",
		    doubled);
		check_problem(c, what,
		    "enter the name without the zone, or with a "
		    "dot at its end");
		return true;
	}
	return false;
}

/* WHAT: no key at the record's name. */
static void
nothing(struct check *c, const char *what)
{
	c->absent = true;
	check_problem(c, what,
	    "publish the record that \"userkeys record\" prints; "
	    "a new one is seen once the old answer's TTL is over");
	(void)is_doubled(c, c->record->name);
}

/* The records of F, which were found at the key's name. */
static void
look_at_all(struct check *c, const struct ukey_fetch *f)
{
	struct check_kinds n = check_count(c, f);
	unsigned i;

	if (n.user == 0 && check_is_torn(c, f)) {
		for (i = 0; i < f->records && i < UKEY_FETCH_RECORDS; i++)
			served_put(&f->record[i]);
		check_problem(c,
		    "the strings of the record became records of their "
		    "own",
		    "enter them as one record of several strings");
		return;
	}
	check_each(c, f);
	if (n.user == 1)
		fine("the record holds this key");
	else if (n.user > 1)
		check_problem(c,
		    "several records hold this key: DKIM verifiers "
		    "refuse that, and of their advice the strictest counts",
		    "remove all but the newest");
	else if (n.keys > 0)
		check_problem(c, "no record here can serve as this key's",
		    "do what "
		    "is said above");
	else
		nothing(c, "there are TXT records at this name, but no key");
}

static void
check_record(struct check *c)
{
	static struct ukey_fetch f;

	if (!ask(c, c->record->name, &f))
		return;
	if (f.reason == UKEY_REASON_OK)
		look_at_all(c, &f);
	else
		nothing(c, f.nxdomain ? "there is no such name" :
		    "there is no TXT record at this name");
}

/* The alias leads to TARGET, where nothing is. */
static void
dangling(struct check *c, const char *target)
{
	size_t len = strlen(c->record->name);

	if (strcasecmp(target, c->record->name) == 0)
		check_problem(c,
		    "the alias is right, the record it leads to is "
		    "missing",
		    "publish the record");
	else if (strncasecmp(target, c->record->name, len) == 0 &&
	    target[len] == '.')
		check_problem(c,
		    "the alias leads to a name with the zone twice: "
		    "the panel adds it itself",
		    "enter the target without the "
		    "zone, or with a dot at its end");
	else
		check_problem(c, "the alias leads to another name",
		    "let it lead to "
		    "the name above");
}

static void
no_alias(struct check *c, const struct ukey_fetch *f)
{
	if (f->steps > 0) {
		dangling(c, f->step[f->steps - 1].target);
		return;
	}
	if (is_doubled(c, c->record->alias))
		return;
	check_problem(c, "there is no alias: DKIM verifiers find no key",
	    "publish the CNAME that \"userkeys record\" prints");
}

/* The records at the end of the alias, which are not this key's. */
static void
other_key(struct check *c, const struct ukey_fetch *f)
{
	const char *target = f->steps == 0 ? "" : f->step[f->steps - 1].target;

	if (strcasecmp(target, c->record->name) == 0) {
		check_problem(c,
		    "the alias is right, the record it leads to is "
		    "not: DKIM verifiers cannot use it",
		    "do what is said "
		    "above");
		return;
	}
	if (f->steps > 0) {
		dangling(c, target);
		return;
	}
	check_each(c, f);
	check_problem(c, "there is a TXT record in place of the alias",
	    "remove it, and publish the CNAME that \"userkeys record\" "
	    "prints");
}

static void
check_alias(struct check *c)
{
	static struct ukey_fetch f;
	struct check_kinds n;

	if (!ask(c, c->record->alias, &f))
		return;
	if (f.reason != UKEY_REASON_OK) {
		no_alias(c, &f);
		return;
	}
	n = check_count(c, &f);
	if (f.records > 1)
		check_problem(c, "several records: DKIM verifiers want one",
		    "remove all but one");
	if (n.dkim == 0)
		other_key(c, &f);
	else if (c->absent)
		check_problem(c, "the record stands at the DKIM name alone",
		    "publish it at the name above, and let this name be a "
		    "CNAME to it");
	else if (f.records == 1)
		fine("DKIM verifiers find this key");
}

/* No mailbox has this label: a name that is served here is a wildcard's. */
static void
check_wildcard(struct check *c)
{
	static struct ukey_fetch f;
	char name[RECORD_NAME_MAX + 80];
	struct ukey_keyrecord r;
	unsigned i;

	snprintf(name, sizeof(name), "u-x%056d.userkeys.%s", 0,
	    domain_of(c->record));
	if (ukey_resolver_fetch(c->resolver, cli_view(name), &f) != UKEY_OK ||
	    f.reason != UKEY_REASON_OK)
		return;
	for (i = 0; i < f.records && i < UKEY_FETCH_RECORDS; i++)
		if (ukey_keyrecord_parse(&r, f.record[i].text) ==
			UKEY_REASON_OK &&
		    ukey_keyrecord_is_userkey(&r) && r.p.len > 0) {
			printf("*.userkeys.%s\n", domain_of(c->record));
			check_problem(c,
			    "a wildcard serves one key for every "
			    "mailbox",
			    "leave its p= empty, or remove it");
			return;
		}
}

int
check_published(const struct record *record, struct ukey_resolver *r)
{
	struct check c = { record, r, false, CLI_PASS };

	check_record(&c);
	check_alias(&c);
	if (c.status != CLI_TEMPORARY)
		check_wildcard(&c);
	return c.status;
}
