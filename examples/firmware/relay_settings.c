/*
 * userkeys firmware: the settings of the relay's sessions.
 * SPDX-License-Identifier: MIT
 */
#include "relay.h"

const struct ukey_session_settings relay_settings = {
	.authserv_id = { (const uint8_t *)"mx.example.net", 14 },
	.policy = { .ceiling = UKEY_ADVICE_REJECT },
	.expire = UKEY_SIGN_EXPIRE,
	.header_canon = UKEY_CANON_RELAXED,
	.body_canon = UKEY_CANON_RELAXED,
	.from_check = UKEY_CHECK_DOMAIN,
	.reject_unknown = true, /* all mailboxes are in the flash */
};
