/*
 * userkeys: what is no private key of ours.  SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ukey_key.h"
#include "ukey_random.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ukey_view
text_view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

static const char ec[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIJ4kbDd0p7Jz9GWh\n"
    "-----END EC PRIVATE KEY-----\n";
static const char ed25519[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIBjaflbGXGM7JuR8FjYFvG7hWEH4VCGkGVpPcgLnYB8Y\n"
    "-----END PRIVATE KEY-----\n";
static const char encrypted8[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIIC\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
static const char encrypted1[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,8AB2FC1F1A9E30B0A2A1F3F7D9A6E3C1\n"
    "\n"
    "MIIC\n"
    "-----END RSA PRIVATE KEY-----\n";
static const char public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIC\n"
    "-----END PUBLIC KEY-----\n";
static const char no_end[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIC\n";
static const char no_base64[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "%%%%\n"
    "-----END RSA PRIVATE KEY-----\n";

static void
test_refused(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{ "", UKEY_KEY_FORMAT },
		{ "hello", UKEY_KEY_FORMAT },
		{ "0", UKEY_KEY_FORMAT },
		{ "0\202\001", UKEY_KEY_FORMAT },
		{ public, UKEY_KEY_FORMAT },
		{ no_end, UKEY_KEY_FORMAT },
		{ no_base64, UKEY_KEY_FORMAT },
		{ ec, UKEY_KEY_NOT_RSA },
		{ ed25519, UKEY_KEY_NOT_RSA },
		{ encrypted8, UKEY_KEY_ENCRYPTED },
		{ encrypted1, UKEY_KEY_ENCRYPTED },
	};
	struct ukey_key *key = (struct ukey_key *)(uintptr_t)1;
	size_t i;
	int err;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		err = ukey_key_read(&key, text_view(cases[i].text),
		    ukey_random());
		if (err != cases[i].err)
			fail_msg("case %zu: %d", i, err);
		assert_null(key);
		assert_true(strlen(ukey_key_strerror(err)) > 10);
	}
	assert_string_equal(ukey_key_strerror(-99), "unknown error");
	assert_string_equal(ukey_key_strerror(1), "unknown error");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
