/*
 * userkeys: label and key name (PROTOCOL 1 and 2).
 * SPDX-License-Identifier: MIT
 */
#include "ukey_name.h"

#include "ukey_port.h"

#define HASH_OCTETS 28 /* of SHA-256, so that the label has 59 octets */
#define HASH_PREFIX UKEY_VIEW("u-x")
#define ZONE UKEY_VIEW("userkeys")

/* Step 1: cuts at the first "+" that is not the first octet. */
static struct ukey_view
without_subaddress(struct ukey_view local, bool exact)
{
	size_t plus = 1;

	while (!exact && plus < local.len && local.data[plus] != '+')
		plus++;
	return exact ? local : ukey_view_part(local, 0, plus);
}

/* Step 5, over the octets after step 2. */
static size_t
hash_label(struct ukey_view local, uint8_t *out)
{
	uint8_t digest[UKEY_SHA256_LEN];
	struct ukey_port_sha256 h;
	struct ukey_out label;
	uint8_t octet;
	size_t i;
	int err = 0;

	if (ukey_port_sha256_start(&h) != 0)
		return 0;
	for (i = 0; i < local.len; i++) {
		octet = ukey_lower(local.data[i]);
		err |= ukey_port_sha256_update(&h, &octet, 1);
	}
	if ((err | ukey_port_sha256_finish(&h, digest)) != 0)
		return 0;
	ukey_out_init(&label, out, UKEY_LABEL_MAX);
	ukey_out_view(&label, HASH_PREFIX);
	ukey_out_hex(&label, (struct ukey_view) { digest, HASH_OCTETS });
	return label.len;
}

size_t
ukey_label_write(struct ukey_view local, bool exact, uint8_t *out)
{
	struct ukey_out label;
	size_t i;

	if (local.len == 0 || local.len > UKEY_LOCAL_MAX)
		return 0;
	local = without_subaddress(local, exact);
	ukey_out_init(&label, out, UKEY_LABEL_MAX);
	for (i = 0; i < local.len; i++) {
		uint8_t c = ukey_lower(local.data[i]);

		if (ukey_is_alpha(c) || ukey_is_digit(c)) {
			ukey_out_octet(&label, c);
			continue;
		}
		ukey_out_octet(&label, '-');
		ukey_out_hex(&label, (struct ukey_view) { &c, 1 });
	}
	if (label.overflow || out[0] == '-')
		return hash_label(local, out);
	return label.len;
}

bool
ukey_local_equal(struct ukey_view a, struct ukey_view b, bool exact)
{
	if (a.len == 0 || b.len == 0)
		return false;
	return ukey_view_equal_nocase(without_subaddress(a, exact),
	    without_subaddress(b, exact));
}

static bool
is_one_label(struct ukey_view v)
{
	return v.len <= UKEY_LABEL_MAX && ukey_view_is_domain(v, false) &&
	    ukey_view_find(v, '.') == v.len;
}

static void
write_lower(struct ukey_out *out, struct ukey_view v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		ukey_out_octet(out, ukey_lower(v.data[i]));
}

static bool
is_reserved(struct ukey_view domain)
{
	return ukey_view_equal_nocase(ukey_view_cut(&domain, '.'), ZONE);
}

enum ukey_reason
ukey_name_write(struct ukey_out *out, const struct ukey_address *a,
    struct ukey_view generation)
{
	uint8_t octets[UKEY_LOCAL_MAX], label[UKEY_LABEL_MAX];
	struct ukey_view local = { octets,
		ukey_address_unquote(a->local, octets) };
	struct ukey_view name = { label, 0 };
	size_t prefix = generation.len > 0 ? generation.len + 1 : 0;

	if (local.len == 0)
		return UKEY_REASON_EMPTY_LOCAL;
	if (is_reserved(a->domain))
		return UKEY_REASON_USERKEYS_DOMAIN;
	if (prefix > 0 && !is_one_label(generation))
		return UKEY_REASON_GENERATION;
	name.len = ukey_label_write(local, false, label);
	if (name.len == 0)
		return UKEY_REASON_CRYPTO;
	if (prefix + name.len + 1 + ZONE.len + 1 + a->domain.len >
	    UKEY_NAME_MAX)
		return UKEY_REASON_NAME_LENGTH;
	if (prefix > 0) {
		write_lower(out, generation);
		ukey_out_octet(out, '.');
	}
	ukey_out_view(out, name);
	ukey_out_octet(out, '.');
	ukey_out_view(out, ZONE);
	ukey_out_octet(out, '.');
	write_lower(out, a->domain);
	return UKEY_REASON_OK;
}

/* The octets of a plain LABEL; 0 when it has no such form. */
static size_t
decode_label(struct ukey_view label, uint8_t *out)
{
	uint8_t high, low;
	size_t i = 0, len = 0;

	while (i < label.len) {
		out[len] = ukey_lower(label.data[i++]);
		if (out[len] != '-') {
			len++;
			continue;
		}
		if (label.len - i < 2)
			return 0;
		high = ukey_hex_value(label.data[i++]);
		low = ukey_hex_value(label.data[i++]);
		if (high == 255 || low == 255)
			return 0;
		out[len++] = (uint8_t)(high << 4 | low);
	}
	return len;
}

static bool
is_hash_label(struct ukey_view label)
{
	size_t i;

	if (label.len != HASH_PREFIX.len + 2 * HASH_OCTETS ||
	    !ukey_view_equal_nocase(ukey_view_part(label, 0,
	    HASH_PREFIX.len), HASH_PREFIX))
		return false;
	for (i = HASH_PREFIX.len; i < label.len; i++) {
		if (ukey_hex_value(label.data[i]) == 255)
			return false;
	}
	return true;
}

/* LOCAL as a dot-string where that is legal, else as a quoted-string; false
 * when it holds what neither can. */
static bool
write_local(struct ukey_out *out, struct ukey_view local)
{
	size_t i;

	if (local.data[0] != '"' &&
	    ukey_address_local_len(local) == local.len) {
		ukey_out_view(out, local);
		return true;
	}
	ukey_out_octet(out, '"');
	for (i = 0; i < local.len; i++) {
		if (local.data[i] < ' ' || local.data[i] == 0x7F)
			return false;
		if (local.data[i] == '"' || local.data[i] == '\\')
			ukey_out_octet(out, '\\');
		ukey_out_octet(out, local.data[i]);
	}
	ukey_out_octet(out, '"');
	return true;
}

/* Only the canonical label is taken: what its octets would give again. */
static enum ukey_reason
reverse_label(struct ukey_out *out, struct ukey_view label)
{
	uint8_t octets[UKEY_LABEL_MAX], again[UKEY_LABEL_MAX];
	struct ukey_view local = { octets, 0 };
	struct ukey_view check = { again, 0 };

	if (is_hash_label(label))
		return UKEY_REASON_LABEL_HASH;
	if (label.len == 0 || label.len > UKEY_LABEL_MAX)
		return UKEY_REASON_LABEL;
	local.len = decode_label(label, octets);
	check.len = ukey_label_write(local, false, again);
	if (!ukey_view_equal_nocase(check, label) || !write_local(out, local))
		return UKEY_REASON_LABEL;
	return UKEY_REASON_OK;
}

enum ukey_reason
ukey_name_reverse(struct ukey_out *out, struct ukey_view name,
    struct ukey_view *generation)
{
	struct ukey_view domain = name;
	struct ukey_view label = ukey_view_cut(&domain, '.');
	struct ukey_view zone = ukey_view_cut(&domain, '.');
	enum ukey_reason reason;

	*generation = (struct ukey_view) { NULL, 0 };
	if (!ukey_view_equal_nocase(zone, ZONE)) {
		*generation = label;
		label = zone;
		zone = ukey_view_cut(&domain, '.');
	}
	if (!ukey_view_equal_nocase(zone, ZONE) ||
	    !ukey_view_is_domain(domain, false) ||
	    (generation->data != NULL && !is_one_label(*generation)))
		return UKEY_REASON_LABEL;
	if (is_reserved(domain))
		return UKEY_REASON_USERKEYS_DOMAIN;
	reason = reverse_label(out, label);
	if (reason != UKEY_REASON_OK)
		return reason;
	ukey_out_octet(out, '@');
	write_lower(out, domain);
	return UKEY_REASON_OK;
}
