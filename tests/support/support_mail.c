/*
 * userkeys: signed messages and their records, for tests.
 * SPDX-License-Identifier: MIT
 */
#include "support_mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rsa_keys.h"
#include "ukey_key.h"
#include "ukey_random.h"

/* p= of pem1_1024, as OpenSSL prints it. */
static const char public_1024[] =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC91/m3hqXZXxOm0sFGdBLGfp+m"
    "XNDO2i0zRnZ3OCrvAf50d7y+MpB1VVr3WqJ6H6cwBTrhkltc8gMXifoDDpSVlcnv"
    "Bc5S9Cc/jM2nae3UELPuc0njS6r18qs21hiG3MqwfzoRVBRJFZGTFO3HMnlj32hF"
    "GhPhRnnDZsan1/2/YQIDAQAB";

void
support_mail_set(struct support_mail *m, const char *header,
    const char *body)
{
	m->len = (size_t)snprintf((char *)m->data, sizeof(m->data),
	    "%s\r\n%s", header, body);
}

void
support_mail_letter(struct support_mail *m)
{
	support_mail_set(m, "From: Alice <alice@example.org>\r\n"
	    "To: bob@example.net\r\nSubject: Saturday\r\n"
	    "Date: Thu, 12 Jun 2025 10:00:00 +0000\r\n"
	    "Message-ID: <1@example.org>\r\n",
	    "Dear Bob,\r\n\r\nsee you at eight.\r\n");
}

static struct ukey_key *
key(void)
{
	struct ukey_view pem = { (const uint8_t *)pem1_1024,
		sizeof(pem1_1024) - 1 };
	struct ukey_key *k;

	if (ukey_key_read(&k, pem, ukey_random()) != UKEY_KEY_OK)
		abort();
	return k;
}

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text,
		text == NULL ? 0 : strlen(text) };
}

void
support_mail_sign(struct support_mail *m, const char *selector,
    const char *identity)
{
	struct ukey_sign_request q = { .domain = UKEY_VIEW("example.org"),
		.selector = view(selector), .identity = view(identity),
		.time = SUPPORT_MAIL_TIME,
		.header_canon = UKEY_CANON_RELAXED,
		.body_canon = UKEY_CANON_RELAXED };
	uint8_t scratch[1024], field[2048], digest[32], octets[512];
	struct ukey_out out, signature;
	struct ukey_key *k = key();
	struct ukey_sign s;

	ukey_out_init(&out, field, sizeof(field));
	ukey_out_init(&signature, octets, sizeof(octets));
	if (ukey_sign_init(&s, &q, scratch, sizeof(scratch)) != 0 ||
	    ukey_sign_push(&s, m->data, m->len) != 0 ||
	    ukey_sign_end(&s) != 0 ||
	    ukey_sign_digest(&s, &out, digest) != 0 ||
	    ukey_key_sign(k, digest, &signature) != 0 ||
	    ukey_sign_finish(&s, ukey_out_done(&signature), &out) != 0 ||
	    m->len + out.len > sizeof(m->data))
		abort();
	memmove(m->data + out.len, m->data, m->len);
	memcpy(m->data, field, out.len);
	m->len += out.len;
	ukey_key_free(k);
}

const char *
support_mail_record(const char *tags)
{
	static char texts[4][1024];
	static unsigned next;
	char *text = texts[next++ % 4];

	snprintf(text, sizeof(texts[0]), "%s p=%s", tags, public_1024);
	return text;
}
