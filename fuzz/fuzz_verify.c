/*
 * userkeys: fuzz: a message with records; cut or whole, the same judgements.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "support_dns.h"

/* A sum of the judgements of MESSAGE in pieces of STEP. */
static uint32_t
judge(struct ukey_view message, size_t step,
    const struct support_record *records, bool last_first)
{
	static uint32_t arena[UKEY_ARENA_SIZE / 4];
	struct ukey_verify v;
	struct ukey_judgement j;
	uint32_t sum;
	size_t at;
	unsigned i;

	ukey_verify_init(&v, UKEY_VERIFY_DKIM, arena, sizeof(arena));
	ukey_verify_mail_from(&v, UKEY_VIEW("<a@e.org>"));
	ukey_verify_time(&v, 1750000000);
	for (at = 0; at < message.len; at += step)
		ukey_verify_push(&v, message.data + at,
		    ukey_view_part(message, at, at + step).len);
	ukey_verify_end(&v);
	support_dns_run(&v, records, last_first);
	MUST(ukey_verify_done(&v));
	ukey_verify_userkeys(&v, &j);
	sum = (uint32_t)j.reason * 4 + (uint32_t)j.advice;
	for (i = 0; i < ukey_verify_dkim_count(&v); i++) {
		ukey_verify_dkim(&v, i, &j);
		sum = sum * 101 + (uint32_t)j.reason;
	}
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	uint8_t step = take(&in);
	struct ukey_view record = take_to(&in, 0);
	char *text = malloc(record.len + 1);
	struct support_record records[] = {
		{ "a.userkeys.e.org", "TXT", text },
		{ "a.userkeys._domainkey.e.org", "TXT", text },
		{ "s._domainkey.e.org", "TXT", text }, { NULL, NULL, NULL }
	};

	memcpy(text, record.data, record.len);
	text[record.len] = '\0';
	MUST(record.len > 8000 || judge(in, in.len + 1, records, false) ==
	    judge(in, 1 + step % 64, records, step & 64));
	free(text);
	return 0;
}
