/*
 * userkeys: twin: key records for 0.1, so that it reads in them what is read
 * now (PROTOCOL 3 and 8).  SPDX-License-Identifier: MIT
 */
#include "twin.h"

#include <string.h>

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct twin_octets
trim(struct twin_octets v)
{
	while (v.len > 0 && is_blank(v.data[0]))
		v = (struct twin_octets) { v.data + 1, v.len - 1 };
	while (v.len > 0 && is_blank(v.data[v.len - 1]))
		v.len--;
	return v;
}

/* What stands before the first C of REST, which goes on behind it. */
static struct twin_octets
cut(struct twin_octets *rest, char c)
{
	const uint8_t *at = rest->len == 0 ? NULL :
	    memchr(rest->data, c, rest->len);
	struct twin_octets piece = { rest->data, at == NULL ? rest->len :
		(size_t)(at - rest->data) };

	rest->data = at == NULL ? NULL : at + 1;
	rest->len = at == NULL ? 0 : rest->len - piece.len - 1;
	return piece;
}

static bool
is_word(struct twin_octets v, const char *word)
{
	return twin_same(v, (struct twin_octets) { (const uint8_t *)word,
	    strlen(word) });
}

/* A word that is known but for its case is unknown now: its first letter
 * becomes a q. */
static void
spoil_words(struct twin_octets list, uint8_t *text, const uint8_t *begin)
{
	static const char *const words[] = { "rsa", "sha256", "email", "y",
		"s" };
	struct twin_octets word;
	unsigned i;

	while (list.data != NULL) {
		word = trim(cut(&list, ':'));
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			struct twin_octets known = {
				(const uint8_t *)words[i], strlen(words[i]) };

			if (twin_same_nocase(word, known) &&
			    !twin_same(word, known))
				text[word.data - begin] = 'q';
		}
	}
}

/* Moves the tag in PLACE of TEXT, with what separates it from the one before,
 * to the front. */
static void
to_front(uint8_t *text, struct twin_octets tag)
{
	uint8_t copy[512];
	size_t at = (size_t)(tag.data - text);

	if (tag.len >= sizeof(copy))
		return;
	memcpy(copy, tag.data, tag.len);
	copy[tag.len] = ';';
	memmove(text + tag.len + 1, text, at - 1);
	memcpy(text, copy, tag.len + 1);
}

struct twin_octets
twin_record_for_old(struct twin_octets record, uint8_t *text)
{
	struct twin_octets rest = { text, record.len }, tag, name, value;
	struct twin_octets version = { NULL, 0 };
	size_t i;

	for (i = 0; i < record.len; i++)
		text[i] = record.data[i] == '\r' || record.data[i] == '\n' ?
		    ' ' : record.data[i];
	while (rest.data != NULL) {
		tag = value = cut(&rest, ';');
		name = trim(cut(&value, '='));
		if (value.data != NULL && name.len == 1 &&
		    memchr("khst", name.data[0], 4) != NULL)
			spoil_words(value, text, text);
		if (value.data != NULL && is_word(name, "v") &&
		    is_word(trim(value), "DKIM1"))
			version = tag;
	}
	if (version.data != NULL && version.data > text)
		to_front(text, version);
	return (struct twin_octets) { text, record.len };
}
