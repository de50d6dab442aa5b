/*
 * userkeys firmware: signs one message of the board's with a key in flash.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "report.h"
#include "sign.h"

static struct ukey_view
view(const char *text)
{
	return (struct ukey_view) { (const uint8_t *)text, strlen(text) };
}

/* What to sign M as: the mailbox of m->signer, with ROW's key. */
static bool
set_request(struct sign_memory *memory, const struct board_message *m,
    const struct ukey_flash_key *row, struct ukey_sign_request *q)
{
	struct ukey_address a;
	size_t len;

	if (ukey_address_parse(m->signer, &a) != UKEY_REASON_OK)
		return false;
	len = ukey_address_unquote(a.local, memory->identity);
	if (len == 0)
		return false;
	memory->identity[len++] = '@';
	memcpy(memory->identity + len, a.domain.data, a.domain.len);
	q->domain = a.domain;
	q->selector = view(row->selector);
	q->identity = (struct ukey_view) { memory->identity,
		len + a.domain.len };
	q->time = ukey_clock_time(ukey_board_time()).now;
	q->expire = q->time == 0 ? 0 : q->time + UKEY_SIGN_EXPIRE;
	q->header_canon = m->canon & 0x0f;
	q->body_canon = m->canon >> 4;
	return true;
}

/* Hashes the message as Q says; why it cannot be signed, or _OK. */
static enum ukey_reason
read_message(struct sign_memory *memory, const struct ukey_sign_request *q)
{
	struct ukey_sign *s = &memory->s;
	size_t n;

	if (ukey_sign_init(s, q, memory->scratch, sizeof(memory->scratch)) !=
	    0)
		return UKEY_REASON_CRYPTO;
	while ((n = board_read(memory->piece, sizeof(memory->piece))) > 0)
		(void)ukey_sign_push(s, memory->piece, n);
	(void)ukey_sign_end(s);
	return ukey_sign_reason(s);
}

/* The whole field to FIELD: false when there is no room, or the key fails. */
static bool
write_field(struct sign_memory *memory, struct ukey_out *field)
{
	struct ukey_out signature;

	/* The message was read: its piece may hold the signature. */
	ukey_out_init(&signature, memory->piece, sizeof(memory->piece));
	return ukey_sign_digest(&memory->s, field, memory->digest) == 0 &&
	    ukey_key_sign(memory->slot.key, memory->digest, &signature) ==
	    UKEY_KEY_OK && ukey_sign_finish(&memory->s,
	    ukey_out_done(&signature), field) == 0;
}

void
sign_message(struct sign_memory *memory, const struct board_message *m)
{
	const struct ukey_flash_key *row = ukey_flash_find(m->signer);
	struct ukey_sign_request q = { .time = 0 };
	struct ukey_out field;
	enum ukey_reason reason;
	int err;

	report_text("message", m->name);
	if (row == NULL || !set_request(memory, m, row, &q)) {
		report_text("unsigned", view("no key for this mailbox"));
		return;
	}
	err = key_slot_load(&memory->slot, row);
	if (err != UKEY_KEY_OK) {
		report_text("unsigned", view(ukey_key_strerror(err)));
		return;
	}
	reason = read_message(memory, &q);
	if (reason != UKEY_REASON_OK) {
		report_text("unsigned", view(ukey_reason_word(reason)));
		return;
	}
	ukey_out_init(&field, memory->field, sizeof(memory->field));
	if (write_field(memory, &field))
		report_text("signature", ukey_out_done(&field));
	else
		report_text("unsigned", view("the signature failed"));
}
