/*
 * userkeys: the tables of reasons and verdicts.  SPDX-License-Identifier: MIT
 *
 * The verdicts stand in a table of their own, and the words, meanings and
 * sources in one each, so that firmware which prints no meanings links none.
 */
#include "ukey_reason.h"

#include <stdint.h>

#define VERDICT(name, word, verdict, meaning, source) UKEY_##verdict,
#define WORD(name, word, verdict, meaning, source) word,
#define MEANING(name, word, verdict, meaning, source) meaning,
#define SOURCE(name, word, verdict, meaning, source) source,

static const uint8_t verdicts[] = { UKEY_REASONS(VERDICT) };
static const char *const words[] = { UKEY_REASONS(WORD) };
static const char *const meanings[] = { UKEY_REASONS(MEANING) };
static const char *const sources[] = { UKEY_REASONS(SOURCE) };

static const char *const verdict_words[] = {
	"none", "pass", "fail", "policy", "neutral", "temperror", "permerror"
};

enum ukey_verdict
ukey_reason_verdict(enum ukey_reason reason)
{
	if ((unsigned)reason >= UKEY_REASON_COUNT)
		return UKEY_TEMPERROR;
	return (enum ukey_verdict)verdicts[reason];
}

bool
ukey_reason_is_sender(enum ukey_reason reason)
{
	return reason >= UKEY_REASON_MAIL_FROM &&
	    reason <= UKEY_REASON_U_LABEL;
}

static const char *
entry(const char *const *table, unsigned index, unsigned count)
{
	return index < count ? table[index] : "?";
}

const char *
ukey_reason_word(enum ukey_reason reason)
{
	return entry(words, (unsigned)reason, UKEY_REASON_COUNT);
}

const char *
ukey_reason_meaning(enum ukey_reason reason)
{
	return entry(meanings, (unsigned)reason, UKEY_REASON_COUNT);
}

const char *
ukey_reason_source(enum ukey_reason reason)
{
	return entry(sources, (unsigned)reason, UKEY_REASON_COUNT);
}

const char *
ukey_verdict_word(enum ukey_verdict verdict)
{
	return entry(verdict_words, (unsigned)verdict,
	    sizeof(verdict_words) / sizeof(verdict_words[0]));
}
