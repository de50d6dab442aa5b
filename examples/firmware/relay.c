/*
 * userkeys firmware: one mail transaction at a time over a serial line.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "key_slot.h"
#include "relay.h"
#include "ukey_board.h"

#define OUT_MAX UKEY_AUTHRES_FIELD_MAX /* a field, a query, a signature */

static struct {
	struct ukey_session s;
	bool running;
	unsigned sent;      /* bit per question that the host knows */
	struct key_slot slot;
	uint64_t work[UKEY_WORK_SIZE / 8 + 1];
	uint8_t in[FRAME_MAX];
	uint8_t out[OUT_MAX];
} relay;

static const struct ukey_view none = { NULL, 0 };

static void
put_octet(uint8_t letter, uint8_t octet, struct ukey_view body)
{
	frame_put(letter, (struct ukey_view) { &octet, 1 }, body);
}

static void
put_number(uint8_t letter, unsigned number, struct ukey_view body)
{
	uint8_t octets[2] = { (uint8_t)(number >> 8), (uint8_t)number };

	frame_put(letter, (struct ukey_view) { octets, 2 }, body);
}

static int
begin(struct ukey_view in)
{
	uint64_t now = 0;
	size_t size, i;
	void *arena = ukey_ram_rest(&size);

	if (in.len != 9 || in.data[0] > UKEY_ROLE_MX)
		return UKEY_ERR_ARGUMENT;
	for (i = 1; i < 9; i++)
		now = now << 8 | in.data[i];
	relay.sent = 0;
	relay.running = true;
	ukey_session_init(&relay.s, &relay_settings, in.data[0], arena, size);
	return ukey_session_clock(&relay.s, (int64_t)now);
}

/* Whether LOGIN, a mailbox, may use ADDRESS: it is its own. */
static struct ukey_permit
may_use(struct ukey_view login, struct ukey_view address)
{
	const struct ukey_flash_key *own = ukey_flash_find(login);
	const struct ukey_flash_key *row = ukey_flash_find(address);
	struct ukey_permit p = { .status = UKEY_PERMIT_DENIED };

	if (own == NULL || row != own)
		return p;
	p.status = UKEY_PERMIT_YES;
	p.selector = (struct ukey_view) { (const uint8_t *)row->selector,
		strlen(row->selector) };
	p.key = (uint64_t)(row - ukey_flash_keys);
	return p;
}

static void
permit(void)
{
	struct ukey_view login, address;
	struct ukey_permit p;
	unsigned id;

	for (id = 0; id < UKEY_SESSION_ASKS; id++) {
		if (!ukey_session_ask(&relay.s, id, &login, &address))
			continue;
		p = may_use(login, address);
		(void)ukey_session_permit(&relay.s, id, &p);
	}
}

static void
put_action(const struct ukey_action *a)
{
	switch (a->kind) {
	case UKEY_ACTION_DELETE:
		put_number('D', a->ordinal, none);
		break;
	case UKEY_ACTION_INSERT:
		frame_put('T', none, a->text);
		break;
	case UKEY_ACTION_QUARANTINE:
		frame_put('W', none, a->text);
		break;
	case UKEY_ACTION_ACCEPT:
		frame_put('O', none, none);
		break;
	case UKEY_ACTION_REPLY:
		put_number('R', a->code, a->text);
		break;
	}
}

/* MAIL FROM is there: may it be used? */
static int
mail_from(struct ukey_view path)
{
	int err = ukey_session_mail_from(&relay.s, path, UKEY_VIEW_NONE);
	struct ukey_action a;
	struct ukey_out out;

	permit();
	ukey_out_init(&out, relay.out, sizeof(relay.out));
	if (ukey_session_refused(&relay.s, &a, &out)) {
		put_action(&a);
		relay.running = false;
	}
	return err;
}

/* Sends questions that the host does not know yet. */
static void
ask(void)
{
	struct ukey_verify *v = ukey_session_verify(&relay.s);
	struct ukey_out query;
	unsigned id;

	for (id = 0; v != NULL && id < UKEY_QUESTIONS_MAX; id++) {
		ukey_out_init(&query, relay.out, sizeof(relay.out));
		if ((relay.sent & 1U << id) != 0 ||
		    !ukey_verify_question(v, id, &query))
			continue;
		relay.sent |= 1U << id;
		put_octet('Q', (uint8_t)id, ukey_out_done(&query));
	}
}

static int
answer(struct ukey_view in)
{
	struct ukey_verify *v = ukey_session_verify(&relay.s);
	struct ukey_view packet = ukey_view_part(in, 1, in.len);

	if (v == NULL || in.len == 0 || in.data[0] >= UKEY_QUESTIONS_MAX)
		return UKEY_ERR_ARGUMENT;
	/* It may open again, for a CNAME's target. */
	relay.sent &= ~(1U << in.data[0]);
	if (packet.len == 0)
		return ukey_verify_no_answer(v, in.data[0],
		    UKEY_REASON_DNS_TIMEOUT);
	return ukey_verify_answer(v, in.data[0], packet, relay.work,
	    sizeof(relay.work));
}

/* Signs the digest that waits; without a key there is no signature. */
static void
sign(void)
{
	struct ukey_out signature;
	const uint8_t *digest;
	uint64_t key;

	if (!ukey_session_digest(&relay.s, &key, &digest))
		return;
	ukey_out_init(&signature, relay.out, sizeof(relay.out));
	if (key < ukey_flash_keys_count && key_slot_load(&relay.slot,
	    &ukey_flash_keys[key]) == UKEY_KEY_OK)
		(void)ukey_key_sign(relay.slot.key, digest, &signature);
	(void)ukey_session_signature(&relay.s, ukey_out_done(&signature));
}

/* What the last frame made possible. */
static void
go_on(void)
{
	struct ukey_action a;
	struct ukey_out out;

	if (!relay.running)
		return;
	permit();
	ask();
	sign();
	ukey_out_init(&out, relay.out, sizeof(relay.out));
	while (ukey_session_action(&relay.s, &a, &out)) {
		put_action(&a);
		ukey_out_init(&out, relay.out, sizeof(relay.out));
	}
}

static int
take(uint8_t letter, struct ukey_view in)
{
	if (letter == 'I')
		return begin(in);
	if (!relay.running)
		return UKEY_ERR_ORDER;
	switch (letter) {
	case 'L':
		return ukey_session_login(&relay.s, in);
	case 'F':
		return mail_from(in);
	case 'H':
		return ukey_session_field(&relay.s, in);
	case 'h':
		return ukey_session_header_end(&relay.s);
	case 'B':
		return ukey_session_body(&relay.s, in.data, in.len);
	case 'e':
		return ukey_session_end(&relay.s);
	case 'A':
		return answer(in);
	default:
		return UKEY_ERR_ARGUMENT;
	}
}

void
relay_run(void)
{
	struct ukey_view in = { relay.in, 0 };
	uint8_t letter;
	int err;

	for (;;) {
		letter = frame_get(relay.in, &in.len);
		if (letter == 0) {
			relay.running = false;
			frame_put('E', none, none);
			continue;
		}
		err = take(letter, in);
		go_on();
		put_octet('K', (uint8_t)err, none);
	}
}
