/*
 * userkeys: the reader of zone files (RFC 1035 5.1).
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ukey_zone_token.h"

#define TTL 300 /* seconds, where the file names none */
#define STRING_MAX 255
#define RDATA_MAX 16384

/* Room for one more record; false without memory. */
static bool
make_room(struct ukey_zone *z)
{
	size_t room = z->room * 2 + 16;
	struct ukey_zone_record *more;

	if (z->count < z->room)
		return true;
	more = realloc(z->records, room * sizeof(*more));
	if (more == NULL)
		return false;
	z->records = more;
	z->room = room;
	return true;
}

static bool
add_record(struct zone_reader *r, enum ukey_zone_type type, uint32_t ttl,
    struct ukey_view data)
{
	struct ukey_zone *z = r->zone;
	struct ukey_zone_record *record;

	if (!make_room(z))
		return ukey_zone_fail(r, "out of memory");
	record = &z->records[z->count];
	record->owner = malloc(r->owner_len + data.len);
	if (record->owner == NULL)
		return ukey_zone_fail(r, "out of memory");
	z->count++;
	record->type = type;
	record->ttl = ttl;
	record->owner_len = (uint8_t)r->owner_len;
	record->data = record->owner + r->owner_len;
	record->data_len = (uint16_t)data.len;
	memcpy(record->owner, r->owner, r->owner_len);
	if (data.len > 0)
		memcpy(record->data, data.data, data.len);
	return true;
}

static bool
read_txt(struct zone_reader *r, uint32_t ttl)
{
	uint8_t data[RDATA_MAX];
	size_t len = 0;
	enum zone_token t;

	while ((t = ukey_zone_next(r)) == ZONE_WORD || t == ZONE_QUOTED) {
		if (r->len > STRING_MAX)
			return ukey_zone_fail(r,
			    "a string of %zu octets: a TXT record's "
			    "strings hold 255 at most: split it: \"...\" "
			    "\"...\"", r->len);
		if (len + 1 + r->len > sizeof(data))
			return ukey_zone_fail(r,
			    "the TXT record is over %d octets: "
			    "shorten it", RDATA_MAX);
		data[len++] = (uint8_t)r->len;
		memcpy(data + len, r->text, r->len);
		len += r->len;
	}
	if (t == ZONE_BAD)
		return false;
	if (len == 0)
		return ukey_zone_fail(r,
		    "TXT without a string: write TXT \"text\"");
	return add_record(r, UKEY_ZONE_TXT, ttl,
	    (struct ukey_view) { data, len });
}

static bool
read_target(struct zone_reader *r, enum ukey_zone_type type, uint32_t ttl)
{
	uint8_t name[UKEY_DNS_NAME_MAX];
	size_t len;

	switch (ukey_zone_next(r)) {
	case ZONE_BAD:
		return false;
	case ZONE_WORD:
		break;
	default:
		return ukey_zone_fail(r,
		    "the target is missing: name it, with a dot at "
		    "the end");
	}
	return ukey_zone_name(r, name, &len) &&
	    add_record(r, type, ttl, (struct ukey_view) { name, len });
}

static bool
skip_line(struct zone_reader *r)
{
	enum zone_token t;

	while ((t = ukey_zone_next(r)) == ZONE_WORD || t == ZONE_QUOTED)
		;
	return t != ZONE_BAD;
}

/* Nothing but the line's end may follow. */
static bool
end_line(struct zone_reader *r)
{
	enum zone_token t = ukey_zone_next(r);

	if (t == ZONE_WORD || t == ZONE_QUOTED)
		return ukey_zone_fail(r,
		    "more than the record needs: remove it, or "
		    "begin a new line");
	return t != ZONE_BAD;
}

static const struct {
	const char *word;
	enum ukey_zone_type type;
} types[] = {
	{ "TXT", UKEY_ZONE_TXT }, { "CNAME", UKEY_ZONE_CNAME },
	{ "DNAME", UKEY_ZONE_DNAME }, { "SERVFAIL", UKEY_ZONE_SERVFAIL },
	{ "TIMEOUT", UKEY_ZONE_TIMEOUT }, { "NXDOMAIN", UKEY_ZONE_NXDOMAIN },
	{ "A", UKEY_ZONE_OTHER }, { "AAAA", UKEY_ZONE_OTHER },
	{ "CAA", UKEY_ZONE_OTHER }, { "DNSKEY", UKEY_ZONE_OTHER },
	{ "DS", UKEY_ZONE_OTHER }, { "HTTPS", UKEY_ZONE_OTHER },
	{ "MX", UKEY_ZONE_OTHER }, { "NS", UKEY_ZONE_OTHER },
	{ "NSEC", UKEY_ZONE_OTHER }, { "PTR", UKEY_ZONE_OTHER },
	{ "RRSIG", UKEY_ZONE_OTHER }, { "SOA", UKEY_ZONE_OTHER },
	{ "SRV", UKEY_ZONE_OTHER }, { "SSHFP", UKEY_ZONE_OTHER },
	{ "SVCB", UKEY_ZONE_OTHER }, { "TLSA", UKEY_ZONE_OTHER }
};

#define TYPES (sizeof(types) / sizeof(types[0]))

static bool
read_data(struct zone_reader *r, enum ukey_zone_type type, uint32_t ttl)
{
	static const struct ukey_view none = { NULL, 0 };

	switch (type) {
	case UKEY_ZONE_TXT:
		return read_txt(r, ttl);
	case UKEY_ZONE_CNAME:
	case UKEY_ZONE_DNAME:
		return read_target(r, type, ttl) && end_line(r);
	case UKEY_ZONE_OTHER:
		return add_record(r, type, ttl, none) && skip_line(r);
	default:
		return add_record(r, type, ttl, none) && end_line(r);
	}
}

/* "[ttl] [IN] TYPE DATA" */
static bool
read_record(struct zone_reader *r)
{
	uint32_t ttl = r->ttl;
	enum zone_token t;
	size_t i;

	while ((t = ukey_zone_next(r)) == ZONE_WORD) {
		if (ukey_zone_ttl(r, &ttl) || ukey_zone_is(r, "IN"))
			continue;
		for (i = 0; i < TYPES; i++)
			if (ukey_zone_is(r, types[i].word))
				return read_data(r, types[i].type, ttl);
		return ukey_zone_fail(r,
		    "\"%.*s\" is no record type known here: "
		    "TXT, CNAME or DNAME, or SERVFAIL, TIMEOUT, NXDOMAIN",
		    (int)(r->len < 40 ? r->len : 40), (const char *)r->text);
	}
	return t != ZONE_BAD && ukey_zone_fail(r,
	    "the type is missing behind the name: "
	    "write name. TXT \"text\"");
}

/* The new origin may be relative to the old one. */
static bool
read_origin(struct zone_reader *r)
{
	uint8_t name[UKEY_DNS_NAME_MAX];
	size_t len;

	if (ukey_zone_next(r) != ZONE_WORD)
		return ukey_zone_fail(r, "$ORIGIN needs a name");
	if (!ukey_zone_name(r, name, &len))
		return false;
	memcpy(r->origin, name, len);
	r->origin_len = len;
	return end_line(r);
}

static bool
read_directive(struct zone_reader *r)
{
	if (ukey_zone_is(r, "$ORIGIN"))
		return read_origin(r);
	if (ukey_zone_is(r, "$TTL")) {
		if (ukey_zone_next(r) != ZONE_WORD ||
		    !ukey_zone_ttl(r, &r->ttl))
			return ukey_zone_fail(r, "$TTL: expected a time such "
			    "as 3600, 1h or 1h30m");
		return end_line(r);
	}
	return ukey_zone_fail(r,
	    "%.*s is not supported, only $ORIGIN and $TTL are: give a zone "
	    "as one plain file, as named-compilezone writes it",
	    (int)(r->len < 40 ? r->len : 40), (const char *)r->text);
}

/* A line that begins with the word that was read, or, SAME_OWNER, with white
 * space. */
static bool
read_entry(struct zone_reader *r, bool same_owner)
{
	if (r->text[0] == '$' && !r->escaped[0])
		return read_directive(r);
	if (!same_owner)
		return ukey_zone_name(r, r->owner, &r->owner_len) &&
		    read_record(r);
	if (r->owner_len == 0)
		return ukey_zone_fail(r, "the first record has no name: begin "
		    "its line with one");
	r->at = r->token_at;
	return read_record(r);
}

/* One line of the file, parentheses counting as one. */
static bool
read_line(struct zone_reader *r)
{
	bool same_owner = ukey_zone_blank(*r->at);

	r->line_start = r->at;
	switch (ukey_zone_next(r)) {
	case ZONE_WORD:
		return read_entry(r, same_owner);
	case ZONE_QUOTED:
		return ukey_zone_fail(r, "a line begins with a name, not a "
		    "string");
	case ZONE_BAD:
		return false;
	default:
		return true;
	}
}

struct ukey_zone *
ukey_zone_parse(const char *name, const char *text, size_t len, char *err,
    size_t err_size)
{
	struct zone_reader *r = calloc(1, sizeof(*r));
	struct ukey_zone *z = calloc(1, sizeof(*z));
	bool good = r != NULL && z != NULL;

	if (!good)
		snprintf(err, err_size, "%s: out of memory", name);
	else
		*r = (struct zone_reader) { .zone = z, .name = name, .at = text,
			.end = text + len, .ttl = TTL,
			.err = err, .err_size = err_size };
	while (good && r->at < r->end) {
		r->line++;
		good = read_line(r);
		if (good && r->at < r->end && *r->at == '\n')
			r->at++;
	}
	free(r);
	if (good)
		return z;
	ukey_zone_free(z);
	return NULL;
}

/* All of F to a block on the heap. */
static char *
load(FILE *f, size_t *len)
{
	size_t room = 65536, n;
	char *text = malloc(room), *more;

	*len = 0;
	while (text != NULL && (n = fread(text + *len, 1, room - *len,
	    f)) > 0) {
		*len += n;
		if (*len < room)
			continue;
		if (room > UKEY_ZONE_FILE_MAX) {
			errno = EFBIG;
			free(text);
			return NULL;
		}
		room *= 2;
		more = realloc(text, room);
		if (more == NULL)
			free(text);
		text = more;
	}
	if (text != NULL && ferror(f)) {
		free(text);
		return NULL;
	}
	return text;
}

struct ukey_zone *
ukey_zone_read(const char *path, char *err, size_t err_size)
{
	struct ukey_zone *z;
	FILE *f = fopen(path, "re");
	char *text;
	size_t len;

	text = f == NULL ? NULL : load(f, &len);
	if (text == NULL)
		snprintf(err, err_size, "%s: cannot be read: %s: name a zone "
		    "file", path, strerror(errno));
	if (f != NULL)
		fclose(f);
	if (text == NULL)
		return NULL;
	z = ukey_zone_parse(path, text, len, err, err_size);
	free(text);
	return z;
}

void
ukey_zone_free(struct ukey_zone *z)
{
	size_t i;

	if (z == NULL)
		return;
	for (i = 0; i < z->count; i++)
		free(z->records[i].owner);
	free(z->records);
	free(z);
}
