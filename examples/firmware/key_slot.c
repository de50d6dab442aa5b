/*
 * userkeys firmware: the private key that was used last stays loaded.
 * SPDX-License-Identifier: MIT
 */
#include "key_slot.h"
#include "ukey_board.h"

static const struct ukey_random random_source = { ukey_board_random, NULL };

int
key_slot_load(struct key_slot *slot, const struct ukey_flash_key *row)
{
	struct ukey_view der = { row->der, row->der_len };
	int err;

	if (slot->row == row)
		return UKEY_KEY_OK;
	key_slot_empty(slot);
	err = ukey_key_read_der(&slot->key, der, &random_source);
	if (err == UKEY_KEY_OK)
		slot->row = row;
	return err;
}

void
key_slot_empty(struct key_slot *slot)
{
	ukey_key_free(slot->key);
	slot->key = NULL;
	slot->row = NULL;
}
