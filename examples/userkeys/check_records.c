/*
 * userkeys, the command: the records that the DNS serves, one by one, against
 * the one that was to be published.  SPDX-License-Identifier: MIT
 */
#include "check_parts.h"
#include "damage.h"
#include "served.h"
#include "ukey_taglist.h"

void
check_line(enum cli_colour colour, const char *word, const char *text)
{
	printf("  %s%-8s%s ", cli_paint(colour), word, cli_paint(CLI_PLAIN));
	cli_put(stdout, cli_view(text));
	putchar('\n');
}

void
check_problem(struct check *c, const char *what, const char *mend)
{
	check_line(CLI_RED, "problem", what);
	check_line(CLI_PLAIN, "", mend);
	if (c->status == CLI_PASS)
		c->status = CLI_NOT_PASS;
}

static struct ukey_view
text_of(const struct check *c)
{
	return cli_view(c->record->text);
}

/* What is wrong with a record that is not this key's. */
static void
say_damage(struct check *c, struct ukey_view served)
{
	struct damages d;
	unsigned i;

	damage_find(&d, served, text_of(c), cli_view(c->record->name));
	for (i = 0; i < d.count; i++)
		check_problem(c, d.list[i].what, d.list[i].mend);
	if (d.count == 0)
		check_problem(c, "it cannot be read as this key's record",
		    "publish it as \"userkeys record\" prints it");
	served_put_difference(served, c->record->text);
}

/* The first word of uk= must be one that receivers know (PROTOCOL 3). */
static void
check_advice(struct check *c, struct ukey_view served)
{
	static const char *const words[] = { "none", "quarantine", "reject" };
	struct ukey_taglist list;
	struct ukey_view value;
	struct ukey_tag tag;
	size_t i;

	ukey_taglist_init(&list, served);
	while (ukey_taglist_next(&list, &tag)) {
		if (!ukey_view_equal(tag.name, UKEY_VIEW("uk")))
			continue;
		value = tag.value;
		value = ukey_view_word(&value, ':');
		for (i = 0; i < 3; i++)
			if (ukey_view_equal_nocase(value, cli_view(words[i])))
				return;
		check_problem(c,
		    "the advice of uk= is none that receivers know: "
		    "they take it for none",
		    "expected none, quarantine or "
		    "reject");
	}
}

static void
say_advice(const struct ukey_keyrecord *r)
{
	printf("  %-8s %s%s%s%s\n", "advice",
	    ukey_advice_word((enum ukey_advice)r->advice),
	    r->flags & UKEY_KEY_EXACT ? ", exact" : "",
	    r->flags & UKEY_KEY_FROM ? ", from" : "",
	    r->flags & UKEY_KEY_TESTING ?
	    "; testing (t=y): receivers only note the result" : "");
}

/* A record of this key: what else it says. */
static void
look_at_own(struct check *c, struct ukey_view served)
{
	struct ukey_keyrecord r;

	(void)ukey_keyrecord_parse(&r, served);
	if (r.usable != UKEY_REASON_OK)
		check_problem(c,
		    ukey_reason_meaning((enum ukey_reason)r.usable),
		    "publish it as \"userkeys record\" prints it");
	say_advice(&r);
	check_advice(c, served);
}

bool
check_is_key(const struct check *c, struct ukey_view v)
{
	return damage_is_key(v, text_of(c), cli_view(c->record->name));
}

struct check_kinds
check_count(const struct check *c, const struct ukey_fetch *f)
{
	struct check_kinds n = { 0, 0, 0 };
	struct ukey_view served;
	unsigned i;

	for (i = 0; i < f->records && i < UKEY_FETCH_RECORDS; i++) {
		served = f->record[i].text;
		n.user += damage_same_key(served, text_of(c));
		n.dkim += damage_same_dkim(served, text_of(c));
		n.keys += check_is_key(c, served);
	}
	return n;
}

bool
check_is_torn(const struct check *c, const struct ukey_fetch *f)
{
	static uint8_t room[2 * RECORD_TEXT_MAX];
	struct ukey_out out;
	unsigned i, k,
	    n = f->records < UKEY_FETCH_RECORDS ? f->records
						: UKEY_FETCH_RECORDS;

	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++) {
			ukey_out_init(&out, room, sizeof(room));
			ukey_out_view(&out, f->record[i].text);
			ukey_out_view(&out, f->record[k].text);
			if (i != k &&
			    damage_same_key(ukey_out_done(&out), text_of(c)))
				return true;
		}
	return false;
}

void
check_each(struct check *c, const struct ukey_fetch *f)
{
	struct ukey_view served;
	unsigned i;

	for (i = 0; i < f->records && i < UKEY_FETCH_RECORDS; i++) {
		served = f->record[i].text;
		served_put(&f->record[i]);
		if (damage_same_key(served, text_of(c)))
			look_at_own(c, served);
		else if (check_is_key(c, served))
			say_damage(c, served);
		else
			check_line(CLI_YELLOW, "note",
			    "this TXT record is no key: "
			    "receivers pass over it");
	}
}
