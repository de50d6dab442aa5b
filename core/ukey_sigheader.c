/*
 * userkeys: the DKIM-Signature field (RFC 6376 3.5, 6.1.1).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_sigheader.h"

#include "ukey_base64.h"
#include "ukey_config.h"
#include "ukey_port.h"
#include "ukey_taglist.h"

enum tag { V, A, B, BH, C, D, H, I, L, Q, S, T, X, TAGS };

static const char names[TAGS][3] = {
	"v", "a", "b", "bh", "c", "d", "h", "i", "l", "q", "s", "t", "x"
};

/* The required ones (RFC 6376 3.5). */
static const uint8_t required[] = { V, A, B, BH, D, H, S };

/* The values by tag; data is NULL where the tag is absent. */
struct values {
	struct ukey_view tag[TAGS];
};

static unsigned
tag_of(struct ukey_view name)
{
	unsigned t = 0;

	while (t < TAGS && !(name.len > 0 && name.len <= 2 &&
	    name.data[0] == (uint8_t)names[t][0] &&
	    (name.len == 2 ? name.data[1] : 0) == (uint8_t)names[t][1]))
		t++;
	return t;
}

static bool
word_is(struct ukey_view v, struct ukey_view word)
{
	return ukey_view_equal_nocase(ukey_view_trim(v), word);
}

static enum ukey_reason
read_tags(struct ukey_sigheader *sig, struct values *values,
    struct ukey_view body)
{
	struct ukey_taglist list;
	struct ukey_tag tag;
	unsigned t;

	ukey_taglist_init(&list, body);
	while (ukey_taglist_next(&list, &tag)) {
		t = tag_of(tag.name);
		if (t == TAGS)
			continue;
		values->tag[t] = tag.value;
		if (t == B)
			sig->b_raw = tag.raw;
	}
	sig->a = values->tag[A];
	sig->b = values->tag[B];
	sig->bh = values->tag[BH];
	sig->c = values->tag[C];
	sig->d = values->tag[D];
	sig->h = values->tag[H];
	sig->i = values->tag[I];
	sig->s = values->tag[S];
	if (values->tag[I].data != NULL)
		sig->has |= UKEY_SIG_I;
	return list.reason;
}

static enum ukey_reason
check_required(const struct values *values)
{
	size_t i;

	if (values->tag[V].data != NULL &&
	    !ukey_view_equal(values->tag[V], UKEY_VIEW("1")))
		return UKEY_REASON_VERSION;
	for (i = 0; i < sizeof(required); i++) {
		if (values->tag[required[i]].data == NULL)
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
	if (word_is(sig->a, UKEY_VIEW("rsa-sha256"))) {
		sig->algorithm = UKEY_ALGORITHM_RSA_SHA256;
		return UKEY_REASON_OK;
	}
	if (word_is(sig->a, UKEY_VIEW("rsa-sha1"))) {
		sig->algorithm = UKEY_ALGORITHM_RSA_SHA1;
		return UKEY_REASON_SHA1;
	}
	if (word_is(sig->a, UKEY_VIEW("ed25519-sha256")))
		sig->algorithm = UKEY_ALGORITHM_ED25519_SHA256;
	return UKEY_REASON_ALGORITHM;
}

static bool
read_canon(struct ukey_view word, uint8_t *canon)
{
	bool relaxed = word_is(word, UKEY_VIEW("relaxed"));

	*canon = relaxed ? UKEY_CANON_RELAXED : UKEY_CANON_SIMPLE;
	return relaxed || word_is(word, UKEY_VIEW("simple"));
}

/* "header" or "header/body"; what is left out is simple. */
static enum ukey_reason
read_canons(struct ukey_sigheader *sig)
{
	struct ukey_view rest = sig->c;
	struct ukey_view header;

	if (rest.data == NULL)
		return UKEY_REASON_OK;
	header = ukey_view_cut(&rest, '/');
	if (!read_canon(header, &sig->header_canon))
		return UKEY_REASON_CANON;
	if (rest.data != NULL && !read_canon(rest, &sig->body_canon))
		return UKEY_REASON_CANON;
	return UKEY_REASON_OK;
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
		name = ukey_view_trim(ukey_view_cut(&h, ':'));
		if (!is_field_name(name))
			return UKEY_REASON_H_EMPTY;
		if (++count > UKEY_H_NAMES_MAX)
			return UKEY_REASON_H_LIMIT;
		from |= ukey_view_equal_nocase(name, UKEY_VIEW("from"));
	}
	return from ? UKEY_REASON_OK : UKEY_REASON_H_FROM;
}

/* An absent number is fine; HAS gets BIT for one that is there. */
static bool
read_number(struct ukey_sigheader *sig, struct ukey_view v, uint64_t *number,
    uint8_t bit)
{
	if (v.data == NULL)
		return true;
	sig->has |= bit;
	return ukey_view_number(v, number);
}

static enum ukey_reason
read_numbers(struct ukey_sigheader *sig, const struct values *values)
{
	if (!read_number(sig, values->tag[L], &sig->l, UKEY_SIG_L))
		return UKEY_REASON_LENGTH;
	if (!read_number(sig, values->tag[T], &sig->t, UKEY_SIG_T) ||
	    !read_number(sig, values->tag[X], &sig->x, UKEY_SIG_X))
		return UKEY_REASON_TIME;
	if ((sig->has & UKEY_SIG_T) && (sig->has & UKEY_SIG_X) &&
	    sig->x <= sig->t)
		return UKEY_REASON_TIME;
	return UKEY_REASON_OK;
}

static enum ukey_reason
check_q(struct ukey_view q)
{
	if (q.data == NULL)
		return UKEY_REASON_OK;
	while (q.data != NULL) {
		if (word_is(ukey_view_cut(&q, ':'), UKEY_VIEW("dns/txt")))
			return UKEY_REASON_OK;
	}
	return UKEY_REASON_QUERY;
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

/* The domain of i= is that of d= or below it (RFC 6376 3.5). */
static enum ukey_reason
check_i(const struct ukey_sigheader *sig)
{
	size_t at = sig->i.len;
	struct ukey_view domain;

	if (!(sig->has & UKEY_SIG_I))
		return UKEY_REASON_OK;
	while (at > 0 && sig->i.data[at - 1] != '@')
		at--;
	if (at == 0)
		return UKEY_REASON_IDENTITY;
	domain = ukey_view_part(sig->i, at, sig->i.len);
	if (has_high_octet(domain))
		return UKEY_REASON_U_LABEL;
	return ukey_view_is_domain(domain, true) && is_below(domain, sig->d) ?
	    UKEY_REASON_OK : UKEY_REASON_IDENTITY;
}

static enum ukey_reason
check_base64(const struct ukey_sigheader *sig)
{
	size_t bh = ukey_base64_size(sig->bh);
	size_t b = ukey_base64_size(sig->b);

	if (b == SIZE_MAX || b == 0 || bh == SIZE_MAX)
		return UKEY_REASON_BASE64;
	return bh == UKEY_SHA256_LEN ? UKEY_REASON_OK : UKEY_REASON_BH_LENGTH;
}

/* The checks in their order; each runs only if those before it passed. */
static enum ukey_reason
check_list(struct ukey_sigheader *sig, const struct values *values)
{
	enum ukey_reason reason = check_required(values);

	if (reason == UKEY_REASON_OK)
		reason = check_name(sig->d, UKEY_REASON_DOMAIN);
	if (reason == UKEY_REASON_OK)
		reason = check_name(sig->s, UKEY_REASON_SELECTOR);
	if (reason == UKEY_REASON_OK)
		reason = read_algorithm(sig);
	if (reason == UKEY_REASON_OK)
		reason = read_canons(sig);
	if (reason == UKEY_REASON_OK)
		reason = check_h(sig->h);
	if (reason == UKEY_REASON_OK)
		reason = read_numbers(sig, values);
	if (reason == UKEY_REASON_OK)
		reason = check_q(values->tag[Q]);
	if (reason == UKEY_REASON_OK)
		reason = check_i(sig);
	return reason == UKEY_REASON_OK ? check_base64(sig) : reason;
}

enum ukey_reason
ukey_sigheader_parse(struct ukey_sigheader *sig, struct ukey_view body)
{
	struct values values = { 0 };
	enum ukey_reason reason;

	*sig = (struct ukey_sigheader) { 0 };
	reason = read_tags(sig, &values, body);
	return reason == UKEY_REASON_OK ? check_list(sig, &values) : reason;
}

enum ukey_reason
ukey_sigheader_time(const struct ukey_sigheader *sig, uint64_t now)
{
	if (now == 0)
		return UKEY_REASON_OK;
	if ((sig->has & UKEY_SIG_X) && now > sig->x &&
	    now - sig->x > UKEY_TIME_DRIFT)
		return UKEY_REASON_EXPIRED;
	if ((sig->has & UKEY_SIG_T) && sig->t > now &&
	    sig->t - now > UKEY_TIME_DRIFT)
		return UKEY_REASON_FUTURE;
	return UKEY_REASON_OK;
}
