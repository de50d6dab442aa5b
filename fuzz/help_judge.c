/*
 * userkeys: a message judged, for the harnesses.  SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "support_dns.h"

/* SubjectPublicKeyInfo, a modulus of ones, and 65537. */
const char trial_record[] =
    "v=DKIM1; uk=reject; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQD///////"
    "////////////////////////////////////////////////////////////////////"
    "////////////////////////////////////////////////////////////////////"
    "///////////////////////////wIDAQAB";

/* What holds for every judgement; a sum of it. */
static uint32_t
sound(const struct ukey_judgement *j)
{
	MUST(j->verdict == ukey_reason_verdict(j->reason));
	MUST(j->reason < UKEY_REASON_COUNT);
	MUST(j->reason != UKEY_REASON_INCOMPLETE);
	MUST(j->reason != UKEY_REASON_ARENA); /* it has all that it wants */
	if (j->verdict == UKEY_PASS)
		MUST(j->domain.len > 0 && j->selector.len > 0 && j->b.len > 0);
	return (uint32_t)j->reason * 64 + (uint32_t)j->advice * 16 +
	    (uint32_t)j->relation * 4 + j->testing * 2u + j->partial_body;
}

static uint32_t
judgements(const struct ukey_verify *v)
{
	struct ukey_judgement j;
	uint32_t sum;
	unsigned i;

	ukey_verify_userkeys(v, &j);
	sum = sound(&j);
	MUST(j.verdict != UKEY_PASS || j.sender.domain.len > 0);
	MUST(ukey_verify_dkim_count(v) <= UKEY_DKIM_MAX);
	for (i = 0; i < ukey_verify_dkim_count(v); i++) {
		ukey_verify_dkim(v, i, &j);
		sum = sum * 10007 + sound(&j);
	}
	return sum;
}

uint32_t
trial_judge(const struct trial *t, struct ukey_verify *v)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];
	struct ukey_view in = t->message;
	uint8_t cuts = t->cuts, *copy;
	size_t len;

	ukey_verify_init(v, t->flags, arena, sizeof(arena));
	ukey_verify_mail_from(v, UKEY_VIEW("<a@e.org>"), UKEY_VIEW_NONE);
	ukey_verify_time(v, 1750000000);
	while (in.len > 0) {
		if (t->early && ukey_verify_header_done(v))
			support_dns_run(v, t->records, t->last_first);
		len = piece_len(in, &cuts);
		copy = piece(&in, len);
		ukey_verify_push(v, copy, len);
		free(copy);
	}
	ukey_verify_end(v);
	support_dns_run(v, t->records, t->last_first);
	MUST(ukey_verify_done(v) && !ukey_verify_asking(v));
	return judgements(v);
}

bool
trial_passes(const uint8_t *data, size_t len, uint8_t cuts)
{
	static const struct support_record records[] = {
		{ "a.userkeys.e.org", "TXT", trial_record },
		{ "a.userkeys._domainkey.e.org", "CNAME", "a.userkeys.e.org" },
		{ NULL, NULL, NULL }
	};
	const struct trial t = { { data, len }, records, UKEY_VERIFY_DKIM,
		cuts, cuts & 1, cuts & 2 };
	struct ukey_judgement dkim, user;
	struct ukey_verify v;

	trial_judge(&t, &v);
	ukey_verify_dkim(&v, 0, &dkim);
	ukey_verify_userkeys(&v, &user);
	MUST((dkim.verdict == UKEY_PASS) == (user.verdict == UKEY_PASS));
	return dkim.verdict == UKEY_PASS;
}
