/*
 * userkeys verify: the answer for people: what was checked, what it means,
 * what to do.  SPDX-License-Identifier: MIT
 */
#include "verify.h"

static void
verdict(enum ukey_verdict v)
{
	enum cli_colour colour = v == UKEY_PASS ? CLI_GREEN : v == UKEY_NONE ||
	    v == UKEY_TEMPERROR || v == UKEY_NEUTRAL ? CLI_YELLOW : CLI_RED;

	printf("%s%s%s", cli_paint(colour), ukey_verdict_word(v),
	    cli_paint(CLI_PLAIN));
}

static void
label(const char *text)
{
	printf("  %-10s", text);
}

static void
put_address(const struct ukey_address *a)
{
	cli_put(stdout, a->local);
	putchar('@');
	cli_put(stdout, a->domain);
}

static const char *
relation_text(enum ukey_relation relation)
{
	switch (relation) {
	case UKEY_FROM_SAME:
		return "From shows this mailbox";
	case UKEY_FROM_OTHER:
		return "From shows another mailbox: the result says nothing "
		    "about it";
	case UKEY_FROM_MANY:
		return "From shows several mailboxes: the result says nothing "
		    "about them";
	default:
		return "there is no From that can be read";
	}
}

/* What a receiver should do. */
static const char *
todo(const struct ukey_judgement *j)
{
	if (j->verdict == UKEY_PASS)
		return "nothing: accept";
	if (j->verdict == UKEY_TEMPERROR)
		return "try again later";
	if (j->testing)
		return "accept: the owner is only testing (t=y)";
	if (j->advice == UKEY_ADVICE_REJECT)
		return "the owner asks that such mail is rejected";
	if (j->advice == UKEY_ADVICE_QUARANTINE)
		return "the owner asks that such mail is put aside";
	return "accept: the owner gives no other advice";
}

/* The reason, and where the message has it. */
static void
reason(const struct verified *m, const struct ukey_judgement *j)
{
	printf(": %s", ukey_reason_meaning(j->reason));
	if (j->reason == UKEY_REASON_HEADER_SYNTAX)
		header_put_trouble(m->header, stdout);
}

static void
people_user(const struct verified *m)
{
	const struct ukey_judgement *j = &m->user;

	label("sender");
	if (j->sender.domain.len > 0)
		put_address(&j->sender);
	else
		cli_put(stdout, cli_view(m->sender));
	fputs(m->from_return_path ? " (from Return-Path)" : "", stdout);
	puts(j->from_header ? ", the mailbox of From: the envelope sender is "
	    "empty" : "");
	label("userkeys");
	verdict(j->verdict);
	reason(m, j);
	if (j->selector.len > 0) {
		fputs(" (key ", stdout);
		cli_put(stdout, j->selector);
		putchar('.');
		cli_put(stdout, j->domain);
		putchar(')');
	}
	putchar('\n');
	verify_hint(m, j, true);
	if (j->verdict == UKEY_PASS) {
		label("meaning");
		printf("the mailbox's own server sent it, unchanged; %s\n",
		    relation_text(j->relation));
	}
	label("to do");
	puts(todo(j));
}

static void
people_dkim(const struct verified *m, const struct ukey_judgement *j)
{
	label("dkim");
	verdict(j->verdict);
	reason(m, j);
	if (j->domain.len > 0) {
		fputs(" (", stdout);
		cli_put(stdout, j->selector);
		fputs("._domainkey.", stdout);
		cli_put(stdout, j->domain);
		putchar(')');
	}
	if (j->testing)
		fputs("; its domain is only testing the key (t=y)", stdout);
	if (j->time_unknown)
		fputs("; its time was not judged", stdout);
	if (j->partial_body)
		fputs("; the end of the body is not signed", stdout);
	putchar('\n');
	verify_hint(m, j, false);
}

void
verify_people(struct verified *m)
{
	unsigned i, count = ukey_verify_dkim_count(&m->v);
	struct ukey_judgement j;

	cli_put(stdout, cli_view(m->spool->name));
	putchar('\n');
	if (m->has_sender) {
		people_user(m);
	} else {
		label("userkeys");
		puts("not judged: the envelope sender is not known (--from)");
	}
	for (i = 0; i < count; i++) {
		ukey_verify_dkim(&m->v, i, &j);
		people_dkim(m, &j);
	}
	if (count == 0) {
		label("dkim");
		verdict(UKEY_NONE);
		puts(": the message has no DKIM-Signature field");
	}
}
