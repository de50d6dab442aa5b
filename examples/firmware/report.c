/*
 * userkeys firmware: judgements and numbers as lines of text.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "report.h"

static void
say(const char *text)
{
	board_say((struct ukey_view) { (const uint8_t *)text, strlen(text) });
}

static void
say_tag(const char *name, struct ukey_view value)
{
	if (value.len == 0)
		return;
	say(name);
	board_say(value);
}

static void
report_userkeys(const struct ukey_judgement *j)
{
	static const char *const relations[] = { "none", "same", "other",
		"many" };
	static const char *const advices[] = { "none", "quarantine",
		"reject" };

	say("userkeys ");
	say(ukey_verdict_word(j->verdict));
	say(" ");
	say(ukey_reason_word(j->reason));
	say(" advice=");
	say(advices[j->advice]);
	say(j->testing ? " testing from=" : " from=");
	say(relations[j->relation]);
	say("\n");
}

static void
report_dkim(const struct ukey_judgement *j)
{
	say("dkim ");
	say(ukey_verdict_word(j->verdict));
	say(" ");
	say(ukey_reason_word(j->reason));
	say_tag(" d=", j->domain);
	say_tag(" s=", j->selector);
	say("\n");
}

void
report_judgements(const struct ukey_verify *v, bool userkeys)
{
	struct ukey_judgement j;
	unsigned i;

	if (userkeys) {
		ukey_verify_userkeys(v, &j);
		report_userkeys(&j);
	}
	for (i = 0; i < ukey_verify_dkim_count(v); i++) {
		ukey_verify_dkim(v, i, &j);
		report_dkim(&j);
	}
}

void
report_text(const char *word, struct ukey_view text)
{
	say(word);
	say(": ");
	board_say(text);
	say("\n");
}

void
report_number(const char *word, uint32_t number)
{
	uint8_t digits[20];
	struct ukey_out out;

	ukey_out_init(&out, digits, sizeof(digits));
	ukey_out_number(&out, number);
	report_text(word, ukey_out_done(&out));
}
