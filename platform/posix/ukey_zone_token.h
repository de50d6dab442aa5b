/*
 * userkeys: the words of zone files; shared by the reader's two files.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_ZONE_TOKEN_H
#define UKEY_ZONE_TOKEN_H

#include "ukey_zone_parts.h"

enum zone_token {
	ZONE_WORD,
	ZONE_QUOTED,
	ZONE_LINE_END,
	ZONE_FILE_END,
	ZONE_BAD
};

struct zone_reader {
	struct ukey_zone *zone;
	const char *name;
	const char *at, *end;
	unsigned line;
	const char *line_start;
	unsigned depth;      /* of parentheses */
	/* The token that was read last. */
	const char *token_at;
	uint8_t text[1024];  /* with escapes undone */
	bool escaped[1024];  /* which octets were */
	size_t len;
	char *err;
	size_t err_size;
	/* State between lines. */
	uint8_t origin[UKEY_DNS_NAME_MAX];
	size_t origin_len;   /* 0: none was given */
	uint8_t owner[UKEY_DNS_NAME_MAX];
	size_t owner_len;
	uint32_t ttl;
};

/* Writes the error with its place; false, for the caller to return. */
bool ukey_zone_fail(struct zone_reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Reads the next token. */
enum zone_token ukey_zone_next(struct zone_reader *r);
/* Whether the token is WORD, in any case of letters. */
bool ukey_zone_is(const struct zone_reader *r, const char *word);
/* The token as a name in wire form, of at most UKEY_DNS_NAME_MAX octets. */
bool ukey_zone_name(struct zone_reader *r, uint8_t *name, size_t *len);
/* The token as a number of seconds, if it is one. */
bool ukey_zone_ttl(const struct zone_reader *r, uint32_t *ttl);
bool ukey_zone_blank(char c);

#endif
