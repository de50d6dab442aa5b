/*
 * userkeys: fuzz: labels; the plain form goes back to its local-part.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "ukey_name.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	uint8_t label[UKEY_LABEL_MAX + 64], text[1100];
	struct ukey_view name, generation;
	struct ukey_out out, wire;
	size_t len = ukey_label_write(in, true, label), i;

	MUST((len == 0) == (size == 0 || size > UKEY_LOCAL_MAX));
	for (i = 0; i < len; i++)
		MUST(ukey_is_ldh(label[i]) && ukey_lower(label[i]) ==
		    label[i]);
	memcpy(label + len, ".userkeys.e.org", 15);
	name = (struct ukey_view) { label, len + 15 };
	ukey_out_init(&out, text, sizeof(text));
	for (i = 0; i < size && data[i] >= ' ' && data[i] < 0x7F &&
	    data[i] != '+'; i++)
		;
	if (len > 0 && i == size) /* plain ASCII: there is a way back */
		MUST(ukey_name_reverse(&out, name, &generation) ==
		    (len == 59 && memcmp(label, "u-x", 3) == 0 ?
		    UKEY_REASON_LABEL_HASH : UKEY_REASON_OK));
	ukey_out_init(&out, text, sizeof(text));
	(void)ukey_name_reverse(&out, in, &generation);
	ukey_out_init(&wire, label, sizeof(label));
	(void)ukey_dns_name_from_text(&wire, in);
	return 0;
}
