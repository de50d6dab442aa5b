/*
 * userkeys: the DKIM-Signature field (RFC 6376 3.5, 6.1.1).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_sigheader.h"

#include "ukey_base64.h"
#include "ukey_config.h"
#include "ukey_mem.h"
#include "ukey_port.h"
#include "ukey_taglist.h"

#define L_MAX (UINT64_MAX >> 1) /* of l=; no body is nearly as large */

/* By enum ukey_sig_tag. */
static const char names[UKEY_SIG_TAGS][2] = { { 'v' }, { 'a' }, { 'b' },
	{ 'b', 'h' }, { 'c' }, { 'd' }, { 'h' }, { 'i' }, { 'l' }, { 'q' },
	{ 's' }, { 't' }, { 'x' } };

/* The required ones (RFC 6376 3.5). */
#define REQUIRED (1u << UKEY_SIG_V | 1u << UKEY_SIG_A | 1u << UKEY_SIG_B | \
	1u << UKEY_SIG_BH | 1u << UKEY_SIG_D | 1u << UKEY_SIG_H | \
	1u << UKEY_SIG_S)

static unsigned
tag_of(struct ukey_view name)
{
	uint8_t second = name.len == 2 ? name.data[1] : 0;
	unsigned t = name.len > 2 ? UKEY_SIG_TAGS : 0;

	while (t < UKEY_SIG_TAGS && ((uint8_t)names[t][0] != name.data[0] ||
	    (uint8_t)names[t][1] != second))
		t++;
	return t;
}

static enum ukey_reason
read_tags(struct ukey_sigheader *sig, struct ukey_view body)
{
	struct ukey_taglist list;
	struct ukey_tag tag;
	unsigned t;

	ukey_taglist_init(&list, body);
	while (ukey_taglist_next(&list, &tag)) {
		t = tag_of(tag.name);
		if (t == UKEY_SIG_TAGS)
			continue;
		sig->tag[t] = tag.value;
		if (t == UKEY_SIG_B)
			sig->b_raw = tag.raw;
	}
	return list.reason;
}

static bool
has(const struct ukey_sigheader *sig, enum ukey_sig_tag tag)
{
	return sig->tag[tag].data != NULL;
}

static enum ukey_reason
check_required(const struct ukey_sigheader *sig)
{
	unsigned t;

	if (has(sig, UKEY_SIG_V) &&
	    !ukey_view_equal(sig->tag[UKEY_SIG_V], UKEY_VIEW("1")))
		return UKEY_REASON_VERSION;
	for (t = 0; t < UKEY_SIG_TAGS; t++) {
		if ((REQUIRED >> t & 1) && !has(sig, (enum ukey_sig_tag)t))
			return UKEY_REASON_TAG_MISSING;
	}
	return UKEY_REASON_OK;
}

static bool
has_high_octet(struct ukey_view v)
{
	size_t i = 0;

	while (i < v.len && v.data[i] < 0x80)
		i++;
	return i < v.len;
}

static enum ukey_reason
check_name(struct ukey_view v, enum ukey_reason trouble)
{
	if (ukey_view_is_domain(v, true))
		return UKEY_REASON_OK;
	return has_high_octet(v) ? UKEY_REASON_U_LABEL : trouble;
}

static enum ukey_reason
read_algorithm(struct ukey_sigheader *sig)
{
	struct ukey_view a = sig->tag[UKEY_SIG_A];

	if (ukey_view_equal(a, UKEY_VIEW("rsa-sha256"))) {
		sig->algorithm = UKEY_ALGORITHM_RSA_SHA256;
		return UKEY_REASON_OK;
	}
	if (ukey_view_equal(a, UKEY_VIEW("rsa-sha1"))) {
		sig->algorithm = UKEY_ALGORITHM_RSA_SHA1;
		return UKEY_REASON_SHA1;
	}
	if (ukey_view_equal(a, UKEY_VIEW("ed25519-sha256")))
		sig->algorithm = UKEY_ALGORITHM_ED25519_SHA256;
	return UKEY_REASON_ALGORITHM;
}

/* The next word of C; what is left out is simple. */
static bool
read_canon(struct ukey_view *c, uint8_t *canon)
{
	struct ukey_view word;

	if (c->data == NULL)
		return true;
	word = ukey_view_word(c, '/');
	*canon = ukey_view_equal(word, UKEY_VIEW("relaxed"));
	return *canon == UKEY_CANON_RELAXED ||
	    ukey_view_equal(word, UKEY_VIEW("simple"));
}

/* "header" or "header/body" (RFC 6376 3.5). */
static enum ukey_reason
read_canons(struct ukey_sigheader *sig)
{
	struct ukey_view rest = sig->tag[UKEY_SIG_C];

	return read_canon(&rest, &sig->header_canon) &&
	    read_canon(&rest, &sig->body_canon) && rest.data == NULL ?
	    UKEY_REASON_OK : UKEY_REASON_CANON;
}

static bool
is_field_name(struct ukey_view name)
{
	size_t i = 0;

	while (i < name.len && name.data[i] > 32 && name.data[i] < 127)
		i++;
	return i == name.len && i > 0;
}

static enum ukey_reason
check_h(struct ukey_view h)
{
	struct ukey_view name;
	unsigned count = 0;
	bool from = false;

	while (h.data != NULL) {
		name = ukey_view_word(&h, ':');
		if (!is_field_name(name))
			return UKEY_REASON_H_EMPTY;
		if (++count > UKEY_PROTOCOL_H_NAMES)
			return UKEY_REASON_H_LIMIT;
		from |= ukey_view_equal_nocase(name, UKEY_VIEW("from"));
	}
	if (!from)
		return UKEY_REASON_H_FROM;
	return count > UKEY_H_NAMES_MAX ? UKEY_REASON_ARENA : UKEY_REASON_OK;
}

/* An absent number is fine. */
static bool
read_number(const struct ukey_sigheader *sig, enum ukey_sig_tag tag,
    uint64_t *number)
{
	return !has(sig, tag) || ukey_view_number(sig->tag[tag], number);
}

static enum ukey_reason
read_numbers(struct ukey_sigheader *sig)
{
	if (!read_number(sig, UKEY_SIG_L, &sig->l) || sig->l > L_MAX)
		return UKEY_REASON_LENGTH;
	if (!read_number(sig, UKEY_SIG_T, &sig->t) ||
	    !read_number(sig, UKEY_SIG_X, &sig->x) ||
	    (has(sig, UKEY_SIG_T) && has(sig, UKEY_SIG_X) &&
	    sig->x <= sig->t))
		return UKEY_REASON_TIME;
	return UKEY_REASON_OK;
}

static enum ukey_reason
check_q(struct ukey_view q)
{
	return q.data == NULL || ukey_view_has_word(q, UKEY_VIEW("dns/txt")) ?
	    UKEY_REASON_OK : UKEY_REASON_QUERY;
}

/* Whether DOMAIN is PARENT or below it. */
static bool
is_below(struct ukey_view domain, struct ukey_view parent)
{
	size_t at;

	if (domain.len < parent.len)
		return false;
	at = domain.len - parent.len;
	return ukey_view_equal_nocase(ukey_view_part(domain, at, domain.len),
	    parent) && (at == 0 || domain.data[at - 1] == '.');
}

struct ukey_view
ukey_sigheader_i_domain(const struct ukey_sigheader *sig)
{
	struct ukey_view i = sig->tag[UKEY_SIG_I];
	size_t at = i.len;

	while (at > 0 && i.data[at - 1] != '@')
		at--;
	return ukey_view_part(i, at > 0 ? at : i.len, i.len);
}

/* The domain of i= is that of d= or below it (RFC 6376 3.5). */
static enum ukey_reason
check_i(const struct ukey_sigheader *sig)
{
	struct ukey_view domain = ukey_sigheader_i_domain(sig);

	if (!has(sig, UKEY_SIG_I))
		return UKEY_REASON_OK;
	if (!is_below(domain, sig->tag[UKEY_SIG_D]))
		return has_high_octet(domain) ? UKEY_REASON_U_LABEL :
		    UKEY_REASON_IDENTITY;
	return check_name(domain, UKEY_REASON_IDENTITY);
}

static enum ukey_reason
check_base64(const struct ukey_sigheader *sig)
{
	size_t bh = ukey_base64_size(sig->tag[UKEY_SIG_BH]);
	size_t b = ukey_base64_size(sig->tag[UKEY_SIG_B]);

	if (b == SIZE_MAX || b == 0 || bh == SIZE_MAX)
		return UKEY_REASON_BASE64;
	return bh == UKEY_SHA256_LEN ? UKEY_REASON_OK : UKEY_REASON_BH_LENGTH;
}

/* The checks in their order; each runs only if those before it passed. */
static enum ukey_reason
check_list(struct ukey_sigheader *sig)
{
	enum ukey_reason reason = check_required(sig);

	if (reason == UKEY_REASON_OK)
		reason = check_name(sig->tag[UKEY_SIG_D], UKEY_REASON_DOMAIN);
	if (reason == UKEY_REASON_OK)
		reason = check_name(sig->tag[UKEY_SIG_S],
		    UKEY_REASON_SELECTOR);
	if (reason == UKEY_REASON_OK)
		reason = read_algorithm(sig);
	if (reason == UKEY_REASON_OK)
		reason = read_canons(sig);
	if (reason == UKEY_REASON_OK)
		reason = check_h(sig->tag[UKEY_SIG_H]);
	if (reason == UKEY_REASON_OK)
		reason = read_numbers(sig);
	if (reason == UKEY_REASON_OK)
		reason = check_q(sig->tag[UKEY_SIG_Q]);
	return reason == UKEY_REASON_OK ? check_i(sig) : reason;
}

enum ukey_reason
ukey_sigheader_read(struct ukey_sigheader *sig, struct ukey_view body)
{
	enum ukey_reason reason;

	memset(sig, 0, sizeof(*sig));
	reason = read_tags(sig, body);
	return reason == UKEY_REASON_OK ? check_list(sig) : reason;
}

enum ukey_reason
ukey_sigheader_parse(struct ukey_sigheader *sig, struct ukey_view body)
{
	enum ukey_reason reason = ukey_sigheader_read(sig, body);

	return reason == UKEY_REASON_OK ? check_base64(sig) : reason;
}

enum ukey_reason
ukey_sigheader_time(const struct ukey_sigheader *sig, struct ukey_time time)
{
	if (has(sig, UKEY_SIG_X) && time.earliest > sig->x &&
	    time.earliest - sig->x > UKEY_TIME_DRIFT)
		return UKEY_REASON_EXPIRED;
	if (has(sig, UKEY_SIG_T) && time.now != 0 && sig->t > time.now &&
	    sig->t - time.now > UKEY_TIME_DRIFT)
		return UKEY_REASON_FUTURE;
	return UKEY_REASON_OK;
}
