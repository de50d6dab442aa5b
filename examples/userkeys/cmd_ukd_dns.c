/*
 * userkeys ukd: whether the DNS shows a key of the database.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "cmd_ukd.h"
#include "ukey_base64.h"
#include "ukey_keyrecord.h"

/* Whether the record's text holds the key of ROW. */
static bool
is_published(struct ukey_view text, const struct ukey_ukd_key_row *row)
{
	uint8_t der[UKEY_KEY_PUBLIC_MAX];
	struct ukey_keyrecord record;
	size_t len;

	return ukey_keyrecord_parse(&record, text) == UKEY_REASON_OK &&
	    ukey_keyrecord_is_userkey(&record) &&
	    ukey_base64_decode(record.p, der, sizeof(der), &len) &&
	    ukey_view_equal((struct ukey_view) { der, len },
	    (struct ukey_view) { row->spki, row->public_len });
}

static void
name_write(struct ukd_look *look, const struct ukey_ukd_key_row *row)
{
	snprintf(look->name, sizeof(look->name), "%s%s%s.userkeys.%s",
	    row->generation, row->generation[0] == '\0' ? "" : ".",
	    row->label, row->domain);
}

static enum ukd_seen
judge(const struct ukey_fetch *f, const struct ukey_ukd_key_row *row)
{
	unsigned i;

	if (f->reason == UKEY_REASON_NO_KEY)
		return UKD_SEEN_ABSENT;
	if (f->reason != UKEY_REASON_OK)
		return UKD_SEEN_NOTHING;
	for (i = 0; i < f->records && i < UKEY_FETCH_RECORDS; i++)
		if (is_published(f->record[i].text, row))
			return f->records == 1 ? UKD_SEEN_KEY :
			    UKD_SEEN_CROWD;
	return UKD_SEEN_OTHER;
}

void
ukd_look(struct ukd_look *look, struct ukey_resolver *r,
    const struct ukey_ukd_key_row *row)
{
	static struct ukey_fetch f; /* 33 kB */

	name_write(look, row);
	look->domain = row->domain;
	if (ukey_resolver_fetch(r, cli_view(look->name), &f) != UKEY_OK)
		f.reason = UKEY_REASON_NAME_LENGTH;
	look->seen = judge(&f, row);
	look->reason = f.reason;
	look->ttl = f.ttl;
}

/* SECONDS as people say it, into TEXT. */
static const char *
duration(uint32_t seconds, char text[32])
{
	static const struct {
		uint32_t size;
		const char *name;
	} units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" },
		{ 1, "second" } };
	unsigned i = 0;
	uint32_t n;

	while (i < 3 && seconds < 2 * units[i].size)
		i++;
	n = (seconds + units[i].size / 2) / units[i].size;
	snprintf(text, 32, "%u %s%s", (unsigned)n, units[i].name,
	    n == 1 ? "" : "s");
	return text;
}

/* An answer that there is nothing is kept, too (RFC 2308). */
static int
say_absent(const struct ukd_look *look, const struct ukey_resolver *r)
{
	char text[32];

	if (look->ttl == 0)
		cli_error("%s: not in the DNS, by %s: publish the record (see "
		    "\"userkeys ukd records\") and try again", look->name,
		    ukey_resolver_source(r));
	else
		cli_error("%s: not in the DNS, by %s, which may say so for %s "
		    "more (a cached answer): publish the record (see "
		    "\"userkeys ukd records\"); if that is done, ask a server "
		    "of the zone: --dns ITS-ADDRESS (\"dig NS %s\" names "
		    "them)", look->name, ukey_resolver_source(r),
		    duration(look->ttl, text), look->domain);
	return CLI_NOT_PASS;
}

int
ukd_look_say(const struct ukd_look *look, const struct ukey_resolver *r)
{
	switch (look->seen) {
	case UKD_SEEN_KEY:
		return CLI_PASS;
	case UKD_SEEN_ABSENT:
		return say_absent(look, r);
	case UKD_SEEN_NOTHING:
		cli_error("%s: %s (asked: %s): try again later", look->name,
		    ukey_reason_meaning(look->reason),
		    ukey_resolver_source(r));
		return CLI_TEMPORARY;
	case UKD_SEEN_CROWD:
		cli_error("%s: several TXT records, and DKIM verifiers want "
		    "one: remove all but this key's (see \"userkeys ukd "
		    "records\") and try again", look->name);
		return CLI_NOT_PASS;
	case UKD_SEEN_OTHER:
		break;
	}
	cli_error("%s: the DNS has another record than this key's: publish "
	    "what \"userkeys ukd records\" says and try again", look->name);
	return CLI_NOT_PASS;
}
