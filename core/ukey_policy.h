/*
 * userkeys: from verdict and advice to disposition (PROTOCOL 6).
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_POLICY_H
#define UKEY_POLICY_H

#include "ukey_keyrecord.h"
#include "ukey_reason.h"

/* What a receiver does with the message, weakest first. */
enum ukey_disposition {
	UKEY_ACCEPT,
	UKEY_QUARANTINE, /* accept, and mark policy.action=quarantine */
	UKEY_DEFER,      /* 451 4.7.5: try again later */
	UKEY_REJECT      /* 550 5.7.1; 5.1.7 or 5.6.7: the sender is no mailbox;
			  * 552 5.3.4: too large for this system */
};

/* The receiver's settings. */
struct ukey_policy {
	/* The strongest advice that is followed; _NONE: only note (default). */
	enum ukey_advice ceiling;
	/* temperror with a ceiling above note: accept instead of defer, but
	 * for reason "arena". */
	bool accept_temperror;
};

/*
 * The disposition for a userkeys result by its REASON, with the owner's ADVICE
 * (which is none where t=y is set).  Of a sender that is no mailbox nobody can
 * be asked: the ceiling decides.  Reason "arena" never heals: above note it is
 * refused.  A pure function, a truth table.
 */
enum ukey_disposition ukey_policy_apply(const struct ukey_policy *policy,
    enum ukey_reason reason, enum ukey_advice advice);

/* "none", "quarantine", "reject"; static. */
const char *ukey_advice_word(enum ukey_advice advice);

#endif
