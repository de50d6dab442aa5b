/*
 * userkeys: verdict and advice to disposition (PROTOCOL 6).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_policy.h"

enum ukey_disposition
ukey_policy_apply(const struct ukey_policy *policy, enum ukey_reason reason,
    enum ukey_advice advice)
{
	/* by the weaker of advice and ceiling */
	static const uint8_t by_advice[] = { UKEY_ACCEPT, UKEY_QUARANTINE,
		UKEY_REJECT };
	/* whether the advice applies, by verdict */
	static const bool applies[] = {
		[UKEY_NONE] = true, [UKEY_PASS] = false, [UKEY_FAIL] = true,
		[UKEY_POLICY] = true, [UKEY_NEUTRAL] = true,
		[UKEY_TEMPERROR] = false, [UKEY_PERMERROR] = true
	};
	enum ukey_verdict verdict = ukey_reason_verdict(reason);
	bool notes = policy->ceiling == UKEY_ADVICE_NONE;

	if (reason == UKEY_REASON_ARENA)
		return notes ? UKEY_ACCEPT : UKEY_REJECT;
	if (verdict == UKEY_TEMPERROR && !policy->accept_temperror && !notes)
		return UKEY_DEFER;
	if (!applies[verdict])
		return UKEY_ACCEPT;
	if (advice > policy->ceiling || ukey_reason_is_sender(reason))
		advice = policy->ceiling;
	return (enum ukey_disposition)by_advice[advice];
}

const char *
ukey_advice_word(enum ukey_advice advice)
{
	static const char *const words[] = { "none", "quarantine", "reject" };

	return (unsigned)advice < 3 ? words[advice] : "?";
}
