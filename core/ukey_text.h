/*
 * userkeys: views of octets, character classes, a reading cursor.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_TEXT_H
#define UKEY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LEN octets at DATA, owned by somebody else; nothing is NUL-terminated. */
struct ukey_view {
	const uint8_t *data;
	size_t len;
};

/* The view of a string literal, without its NUL. */
#define UKEY_VIEW(literal) \
	((struct ukey_view) { (const uint8_t *)(literal), sizeof(literal) - 1 })

/* No text at all, where an empty one says something. */
#define UKEY_VIEW_NONE ((struct ukey_view) { NULL, 0 })

/* White space is SP and HTAB only (RFC 5322 2.2.2); FWS adds CR and LF. */
bool ukey_is_wsp(uint8_t c);
bool ukey_is_fws(uint8_t c);
bool ukey_is_digit(uint8_t c);
bool ukey_is_alpha(uint8_t c);
/* Letter, digit or hyphen (RFC 1123 2.1). */
bool ukey_is_ldh(uint8_t c);
/* An octet of a token: printable ASCII, but none of the tspecials (RFC 2045
 * 5.1). */
bool ukey_is_token(uint8_t c);
/* A-Z to a-z; every other octet as it is, whatever the locale. */
uint8_t ukey_lower(uint8_t c);
/* 0..15, or 255 when C is no hex digit. */
uint8_t ukey_hex_value(uint8_t c);

bool ukey_view_equal(struct ukey_view a, struct ukey_view b);
/* ASCII letters compared without case. */
bool ukey_view_equal_nocase(struct ukey_view a, struct ukey_view b);
/* V without FWS at both ends. */
struct ukey_view ukey_view_trim(struct ukey_view v);
/* The octets [FROM, TO) of V; both are clamped to its length. */
struct ukey_view ukey_view_part(struct ukey_view v, size_t from, size_t to);
/* V without its first LEN octets, of which it has as many; V is not NULL. */
void ukey_view_skip(struct ukey_view *v, size_t len);
/* The same; returns what was taken away. */
struct ukey_view ukey_view_take(struct ukey_view *v, size_t len);
/* Index of the first C in V, or V's length. */
size_t ukey_view_find(struct ukey_view v, uint8_t c);
/*
 * Cuts REST at the first SEPARATOR: returns what stands before it and moves
 * REST behind it.  Without one, returns all and leaves REST with data NULL:
 * "a:" gives "a" and then one empty piece.  Loop while REST->data != NULL.
 */
struct ukey_view ukey_view_cut(struct ukey_view *rest, uint8_t separator);
/* The same, without FWS around what was cut off. */
struct ukey_view ukey_view_word(struct ukey_view *rest, uint8_t separator);
/* Whether WORD is one of LIST's words between colons, FWS around them; with
 * case. */
bool ukey_view_has_word(struct ukey_view list, struct ukey_view word);
/* Whether V is a domain name of LDH labels (underscore allowed when
 * UNDERSCORE), each 1..63 octets, not starting or ending with a hyphen, 1..253
 * octets in all, no trailing dot (RFC 1035 2.3.4, RFC 6376 3.5). */
bool ukey_view_is_domain(struct ukey_view v, bool underscore);
/* The length of the printable ASCII octet, or of the UTF-8 sequence but a
 * control or a line separator (U+2028, U+2029), that V begins with (RFC 3629
 * 4); 0 when it is neither.  V is not empty. */
size_t ukey_utf8_len(struct ukey_view v);
/* Whether all of V is such characters. */
bool ukey_view_is_text(struct ukey_view v);
/*
 * Reads all of V as decimal digits, leading zeros among them.  False for
 * anything else and for a number over 2^64-1; never wraps.
 */
bool ukey_view_number(struct ukey_view v, uint64_t *number);

/*
 * A cursor over a view.  The first read past the end sets BAD, which stays:
 * from then on every read gives 0 or an empty view, so that readers chain and
 * the check is written once.
 */
struct ukey_cursor {
	struct ukey_view in;
	size_t pos; /* <= in.len */
	bool bad;
};

struct ukey_cursor ukey_cursor_of(struct ukey_view in);
size_t ukey_cursor_left(const struct ukey_cursor *c);
/* The next octet without taking it; 0 at the end (not an error). */
uint8_t ukey_cursor_peek(const struct ukey_cursor *c);
uint8_t ukey_cursor_u8(struct ukey_cursor *c);
/* Big-endian (RFC 1035 2.3.2). */
uint16_t ukey_cursor_u16(struct ukey_cursor *c);
uint32_t ukey_cursor_u32(struct ukey_cursor *c);
struct ukey_view ukey_cursor_take(struct ukey_cursor *c, size_t len);
/* Takes the next octet if it is C. */
bool ukey_cursor_accept(struct ukey_cursor *c, uint8_t octet);

#endif
