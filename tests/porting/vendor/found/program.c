/*
 * A vendor's program, in C99 with what was installed: core and its port are
 * there, and fit.  SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include <ukey.h>

int
main(int argc, char **argv)
{
	struct ukey_port_sha256 h;
	uint8_t digest[UKEY_SHA256_LEN];
	struct ukey_sign_request request = { 0 };
	struct ukey_sign sign;

	(void)argv;
	if (argc > 1) {
		printf("%d\n", UKEY_SIGNATURES_MAX);
		return 0;
	}
	/* core is linked, too */
	if (ukey_sign_init(&sign, &request, NULL, 0) != UKEY_ERR_ARGUMENT)
		return 1;
	if (ukey_port_sha256_start(&h) != 0 ||
	    ukey_port_sha256_update(&h, "abc", 3) != 0 ||
	    ukey_port_sha256_finish(&h, digest) != 0)
		return 1;
	printf("userkeys %s, SHA-256 by port/mbedtls: %02x%02x%02x%02x\n",
	    UKEY_VERSION, digest[0], digest[1], digest[2], digest[3]);
	return 0;
}
