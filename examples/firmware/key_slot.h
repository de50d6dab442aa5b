/*
 * userkeys firmware: the private key that was used last stays loaded.
 * SPDX-License-Identifier: MIT
 */
#ifndef FIRMWARE_KEY_SLOT_H
#define FIRMWARE_KEY_SLOT_H

#include "ukey_flash.h"
#include "ukey_key.h"

/* One key in Mbed TLS's arena; all zeros: none. */
struct key_slot {
	const struct ukey_flash_key *row;
	struct ukey_key *key;
};

/* Loads the key of ROW, unless it is; 0 or an enum ukey_key_err. */
int key_slot_load(struct key_slot *slot, const struct ukey_flash_key *row);
/* Wipes it. */
void key_slot_empty(struct key_slot *slot);

#endif
