/*
 * userkeys: the flash UKD, looked up by mailbox.  SPDX-License-Identifier: MIT
 *
 * Mailboxes are compared as PROTOCOL 1 compares them: octets without ASCII
 * case, the subaddress cut unless the row is exact.
 */
#include <string.h>

#include "ukey_flash.h"
#include "ukey_name.h"

/* Reads PATH; its local-part without quoting goes to LOCAL, UKEY_LOCAL_MAX
 * octets, its length to LEN. */
static bool
read_address(struct ukey_view path, struct ukey_address *a, uint8_t *local,
    size_t *len)
{
	if (ukey_address_parse(path, a) != UKEY_REASON_OK)
		return false;
	*len = ukey_address_unquote(a->local, local);
	return *len > 0;
}

static bool
is_mailbox(const struct ukey_flash_key *row, const struct ukey_address *a,
    struct ukey_view local)
{
	struct ukey_view text = { (const uint8_t *)row->address,
		strlen(row->address) };
	uint8_t octets[UKEY_LOCAL_MAX];
	struct ukey_address own;
	size_t len;

	if (!read_address(text, &own, octets, &len) ||
	    !ukey_view_equal_nocase(own.domain, a->domain))
		return false;
	return ukey_local_equal((struct ukey_view) { octets, len }, local,
	    row->exact != 0);
}

const struct ukey_flash_key *
ukey_flash_find(struct ukey_view address)
{
	uint8_t octets[UKEY_LOCAL_MAX];
	struct ukey_address a;
	size_t i, len;

	if (!read_address(address, &a, octets, &len))
		return NULL;
	for (i = 0; i < ukey_flash_keys_count; i++)
		if (is_mailbox(&ukey_flash_keys[i], &a,
		    (struct ukey_view) { octets, len }))
			return &ukey_flash_keys[i];
	return NULL;
}
