/*
 * userkeys: fuzz: the configuration file; a mistake has its place.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz.h"
#include "conf.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ukey_view in = { data, size };
	char err[CONF_ERROR_SIZE] = "";
	struct conf c;

	if (!conf_parse(&c, "f", (const char *)data, size, err))
		MUST(strncmp(err, "f:", 2) == 0);
	else
		MUST(c.listeners > 0 && c.session.authserv_id.len > 0);
	(void)in;
	return 0;
}
