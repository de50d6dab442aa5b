/*
 * userkeys: the bench's messages.  SPDX-License-Identifier: MIT
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header[] =
    "Received: from client.example.org (client.example.org [192.0.2.7])\r\n"
    "\tby mx.example.org (Postfix) with ESMTPSA id 4XyZ12345\r\n"
    "\tfor <bob@example.net>; Thu, 12 Jun 2025 10:00:00 +0000 (UTC)\r\n"
    "From: Alice Example <alice@example.org>\r\n"
    "To: Bob Example <bob@example.net>\r\n"
    "Subject: A letter of some length, with a subject that is folded\r\n"
    "\tover two lines\r\n"
    "Date: Thu, 12 Jun 2025 10:00:00 +0000\r\n"
    "Message-ID: <20250612100000.1234@client.example.org>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n"
    "User-Agent: Bench/1.0\r\n\r\n";

static uint32_t seed;

static unsigned
pick(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

#define LINE 96 /* octets, CRLF and NUL too */

/* One line of KIND without its CRLF. */
static size_t
line(char *out, enum kind kind)
{
	static const char *const words[] = { "the", "letter", "which", "of",
		"mailbox", "a", "signature", "in", "receiver", "and" };
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = 0;

	switch (kind) {
	case TEXT:
	case RUNS:
		if (pick(12) == 0)
			return 0;
		while (len < 58)
			len += (size_t)snprintf(out + len, LINE - len, "%s%s",
			    words[pick(10)],
			    pick(kind == RUNS ? 10 : 40) == 0 ? "  " : " ");
		return pick(kind == RUNS ? 8 : 16) == 0 ? len : len - 1;
	case BASE64:
		while (len < 76)
			out[len++] = alphabet[pick(64)];
		return len;
	case SPACES:
		memset(out, ' ', 76);
		return 76;
	case SHORTS:
		out[0] = 'a';
		return 1;
	default:
		return 0;
	}
}

void
corpus_message(struct message *m, enum kind kind, size_t size)
{
	uint8_t *end;
	char text[LINE];
	size_t n;

	seed = 7;
	m->body = sizeof(header) - 1;
	m->data = malloc(m->body + size + LINE);
	if (m->data == NULL)
		die("out of memory");
	memcpy(m->data, header, m->body);
	end = m->data + m->body;
	while ((size_t)(end - m->data) < m->body + size) {
		n = line(text, kind);
		memcpy(end, text, n);
		memcpy(end + n, "\r\n", 2);
		end += n + 2;
	}
	m->len = (size_t)(end - m->data);
}

void
corpus_prepend(struct message *m, struct ukey_view field)
{
	uint8_t *data = malloc(field.len + m->len);

	if (data == NULL)
		die("out of memory");
	memcpy(data, field.data, field.len);
	memcpy(data + field.len, m->data, m->len);
	free(m->data);
	m->data = data;
	m->len += field.len;
	m->body += field.len;
}

void
corpus_free(struct message *m)
{
	free(m->data);
	memset(m, 0, sizeof(*m));
}
